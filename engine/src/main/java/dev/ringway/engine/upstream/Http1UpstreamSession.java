package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.MessageRules;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http1.Http1BodyDecoder;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.Http1Body;
import dev.ringway.engine.memory.ByteConsumer;
import dev.ringway.engine.memory.PendingBytes;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * HTTP/1.1 towards an endpoint: one exchange at a time on a connection that is kept. It reads also while idle, so the
 * endpoint's end of stream is seen before the next use. Loop thread only.
 */
final class Http1UpstreamSession extends PooledSession implements ByteConsumer
{
    /** Bytes of content that are worth two calls beside the ring. */
    private static final int LARGE = 32 * 1024;
    private static final int CONTINUE = 100;
    private static final int SWITCHING = 101;

    private final UpstreamContext context;
    private final Http1BodyDecoder body = new Http1BodyDecoder();
    private final PendingBytes pending = new PendingBytes();
    private ByteMeter meter;
    private int requests;
    private long sentBefore;
    private boolean isAnswered;
    private byte[] protocol;
    private boolean isTunnel;
    private TcpUpstreamSession relay;
    private boolean isRequestChunked;
    private boolean isRequestEnded;
    private boolean isHeadRequest;
    private boolean isInBody;
    private boolean isLarge;
    private boolean isKeepAlive;
    private boolean isEnding;

    Http1UpstreamSession(final UpstreamContext context)
    {
        this.context = context;
    }

    void open(final EndpointPool pool, final Connection connection)
    {
        open(pool, connection, null);
        requests = 0;
        relay = null;
        isInBody = false;
        isLarge = false;
        isRequestEnded = true;
        isKeepAlive = true;
        isEnding = false;
    }

    /**
     * Gives the session to an exchange.
     *
     * @param upstreamHandler the exchange.
     */
    void assign(final UpstreamHandler upstreamHandler)
    {
        handler = upstreamHandler;
        meter = upstreamHandler.meter();
        meter.beginTry();
        onRequest();
        requests++;
        sentBefore = connection.bytesSent();
        isAnswered = false;
        isInBody = false;
        isKeepAlive = true;
        isRequestEnded = false;
    }

    void onServed()
    {
        pool.onRequest();
    }

    void onConnected()
    {
        if (handler == null)
        {
            pool.onWarm(this);
        }
    }

    int requests()
    {
        return requests;
    }

