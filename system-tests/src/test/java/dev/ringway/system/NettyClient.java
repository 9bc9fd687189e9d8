package dev.ringway.system;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One connection of Netty's HTTP/2 client, with many streams. */
final class NettyClient implements AutoCloseable
{
    private static final int PIECE = 10_000;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final CompletableFuture<Channel> ready = new CompletableFuture<>();
    private final Channel connection;
    private final boolean isEncrypted;

    /** What came: a status of 0 is none, a reset of -1 is none. */
    record Answer(int status, byte[] body, Map<String, String> trailers, long reset)
    {
    }

    /** A request under way. */
    record Call(Http2StreamChannel stream, CompletableFuture<Answer> answer)
    {
        Answer await() throws Exception
        {
            return answer.get(Patience.S, TimeUnit.SECONDS);
        }

        /** Takes nothing more from now on, until {@link #goOn}. */
        void pause()
        {
            stream.config().setAutoRead(false);
        }

        void goOn()
        {
            stream.config().setAutoRead(true);
        }

        void reset()
        {
            stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).syncUninterruptibly();
        }
    }

    /** In clear where there is no context; the window is that of each stream. */
    NettyClient(final int port, final SslContext tls, final int window) throws Exception
    {
        isEncrypted = tls != null;
        connection = new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .handler(new ChannelInitializer<>()
            {
                protected void initChannel(final Channel channel)
                {
                    begin(channel.pipeline(), tls, pipeline -> speak(pipeline, window));
                }
            })
            .connect(InetAddress.getLoopbackAddress(), port)
            .syncUninterruptibly()
            .channel();
        connection.closeFuture().addListener(closed -> ready.completeExceptionally(new ClosedChannelException()));
        ready.get(Patience.S, TimeUnit.SECONDS);
    }

    /** Has HTTP/2 spoken on a connection: at once, or once it has been chosen in a handshake. */
    static void begin(final ChannelPipeline pipeline, final SslContext tls, final Consumer<ChannelPipeline> speak)
    {
        if (tls == null)
        {
            speak.accept(pipeline);
            return;
        }
        pipeline.addLast(tls.newHandler(pipeline.channel().alloc(), "localhost", -1));
        pipeline.addLast(new ApplicationProtocolNegotiationHandler("none")
        {
            protected void configurePipeline(final ChannelHandlerContext context, final String protocol)
            {
                if (protocol.equals(ApplicationProtocolNames.HTTP_2))
                {
                    speak.accept(context.pipeline());
                }
                else
                {
                    context.close();
                }
            }
        });
    }

    private void speak(final ChannelPipeline pipeline, final int window)
    {
        pipeline.addLast(Http2FrameCodecBuilder.forClient()
            .initialSettings(Http2Settings.defaultSettings().initialWindowSize(window).pushEnabled(false))
            .build());
        pipeline.addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
        ready.complete(pipeline.channel());
    }

    /** Sends a request without content. */
    Call get(final String path) throws Exception
    {
        return open("GET", path, true);
    }

    /** Sends the head of a request with content. */
    Call open(final String path) throws Exception
    {
        return open("POST", path, false);
    }

    private Call open(final String method, final String path, final boolean isEnd) throws Exception
    {
        final Collecting collecting = new Collecting();
        final Http2StreamChannel stream = new Http2StreamChannelBootstrap(connection)
            .handler(collecting).open().get(Patience.S, TimeUnit.SECONDS);
        stream.closeFuture().addListener(closed -> collecting.onEnd());
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers()
            .method(method).scheme(isEncrypted ? "https" : "http").authority("localhost").path(path), isEnd));
        return new Call(stream, collecting.answer);
    }

    /** Sends content, and a trailer at the end. */
    static void send(final Call call, final byte[] body, final String trailer)
    {
        for (int at = 0; at < body.length; at += PIECE)
        {
            call.stream.write(new DefaultHttp2DataFrame(
                Unpooled.wrappedBuffer(body, at, Math.min(PIECE, body.length - at))));
        }
        call.stream.writeAndFlush(
            new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().add("x-trailer", trailer), true));
    }

    public void close()
    {
        connection.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static final class Collecting extends ChannelInboundHandlerAdapter
    {
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final Map<String, String> trailers = new TreeMap<>();
        private int status;
        private long reset = -1;

        @Override
        public void channelRead(final ChannelHandlerContext context, final Object message)
        {
            if (message instanceof Http2HeadersFrame frame)
            {
                if (frame.headers().status() != null)
                {
                    status = Integer.parseInt(frame.headers().status().toString());
                }
                else
                {
                    frame.headers().forEach(f -> trailers.put(f.getKey().toString(), f.getValue().toString()));
                }
                end(frame.isEndStream());
            }
            else if (message instanceof Http2DataFrame frame)
            {
                final ByteBuf content = frame.content();
                final byte[] bytes = new byte[content.readableBytes()];
                content.getBytes(content.readerIndex(), bytes);
                body.writeBytes(bytes);
                end(frame.isEndStream());
            }
            ReferenceCountUtil.release(message);
        }

        private void end(final boolean isEnd)
        {
            if (isEnd)
            {
                answer.complete(new Answer(status, body.toByteArray(), trailers, -1));
            }
        }

        @Override
        public void userEventTriggered(final ChannelHandlerContext context, final Object event)
        {
            if (event instanceof Http2ResetFrame frame)
            {
                reset = frame.errorCode();
                onEnd();
            }
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause)
        {
            answer.completeExceptionally(cause);
        }

        /** However it ended. */
        void onEnd()
        {
            if (reset < 0)
            {
                answer.completeExceptionally(new ClosedChannelException());
            }
            else
            {
                answer.complete(new Answer(status, body.toByteArray(), trailers, reset));
            }
        }
    }
}
