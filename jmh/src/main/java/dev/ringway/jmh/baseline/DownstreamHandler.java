package dev.ringway.jmh.baseline;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;

/**
 * The client's side of the exchange: sends each request to an upstream connection and lets one exchange run at a time,
 * so pipelined requests wait their turn. Event loop thread only.
 */
final class DownstreamHandler extends ChannelInboundHandlerAdapter
{
    private static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString HTTP = AsciiString.cached("http");

    private final UpstreamPool pool;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private ChannelHandlerContext context;
    private String clientAddress;
    private Channel upstream;
    private boolean exchangeActive;
    private boolean requestComplete;
    private boolean keepAlive;
    private boolean headRequest;
    private boolean responseStarted;

    /**
     * @param pool of upstream connections.
     */
    DownstreamHandler(final UpstreamPool pool)
    {
        this.pool = pool;
    }

    @Override
    public void channelActive(final ChannelHandlerContext ctx)
    {
        context = ctx;
        clientAddress = ((InetSocketAddress)ctx.channel().remoteAddress()).getAddress().getHostAddress();
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message)
    {
        if (!waiting.isEmpty() || (message instanceof HttpRequest && exchangeActive))
        {
            waiting.add(message);
        }
        else
        {
            accept(message);
        }
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx)
    {
        if (upstream != null)
        {
            upstream.flush();
        }
        updateReading();
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext ctx)
    {
        if (upstream != null)
        {
            upstream.config().setAutoRead(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx)
    {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        if (upstream != null)
        {
            upstream.close();
            upstream = null;
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause)
    {
        ctx.close();
    }

    /**
     * @param message part of the response, whose ownership passes here.
     */
    void onResponse(final Object message)
    {
        if (message instanceof final HttpResponse response)
        {
            responseStarted = true;
            if (endsWithConnection(response))
            {
                keepAlive = false;
            }
            response.headers().remove(HttpHeaderNames.CONNECTION);
            if (!keepAlive)
            {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
        }
        context.write(message);
    }

    /** The upstream's current batch of bytes is through. */
    void onResponseReadComplete()
    {
        context.flush();
    }

    /**
     * The response has been passed on whole.
     *
     * @return true when the request was complete too, so that the upstream connection may serve another one.
     */
    boolean onResponseComplete()
    {
        final boolean reusable = requestComplete;
        upstream = null;
        exchangeActive = false;
        if (!keepAlive || !reusable)
        {
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return reusable;
        }
        takeWaiting();
        if (upstream != null)
        {
            upstream.flush();
        }
        updateReading();
        return true;
    }

    /** The upstream connection is gone before the response was complete. */
    void onUpstreamLost()
    {
        upstream = null;
        if (responseStarted)
        {
            context.close();
        }
        else
        {
            answerBadGateway();
        }
    }

    /**
     * @param writable whether the upstream takes more of the request.
     */
    void onUpstreamWritability(final boolean writable)
    {
        context.channel().config().setAutoRead(writable);
    }

    private void takeWaiting()
    {
        while (!waiting.isEmpty() && (waiting.peek() instanceof HttpRequest ? !exchangeActive : upstream != null))
        {
            accept(waiting.poll());
        }
    }

    private void accept(final Object message)
    {
        if (message instanceof final HttpRequest request)
        {
            begin(request);
        }
        else if (upstream != null)
        {
            requestComplete = message instanceof LastHttpContent;
            upstream.write(message, upstream.voidPromise());
        }
        else if (exchangeActive && responseStarted)
        {
            ReferenceCountUtil.release(message);
        }
        else
        {
            waiting.add(message);
        }
    }

    private void begin(final HttpRequest request)
    {
        keepAlive = HttpUtil.isKeepAlive(request);
        headRequest = HttpMethod.HEAD.equals(request.method());
        exchangeActive = true;
        requestComplete = false;
        responseStarted = false;
        rewrite(request);

        final Channel pooled = pool.poll();
        if (pooled != null)
        {
            attach(pooled, request);
            return;
        }
        context.channel().config().setAutoRead(false);
        pool.connect(context.channel().eventLoop()).addListener(
            (final ChannelFuture future) -> onConnected(future, request));
    }

    private void onConnected(final ChannelFuture future, final HttpRequest request)
    {
        if (!future.isSuccess())
        {
            answerBadGateway();
        }
        else if (!context.channel().isActive())
        {
            future.channel().close();
        }
        else
        {
            attach(future.channel(), request);
            takeWaiting();
            upstream.flush();
            updateReading();
        }
    }

    private void attach(final Channel channel, final HttpRequest request)
    {
        upstream = channel;
        channel.pipeline().get(UpstreamHandler.class).attach(this);
        channel.write(request, channel.voidPromise());
    }

    private boolean endsWithConnection(final HttpResponse response)
    {
        final int status = response.status().code();
        final boolean bodiless = headRequest || status < 200 || status == 204 || status == 304;
        return !bodiless && !HttpUtil.isContentLengthSet(response) && !HttpUtil.isTransferEncodingChunked(response);
    }

    private void rewrite(final HttpRequest request)
    {
        final HttpHeaders headers = request.headers();
        headers.remove(HttpHeaderNames.CONNECTION);
        final String forwardedFor = headers.get(X_FORWARDED_FOR);
        headers.set(X_FORWARDED_FOR, forwardedFor == null ? clientAddress : forwardedFor + ", " + clientAddress);
        headers.set(X_FORWARDED_PROTO, HTTP);
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
    }

    private void answerBadGateway()
    {
        final DefaultFullHttpResponse response =
            new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_GATEWAY);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        responseStarted = true;
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private void updateReading()
    {
        final boolean blocked = !waiting.isEmpty() || (upstream != null && !upstream.isWritable());
        context.channel().config().setAutoRead(!blocked);
    }
}
