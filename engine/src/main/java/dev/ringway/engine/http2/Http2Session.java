package dev.ringway.engine.http2;

import dev.ringway.codecs.hpack.HpackEncoder;
import dev.ringway.codecs.http2.ErrorCode;
import dev.ringway.codecs.http2.FloodGuard;
import dev.ringway.codecs.http2.FloodLimits;
import dev.ringway.codecs.http2.FlowWindow;
import dev.ringway.codecs.http2.FrameWriter;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;
import dev.ringway.engine.counters.Http2Counters;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.snapshot.Http2Options;

/**
 * HTTP/2 (RFC 9113) on one connection, client or server: its streams and windows, and how it ends. Pooled with its
 * tables. Loop thread only.
 */
public final class Http2Session
{
    private final Http2Context context;
    private final Http2SessionHandler handler;
    private final boolean isServer;
    private final Http2Terms terms;
    private final HpackEncoder encoder;
    private final FloodGuard flood = new FloodGuard();
    private final Http2Streams streams = new Http2Streams();
    private final Http2Life life;
    private final Http2Input input;
    private final Http2Output output;
    private final Http2Windows windows;
    private Connection connection;
    private Http2Options options;
    private Http2Options limitsOf;
    private FloodLimits limits;
    private Http2Counters counters;
    private int nextId;
    private int expected;

    /**
     * @param context  of the loop.
     * @param handler  that knows what streams mean.
     * @param isServer whether the peer is a client.
     */
    public Http2Session(final Http2Context context, final Http2SessionHandler handler, final boolean isServer)
    {
        this.context = context;
        this.handler = handler;
        this.isServer = isServer;
        terms = new Http2Terms(context, isServer);
        encoder = terms.encoder();
        input = new Http2Input(this, new Http2Frames(this));
        windows = new Http2Windows(context.windowRoom());
        life = new Http2Life(this, input, isServer);
        output = new Http2Output(context.memory(), flood, life);
    }

    /**
     * Begins on a connection that is open or opening: preface and settings are queued at once.
     *
     * @param opened    taken over.
     * @param http2     options that hold for its life.
     * @param ids       counters.
     * @param idleNs    longest time without a stream, 0 for any.
     * @param headNs    longest time for a block of fields, 0 for any.
     * @param listBytes largest list of fields that is taken, as announced.
     */
    public void open(
        final Connection opened,
        final Http2Options http2,
        final Http2Counters ids,
        final long idleNs,
        final long headNs,
        final int listBytes)
    {
        context.open();
        connection = opened;
        options = http2;
        counters = ids;
        nextId = context.firstId();
        expected = 0;
        windows.open(http2, nowNs());
        terms.open(http2, listBytes);
        if (http2 != limitsOf)
        {
            limitsOf = http2;
            limits = new FloodLimits(http2.maxOutboundFrames(), http2.maxOutboundControlFrames(),
                http2.maxConsecutiveEmptyFrames(), http2.maxPriorityFramesPerStream(),
                http2.maxWindowUpdatesPerDataFrame());
        }
        flood.reset(limits, nowNs());
        streams.open();
        input.open(isServer);
        output.open(opened);
        life.open(opened, http2, idleNs, headNs);
        begin();
        life.begin();
    }

    private void begin()
    {
        output.sendBegin(terms.ours(), !isServer);
        if (windows.size() > FlowWindow.INITIAL_SIZE)
        {
            output.sendWindowUpdate(0, windows.size() - FlowWindow.INITIAL_SIZE);
        }
    }

    Http2Context context()
    {
        return context;
    }

    LoopMemory memory()
    {
        return context.memory();
    }

    ByteMeter spareMeter()
    {
        return context.spareMeter();
    }

    Http2Output output()
    {
        return output;
    }

    FloodGuard flood()
    {
        return flood;
    }

    Http2Streams streams()
    {
        return streams;
    }

    Http2Counters counters()
    {
        return counters;
    }

    Http2SessionHandler handler()
    {
        return handler;
    }

    boolean isServer()
    {
        return isServer;
    }

    int nextId()
    {
        return nextId;
    }

