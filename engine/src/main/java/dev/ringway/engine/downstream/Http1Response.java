package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.Http1Body;
import dev.ringway.engine.exchange.DownstreamSink;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * The sending half of an HTTP/1.1 session: frames the response to its request under way. Loop thread only.
 */
final class Http1Response implements DownstreamSink
{
    /** As Envoy: where a request is not understood, what follows it may not be either. */
    private static final int BAD_REQUEST = 400;
    private static final byte[] NO_TEXT = new byte[0];

    private final LoopMemory memory;
    private Http1DownstreamSession session;
    private Connection connection;
    private HttpConnectionManager http;
    /** Of the exchange, or one that nobody asks. */
    private ByteMeter meter;
    private int headLength;
    private boolean isHttp10;
    private boolean isHeadRequest;
    private boolean isChunked;
    private boolean isWhole;
    private boolean isClosedByEnd;

    Http1Response(final LoopMemory memory)
    {
        this.memory = memory;
    }

    void open(final Http1DownstreamSession owner, final Connection opened)
    {
        session = owner;
        connection = opened;
    }

    /**
     * The next response answers this request.
     *
     * @param manager       configuration that holds for the request.
     * @param isOldVersion  whether the request is HTTP/1.0.
     * @param isHead        whether its method is HEAD.
     * @param length        bytes of the client that it is about.
     * @param counting      counts what goes over the wire for it, until {@link #end}.
     */
    void begin(
        final HttpConnectionManager manager,
        final boolean isOldVersion,
        final boolean isHead,
        final int length,
        final ByteMeter counting)
    {
        http = manager;
        meter = counting;
        meter.reset();
        meter.received(length);
        isHttp10 = isOldVersion;
        isHeadRequest = isHead;
        headLength = 0;
        isWhole = false;
        isClosedByEnd = false;
    }

    /** Nothing is counted for it any more. */
    void end(final ByteMeter spare)
    {
        meter = spare;
    }

    /**
     * @return whether all of it is queued.
     */
    boolean isWhole()
    {
        return isWhole;
    }

    /**
     * @return whether only the end of the connection marks its end.
     */
    boolean isClosedByEnd()
    {
        return isClosedByEnd;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendHead(final ResponseHead head, final HeaderEdits edits, final boolean isEnd)
    {
        if (head.status() < 200)
        {
            return isHttp10 ||
                Http1ResponseWriter.sendHead(connection, memory, meter, head, edits, false, false, false, false) > 0;
        }
        final boolean isUnknownLength = !isHeadRequest && !head.bodyless() && head.contentLength() < 0;
        isChunked = isUnknownLength && !isHttp10 && !isEnd;
        isClosedByEnd = isUnknownLength && isHttp10 && !isEnd;
        isWhole = isEnd;
        if (isUnknownLength && isEnd)
        {
            // An end without content, which only HTTP/2 can say without words.
            edits.add(HeaderName.CONTENT_LENGTH, 0);
        }
        final boolean isKeepAlive = session.keepAlive(!isClosedByEnd);
        headLength = Http1ResponseWriter.sendHead(
            connection, memory, meter, head, edits, isHttp10, isChunked, !isKeepAlive, isKeepAlive && isHttp10);
        return headLength > 0;
    }

    /**
     * {@inheritDoc}
     */
    public DownstreamSink upgrade(final ResponseHead head, final HeaderEdits edits)
    {
        if (edits.protocol() == null)
        {
            headLength = Http1ResponseWriter.sendHead(connection, memory, meter, head, edits, false, false, false, false);
            return headLength > 0 ? session.upgrade() : null;
        }
        headLength = Http1ResponseWriter.sendUpgrade(connection, memory, meter, head, edits);
        return headLength > 0 ? session.upgrade() : null;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendLocalReply(final int status, final byte[] text, final HeaderEdits edits)
    {
        isWhole = true;
        headLength = Http1ResponseWriter.sendLocalReply(
            connection, memory, meter, status, text, edits, isHttp10, isHeadRequest,
            session.keepAlive(status != BAD_REQUEST));
        return headLength > 0;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendGrpcReply(final int status, final HeaderEdits edits)
    {
        isWhole = true;
        headLength = Http1ResponseWriter.sendLocalReply(
            connection, memory, meter, Grpc.HTTP_STATUS, NO_TEXT, edits, isHttp10, isHeadRequest,
            session.keepAlive(status != BAD_REQUEST));
        return headLength > 0;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendReply(final ResponseHead head, final HeaderEdits edits, final int status, final byte[] body)
    {
        isWhole = true;
        final boolean hasLength = head.headers().contains(HeaderName.CONTENT_LENGTH);
        final boolean lacksLength = !hasLength && !head.bodyless();
        if (lacksLength)
        {
            edits.add(HeaderName.CONTENT_LENGTH, 0);
        }
        final boolean isKeepAlive = session.keepAlive(status != BAD_REQUEST);
        headLength = Http1ResponseWriter.sendHead(
            connection, memory, meter, head, edits, isHttp10, false, !isKeepAlive, isKeepAlive && isHttp10);
        if (lacksLength)
        {
            // It frames the answer, and is none of its fields.
            edits.withdraw(HeaderName.CONTENT_LENGTH, null);
        }
        return headLength > 0 &&
            (isHeadRequest || !hasLength || Http1ResponseWriter.sendText(connection, memory, meter, body));
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendData(final int offset, final int length, final boolean isEnd)
    {
        isWhole = isEnd;
        return Http1Body.send(connection, memory, meter, isChunked, offset, length, isEnd);
    }

    /**
     * {@inheritDoc}
     */
    public Connection bodyConnection()
    {
        return isChunked || isHeadRequest ? null : connection;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendTrailers(final HeaderTable trailers)
    {
        isWhole = true;
        if (!isChunked)
        {
            return true;
        }
        return http.enableTrailers() ?
            Http1Body.sendTrailers(connection, memory, meter, trailers) :
            Http1Body.send(connection, memory, meter, true, 0, 0, true);
    }

    /**
     * {@inheritDoc}
     */
    public void onExchangeEnded(final boolean isComplete, final boolean isReset)
    {
        session.onExchangeEnded(isComplete, isReset);
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
        connection.pauseReading();
    }

    /**
     * {@inheritDoc}
     */
    public void resumeRequest()
    {
        session.resumeRequest();
    }

    /**
     * {@inheritDoc}
     */
    public void awaitDeadline()
    {
        session.awaitDeadline();
    }

    /**
     * {@inheritDoc}
     */
    public boolean isAboveHighWater()
    {
        return connection.isAboveHighWater();
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
        return connection;
    }
}
