package dev.ringway.engine.downstream;

import dev.ringway.codecs.hpack.HpackEncoder;
import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http2.ErrorCode;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.exchange.DownstreamSink;
import dev.ringway.engine.exchange.Exchange;
import dev.ringway.engine.exchange.KeptTrailers;
import dev.ringway.engine.exchange.LocalReply;
import dev.ringway.engine.http2.Http2Cause;
import dev.ringway.engine.http2.Http2Stream;
import dev.ringway.engine.http2.Http2StreamHandler;
import dev.ringway.engine.memory.HeldBytes;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One stream of a client: passes its content to the exchange, and sends the response. Pooled. Loop thread only.
 */
final class Http2Response implements DownstreamSink, Http2StreamHandler
{
    private static final int STATUS_LENGTH = 16;
    private static final int CONTINUE_LENGTH = ":status100".length();

    private final Http2SessionFactory factory;
    private final HeldBytes held = new HeldBytes();
    private final KeptTrailers trailersHeld = new KeptTrailers();
    private final ByteMeter meter = new ByteMeter();
    private Http2DownstreamSession session;
    private Http2Stream stream;
    private Exchange exchange;
    private int headLength;
    private boolean isHeadRequest;
    private boolean isWhole;
    private boolean isHeldEnd;
    private boolean isTunnel;

    Http2Response(final Http2SessionFactory factory)
    {
        this.factory = factory;
    }

    void begin(final Http2DownstreamSession owner, final Http2Stream opened, final Exchange fresh)
    {
        session = owner;
        stream = opened;
        exchange = fresh;
        meter.reset();
        opened.meter(meter);
        headLength = 0;
        isWhole = false;
        isHeldEnd = false;
        isHeadRequest = fresh != null && fresh.request().methodId() == HttpMethod.HEAD;
        isTunnel = fresh != null && (fresh.request().upgrade() || fresh.request().tunnel());
    }

    /** The head of its request is whole. */
    void start(final boolean isEnd)
    {
        final RequestHead head = exchange.request();
        stream.expectContent(isEnd || isTunnel ? -1 : head.contentLength());
        if (head.expectContinue() && !isEnd)
        {
            sendContinue();
        }
        exchange.onRequestHead(this, session.http(), isEnd);
        awaitDeadline();
    }

    /** Whether it asks for another protocol or a tunnel: only content belongs on it then (RFC 9113, 8.5). */
    boolean isTunnel()
    {
        return isTunnel;
    }

    /**
     * {@inheritDoc}
     */
    public void awaitDeadline()
    {
        if (exchange != null)
        {
            session.link().wakeBy(exchange.deadlineNs());
        }
    }

    /** @return when it is to be looked at next. */
    long onDeadline(final long nowNs)
    {
        if (exchange.deadlineNs() <= nowNs)
        {
            exchange.onDeadline(nowNs);
        }
        return exchange == null ? Long.MAX_VALUE : exchange.deadlineNs();
    }

    private LoopMemory memory()
    {
        return factory.loop().memory();
    }

    /**
     * {@inheritDoc}
     */
    public void onData(final int offset, final int length, final boolean isEnd)
    {
        if (!exchange.takesRequestData() || !held.isEmpty())
        {
            isHeldEnd |= isEnd;
            if (length > 0 && !held.add(memory(), offset, length))
            {
                exchange.giveUp(LocalReply.OVERLOADED);
            }
            return;
        }
        exchange.onRequestData(offset, length, isEnd);
        if (stream != null)
        {
            stream.consumed(length);
        }
        if (isEnd)
        {
            awaitDeadline();
        }
    }

