package dev.ringway.engine.downstream;

import dev.ringway.codecs.hpack.HpackError;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http2.ErrorCode;
import dev.ringway.codecs.http2.Http2Fault;
import dev.ringway.codecs.http2.RequestFields;
import dev.ringway.codecs.http2.TrailerFields;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.counters.DownstreamConnectionCounters;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.exchange.Exchange;
import dev.ringway.engine.exchange.LocalReply;
import dev.ringway.engine.http2.Http2Cause;
import dev.ringway.engine.http2.Http2Context;
import dev.ringway.engine.http2.Http2Session;
import dev.ringway.engine.http2.Http2SessionHandler;
import dev.ringway.engine.http2.Http2Stream;
import dev.ringway.engine.http2.Http2Terms;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import org.agrona.DirectBuffer;

/**
 * HTTP/2 with a client: each stream that it opens becomes an exchange of its own. Loop thread only.
 */
final class Http2DownstreamSession extends OpenSession implements Http2SessionHandler
{
    /** Most requests that begin in the duty cycle that they come in. */
    private static final int MOST_AT_ONCE = 16;

    private final Http2SessionFactory factory;
    private final Http2Session link;
    private final Http2Terms terms;
    private HttpConnectionManager http;
    private int requests;
    private boolean isCut;
    private boolean isDraining;
    private int atOnce;
    private int begun;
    private long begunNs;
    private long oldAtNs;

    Http2DownstreamSession(final Http2SessionFactory factory)
    {
        this.factory = factory;
        link = new Http2Session(factory.context(), this, true);
        terms = link.terms();
    }

    /** The connection is old at that time. */
    void open(final Connection opened, final long whenOldNs)
    {
        http = factory.http();
        requests = 0;
        isCut = false;
        isDraining = false;
        atOnce = 0;
        begun = 0;
        link.open(opened, http.http2(), http.counters().http2, http.idleTimeoutNs(), http.requestHeadersTimeoutNs(),
            http.maxRequestHeadersBytes());
        oldAtNs = whenOldNs;
        link.wakeBy(oldAtNs);
        opened.startReading();
    }

    Http2Session link()
    {
        return link;
    }

    HttpConnectionManager http()
    {
        return http;
    }

    private void count(final int id)
    {
        factory.loop().counters().increment(id);
    }

    /** By when a response that is whole must have left. */
    long flushDeadlineNs()
    {
        final long idleNs = http.streamIdleTimeoutNs();
        return idleNs == 0 ? Long.MAX_VALUE : factory.loop().clock().nowNs() + idleNs;
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
        return stream == null ? onRequest(streamId, source, offset, length, isEnd) :
            onTrailers(stream, source, offset, length, isEnd);
    }

    private int onRequest(
        final int streamId, final DirectBuffer source, final int offset, final int length, final boolean isEnd)
    {
        http = factory.renew(http);
        final Exchange fresh = factory.exchanges().acquire();
        final RequestHead head = fresh.request();
        final RequestFields fields = factory.requestFields();
        fields.allowProtocol(terms.takesConnect());
        fields.begin(head, factory.context().fields(), Http2Context.MAX_BLOCK_LENGTH, factory.limits(),
            http.underscores());
        final int used = terms.decode(source, offset, length, fields);
        if (used == HpackError.COMPRESSION)
        {
            factory.exchanges().release(fresh);
            record(Refusals.COMPRESSION, null);
            return -ErrorCode.COMPRESSION_ERROR;
        }
        final int fault = used < 0 && fields.fault() == 0 ? Http2Fault.FIELDS_TOO_LARGE : fields.end(isEnd);
        if (fault != 0 || link.streamCount() >= http.http2().maxConcurrentStreams())
        {
            factory.exchanges().release(fresh);
            return refuse(streamId, fault, isEnd);
        }
        head.head(0, fields.endOffset());
        countRequest();
        final Http2Response response = factory.acquire();
        response.begin(this, link.acceptStream(streamId, response, isEnd), fresh);
        terms.countBlock(response.meter());
        response.start(isEnd);
        return 0;
    }

    private void countRequest()
    {
        requests++;
        final int most = http.maxRequestsPerConnection();
        if (most > 0 && requests == most)
        {
            count(http.counters().connections.downstreamCxMaxRequestsReached);
            link.drain(http.drainNs());
        }
    }

    /** A response is whole: who lets requests come to that may begin more of them at once. */
    void onAnswered()
    {
        atOnce = Math.min(atOnce + 1, MOST_AT_ONCE);
        if (factory.endsNow())
        {
            drain();
        }
    }

    /** Whether another request may begin in this duty cycle without waiting for its turn. */
    boolean mayBegin()
    {
        final long nowNs = factory.loop().clock().nowNs();
        if (begunNs != nowNs)
        {
            begunNs = nowNs;
            begun = 0;
        }
        return begun++ < atOnce;
    }

