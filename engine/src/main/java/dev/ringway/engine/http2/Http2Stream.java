package dev.ringway.engine.http2;

import dev.ringway.codecs.hpack.HpackEncoder;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http1.Http1Encoder;
import dev.ringway.codecs.http2.FlowWindow;
import dev.ringway.codecs.http2.FrameHeader;
import dev.ringway.codecs.http2.FrameWriter;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.memory.RangeQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One stream of a session: who has it, its windows, and what could not leave yet. Goes back to its pool when it has ended
 * on the wire and its owner has let go of it. Loop thread only.
 */
public final class Http2Stream
{
    /** Length and prefixes of a field as HPACK has it, more than its text. */
    private static final int FIELD_OVERHEAD = 12;
    private static final int INITIAL_RANGES = 4;
    private static final int HIGH_WATER_MARK = 64 * 1024;
    private static final int LOW_WATER_MARK = HIGH_WATER_MARK >> 1;

    private static final int REMOTE_ENDED = 1;
    private static final int LOCAL_ENDED = 1 << 1;
    private static final int END_QUEUED = 1 << 2;
    private static final int WRITABLE = 1 << 3;
    private static final int HELD_BACK = 1 << 4;
    private static final int PAUSED = 1 << 5;
    private static final int GONE = 1 << 6;
    private static final int RESET_AFTER = 1 << 7;
    private static final int BEGUN = 1 << 8;

    private final RangeQueue output = new RangeQueue(INITIAL_RANGES);
    private final FlowWindow sendWindow = new FlowWindow(0);
    private final FlowWindow receiveWindow = new FlowWindow(0);
    private Http2Session session;
    private Http2StreamHandler handler;
    private ByteMeter meter;
    private int id;
    private int state;
    private int window;
    private int unacknowledged;
    private int unconsumed;
    private int outputBytes;
    private int trailersOffset;
    private int trailersLength;
    private int resetCode;
    private long contentLeft;
    private long flushDeadlineNs;
    private long openedNs;
    Http2Stream nextWritable;
    Http2Stream next;
    Http2Stream previous;

    void open(final Http2Session owner, final int streamId, final int send, final long nowNs)
    {
        session = owner;
        id = streamId;
        handler = null;
        meter = owner.spareMeter();
        state = 0;
        sendWindow.reset(send);
        window = owner.windows().initialOfStream();
        openedNs = nowNs;
        receiveWindow.reset(window);
        unacknowledged = 0;
        unconsumed = 0;
        outputBytes = 0;
        trailersLength = 0;
        contentLeft = -1;
        flushDeadlineNs = Long.MAX_VALUE;
    }

    /**
     * @param owner told from now on.
     */
    public void handler(final Http2StreamHandler owner)
    {
        handler = owner;
    }

    /**
     * @return who is told of it, null after {@link #release}.
     */
    public Http2StreamHandler handler()
    {
        return handler;
    }

    /**
     * @param counter of what goes over the wire for the stream, as long as it has an owner.
     */
    public void meter(final ByteMeter counter)
    {
        meter = counter;
        counter.framed();
    }

    /**
     * @return counts what goes over the wire for it.
     */
    public ByteMeter meter()
    {
        return meter;
    }

    /**
     * @return its number, 0 before it is opened.
     */
    public int id()
    {
        return id;
    }

    /**
     * @return the stream that was opened before it and is still open, or null.
     */
    public Http2Stream older()
    {
        return next;
    }

    /**
     * @return its session.
     */
    public Http2Session session()
    {
        return session;
    }

    /**
     * Says how much content the peer has announced: more or less than that is an error of the stream.
     *
     * @param length bytes, negative when it is not known.
     */
    public void expectContent(final long length)
    {
        contentLeft = length;
    }

    /**
     * @return whether all content that was announced has come.
     */
    public boolean isContentWhole()
    {
        return contentLeft <= 0;
    }

    /** Whether what came agrees with what was announced. */
    boolean takeContent(final int length, final boolean isEnd)
    {
        if (contentLeft < 0)
        {
            return true;
        }
        contentLeft -= length;
        return contentLeft >= 0 && (!isEnd || contentLeft == 0);
    }

    /**
     * Sends a piece of content, or keeps it until it may leave.
     *
     * @param offset in the slab; the caller's lease is untouched.
     * @param length may be 0 with the end.
     * @param isEnd  whether nothing follows.
     * @return false when memory has run out.
     */
    public boolean sendData(final int offset, final int length, final boolean isEnd)
    {
        if ((state & GONE) != 0)
        {
            return true;
        }
        final Http2Output out = session.output();
        int sent = 0;
        if (outputBytes == 0)
        {
            sent = out.sendNow(this, offset, length, isEnd);
            if (sent < 0)
            {
                return false;
            }
        }
        if (sent == length && outputBytes == 0)
        {
            // Sent without its end: an empty frame of its own is never held back by a window.
            return !isEnd || (state & LOCAL_ENDED) != 0 || out.sendEnd(this);
        }
        if (sent < length && !keep(offset + sent, length - sent))
        {
            return false;
        }
        state |= isEnd ? END_QUEUED : 0;
        return true;
    }