    void onTrailers(final HeaderTable trailers)
    {
        if (trailers.count() == 0)
        {
            onData(0, 0, true);
        }
        else if (!exchange.takesRequestData() || !held.isEmpty())
        {
            isHeldEnd = true;
            if (!trailersHeld.keep(memory(), trailers))
            {
                exchange.giveUp(LocalReply.OVERLOADED);
            }
        }
        else
        {
            exchange.onRequestTrailers(trailers);
            awaitDeadline();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onReset(final int cause)
    {
        final Exchange last = exchange;
        stream = null;
        exchange = null;
        session.countDestroyed(cause);
        recycle();
        if (cause == Http2Cause.OVERLOADED)
        {
            last.onOverload();
        }
        else
        {
            last.onDownstreamClosed(true, cause != Http2Cause.CLOSED && cause != Http2Cause.RESET);
        }
    }

    private void recycle()
    {
        held.release(memory());
        trailersHeld.release(memory());
        factory.release(this);
    }

    /**
     * {@inheritDoc}
     */
    public void onDrained()
    {
        exchange.onDownstreamDrained();
    }

    private void sendContinue()
    {
        final int start = stream.reserveFields(STATUS_LENGTH);
        if (start >= 0)
        {
            final UnsafeBuffer buffer = memory().slab().buffer();
            final HpackEncoder encoder = stream.session().encoder();
            stream.sendFields(start, encoder.putStatus(buffer, encoder.putBlockStart(buffer, start), 100), false);
            meter.sentFields(CONTINUE_LENGTH);
            session.http().counters().interim(factory.loop().counters());
        }
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendHead(final ResponseHead head, final HeaderEdits edits, final boolean isEnd)
    {
        final HeaderTable headers = head.headers();
        final int start = stream.reserveFields(Http2Stream.boundOf(headers) + edits.addedLength() + STATUS_LENGTH);
        if (start < 0)
        {
            return false;
        }
        final UnsafeBuffer buffer = memory().slab().buffer();
        final HpackEncoder encoder = stream.session().encoder();
        int at = encoder.putBlockStart(buffer, start);
        at = encoder.putStatus(buffer, at, head.status());
        at = encoder.putFields(headers, edits.dropMask(), buffer, at);
        at = edits.write(encoder, buffer, at);
        if (head.status() >= 200)
        {
            headLength = at - start;
            isWhole = isEnd;
        }
        stream.sendFields(start, at, isEnd);
        return true;
    }

    /**
     * {@inheritDoc}
     */
    public DownstreamSink upgrade(final ResponseHead head, final HeaderEdits edits)
    {
        if (edits.protocol() != null)
        {
            head.status(Grpc.HTTP_STATUS, 0, 0);
        }
        return sendHead(head, edits, false) ? this : null;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendLocalReply(final int status, final byte[] text, final HeaderEdits edits)
    {
        final boolean hasBody = text.length > 0 && !isHeadRequest;
        final boolean hasLength = text.length > 0 && status != 204 && status != 304;
        if (hasLength)
        {
            edits.add(HeaderName.CONTENT_LENGTH, text.length);
        }
        final boolean isSent = sendOwnHead(status, edits, !hasBody) && (!hasBody || sendText(text));
        if (hasLength)
        {
            // It frames the answer, and logs tell it besides its fields.
            edits.withdraw(HeaderName.CONTENT_LENGTH, null);
        }
        return isSent;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendGrpcReply(final int status, final HeaderEdits edits)
    {
        return sendOwnHead(Grpc.HTTP_STATUS, edits, true);
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendReply(final ResponseHead head, final HeaderEdits edits, final int status, final byte[] body)
    {
        final boolean hasBody = head.contentLength() > 0 && !isHeadRequest;
        final boolean isSent = sendHead(head, edits, !hasBody) && (!hasBody || sendText(body));
        isWhole = isSent;
        return isSent;
    }

    private boolean sendOwnHead(final int status, final HeaderEdits edits, final boolean isEnd)
    {
        final int start = stream.reserveFields(edits.addedLength() + STATUS_LENGTH);
        if (start < 0)
        {
            return false;
        }
        final UnsafeBuffer buffer = memory().slab().buffer();
        final HpackEncoder encoder = stream.session().encoder();
        int at = encoder.putBlockStart(buffer, start);
        at = encoder.putStatus(buffer, at, status);
        at = edits.write(encoder, buffer, at);
        headLength = at - start;
        isWhole = true;
        stream.sendFields(start, at, isEnd);
        return true;
    }

    private boolean sendText(final byte[] text)
    {
        final int at = memory().scratch().reserve(text.length);
        if (at < 0)
        {
            isWhole = false;
            return false;
        }
        memory().slab().buffer().putBytes(at, text);
        memory().scratch().commit(text.length);
        final boolean isSent = stream.sendData(at, text.length, true);
        memory().slab().release(at);
        return isSent;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendData(final int offset, final int length, final boolean isEnd)
    {
        isWhole = isEnd;
        return stream.sendData(offset, length, isEnd);
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendTrailers(final HeaderTable trailers)
    {
        isWhole = stream.sendTrailers(trailers);
        return isWhole;
    }

    /**
     * {@inheritDoc}
     */
    public void onExchangeEnded(final boolean isComplete, final boolean isReset)
    {
        final Http2Stream last = stream;
        exchange = null;
        stream = null;
        if (isWhole)
        {
            session.onAnswered();
            last.release(ErrorCode.NO_ERROR, session.flushDeadlineNs());
        }
        else
        {
            last.release(resetCode(isReset), Long.MAX_VALUE);
        }
        recycle();
    }

    private int resetCode(final boolean isReset)
    {
        final int endpointsCode = isTunnel ? ErrorCode.CONNECT_ERROR : ErrorCode.CANCEL;
        return isReset ? endpointsCode : ErrorCode.INTERNAL_ERROR;
    }

    /**
     * {@inheritDoc}
     */
    public boolean mayBegin()
    {
        return session.mayBegin();
    }

    /**
     * {@inheritDoc}
     */
    public ByteMeter meter()
    {
        return meter;
    }

    /**
     * {@inheritDoc}
     */
    public void pauseRequest()
    {
        stream.pauseReading();
    }

    /**
     * {@inheritDoc}
     */
    public void resumeRequest()
    {
        while (exchange != null && !held.isEmpty() && exchange.takesRequestData() && !exchange.isRequestPaused())
        {
            final int offset = held.rangeOffset();
            final int length = held.rangeLength();
            held.removeFirst();
            final boolean isEnd = isHeldEnd && held.isEmpty() && !trailersHeld.isTaken();
            isHeldEnd &= !isEnd;
            exchange.onRequestData(offset, length, isEnd);
            HeldBytes.free(memory(), offset);
            if (stream != null)
            {
                stream.consumed(length);
            }
        }
        if (exchange != null && isHeldEnd && held.isEmpty() && exchange.takesRequestData())
        {
            isHeldEnd = false;
            endHeld();
        }
        if (exchange != null && held.isEmpty())
        {
            stream.resumeReading();
            awaitDeadline();
        }
    }

    private void endHeld()
    {
        if (trailersHeld.isTaken())
        {
            exchange.onRequestTrailers(trailersHeld.table());
            trailersHeld.release(memory());
        }
        else
        {
            exchange.onRequestData(0, 0, true);
        }
    }

    /**
     * {@inheritDoc}
     */
    public boolean isAboveHighWater()
    {
        return stream.isAboveHighWater();
    }

    /** Bytes of the head that was sent last. */
    int headLength()
    {
        return headLength;
    }

    /**
     * {@inheritDoc}
     */
    public Connection connection()
    {
        return session.link().connection();
    }
}
