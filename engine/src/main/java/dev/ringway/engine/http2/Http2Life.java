package dev.ringway.engine.http2;

import dev.ringway.codecs.http2.ErrorCode;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;
import dev.ringway.engine.snapshot.Http2Options;

/**
 * How a session lives on its connection: what the socket tells, what has to happen by when, and how it ends. Loop thread
 * only.
 */
final class Http2Life implements ConnectionHandler
{
    private static final long NEVER = Long.MAX_VALUE;
    private static final long ALIVE_PING = 0x7269_6e67_7761_7932L;
    private static final long LINGER_NS = 1_000_000_000L;
    /** Longer where answers may still be on their way, in the kernel too: closing loses them when more comes in. */
    private static final long LAST_ANSWER_NS = 5_000_000_000L;

    private final Http2Session session;
    private final Http2Input input;
    private final boolean isServer;
    private final Http2Clock clock = new Http2Clock();
    private final Http2GoAway goAway;
    private Connection connection;
    private long wakeNs;
    private long lingerUntilNs;
    private long lingerBytes;
    private boolean isEnding;
    private boolean isClosedByPeer;
    private boolean isLingering;
    private boolean isWaiting;
    private boolean isPaused;

    Http2Life(final Http2Session session, final Http2Input input, final boolean isServer)
    {
        this.session = session;
        this.input = input;
        this.isServer = isServer;
        goAway = new Http2GoAway(isServer);
    }

    void open(final Connection opened, final Http2Options options, final long idleNs, final long headNs)
    {
        connection = opened;
        clock.open(options, idleNs, headNs, session.nowNs());
        goAway.open();
        wakeNs = NEVER;
        isEnding = false;
        isClosedByPeer = false;
        isLingering = false;
        isPaused = false;
    }

    /** From now on the connection tells this session. */
    void begin()
    {
        connection.handler(this);
        wakeBy(nextDeadlineNs());
    }

    boolean isEnding()
    {
        return isEnding;
    }

    boolean takesStreams()
    {
        return !isEnding && goAway.takesStreams();
    }

    /** Whether streams with this number come too late: the last one has been announced. */
    boolean isBeyondEnd(final int streamId)
    {
        return goAway.isBeyond(streamId);
    }

    /** No stream is open any more. */
    void onIdle()
    {
        clock.onIdle(session.nowNs());
        if (goAway.isDue())
        {
            finish();
        }
        else
        {
            wakeBy(nextDeadlineNs());
        }
    }

    void wakeBy(final long atNs)
    {
        if (atNs < wakeNs && connection.isOpen())
        {
            wakeNs = atNs;
            connection.deadline(atNs);
        }
    }

    private long nextDeadlineNs()
    {
        long next = Math.min(clock.nextNs(session.isIdle()), goAway.tellAtNs());
        for (Http2Stream stream = session.streams().newest(); stream != null; stream = stream.next)
        {
            next = Math.min(next, stream.flushDeadlineNs());
        }
        return next;
    }

    /**
     * {@inheritDoc}
     */
    public void onDeadline(final Connection late, final long nowNs)
    {
        if (!connection.isOpen() && !isEnding)
        {
            end(Http2Cause.CONNECT_TIMEOUT, ErrorCode.NO_ERROR);
            return;
        }
        wakeNs = NEVER;
        if (isLingering)
        {
            onLingerDeadline(nowNs);
            return;
        }
        if (endIfFramesAreLost())
        {
            return;
        }
        if (clock.isHeadTooLong(nowNs))
        {
            onConnectionError(ErrorCode.PROTOCOL_ERROR);
            return;
        }
        if (session.isIdle() && clock.isIdleTooLong(nowNs))
        {
            session.handler().onIdleTimeout();
            finish();
            return;
        }
        if (clock.isSilentTooLong(nowNs))
        {
            session.count(session.counters().keepaliveTimeout);
            end(Http2Cause.KEEPALIVE_TIMEOUT, ErrorCode.NO_ERROR);
            return;
        }
        if (clock.asks(nowNs))
        {
            session.output().sendPing(ALIVE_PING, false);
        }
        if (goAway.tellAtNs() <= nowNs)
        {
            tellLast();
        }
        flushTimeouts(nowNs);
        final long next = session.handler().onDeadline(nowNs);
        if (!isEnding)
        {
            wakeBy(Math.min(next, nextDeadlineNs()));
        }
    }