    private boolean keep(final int offset, final int length)
    {
        final int leased = session.memory().lease(offset, length);
        if (leased < 0)
        {
            return false;
        }
        // Each piece leaves in frames of its own, as long ones as there are unless a window cuts them.
        meter.sent(length + FrameHeader.LENGTH *
            ((length + Http2Output.MAX_DATA_LENGTH - 1) / Http2Output.MAX_DATA_LENGTH));
        output.addLast(leased, length);
        outputBytes += length;
        session.output().onQueued(this);
        return true;
    }

    /**
     * Makes room for a block of fields; nothing is taken until {@link #sendFields}.
     *
     * @param bound most bytes of it.
     * @return offset in the slab where it may be encoded, or -1 when memory has run out or it is too long.
     */
    public int reserveFields(final int bound)
    {
        return session.output().reserveFields(bound);
    }

    /**
     * Sends a block of fields. One that ends the stream leaves behind all content that waits.
     *
     * @param start offset that {@link #reserveFields} gave.
     * @param end   offset behind the block.
     * @param isEnd whether nothing follows.
     */
    public void sendFields(final int start, final int end, final boolean isEnd)
    {
        final Http2Output out = session.output();
        final int length = out.frameFields(id, start, end, isEnd);
        meter.sentBlock(length);
        state |= BEGUN;
        final int offset = start - FrameHeader.LENGTH;
        out.memory().scratch().commit(length);
        if ((state & GONE) != 0)
        {
            out.memory().slab().release(offset);
        }
        else if (isEnd)
        {
            sendLast(offset, length);
        }
        else
        {
            out.sendFrames(offset, length);
        }
    }

    /**
     * Sends trailers, which end the stream.
     *
     * @param trailers read during the call.
     * @return false when memory has run out.
     */
    public boolean sendTrailers(final HeaderTable trailers)
    {
        final int start = reserveFields(boundOf(trailers));
        if (start >= 0)
        {
            if (meter.isAsked())
            {
                meter.sentFields(trailers);
            }
            final UnsafeBuffer buffer = session.memory().slab().buffer();
            final HpackEncoder encoder = session.encoder();
            sendFields(start, encoder.putFields(trailers, 0, buffer, encoder.putBlockStart(buffer, start)), true);
        }
        return start >= 0;
    }

    /**
     * @param fields of a message.
     * @return most bytes that they take in a block.
     */
    public static int boundOf(final HeaderTable fields)
    {
        return Http1Encoder.headersLength(fields) + fields.count() * FIELD_OVERHEAD;
    }

    private void sendLast(final int offset, final int length)
    {
        if (outputBytes == 0)
        {
            session.output().sendFrames(offset, length);
            onLocalEnd();
        }
        else
        {
            trailersOffset = offset;
            trailersLength = length;
            state |= END_QUEUED;
        }
    }

    boolean hasOutput()
    {
        return outputBytes > 0;
    }

    RangeQueue output()
    {
        return output;
    }

    boolean isEndQueued()
    {
        return (state & END_QUEUED) != 0;
    }

    boolean hasTrailers()
    {
        return trailersLength > 0;
    }

    /** The first bytes of the queue have been given to the connection. */
    void onLeft(final int length, final boolean isLast)
    {
        outputBytes -= length;
        if (length == output.length(0))
        {
            output.removeFirst();
        }
        else
        {
            output.cutFirst(length);
        }
        if (outputBytes == 0 && trailersLength > 0)
        {
            final int frames = trailersLength;
            trailersLength = 0;
            session.output().sendFrames(trailersOffset, frames);
            onLocalEnd();
        }
        else if (isLast)
        {
            onLocalEnd();
        }
    }

    /** More fits again, if somebody waits for that. */
    void onRoom()
    {
        if ((state & HELD_BACK) != 0 && outputBytes <= LOW_WATER_MARK && !session.output().isFull())
        {
            state &= ~HELD_BACK;
            if (handler != null)
            {
                handler.onDrained();
            }
        }
    }

    /**
     * @return whether more is queued than should be; {@link Http2StreamHandler#onDrained} comes then.
     */
    public boolean isAboveHighWater()
    {
        final boolean isAbove = outputBytes > HIGH_WATER_MARK || session.output().isFull();
        state |= isAbove ? HELD_BACK : 0;
        return isAbove;
    }

    int sendWindow()
    {
        return sendWindow.size();
    }

    /** The peer allows more, or with new settings less. False when that is more than a window can be. */
    boolean addSendWindow(final int increment)
    {
        return sendWindow.add(increment);
    }

