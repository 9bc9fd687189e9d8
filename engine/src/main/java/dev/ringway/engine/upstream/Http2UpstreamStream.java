package dev.ringway.engine.upstream;

import dev.ringway.codecs.hpack.HpackEncoder;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http2.ErrorCode;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.http2.Http2Cause;
import dev.ringway.engine.http2.Http2Stream;
import dev.ringway.engine.http2.Http2StreamHandler;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.snapshot.Endpoint;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One request to an endpoint that speaks HTTP/2, and its response. Pooled. Loop thread only.
 */
final class Http2UpstreamStream implements UpstreamSession, Http2StreamHandler
{
    private static final int PSEUDO_OVERHEAD = 64;
    private static final int CONTINUE = 100;
    private static final byte[] ROOT = {'/'};
    private static final UnsafeBuffer PROTOCOL =
        new UnsafeBuffer(":protocol".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    /** What a relay's last bytes have to leave. */
    private static final long FLUSH_NS = 300_000_000_000L;

    private final UpstreamContext context;
    private Http2UpstreamSession session;
    /** Told of also when the stream is given up, until it serves another request. */
    private Connection connection;
    private Http2Stream stream;
    private UpstreamHandler handler;
    private boolean isHeadRequest;
    private boolean isInBody;
    private boolean isAnswered;
    private boolean isUpgrade;
    private boolean isSentEnd;

    Http2UpstreamStream(final UpstreamContext context)
    {
        this.context = context;
    }

    void assign(final Http2UpstreamSession owner, final UpstreamHandler exchange)
    {
        session = owner;
        connection = owner.link().connection();
        handler = exchange;
        stream = owner.link().openStream(this);
        stream.meter(exchange.meter());
        exchange.meter().beginTry();
        isInBody = false;
        isAnswered = false;
        isUpgrade = false;
        isSentEnd = false;
    }

    boolean isHeadRequest()
    {
        return isHeadRequest;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendHead(final RequestHead head, final HeaderEdits edits, final boolean isEnd)
    {
        isHeadRequest = head.methodId() == HttpMethod.HEAD;
        final HeaderTable headers = head.headers();
        final EditedTarget target = edits.target();
        final boolean isTunnel = head.tunnel();
        isUpgrade = edits.protocol() != null || isTunnel;
        final int bound = head.methodLength() + head.protocolLength() +
            Math.max(head.pathLength(), target.pathLength()) + target.hostLength(head) +
            Http2Stream.boundOf(headers) + edits.addedLength() + PSEUDO_OVERHEAD;
        final int start = stream.reserveFields(bound);
        if (start < 0)
        {
            if (bound > BufferSlab.CHUNK_LENGTH - PSEUDO_OVERHEAD)
            {
                edits.tooLong();
            }
            return false;
        }
        final UnsafeBuffer buffer = context.loop.memory().slab().buffer();
        final HpackEncoder encoder = session.link().encoder();
        final DirectBuffer source = headers.buffer();
        int at = encoder.putBlockStart(buffer, start);
        at = encoder.putMethod(buffer, at, source, head.methodOffset(), head.methodLength(),
            isUpgrade ? HttpMethod.CONNECT : head.methodId());
        if (!isTunnel)
        {
            at = encoder.putScheme(buffer, at, target.isHttps());
            at = putPath(head, target, encoder, buffer, at);
        }
        at = putAuthority(head, target, encoder, buffer, at);
        if (isUpgrade && !isTunnel)
        {
            at = encoder.putField(buffer, at, HeaderName.OTHER, PROTOCOL, 0, PROTOCOL.capacity(),
                source, head.protocolOffset(), head.protocolLength());
        }
        at = encoder.putFields(headers, edits.dropMask() | 1L << HeaderName.HOST, buffer, at);
        at = edits.write(encoder, buffer, at);
        stream.sendFields(start, at, isEnd);
        return true;
    }

    private int putPath(
        final RequestHead head,
        final EditedTarget target,
        final HpackEncoder encoder,
        final UnsafeBuffer buffer,
        final int at)
    {
        final boolean isChanged = target.pathLength() >= 0;
        if (!isChanged && head.pathLength() == 0)
        {
            return encoder.putPath(buffer, at, context.path(ROOT), 0, 1);
        }
        final DirectBuffer source = isChanged ? context.path(target.path()) : head.headers().buffer();
        final int offset = isChanged ? 0 : head.pathOffset();
        final int length = isChanged ? target.pathLength() : head.pathLength();
        return head.pathNeverIndexed() ? encoder.putSecretPath(buffer, at, source, offset, length) :
            encoder.putPath(buffer, at, source, offset, length);
    }

    private static int putAuthority(
        final RequestHead head,
        final EditedTarget target,
        final HpackEncoder encoder,
        final UnsafeBuffer buffer,
        final int at)
    {
        final DirectBuffer source = target.hostBuffer(head);
        final int offset = target.hostOffset(head);
        final int length = target.hostLength(head);
        return head.authorityNeverIndexed() ? encoder.putSecretAuthority(buffer, at, source, offset, length) :
            encoder.putAuthority(buffer, at, source, offset, length);
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendData(final int offset, final int length, final boolean isEnd)
    {
        isSentEnd |= isEnd;
        return stream.sendData(offset, length, isEnd);
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendTrailers(final HeaderTable trailers)
    {
        return stream.sendTrailers(trailers);
    }

    /** A head came, interim or final. */
    void onHead(final ResponseHead head, final boolean isEnd)
    {
        final int status = head.status();
        isAnswered = true;
        if (status < 200)
        {
            if (status != CONTINUE)
            {
                handler.onResponseHead(head, false);
            }
            return;
        }
        isInBody = true;
        session.pool().tally().onResponse(head);
        if (isUpgrade && status < 300)
        {
            onUpgraded(head, isEnd);
            return;
        }
        isUpgrade = false;
        if (isEnd)
        {
            complete().onResponseHead(head, true);
            return;
        }
        stream.expectContent(isHeadRequest || head.bodyless() ? 0 : head.contentLength());
        handler.onResponseHead(head, false);
    }

    /** The stream is the exchange's until it lets go. */
    private void onUpgraded(final ResponseHead head, final boolean isEnd)
    {
        final Http2Stream source = stream;
        final int id = source.id();
        handler.onUpgraded(head, this);
        if (isEnd && stream == source && source.id() == id)
        {
            handler.onResponseData(0, 0, true);
        }
    }

    /** Whether its content is that of another protocol. */
    boolean isRelay()
    {
        return isUpgrade && isInBody;
    }

    boolean isInBody()
    {
        return isInBody;
    }

    void onTrailers(final HeaderTable trailers)
    {
        if (trailers.count() > 0)
        {
            complete().onResponseTrailers(trailers);
        }
        else
        {
            complete().onResponseData(0, 0, true);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onData(final int offset, final int length, final boolean isEnd)
    {
        if (!isInBody)
        {
            session.onMalformed(stream);
        }
        else if (isEnd && !isUpgrade)
        {
            // The bytes stay leased during the call, whatever becomes of the stream.
            complete().onResponseData(offset, length, true);
        }
        else
        {
            final Http2Stream source = stream;
            final int id = source.id();
            handler.onResponseData(offset, length, isEnd);
            // When the exchange has given up, both objects may serve another one already.
            if (stream == source && source.id() == id)
            {
                source.consumed(length);
            }
        }
    }

    /** The response has ended: the stream is given up before the exchange is told. */
    private UpstreamHandler complete()
    {
        final UpstreamHandler last = handler;
        final Http2Stream ended = stream;
        session.onRequestEnded();
        forget();
        ended.cancel(ErrorCode.NO_ERROR);
        return last;
    }

    private void forget()
    {
        final Http2UpstreamSession owner = session;
        stream = null;
        handler = null;
        session = null;
        owner.pool().recycle(this);
    }

    /**
     * {@inheritDoc}
     */
    public void onReset(final int cause)
    {
        final UpstreamHandler last = handler;
        final int failure = cause == Http2Cause.CONNECT_FAILED ?
            session.pool().connectFailure(connection()) : unseen(failure(cause));
        if (!isInBody)
        {
            session.pool().tally().onRequestFailed();
        }
        session.onRequestEnded();
        session.pool().tally().onStreamReset(cause == Http2Cause.PEER_RESET || cause == Http2Cause.REFUSED);
        forget();
        last.onUpstreamFailed(failure);
    }

    private int unseen(final int failure)
    {
        return (failure == UpstreamFailure.CLOSED || failure == UpstreamFailure.RESET) && !isAnswered &&
            session.hasServed() ? UpstreamFailure.UNANSWERED : failure;
    }

    static int failure(final int cause)
    {
        return switch (cause)
        {
            case Http2Cause.CLOSED -> UpstreamFailure.CLOSED;
            case Http2Cause.MALFORMED, Http2Cause.CONNECTION_ERROR, Http2Cause.RESET_FLOOD -> UpstreamFailure.PROTOCOL;
            case Http2Cause.OVERLOADED -> UpstreamFailure.OVERLOADED;
            case Http2Cause.CONNECT_TIMEOUT -> UpstreamFailure.CONNECT_TIMEOUT;
            case Http2Cause.REFUSED -> UpstreamFailure.REFUSED;
            case Http2Cause.PEER_RESET -> UpstreamFailure.STREAM_RESET;
            default -> UpstreamFailure.RESET;
        };
    }

    /**
     * {@inheritDoc}
     */
    public void onDrained()
    {
        handler.onUpstreamDrained();
    }

    /**
     * {@inheritDoc}
     */
    public void onTimeout(final boolean isQuiet)
    {
        if (!session.isOpened())
        {
            return;
        }
        session.pool().tally().onTimeout();
        if (!isInBody)
        {
            session.pool().tally().onUnanswered(isQuiet);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void cancel(final boolean isReset)
    {
        final Http2Stream ended = stream;
        final EndpointPool pool = session.pool();
        final boolean isRelay = isRelay();
        final boolean isWhole = isRelay && isSentEnd && !isReset;
        final boolean isPending = !session.isOpened();
        session.onRequestEnded();
        forget();
        if (isWhole)
        {
            ended.release(ErrorCode.CANCEL, pool.nowNs() + FLUSH_NS);
        }
        else
        {
            if (isPending)
            {
                pool.tally().onPendingCancelled();
            }
            else
            {
                pool.tally().onStreamCancelled();
            }
            ended.cancel(isRelay && isReset ? ErrorCode.CONNECT_ERROR : ErrorCode.CANCEL);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void pauseReading()
    {
        stream.pauseReading();
    }

    /**
     * {@inheritDoc}
     */
    public void resumeReading()
    {
        stream.resumeReading();
    }

    /**
     * {@inheritDoc}
     */
    public boolean isAboveHighWater()
    {
        return stream.isAboveHighWater();
    }

    /**
     * {@inheritDoc}
     */
    public boolean mayGoUnseen()
    {
        return true;
    }

    /**
     * {@inheritDoc}
     */
    public byte[] hostText()
    {
        return session.hostText();
    }

    /**
     * {@inheritDoc}
     */
    public Endpoint endpoint()
    {
        return session.pool().endpoint();
    }

    /**
     * {@inheritDoc}
     */
    public Connection connection()
    {
        return connection;
    }
}
