package dev.ringway.system;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;

/**
 * Netty as an endpoint that speaks HTTP/2: it gives back the content of a request while that comes, then tells in
 * trailers what it was. Paths with {@code /reset} are reset, before or behind the head of the answer.
 */
final class NettyServer implements AutoCloseable
{
    /** Requests whose heads came, and of those the ones that the other side reset. */
    final AtomicInteger requests = new AtomicInteger();
    final AtomicInteger resets = new AtomicInteger();
    /** Connections that were accepted. */
    final AtomicInteger accepted = new AtomicInteger();

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel listener;

    /** Without encryption where there is no context; the window is that of each stream. */
    NettyServer(final SslContext tls, final int window)
    {
        listener = new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(new ChannelInitializer<>()
            {
                protected void initChannel(final Channel channel)
                {
                    accepted.incrementAndGet();
                    connections.add(channel);
                    NettyClient.begin(channel.pipeline(), tls, pipeline -> speak(pipeline, window));
                }
            })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    }

    private void speak(final ChannelPipeline pipeline, final int window)
    {
        pipeline.addLast(Http2FrameCodecBuilder.forServer()
            .initialSettings(Http2Settings.defaultSettings().initialWindowSize(window).maxConcurrentStreams(100))
            .build());
        pipeline.addLast(new Http2MultiplexHandler(new ChannelInitializer<>()
        {
            protected void initChannel(final Channel stream)
            {
                stream.pipeline().addLast(new Echo());
            }
        }));
    }

    int port()
    {
        return ((InetSocketAddress)listener.localAddress()).getPort();
    }

    /** Takes no further streams on the connections that are there, but for so many that are on their way. */
    void goAway(final int more)
    {
        for (final Channel connection : connections)
        {
            final ChannelHandlerContext codec = connection.pipeline().context(Http2FrameCodec.class);
            if (codec != null)
            {
                codec.channel().writeAndFlush(
                    new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(more));
            }
        }
    }

    int open()
    {
        return connections.size();
    }

    public void close()
    {
        listener.close().syncUninterruptibly();
        connections.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Echo extends ChannelInboundHandlerAdapter
    {
        private final CRC32 sum = new CRC32();
        private final DefaultHttp2Headers trailers = new DefaultHttp2Headers();
        private long length;
        private boolean isBegun;
        private boolean isOver;

        @Override
        public void channelRead(final ChannelHandlerContext context, final Object message)
        {
            if (message instanceof Http2HeadersFrame frame)
            {
                onHeaders(context, frame.headers(), frame.isEndStream());
            }
            else if (message instanceof Http2DataFrame frame)
            {
                onData(context, frame);
            }
            ReferenceCountUtil.release(message);
        }

        private void onHeaders(final ChannelHandlerContext context, final Http2Headers headers, final boolean isEnd)
        {
            if (isBegun)
            {
                headers.forEach(field -> trailers.add("seen-" + field.getKey(), field.getValue()));
            }
            else
            {
                isBegun = true;
                requests.incrementAndGet();
                answer(context, headers.path().toString());
            }
            if (isEnd)
            {
                end(context);
            }
        }

        private void answer(final ChannelHandlerContext context, final String path)
        {
            isOver = path.contains("/reset");
            if (!path.endsWith("/reset/before"))
            {
                context.writeAndFlush(new DefaultHttp2HeadersFrame(
                    new DefaultHttp2Headers().status("200").add("x-path", path)));
            }
            if (isOver)
            {
                context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
            }
        }

        private void onData(final ChannelHandlerContext context, final Http2DataFrame frame)
        {
            final ByteBuf content = frame.content();
            length += content.readableBytes();
            sum.update(content.nioBuffer());
            if (!isOver)
            {
                context.writeAndFlush(new DefaultHttp2DataFrame(content.retainedDuplicate()));
            }
            if (frame.isEndStream())
            {
                end(context);
            }
        }

        private void end(final ChannelHandlerContext context)
        {
            if (!isOver)
            {
                isOver = true;
                trailers.add("x-length", Long.toString(length)).add("x-sum", Long.toString(sum.getValue()));
                context.writeAndFlush(new DefaultHttp2HeadersFrame(trailers, true));
            }
        }

        @Override
        public void userEventTriggered(final ChannelHandlerContext context, final Object event)
        {
            if (event instanceof Http2ResetFrame)
            {
                resets.incrementAndGet();
                isOver = true;
            }
        }
    }
}