    long nowNs()
    {
        return context.loop().clock().nowNs();
    }

    void count(final int id)
    {
        context.loop().counters().increment(id);
    }

    /**
     * @return its connection.
     */
    public Connection connection()
    {
        return connection;
    }

    /**
     * @return what both sides have told in their settings; the same object as long as this.
     */
    public Http2Terms terms()
    {
        return terms;
    }

    /**
     * @return where blocks of fields are encoded; its state goes with the order of the blocks.
     */
    public HpackEncoder encoder()
    {
        return encoder;
    }

    /**
     * @return streams that are open.
     */
    public int streamCount()
    {
        return streams.count();
    }

    /**
     * Says how many streams wait to be opened: as long as there are some, the connection is not idle.
     *
     * @param count of them.
     */
    public void expectStreams(final int count)
    {
        expected = count;
        if (isIdle() && !life.isEnding())
        {
            life.onIdle();
        }
    }

    /** Whether nothing goes on and nothing waits. */
    boolean isIdle()
    {
        return streams.count() == 0 && expected == 0;
    }

    /**
     * @return the newest stream, from which {@link Http2Stream#older()} leads on, or null.
     */
    public Http2Stream newestStream()
    {
        return streams.newest();
    }

    /**
     * @return whether the peer has told its settings.
     */
    public boolean hasPeerSettings()
    {
        return !input.isSettingsDue();
    }

    /**
     * @return whether new streams may be opened from this side.
     */
    public boolean takesStreams()
    {
        return life.takesStreams();
    }

    boolean isEnding()
    {
        return life.isEnding();
    }

    Http2Life life()
    {
        return life;
    }

    /**
     * @return what the connection tells this session.
     */
    public ConnectionHandler connectionHandler()
    {
        return life;
    }

    /**
     * Has {@link Http2SessionHandler#onDeadline} come at that time at the latest.
     *
     * @param atNs time of the loop's clock.
     */
    public void wakeBy(final long atNs)
    {
        life.wakeBy(atNs);
    }

    /**
     * Ends as soon as that loses nothing: see {@link Http2GoAway}. Idempotent.
     *
     * @param mostNs longest time that a client has to hear of it; without meaning where this side is the client.
     */
    public void drain(final long mostNs)
    {
        life.drain(mostNs);
    }

    /**
     * @return whether the peer ended the connection.
     */
    public boolean isClosedByPeer()
    {
        return life.isClosedByPeer();
    }

    Http2Windows windows()
    {
        return windows;
    }

    Http2Stream streamOf(final int id)
    {
        return streams.get(id);
    }

    /**
     * Opens a stream from this side, a client's. With the last number that there is the connection takes no more and ends
     * behind them (RFC 9113, 5.1.1).
     *
     * @param owner told of it.
     * @return the stream; its fields must be sent next.
     */
    public Http2Stream openStream(final Http2StreamHandler owner)
    {
        final Http2Stream stream = add(nextId);
        flood.onStream();
        stream.handler(owner);
        nextId += 2;
        if (nextId < 0)
        {
            life.drain(0);
        }
        return stream;
    }

    /**
     * Takes up a stream that the peer opens.
     *
     * @param id    of it, as {@link Http2SessionHandler#onFields} said.
     * @param owner told of it.
     * @param isEnd whether the peer says no more on it.
     * @return the stream.
     */
    public Http2Stream acceptStream(final int id, final Http2StreamHandler owner, final boolean isEnd)
    {
        final Http2Stream stream = add(id);
        stream.handler(owner);
        stream.begun();
        if (isEnd)
        {
            stream.onRemoteEnd();
        }
        return stream;
    }

    private Http2Stream add(final int id)
    {
        final Http2Stream stream = context.acquire();
        stream.open(this, id, terms.peer().initialWindowSize(), nowNs());
        streams.add(stream);
        context.loop().counters().increment(counters.streamsActive);
        context.loop().onStreams(1);
        return stream;
    }

    /**
     * Answers a stream that is not taken up.
     *
     * @param id   of it.
     * @param code from {@link ErrorCode}.
     */
    public void refuse(final int id, final int code)
    {
        streams.onReset(id, false);
        count(counters.txReset);
        countReset();
        output.sendReset(id, code);
    }