    private void flushTimeouts(final long nowNs)
    {
        Http2Stream stream = session.streams().newest();
        while (stream != null)
        {
            final Http2Stream older = stream.next;
            if (stream.flushDeadlineNs() <= nowNs)
            {
                session.count(session.counters().txFlushTimeout);
                session.resetStream(stream, ErrorCode.CANCEL);
            }
            stream = older;
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onOpened(final Connection opened)
    {
        wakeNs = NEVER;
        opened.deadline(NEVER);
        wakeBy(nextDeadlineNs());
        opened.startReading();
        session.windows().onAsked(session.nowNs());
        session.handler().onOpened(opened);
    }

    /**
     * {@inheritDoc}
     */
    public void onOpenFailed(final Connection failed, final int errno)
    {
        end(Http2Cause.CONNECT_FAILED, ErrorCode.NO_ERROR);
    }

    /**
     * {@inheritDoc}
     */
    public void onBytes(final Connection source, final int offset, final int length)
    {
        if (isEnding)
        {
            return;
        }
        clock.onReceived(session.nowNs());
        afterInput(input.feed(offset, length));
    }

    /** Goes on with frames that waited; false when there was nothing to do. */
    boolean onTurn()
    {
        isWaiting = false;
        if (connection == null || isEnding)
        {
            input.release();
            return false;
        }
        final int before = input.steps();
        afterInput(input.resume());
        return input.steps() != before;
    }

    private void afterInput(final boolean fits)
    {
        if (isEnding)
        {
            return;
        }
        if (!fits)
        {
            onConnectionError(ErrorCode.ENHANCE_YOUR_CALM);
            return;
        }
        if (endIfFramesAreLost())
        {
            return;
        }
        if (clock.onInput(input.isInHead(), input.steps()))
        {
            wakeBy(nextDeadlineNs());
        }
        if (input.isBlocked() && !isWaiting)
        {
            isWaiting = true;
            session.context().turns().await(this);
        }
        pauseReading();
    }

    /** What comes before the turn does is only put behind what waits. */
    private void pauseReading()
    {
        final boolean isTooMuch = isWaiting && (isPaused || input.isTooMuch());
        if (isTooMuch && !isPaused)
        {
            connection.pauseReading();
        }
        else if (isPaused && !isTooMuch)
        {
            connection.startReading();
        }
        isPaused = isTooMuch;
    }

    /** A frame could not be queued without which the peer and this side know different things of the connection. */
    void onFrameLost()
    {
        if (!isEnding)
        {
            wakeBy(session.nowNs());
        }
    }

    private boolean endIfFramesAreLost()
    {
        if (session.output().isFlooded())
        {
            session.count(session.flood().isControlFlood() ?
                session.counters().outboundControlFlood : session.counters().outboundFlood);
            onConnectionError(ErrorCode.ENHANCE_YOUR_CALM);
        }
        else if (session.output().isStarved())
        {
            session.count(session.counters().outboundStarved);
            end(Http2Cause.OVERLOADED, ErrorCode.INTERNAL_ERROR);
        }
        return isEnding;
    }

    /**
     * {@inheritDoc}
     */
    public void onEof(final Connection source)
    {
        isClosedByPeer = true;
        if (isEnding)
        {
            connection.close();
        }
        else
        {
            end(Http2Cause.CLOSED, ErrorCode.NO_ERROR);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onError(final Connection failed, final int errno)
    {
        isClosedByPeer = true;
        if (isEnding)
        {
            connection.close();
        }
        else
        {
            end(Http2Cause.RESET, ErrorCode.NO_ERROR);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onOverload(final Connection full)
    {
        endStreams(Http2Cause.OVERLOADED);
    }

    /**
     * {@inheritDoc}
     */
    public int heldChunks()
    {
        int chunks = input.heldChunks();
        for (Http2Stream stream = session.streams().newest(); stream != null; stream = stream.next)
        {
            chunks += stream.output().chunks();
        }
        return chunks;
    }

    /**
     * {@inheritDoc}
     */
    public void onDrained(final Connection drained)
    {
        session.output().pump();
        Http2Stream stream = session.streams().newest();
        while (stream != null && !isEnding)
        {
            final Http2Stream older = stream.next;
            stream.onRoom();
            stream = older;
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection closed)
    {
        input.release();
        // The session may have its next connection when this returns.
        connection = null;
        session.handler().onClosed(closed);
    }

    boolean isClosedByPeer()
    {
        return isClosedByPeer;
    }

    /** The peer broke a rule that all streams share: it is told which, and the connection ends (RFC 9113, 5.4.1). */
    void onConnectionError(final int code)
    {
        if (!isEnding)
        {
            end(Http2Cause.CONNECTION_ERROR, code);
        }
    }

    void end(final int cause, final int code)
    {
        endStreams(cause);
        session.handler().onEnding(cause);
        if (code == ErrorCode.NO_ERROR || !connection.isOpen())
        {
            connection.close();
            return;
        }
        session.output().sendGoAway(session.streams().lastPeerId(), code);
        session.count(session.counters().goawaySent);
        lingerUntilNs = session.nowNs();
        linger(LINGER_NS);
    }

    private void endStreams(final int cause)
    {
        isEnding = true;
        Http2Stream stream;
        while ((stream = session.streams().newest()) != null)
        {
            final Http2StreamHandler owner = stream.handler();
            stream.handler(null);
            session.remove(stream);
            if (owner != null)
            {
                owner.onReset(cause);
            }
        }
    }

    /** Ends this direction and waits a little for the peer to read: closing with bytes unread would reset it. */
    private void linger(final long graceNs)
    {
        isLingering = true;
        connection.shutdownAfterFlush();
        connection.startReading();
        lingerBytes = connection.bytesReceived();
        connection.deadline(session.nowNs() + graceNs);
    }

    /** What was answered whole is sent whole to a client that takes it, as long as an idle one would be borne. */
    private void onLingerDeadline(final long nowNs)
    {
        final boolean isBusy = connection.queuedBytes() > 0 || connection.bytesReceived() != lingerBytes;
        if (isServer && isBusy && nowNs < lingerUntilNs)
        {
            lingerBytes = connection.bytesReceived();
            connection.deadline(nowNs + LINGER_NS);
        }
        else
        {
            connection.close();
        }
    }

    /** All is done that was begun. */
    private void finish()
    {
        if (isEnding)
        {
            return;
        }
        isEnding = true;
        if (!goAway.isTold())
        {
            session.output().sendGoAway(session.streams().lastPeerId(), ErrorCode.NO_ERROR);
            session.count(session.counters().goawaySent);
        }
        if (isServer)
        {
            lingerUntilNs = clock.idleEndNs(session.nowNs());
            linger(LAST_ANSWER_NS);
        }
        else
        {
            isLingering = true;
            connection.deadline(session.nowNs() + LINGER_NS);
            connection.closeAfterFlush();
        }
    }

    /** A client has so much time to hear of it. */
    void drain(final long mostNs)
    {
        if (isEnding || !goAway.begin(session.output(), session.nowNs(), mostNs))
        {
            return;
        }
        if (isServer)
        {
            session.count(session.counters().goawaySent);
            wakeBy(goAway.tellAtNs());
        }
        else if (session.isIdle())
        {
            finish();
        }
    }

    void onPong(final long opaque)
    {
        if (goAway.isAwaited(opaque))
        {
            tellLast();
        }
    }

    /** The client has heard of the end, or has had the time for that. */
    private void tellLast()
    {
        goAway.tell(session.streams().lastPeerId(), session.output());
        if (session.streams().count() == 0)
        {
            finish();
        }
    }

    /** The peer goes away: what it will not take up may be tried elsewhere. */
    void onGoAway(final int lastStreamId)
    {
        goAway.onPeer();
        Http2Stream stream = isServer ? null : session.streams().newest();
        while (stream != null)
        {
            final Http2Stream older = stream.next;
            if (stream.id() > lastStreamId)
            {
                final Http2StreamHandler owner = stream.handler();
                stream.handler(null);
                session.remove(stream);
                if (owner != null)
                {
                    owner.onReset(Http2Cause.REFUSED);
                }
            }
            stream = older;
        }
        if (!isServer)
        {
            session.handler().onCapacity();
            if (session.streams().count() == 0)
            {
                finish();
            }
        }
    }
}
