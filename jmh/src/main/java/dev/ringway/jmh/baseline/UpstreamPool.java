package dev.ringway.jmh.baseline;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;

import java.net.SocketAddress;
import java.util.ArrayDeque;

/**
 * Idle keep-alive connections to one upstream address, newest first. Event loop thread only: the proxy has one loop, so
 * nothing here is locked.
 */
final class UpstreamPool
{
    private final Bootstrap bootstrap;
    private final SocketAddress address;
    private final ArrayDeque<Channel> idle = new ArrayDeque<>();

    /**
     * @param bootstrap channel class and options of a new connection.
     * @param address   of the upstream.
     */
    UpstreamPool(final Bootstrap bootstrap, final SocketAddress address)
    {
        this.bootstrap = bootstrap;
        this.address = address;
    }

    /**
     * Takes an idle connection out of the pool.
     *
     * @return a connection that was open a moment ago, or null when there is none.
     */
    Channel poll()
    {
        Channel channel = idle.pollFirst();
        while (channel != null && !channel.isActive())
        {
            channel = idle.pollFirst();
        }
        return channel;
    }

    /**
     * @param loop of the downstream connection, which the new connection shares.
     * @return the future of a new connection with its codec in place.
     */
    ChannelFuture connect(final EventLoop loop)
    {
        return bootstrap.clone(loop)
            .handler(new ChannelInitializer<SocketChannel>()
            {
                @Override
                protected void initChannel(final SocketChannel channel)
                {
                    channel.pipeline().addLast(new HttpClientCodec(), new UpstreamHandler(UpstreamPool.this));
                }
            })
            .connect(address);
    }

    /**
     * @param channel whose exchange is complete and which may serve another one.
     */
    void release(final Channel channel)
    {
        idle.addFirst(channel);
    }

    /**
     * @param channel which has been closed.
     */
    void remove(final Channel channel)
    {
        idle.remove(channel);
    }
}
