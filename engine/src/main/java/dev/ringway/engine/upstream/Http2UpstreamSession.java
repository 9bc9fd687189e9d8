package dev.ringway.engine.upstream;

import dev.ringway.codecs.hpack.HpackError;
import dev.ringway.codecs.http2.ErrorCode;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.http2.Http2Cause;
import dev.ringway.engine.http2.Http2Session;
import dev.ringway.engine.http2.Http2SessionHandler;
import dev.ringway.engine.http2.Http2Stream;
import dev.ringway.engine.http2.Http2Terms;
import org.agrona.DirectBuffer;

import java.util.ArrayDeque;

/**
 * HTTP/2 towards an endpoint: many exchanges at a time on one connection. Loop thread only.
 */
final class Http2UpstreamSession implements Http2SessionHandler
{
    private final UpstreamContext context;
    private final Http2Session link;
    private final Http2Terms terms;
    /** What waits for the endpoint's settings, which say whether it takes upgrades. */
    private final ArrayDeque<UpstreamHandler> upgrades = new ArrayDeque<>(4);
    private EndpointPool pool;
    private byte[] hostText;
    private long startNs;
    private int requests;
    private long overAtNs;
    private boolean isOpened;
    private boolean isUnreachable;
    /** Requests that it has while it is being opened. */
    private int pending;

    Http2UpstreamSession(final UpstreamContext context)
    {
        this.context = context;
        link = new Http2Session(context.http2, this, false);
        terms = link.terms();
    }

    void open(final EndpointPool owner, final Connection connection)
    {
        pool = owner;
        hostText = owner.hostText();
        startNs = owner.nowNs();
        requests = 0;
        isOpened = false;
        isUnreachable = false;
        overAtNs = Long.MAX_VALUE;
        pending = 0;
        owner.openLink(link, connection);
    }

    Http2Session link()
    {
        return link;
    }

    byte[] hostText()
    {
        return hostText;
    }

    EndpointPool pool()
    {
        return pool;
    }

    /** Whether there were other requests. */
    boolean hasServed()
    {
        return requests > 1;
    }

    /** Whether one more stream may be opened. */
    boolean hasRoom()
    {
        return link.streamCount() + upgrades.size() < mostStreams();
    }

    /** How many streams there may be at a time. */
    int mostStreams()
    {
        return link.takesStreams() ? Math.min(pool.maxStreams(), terms.peerMaxStreams()) : 0;
    }

    /** Ends the connection unless it has requests or is ending; false when it goes on. */
    boolean closeIdle()
    {
        final boolean isIdle = isOpened && link.takesStreams() && link.streamCount() == 0 && upgrades.isEmpty();
        if (isIdle)
        {
            link.drain(0);
        }
        return isIdle;
    }

    boolean isOpened()
    {
        return isOpened;
    }

    /** Gives a stream to an exchange; there is room. */
    void give(final UpstreamHandler exchange)
    {
        if (isOpened)
        {
            pool.onRequest();
        }
        else
        {
            pending++;
            pool.tally().onPending(1);
        }
        if (!exchange.needs().asksUpgrade())
        {
            open(exchange);
        }
        else if (link.hasPeerSettings())
        {
            openUpgrade(exchange);
        }
        else
        {
            upgrades.addLast(exchange);
            link.expectStreams(upgrades.size());
        }
    }

    /** A request ends; one that still waited for the connection never was one of the endpoint. */
    void onRequestEnded()
    {
        if (isOpened)
        {
            pool.onResponseEnded();
            return;
        }
        pending--;
        pool.onPendingEnded();
        pool.onUnserved();
    }

    private void openUpgrade(final UpstreamHandler exchange)
    {
        if (terms.peerTakesConnect() && link.streamCount() < mostStreams())
        {
            open(exchange);
        }
        else
        {
            onRequestEnded();
            exchange.onUpstreamFailed(
                terms.peerTakesConnect() ? UpstreamFailure.UNSENT : UpstreamFailure.STREAM_RESET);
        }
    }

    /** An exchange gives up; false when it does not wait here. */
    boolean cancelUpgrade(final UpstreamHandler exchange)
    {
        final boolean isHere = upgrades.remove(exchange);
        if (isHere)
        {
            onRequestEnded();
            link.expectStreams(upgrades.size());
        }
        return isHere;
    }

    /** The endpoint is not to be asked any more. */
    void retire()
    {
        link.drain(0);
        failUpgrades(UpstreamFailure.UNSENT);
    }

    /** What waits will not be served. */
    private void failUpgrades(final int failure)
    {
        for (UpstreamHandler exchange = upgrades.pollFirst(); exchange != null; exchange = upgrades.pollFirst())
        {
            onRequestEnded();
            exchange.onUpstreamFailed(failure);
        }
        link.expectStreams(0);
    }

    private void open(final UpstreamHandler exchange)
    {
        final Http2UpstreamStream stream = pool.newStream();
        stream.assign(this, exchange);
        requests++;
        if (pool.isExhausted(requests))
        {
            link.drain(0);
        }
        exchange.onUpstreamReady(stream);
    }