    private int refuse(final int streamId, final int fault, final boolean isEnd)
    {
        final HttpCounters ids = http.counters();
        if (fault == 0)
        {
            link.refuse(streamId, ErrorCode.REFUSED_STREAM);
            return 0;
        }
        count(ids.http2.rxMessagingError);
        if (!Http2Fault.isTooLarge(fault))
        {
            record(Refusals.http2(fault), null);
            if (link.endsOnInvalidMessage())
            {
                return -ErrorCode.PROTOCOL_ERROR;
            }
            link.refuse(streamId, ErrorCode.PROTOCOL_ERROR);
            return 0;
        }
        count(switch (fault)
        {
            case Http2Fault.TOO_MANY_FIELDS -> ids.http2.headerOverflow;
            case Http2Fault.COOKIES_TOO_LARGE -> ids.http2.cookiesTotalBytesTooLarge;
            default -> ids.http2.headerListSizeTooLarge;
        });
        final Http2Response response = factory.acquire();
        response.begin(this, link.acceptStream(streamId, response, isEnd), null);
        terms.countBlock(response.meter());
        final LocalReply reply = Refusals.http2(fault);
        ids.refusal(factory.loop().counters(), true, isEnd, reply.status());
        response.sendLocalReply(reply.status(), reply.body(), factory.exchanges().refusalEdits(http, false));
        record(reply, response);
        response.onExchangeEnded(false, false);
        return 0;
    }

    /** The answer is null where there is none. */
    private void record(final LocalReply reply, final Http2Response answer)
    {
        factory.exchanges().recordRefusal(
            http, link.connection(), true, null, answer == null ? null : answer.meter(),
            answer == null ? 0 : answer.headLength(), factory.loop().clock().nowNs(), reply);
    }

    private int onTrailers(
        final Http2Stream stream,
        final DirectBuffer source,
        final int offset,
        final int length,
        final boolean isEnd)
    {
        final TrailerFields fields = factory.trailerFields();
        fields.begin(factory.trailers(), factory.context().fields(), factory.limits(), http.underscores());
        final int used = terms.decode(source, offset, length, fields);
        if (used == HpackError.COMPRESSION)
        {
            return -ErrorCode.COMPRESSION_ERROR;
        }
        terms.countBlock(stream.meter());
        final Http2Response response = (Http2Response)stream.handler();
        if (!isEnd || response.isTunnel() || fields.end() != 0 || used < 0 || !stream.isContentWhole())
        {
            count(http.counters().http2.rxMessagingError);
            if (link.endsOnInvalidMessage())
            {
                return -ErrorCode.PROTOCOL_ERROR;
            }
            link.failStream(stream, ErrorCode.PROTOCOL_ERROR);
            return 0;
        }
        count(http.counters().http2.trailers);
        response.onTrailers(factory.trailers());
        return 0;
    }

    /**
     * {@inheritDoc}
     */
    public void onOpened(final Connection connection)
    {
        throw new IllegalStateException("an accepted connection is open already");
    }

    /**
     * {@inheritDoc}
     */
    public void onStreamEnded()
    {
        // Clients open streams when they like.
    }

    /**
     * {@inheritDoc}
     */
    public void onCapacity()
    {
        // What a client allows concerns pushed streams, of which there are none.
    }

    /**
     * {@inheritDoc}
     */
    public void onEnding(final int cause)
    {
        if (cause == Http2Cause.CONNECTION_ERROR)
        {
            count(http.counters().connections.downstreamCxProtocolError);
            link.connection().note(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
        }
        else if (cause == Http2Cause.RESET_FLOOD)
        {
            count(http.counters().downstreamRqTooManyPrematureResets);
        }
    }

    /** A stream ends before its time. A connection that ends with some counts once. */
    void countDestroyed(final int cause)
    {
        if (isCut)
        {
            return;
        }
        final DownstreamConnectionCounters ids = http.counters().connections;
        switch (cause)
        {
            case Http2Cause.CLOSED, Http2Cause.RESET ->
            {
                isCut = true;
                count(ids.downstreamCxDestroyRemoteActiveRq);
                count(ids.downstreamCxDestroyActiveRq);
            }
            case Http2Cause.CONNECTION_ERROR, Http2Cause.OVERLOADED, Http2Cause.KEEPALIVE_TIMEOUT,
                Http2Cause.RESET_FLOOD ->
            {
                isCut = true;
                count(ids.downstreamCxDestroyLocalActiveRq);
                count(ids.downstreamCxDestroyActiveRq);
            }
            default ->
            {
                // The connection goes on.
            }
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onIdleTimeout()
    {
        count(http.counters().connections.downstreamCxIdleTimeout);
    }

    /**
     * {@inheritDoc}
     */
    public long onDeadline(final long nowNs)
    {
        if (oldAtNs <= nowNs)
        {
            onOld();
        }
        long nextNs = oldAtNs;
        Http2Stream stream = link.newestStream();
        while (stream != null)
        {
            final Http2Stream older = stream.older();
            if (stream.handler() instanceof Http2Response response)
            {
                nextNs = Math.min(nextNs, response.onDeadline(nowNs));
            }
            stream = older;
        }
        return nextNs;
    }

    /** The connection has lasted as long as it may. */
    private void onOld()
    {
        oldAtNs = Long.MAX_VALUE;
        count(http.counters().connections.downstreamCxMaxDurationReached);
        // To who has said nothing nothing is lost.
        link.drain(link.hasPeerSettings() ? http.drainNs() : 0);
    }

    /** The connection was old before its client said what it speaks, and is counted as such. */
    void drainOld()
    {
        link.drain(http.drainNs());
    }

    @Override
    void drain()
    {
        if (isDraining)
        {
            return;
        }
        isDraining = true;
        count(http.counters().connections.downstreamCxDrainClose);
        link.drain(http.drainNs());
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection closed)
    {
        factory.countClosed(http.counters().connections, closed, link.isClosedByPeer());
        factory.release(this);
    }
}