    boolean isReusable()
    {
        return connection.isOpen() && !connection.isReadEnded();
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendHead(final RequestHead head, final HeaderEdits edits, final boolean isEnd)
    {
        isHeadRequest = head.methodId() == HttpMethod.HEAD;
        isRequestChunked = head.chunked();
        isRequestEnded = isEnd;
        protocol = edits.protocol();
        isTunnel = head.tunnel();
        return context.requests.sendHead(connection, meter, head, edits);
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendData(final int offset, final int length, final boolean isEnd)
    {
        isRequestEnded |= isEnd;
        return Http1Body.send(connection, context.loop.memory(), meter, isRequestChunked, offset, length, isEnd);
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendTrailers(final HeaderTable trailers)
    {
        if (!isRequestChunked || !pool.enableTrailers())
        {
            return sendData(0, 0, true);
        }
        isRequestEnded = true;
        return Http1Body.sendTrailers(connection, context.loop.memory(), meter, trailers);
    }

    /**
     * {@inheritDoc}
     */
    public void onTimeout(final boolean isQuiet)
    {
        if (isPending())
        {
            return;
        }
        pool.tally().onTimeout();
        if (!isInBody)
        {
            pool.tally().onUnanswered(isQuiet);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void cancel(final boolean isReset)
    {
        if (handler != null && endPending())
        {
            pool.onCancelled();
        }
        else if (handler != null)
        {
            pool.onResponseEnded();
            pool.tally().onCancelled();
        }
        handler = null;
        connection.close();
    }

    /**
     * {@inheritDoc}
     */
    public void onBytes(final Connection source, final int offset, final int length)
    {
        if (handler == null)
        {
            onSurplus();
            return;
        }
        isAnswered = true;
        meter.received(length);
        final int left = pending.feed(context.loop.memory(), this, offset, length);
        if (relay != null)
        {
            pending.release(context.loop.memory());
            connection = null;
            pool.recycle(this);
        }
        else if (left == PendingBytes.NO_ROOM)
        {
            pool.tally().onProtocolError();
            fail(UpstreamFailure.PROTOCOL);
        }
    }

    /**
     * {@inheritDoc}
     */
    public int process(final int offset, final int length)
    {
        int at = offset;
        final int end = offset + length;
        while (at < end)
        {
            if (relay != null)
            {
                relay.tell(at, end - at);
                return 0;
            }
            if (handler == null)
            {
                onSurplus();
                return 0;
            }
            final int used = isInBody ? onBody(at, end - at) : onHead(at, end - at);
            if (used < 0)
            {
                pool.tally().onProtocolError();
                fail(UpstreamFailure.PROTOCOL);
                return 0;
            }
            if (isEnding || relay == null && connection.isClosing())
            {
                isEnding = false;
                return 0;
            }
            if (used == 0)
            {
                return end - at;
            }
            at += used;
        }
        return 0;
    }

    /** Bytes nobody asked for would be taken for the answer to the next request (RFC 9112, 9.2). */
    private void onSurplus()
    {
        // What still comes of an answer that was given up is no fault of the endpoint's.
        if (!connection.isClosing())
        {
            pool.tally().onProtocolError();
            connection.close();
        }
    }

    /**
     * {@inheritDoc}
     */
    public long passable(final Connection source)
    {
        return handler != null && isInBody && body.fixedActive() ? body.remaining() : 0;
    }

    /**
     * {@inheritDoc}
     */
    public void onPassed(final Connection source, final int length)
    {
        body.skip(length);
        meter.received(length);
        handler.onResponsePassed(length);
    }

    /**
     * {@inheritDoc}
     */
    public void onBlocked(final Connection source)
    {
        handler.onResponseBlocked();
    }

    /**
     * {@inheritDoc}
     */
    public void onPassedAll(final Connection source)
    {
        complete(false).onResponseData(0, 0, true);
        isEnding = false;
    }

    private int onHead(final int offset, final int length)
    {
        final ResponseHead head = context.head;
        final int used = context.parser.parse(context.loop.memory().slab().buffer(), offset, length, head);
        if (used <= 0)
        {
            return used;
        }
        if (meter.isAsked())
        {
            meter.receivedHead(head.headers());
        }
        final int status = head.status();
        if (status < 200)
        {
            if (status == SWITCHING)
            {
                return onSwitching(head) ? used : -1;
            }
            if (status != CONTINUE)
            {
                handler.onResponseHead(head, false);
            }
            return used;
        }
        if (isTunnel && status < 300)
        {
            become(head);
            return used;
        }
        pool.tally().onResponse(head);
        isKeepAlive = head.keepAlive();
        if (!isKeepAlive)
        {
            pool.tally().onCloseNotify();
        }
        isInBody = true;
        if (isHeadRequest || head.bodyless())
        {
            body.none();
        }
        else if (head.chunked())
        {
            body.chunked();
        }
        else if (head.contentLength() >= 0)
        {
            body.fixed(head.contentLength());
            isLarge = head.contentLength() >= 2 * LARGE;
        }
        else
        {
            body.untilClose();
            isKeepAlive = false;
        }
        if (body.complete())
        {
            complete(used < length).onResponseHead(head, true);
        }
        else
        {
            handler.onResponseHead(head, false);
        }
        return used;
    }

    /** False when the endpoint switches to what was not asked for. */
    private boolean onSwitching(final ResponseHead head)
    {
        final HeaderTable headers = head.headers();
        final int field = headers.find(HeaderName.UPGRADE);
        if (protocol == null || !head.upgrade() || headers.findNext(HeaderName.UPGRADE, field) >= 0 ||
            !MessageRules.isProtocol(headers.buffer().byteArray(),
                headers.buffer().addressOffset() + headers.valueOffset(field), headers.valueLength(field), protocol))
        {
            return false;
        }
        become(head);
        return true;
    }

    private void become(final ResponseHead head)
    {
        pool.tally().onResponse(head);
        relay = pool.upgrade(connection, handler);
        handler = null;
        relay.handler.onUpgraded(head, relay);
    }

    private int onBody(final int offset, final int length)
    {
        final UnsafeBuffer buffer = context.loop.memory().slab().buffer();
        if (body.inTrailers())
        {
            final int used = context.trailerParser.parse(buffer, offset, length, context.trailers);
            if (used > 0)
            {
                body.endTrailers();
                if (meter.isAsked())
                {
                    meter.receivedTrailers(context.trailers);
                }
                if (context.trailers.count() > 0 && pool.enableTrailers())
                {
                    complete(used < length).onResponseTrailers(context.trailers);
                }
                else
                {
                    complete(used < length).onResponseData(0, 0, true);
                }
            }
            return used;
        }
        final int used = body.decode(buffer, offset, length);
        if (used < 0)
        {
            return used;
        }
        if (body.complete())
        {
            complete(used < length).onResponseData(body.dataOffset(), body.dataLength(), true);
        }
        else if (body.dataLength() > 0)
        {
            handler.onResponseData(body.dataOffset(), body.dataLength(), false);
            offerBody();
        }
        return used;
    }

    /** Much of the content that is to come need not be seen here. */
    private void offerBody()
    {
        if (handler != null && body.fixedActive() && body.remaining() >= LARGE)
        {
            final Connection client = handler.bodyConnection();
            if (client != null)
            {
                connection.passBody(client);
            }
        }
    }

    /**
     * The response has ended. The connection is kept or closed before the exchange is told: what it does next, the
     * client's next request for one, may use it again.
     *
     * @param hasSurplus whether bytes follow: they would be taken for the answer to the next request, so the connection
     *                   is not kept.
     * @return the exchange to tell.
     */
    private UpstreamHandler complete(final boolean hasSurplus)
    {
        final UpstreamHandler last = handler;
        handler = null;
        isInBody = false;
        isEnding = true;
        connection.stopPassing();
        if (isLarge)
        {
            expectLarge(last.bodyConnection());
        }
        pool.keepSession(connection);
        pool.onResponseEnded();
        if (hasSurplus)
        {
            pool.tally().onProtocolError();
        }
        if (connection.isClosing())
        {
            return last;
        }
        if (isKeepAlive && !hasSurplus && isRequestEnded && isReusable() && !pool.isExhausted(this))
        {
            connection.startReading();
            pool.onIdle(this);
        }
        else
        {
            connection.close();
        }
        return last;
    }

    /** The next response is likely to be as large, and its content can pass only from the first receive on. */
    private void expectLarge(final Connection client)
    {
        isLarge = false;
        if (client != null && connection.mayPass(client))
        {
            connection.expectHead();
        }
    }

    /**
     * {@inheritDoc}
     */
    public boolean mayGoUnseen()
    {
        return requests > 1;
    }

    private int unseen(final int failure)
    {
        if (isAnswered || failure != UpstreamFailure.CLOSED && failure != UpstreamFailure.RESET)
        {
            return failure;
        }
        if (connection.bytesSent() == sentBefore && !connection.isSending())
        {
            return UpstreamFailure.UNSENT;
        }
        return requests > 1 ? UpstreamFailure.UNANSWERED : failure;
    }

    void fail(final int failure)
    {
        final UpstreamHandler last = handler;
        final int told = unseen(failure);
        handler = null;
        pending.release(context.loop.memory());
        connection.close();
        if (last != null)
        {
            if (!isInBody)
            {
                pool.tally().onRequestFailed();
            }
            if (endPending())
            {
                pool.onUnserved();
            }
            else
            {
                pool.onResponseEnded();
            }
            if (failure == UpstreamFailure.OVERLOADED || failure == UpstreamFailure.PROTOCOL)
            {
                pool.tally().onCancelled();
            }
            last.onUpstreamFailed(told);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onEof(final Connection source)
    {
        if (handler != null && isInBody && body.untilCloseActive())
        {
            isClosedByEndpoint = true;
            pool.tally().onRemoteClose(false);
            complete(false).onResponseData(0, 0, true);
            isEnding = false;
            return;
        }
        isClosedByEndpoint = true;
        pool.tally().onRemoteClose(handler != null);
        fail(UpstreamFailure.CLOSED);
    }

    /**
     * {@inheritDoc}
     */
    public void onDeadline(final Connection late, final long nowNs)
    {
        if (connection.isOpen())
        {
            pool.onIdleEnded(this, overAtNs() <= nowNs);
            connection.close();
        }
        else
        {
            pool.tally().onConnectFailed(true);
            fail(UpstreamFailure.CONNECT_TIMEOUT);
        }
    }

    void idleDeadline(final long deadlineNs)
    {
        connection.deadline(deadlineNs);
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection closed)
    {
        pending.release(context.loop.memory());
        endPending();
        connection = null;
        handler = null;
        // Last: a request that waits for a connection may be given this very session again.
        if (!isClosedByEndpoint)
        {
            pool.tally().onLocalClose();
        }
        pool.onConnectionClosed(this, closed);
    }

    void closeIdle()
    {
        connection.close();
    }
}
