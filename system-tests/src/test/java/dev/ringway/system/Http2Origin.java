package dev.ringway.system;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * As {@link Origin} with HTTP/2 by prior knowledge: writes down what it gets as if it were HTTP/1.1, and says what the
 * answers say, which are written in HTTP/1.1.
 */
final class Http2Origin implements AutoCloseable
{
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Queue<HttpMessage> seen = new ConcurrentLinkedQueue<>();
    private final Map<String, String> answers;
    private final Channel listener;

    Http2Origin(final Map<String, String> answers)
    {
        this.answers = answers;
        listener = new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(new ChannelInitializer<>()
            {
                protected void initChannel(final Channel channel)
                {
                    channel.pipeline().addLast(Http2FrameCodecBuilder.forServer().validateHeaders(false).build());
                    channel.pipeline().addLast(new Http2MultiplexHandler(new ChannelInitializer<>()
                    {
                        protected void initChannel(final Channel stream)
                        {
                            stream.pipeline().addLast(new Stream());
                        }
                    }));
                }
            })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    }

    int port()
    {
        return ((InetSocketAddress)listener.localAddress()).getPort();
    }

    /** The requests read since the last call. */
    List<HttpMessage> takeSeen()
    {
        final List<HttpMessage> taken = new ArrayList<>();
        for (HttpMessage request = seen.poll(); request != null; request = seen.poll())
        {
            taken.add(request);
        }
        return taken;
    }

    public void close()
    {
        listener.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** A request until it is whole. */
    private final class Stream extends ChannelInboundHandlerAdapter
    {
        private final List<String> fields = new ArrayList<>();
        private final List<String> trailers = new ArrayList<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private String start;

        @Override
        public void channelRead(final ChannelHandlerContext context, final Object message) throws Exception
        {
            boolean isEnd = false;
            if (message instanceof final Http2HeadersFrame frame)
            {
                onFields(frame.headers());
                isEnd = frame.isEndStream();
            }
            else if (message instanceof final Http2DataFrame frame)
            {
                final byte[] part = new byte[frame.content().readableBytes()];
                frame.content().getBytes(frame.content().readerIndex(), part);
                body.writeBytes(part);
                isEnd = frame.isEndStream();
            }
            ReferenceCountUtil.release(message);
            if (isEnd)
            {
                seen.add(new HttpMessage(start, fields, body.toByteArray(), trailers, false));
                answer(context);
            }
        }

        private void onFields(final Http2Headers headers)
        {
            final List<String> target = start == null ? fields : trailers;
            headers.forEach(field ->
            {
                final String name = field.getKey().toString();
                if (!name.equals(":method") && !name.equals(":path"))
                {
                    target.add(name.replace(":", "pseudo-") + ": " + field.getValue());
                }
            });
            if (start == null)
            {
                start = headers.method() + " " + headers.path() + " HTTP/2";
            }
        }

        private void answer(final ChannelHandlerContext context) throws IOException
        {
            final boolean isHead = start.startsWith("HEAD ");
            final String path = start.substring(start.indexOf(' ') + 1, start.lastIndexOf(' ')).split("\\?")[0];
            final HttpMessage said = HttpMessage.read(
                new ByteArrayInputStream(answers.getOrDefault(path, "").getBytes(ISO_8859_1)), isHead);
            final Http2Headers head = new DefaultHttp2Headers().status(said.start().substring(9, 12));
            for (final String field : said.fields())
            {
                final int colon = field.indexOf(':');
                final String name = field.substring(0, colon).toLowerCase();
                if (!name.equals("transfer-encoding"))
                {
                    head.add(name, field.substring(colon + 1).strip());
                }
            }
            final boolean hasBody = said.body().length > 0;
            context.write(new DefaultHttp2HeadersFrame(head, !hasBody && said.trailers().isEmpty()));
            if (hasBody)
            {
                context.write(new DefaultHttp2DataFrame(
                    Unpooled.wrappedBuffer(said.body()), said.trailers().isEmpty()));
            }
            if (!said.trailers().isEmpty())
            {
                final Http2Headers last = new DefaultHttp2Headers();
                said.trailers().forEach(field ->
                    last.add(field.substring(0, field.indexOf(':')), field.substring(field.indexOf(':') + 1).strip()));
                context.write(new DefaultHttp2HeadersFrame(last, true));
            }
            context.flush();
        }
    }
}