    void useSendWindow(final int length)
    {
        sendWindow.consume(length);
    }

    /** False when the peer sends more than it may. */
    boolean takeReceiveWindow(final int length)
    {
        return receiveWindow.consume(length);
    }

    /** Bytes are there, for the owner to use. */
    void onReceived(final int length)
    {
        unconsumed += length;
    }

    /**
     * Counts back content that has been used, so that the peer may send more.
     *
     * @param length bytes, at most those that came and were not counted back.
     */
    public void consumed(final int length)
    {
        unconsumed -= length;
        unacknowledged += length;
        session.onConsumed(length);
        acknowledge();
    }

    private void acknowledge()
    {
        if ((state & (REMOTE_ENDED | PAUSED | GONE)) == 0 && unacknowledged >= window >> 1)
        {
            open();
        }
    }

    private void open()
    {
        final long nowNs = session.nowNs();
        final int growth = session.windows().growth(window, openedNs, nowNs);
        final int increment = unacknowledged + growth;
        window += growth;
        unacknowledged = 0;
        openedNs = nowNs;
        receiveWindow.add(increment);
        meter.sent(FrameWriter.WINDOW_UPDATE_LENGTH);
        session.output().sendWindowUpdate(id, increment);
    }

    int unconsumed()
    {
        return unconsumed;
    }

    /**
     * Lets the peer send no more than its window still allows.
     */
    public void pauseReading()
    {
        state |= PAUSED;
    }

    /**
     * Lets the peer go on.
     */
    public void resumeReading()
    {
        state &= ~PAUSED;
        acknowledge();
    }

    /** The peer said its last word on the stream. */
    void onRemoteEnd()
    {
        state |= REMOTE_ENDED;
    }

    boolean isRemoteEnded()
    {
        return (state & REMOTE_ENDED) != 0;
    }

    /** The last word on this side has been given to the connection. */
    void onLocalEnd()
    {
        state |= LOCAL_ENDED;
        if (handler == null)
        {
            finish();
        }
    }

    boolean isLocalEnded()
    {
        return (state & LOCAL_ENDED) != 0;
    }

    /**
     * The owner lets go. What is queued up to the end still leaves; without an end the stream is reset.
     *
     * @param code     from {@link dev.ringway.codecs.http2.ErrorCode}, for a peer that has not said its last word.
     * @param flushNs  time by which what is queued must have left, or {@link Long#MAX_VALUE}.
     */
    public void release(final int code, final long flushNs)
    {
        assert (state & GONE) == 0 : "released after its end";
        handler = null;
        meter = session.spareMeter();
        if ((state & (LOCAL_ENDED | END_QUEUED)) == 0)
        {
            session.resetStream(this, code);
            return;
        }
        resetCode = code;
        state |= RESET_AFTER;
        if ((state & LOCAL_ENDED) != 0)
        {
            finish();
        }
        else
        {
            flushDeadlineNs = flushNs;
            session.wakeBy(flushNs);
        }
    }

    /**
     * The owner lets go, and nothing of the stream matters any more: unless both sides have said their last word it is
     * reset.
     *
     * @param code from {@link dev.ringway.codecs.http2.ErrorCode}.
     */
    public void cancel(final int code)
    {
        handler = null;
        if ((state & (LOCAL_ENDED | REMOTE_ENDED)) == (LOCAL_ENDED | REMOTE_ENDED))
        {
            session.onStreamEnded(this);
        }
        else
        {
            session.resetStream(this, code);
        }
    }

    /** Whether the peer has heard of it. */
    boolean isBegun()
    {
        return (state & BEGUN) != 0;
    }

    void begun()
    {
        state |= BEGUN;
    }

    long flushDeadlineNs()
    {
        return flushDeadlineNs;
    }

    private void finish()
    {
        if ((state & REMOTE_ENDED) == 0 && (state & RESET_AFTER) != 0)
        {
            session.resetStream(this, resetCode);
        }
        else if ((state & REMOTE_ENDED) != 0)
        {
            session.onStreamEnded(this);
        }
    }

    /** Off the wire: nothing can be sent or will come. */
    void onGone(final LoopMemory memory)
    {
        state |= GONE;
        session.windows().onGone(window - session.windows().initialOfStream());
        while (output.count() > 0)
        {
            memory.slab().release(output.offset(0));
            output.removeFirst();
        }
        outputBytes = 0;
        if (trailersLength > 0)
        {
            trailersLength = 0;
            memory.slab().release(trailersOffset);
        }
        unconsumed = 0;
    }

    boolean isGone()
    {
        return (state & GONE) != 0;
    }

    boolean isWritable()
    {
        return (state & WRITABLE) != 0;
    }

    void writable(final boolean isWritable)
    {
        state = isWritable ? state | WRITABLE : state & ~WRITABLE;
    }
}
