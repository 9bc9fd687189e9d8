package dev.ringway.jmh.baseline;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * The upstream's side of the exchange: passes the response to the {@link DownstreamHandler} it serves at the moment and
 * goes back to the pool when the response is complete. Event loop thread only.
 */
final class UpstreamHandler extends ChannelInboundHandlerAdapter
{
    private final UpstreamPool pool;
    private DownstreamHandler downstream;
    private boolean keepAlive;
    private boolean interim;
    private DownstreamHandler toFlush;

    /**
     * @param pool that the connection returns to.
     */
    UpstreamHandler(final UpstreamPool pool)
    {
        this.pool = pool;
    }

    /**
     * @param handler whose request travels on this connection now.
     */
    void attach(final DownstreamHandler handler)
    {
        downstream = handler;
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message)
    {
        if (downstream == null)
        {
            ReferenceCountUtil.release(message);
            ctx.close();
            return;
        }
        if (message instanceof final HttpResponse response)
        {
            keepAlive = HttpUtil.isKeepAlive(response);
            interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        }
        final boolean last = message instanceof LastHttpContent && !interim;
        final DownstreamHandler handler = downstream;
        toFlush = handler;
        handler.onResponse(message);
        if (last)
        {
            complete(ctx, handler);
        }
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx)
    {
        if (toFlush != null)
        {
            toFlush.onResponseReadComplete();
            toFlush = null;
        }
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext ctx)
    {
        if (downstream != null)
        {
            downstream.onUpstreamWritability(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx)
    {
        pool.remove(ctx.channel());
        if (downstream != null)
        {
            final DownstreamHandler handler = downstream;
            downstream = null;
            handler.onUpstreamLost();
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
    {
        ctx.close();
    }

    private void complete(final ChannelHandlerContext ctx, final DownstreamHandler handler)
    {
        downstream = null;
        ctx.channel().config().setAutoRead(true);
        final boolean requestComplete = handler.onResponseComplete();
        if (keepAlive && requestComplete)
        {
            pool.release(ctx.channel());
        }
        else
        {
            ctx.close();
        }
    }
}