    /**
     * {@inheritDoc}
     */
    public int onFields(
        final int streamId,
        final Http2Stream stream,
        final DirectBuffer source,
        final int offset,
        final int length,
        final boolean isEnd)
    {
        final Http2UpstreamStream owner = (Http2UpstreamStream)stream.handler();
        return owner.isInBody() ? onTrailers(stream, owner, source, offset, length, isEnd) :
            onHead(stream, owner, source, offset, length, isEnd);
    }

    private int onHead(
        final Http2Stream stream,
        final Http2UpstreamStream owner,
        final DirectBuffer source,
        final int offset,
        final int length,
        final boolean isEnd)
    {
        context.responseFields.begin(context.head, context.http2.fields(), UpstreamContext.FIELD_LIMITS);
        final int used = terms.decode(source, offset, length, context.responseFields);
        if (used == HpackError.COMPRESSION)
        {
            return -ErrorCode.COMPRESSION_ERROR;
        }
        terms.countBlock(stream.meter());
        if (context.responseFields.end(isEnd, owner.isHeadRequest()) != 0 || used < 0)
        {
            return onInvalidFields(stream);
        }
        context.head.head(0, context.responseFields.endOffset());
        owner.onHead(context.head, isEnd);
        return 0;
    }

    private int onTrailers(
        final Http2Stream stream,
        final Http2UpstreamStream owner,
        final DirectBuffer source,
        final int offset,
        final int length,
        final boolean isEnd)
    {
        context.trailerFields.begin(context.trailers, context.http2.fields(), UpstreamContext.FIELD_LIMITS,
            UpstreamContext.UNDERSCORES);
        final int used = terms.decode(source, offset, length, context.trailerFields);
        if (used == HpackError.COMPRESSION)
        {
            return -ErrorCode.COMPRESSION_ERROR;
        }
        terms.countBlock(stream.meter());
        if (!isEnd || owner.isRelay() || context.trailerFields.end() != 0 || used < 0 || !stream.isContentWhole())
        {
            return onInvalidFields(stream);
        }
        pool.tally().onTrailers();
        owner.onTrailers(context.trailers);
        return 0;
    }

    private int onInvalidFields(final Http2Stream stream)
    {
        onMalformed(stream);
        return link.endsOnInvalidMessage() ? -ErrorCode.PROTOCOL_ERROR : 0;
    }

    void onMalformed(final Http2Stream stream)
    {
        pool.tally().onProtocolError();
        pool.tally().onMessagingError();
        link.failStream(stream, ErrorCode.PROTOCOL_ERROR);
    }

    /**
     * {@inheritDoc}
     */
    public void onOpened(final Connection connection)
    {
        isOpened = true;
        for (; pending > 0; pending--)
        {
            pool.onPendingEnded();
            pool.onRequest();
        }
        pool.onConnected(connection, pool.nowNs() - startNs);
        overAtNs = pool.overAtNs();
        if (overAtNs != Long.MAX_VALUE)
        {
            link.wakeBy(overAtNs);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onStreamEnded()
    {
        pool.keepSession(link.connection());
        pool.onRoom(this);
    }

    /**
     * {@inheritDoc}
     */
    public void onCapacity()
    {
        while (link.hasPeerSettings() && !upgrades.isEmpty())
        {
            openUpgrade(upgrades.pollFirst());
            link.expectStreams(upgrades.size());
        }
        pool.onRoom(this);
    }

    /**
     * {@inheritDoc}
     */
    public void onEnding(final int cause)
    {
        failUpgrades(cause == Http2Cause.CONNECT_FAILED ?
            pool.connectFailure(link.connection()) : unsent(Http2UpstreamStream.failure(cause)));
        switch (cause)
        {
            case Http2Cause.CONNECT_FAILED ->
            {
                isUnreachable = true;
                pool.tally().onConnectFailed(false);
                pool.tally().onRemoteClose(false);
            }
            case Http2Cause.CONNECT_TIMEOUT -> pool.tally().onConnectFailed(true);
            case Http2Cause.CLOSED, Http2Cause.RESET -> pool.tally().onRemoteClose(false);
            case Http2Cause.CONNECTION_ERROR -> pool.tally().onProtocolError();
            default ->
            {
                // Counted by the session, or by who wanted it.
            }
        }
    }

    /** What waits here has not been seen by the endpoint. */
    private static int unsent(final int failure)
    {
        return failure == UpstreamFailure.CLOSED || failure == UpstreamFailure.RESET ? UpstreamFailure.UNSENT : failure;
    }

    /**
     * {@inheritDoc}
     */
    public void onIdleTimeout()
    {
        pool.tally().onIdleTimeout();
    }

    /**
     * {@inheritDoc}
     */
    public long onDeadline(final long nowNs)
    {
        // Exchanges have their deadlines at the clients' side.
        if (nowNs >= overAtNs)
        {
            overAtNs = Long.MAX_VALUE;
            pool.tally().onOver();
            link.drain(0);
        }
        return overAtNs;
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection closed)
    {
        failUpgrades(UpstreamFailure.UNSENT);
        if (!link.isClosedByPeer() && !isUnreachable)
        {
            pool.tally().onLocalClose();
        }
        pool.onHttp2Closed(this, closed);
    }
}