    /** A stream was reset before its end, by the peer or for a fault of the peer: more than a few end the connection. */
    void countReset()
    {
        if (!flood.onReset(nowNs()))
        {
            life.end(Http2Cause.RESET_FLOOD, ErrorCode.ENHANCE_YOUR_CALM);
        }
    }

    /** The stream ends with a reset from this side; its owner has let go of it or is told elsewhere. */
    void resetStream(final Http2Stream stream, final int code)
    {
        if (stream.isBegun())
        {
            streams.onReset(stream.id(), false);
            count(counters.txReset);
            stream.meter().sent(FrameWriter.RESET_LENGTH);
            output.sendReset(stream.id(), code);
        }
        onStreamEnded(stream);
    }

    /**
     * Ends a stream on which the peer broke a rule; its owner is told.
     *
     * @param stream of the session.
     * @param code   from {@link ErrorCode}.
     */
    public void failStream(final Http2Stream stream, final int code)
    {
        final Http2StreamHandler owner = stream.handler();
        stream.handler(null);
        resetStream(stream, code);
        if (owner != null)
        {
            owner.onReset(Http2Cause.MALFORMED);
        }
        countReset();
    }

    /** Off the wire and without an owner. */
    void onStreamEnded(final Http2Stream stream)
    {
        remove(stream);
        if (isIdle())
        {
            life.onIdle();
        }
        if (!life.isEnding())
        {
            handler.onStreamEnded();
        }
    }

    void remove(final Http2Stream stream)
    {
        assert !stream.isGone() : "ended twice";
        streams.remove(stream);
        input.onGone(stream);
        output.onGone(stream);
        final int left = stream.unconsumed();
        stream.onGone(memory());
        context.loop().counters().decrement(counters.streamsActive);
        context.loop().onStreams(-1);
        context.release(stream);
        if (left > 0)
        {
            onConsumed(left);
        }
    }

    /** Bytes come; false when they are more than the connection's window. */
    boolean takeReceiveWindow(final int length)
    {
        return windows.take(length);
    }

    /** Bytes have been used that came on the connection. */
    void onConsumed(final int length)
    {
        final int increment = windows.consumed(length, nowNs());
        if (increment > 0 && !life.isEnding())
        {
            output.sendWindowUpdate(0, increment);
        }
    }

    /** Streams may send more or less than they could before; false when one could send more than is possible. */
    boolean changeWindows(final int change)
    {
        for (Http2Stream stream = streams.newest(); stream != null; stream = stream.next)
        {
            if (!stream.addSendWindow(change))
            {
                return false;
            }
            if (stream.hasOutput())
            {
                output.onQueued(stream);
            }
        }
        return true;
    }

    /** The peer has seen our settings and keeps to them. */
    void onSettingsAck()
    {
        terms.onAcknowledged();
        windows.onAnswered(nowNs());
    }

    /**
     * @return whether a message that breaks HTTP ends its connection, not only its stream.
     */
    public boolean endsOnInvalidMessage()
    {
        return !options.streamErrorOnInvalidMessage();
    }

    /** The peer's settings hold from now on. */
    void onSettings()
    {
        terms.onPeer();
        output.maxFrameLength(terms.peer().maxFrameSize());
        output.sendSettingsAck();
        output.pump();
        handler.onCapacity();
    }

    void onWindowGrown(final Http2Stream stream)
    {
        if (stream.hasOutput())
        {
            output.onQueued(stream);
            output.pump();
        }
    }

    /** The peer reset a stream. */
    void onPeerReset(final Http2Stream stream, final int code)
    {
        count(counters.rxReset);
        stream.meter().received(FrameWriter.RESET_LENGTH);
        streams.onReset(stream.id(), true);
        final Http2StreamHandler owner = stream.handler();
        stream.handler(null);
        onStreamEnded(stream);
        if (owner != null)
        {
            owner.onReset(code == ErrorCode.REFUSED_STREAM ? Http2Cause.REFUSED : Http2Cause.PEER_RESET);
        }
    }
}
