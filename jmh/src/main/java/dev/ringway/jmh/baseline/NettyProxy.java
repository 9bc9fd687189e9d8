package dev.ringway.jmh.baseline;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;

import java.net.InetSocketAddress;

/**
 * An HTTP/1.1 reverse proxy on one Netty event loop: one listener, one upstream address, keep-alive on both sides.
 * <p>
 * Arguments: {@code --transport io_uring|epoll --listen PORT --upstream HOST:PORT}. Ends on SIGTERM.
 */
public final class NettyProxy
{
    private static final int LISTEN_BACKLOG = 4096;

    private NettyProxy()
    {
    }

    /**
     * @param args see the class comment.
     * @throws InterruptedException when the main thread is interrupted while it waits for the listener to close.
     */
    public static void main(final String[] args) throws InterruptedException
    {
        final Transport transport = Transport.of(argument(args, "--transport"));
        final int listenPort = Integer.parseInt(argument(args, "--listen"));
        final InetSocketAddress upstream = address(argument(args, "--upstream"));

        final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.ioHandler());
        try
        {
            listen(group, transport, listenPort, upstream).closeFuture().sync();
        }
        finally
        {
            group.shutdownGracefully();
        }
    }

    private static Channel listen(
        final EventLoopGroup group,
        final Transport transport,
        final int listenPort,
        final InetSocketAddress upstream) throws InterruptedException
    {
        final Bootstrap upstreamBootstrap = new Bootstrap()
            .channel(transport.socketChannel())
            .option(ChannelOption.TCP_NODELAY, true);
        final UpstreamPool pool = new UpstreamPool(upstreamBootstrap, upstream);

        return new ServerBootstrap()
            .group(group)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, LISTEN_BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new ChannelInitializer<SocketChannel>()
            {
                @Override
                protected void initChannel(final SocketChannel channel)
                {
                    channel.pipeline().addLast(new HttpServerCodec(), new DownstreamHandler(pool));
                }
            })
            .bind("127.0.0.1", listenPort)
            .sync()
            .channel();
    }

    private static String argument(final String[] args, final String name)
    {
        for (int i = 0; i + 1 < args.length; i++)
        {
            if (args[i].equals(name))
            {
                return args[i + 1];
            }
        }
        throw new IllegalArgumentException("missing argument " + name +
            "; usage: --transport io_uring|epoll --listen PORT --upstream HOST:PORT");
    }

    private static InetSocketAddress address(final String text)
    {
        final int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    /** The classes of one Netty transport. */
    private record Transport(
        IoHandlerFactory ioHandler,
        Class<? extends ServerChannel> serverChannel,
        Class<? extends Channel> socketChannel)
    {
        static Transport of(final String name)
        {
            return switch (name)
            {
                case "io_uring" -> new Transport(
                    IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class, IoUringSocketChannel.class);
                case "epoll" -> new Transport(
                    EpollIoHandler.newFactory(), EpollServerSocketChannel.class, EpollSocketChannel.class);
                default -> throw new IllegalArgumentException("--transport is io_uring or epoll, not " + name);
            };
        }
    }
}
