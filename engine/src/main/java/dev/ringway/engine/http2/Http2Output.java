package dev.ringway.engine.http2;

import dev.ringway.codecs.http2.FloodGuard;
import dev.ringway.codecs.http2.FlowWindow;
import dev.ringway.codecs.http2.FrameFlag;
import dev.ringway.codecs.http2.FrameHeader;
import dev.ringway.codecs.http2.FrameType;
import dev.ringway.codecs.http2.FrameWriter;
import dev.ringway.codecs.http2.Http2Settings;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.memory.RangeQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Frames on their way out: all that is written in a duty cycle leaves in one gathered send. What the peer's windows or
 * the connection's queue do not take waits at its stream, and waiting streams get one frame each in turn. Loop thread
 * only.
 */
final class Http2Output
{
    /** Most content of a frame, whatever the peer allows: so long others wait at most. */
    static final int MAX_DATA_LENGTH = 16 * 1024;

    private final LoopMemory memory;
    private final FloodGuard flood;
    private final Http2Life life;
    private final FlowWindow window = new FlowWindow(FlowWindow.INITIAL_SIZE);
    private Connection connection;
    private Http2Stream firstWritable;
    private Http2Stream lastWritable;
    private int maxFrameLength;
    private boolean isFlooded;
    private boolean isStarved;
    private long markBytes;
    private int markFrames;
    private int markControlFrames;

    Http2Output(final LoopMemory memory, final FloodGuard flood, final Http2Life life)
    {
        this.memory = memory;
        this.flood = flood;
        this.life = life;
    }

    void open(final Connection opened)
    {
        connection = opened;
        firstWritable = null;
        lastWritable = null;
        window.reset(FlowWindow.INITIAL_SIZE);
        maxFrameLength = Http2Settings.MIN_FRAME_SIZE;
        isFlooded = false;
        isStarved = false;
        markBytes = 0;
        markFrames = 0;
        markControlFrames = 0;
    }

    LoopMemory memory()
    {
        return memory;
    }

    void maxFrameLength(final int length)
    {
        maxFrameLength = length;
    }

    int maxFrameLength()
    {
        return maxFrameLength;
    }

    /** Whether the connection has enough to do for now. */
    boolean isFull()
    {
        return connection.isAboveHighWater();
    }

    /** Whether the peer has caused more answers than it takes. */
    boolean isFlooded()
    {
        return isFlooded;
    }

    /** Whether there was no memory for something that the peer has to be told. */
    boolean isStarved()
    {
        return isStarved;
    }

    /** False when the window is larger then than it can be. */
    boolean addWindow(final int increment)
    {
        return window.add(increment);
    }

    /**
     * Queues whole frames.
     *
     * @param offset in scratch memory, whose lease passes to the connection.
     * @param length positive.
     */
    void sendFrames(final int offset, final int length)
    {
        connection.sendLeased(offset, length);
    }

    /** Room for a block of fields with all the frame headers it may need. */
    int reserveFields(final int bound)
    {
        final int at = memory.scratch().reserve(bound + FrameHeader.LENGTH * (1 + bound / Http2Settings.MIN_FRAME_SIZE));
        return at < 0 ? -1 : at + FrameHeader.LENGTH;
    }

    /**
     * Writes frame headers before a block of fields, and between its fragments where one frame cannot take it.
     *
     * @return bytes of all frames, which begin before the block.
     */
    int frameFields(final int streamId, final int start, final int end, final boolean isEnd)
    {
        final UnsafeBuffer buffer = memory.slab().buffer();
        final int length = end - start;
        final int flags = isEnd ? FrameFlag.END_STREAM : 0;
        final int more = length <= maxFrameLength ? 0 : (length - 1) / maxFrameLength;
        for (int i = more; i > 0; i--)
        {
            final int from = i * maxFrameLength;
            final int count = Math.min(maxFrameLength, length - from);
            final int to = start + from + i * FrameHeader.LENGTH;
            buffer.putBytes(to, buffer, start + from, count);
            FrameHeader.put(buffer, to - FrameHeader.LENGTH, count, FrameType.CONTINUATION,
                i == more ? FrameFlag.END_HEADERS : 0, streamId);
        }
        FrameHeader.put(buffer, start - FrameHeader.LENGTH, Math.min(length, maxFrameLength), FrameType.HEADERS,
            more == 0 ? flags | FrameFlag.END_HEADERS : flags, streamId);
        return length + FrameHeader.LENGTH * (1 + more);
    }

    /**
     * Makes room for frames that answer what the peer sent. There must not be too many that it does not take.
     *
     * @param length    bytes.
     * @param isControl whether it counts among PING, SETTINGS and RST_STREAM.
     * @return offset, or -1 when there is none: the connection must end then.
     */
    private int reserveAnswer(final int length, final boolean isControl)
    {
        countSent();
        isFlooded |= !flood.onFrameQueued(isControl);
        final int at = isFlooded ? -1 : memory.scratch().reserve(length);
        if (at < 0)
        {
            isStarved |= !isFlooded;
            life.onFrameLost();
        }
        return at;
    }

    /** Counts off what has left: all that was queued before the mark, which moves on to the end of the queue then. */
    private void countSent()
    {
        if (connection.bytesSent() >= markBytes)
        {
            flood.onSent(markFrames, markControlFrames);
            markFrames = flood.outboundFrames();
            markControlFrames = flood.outboundControlFrames();
            markBytes = connection.bytesSent() + connection.queuedBytes();
        }
    }

    private void commit(final int start, final int end)
    {
        memory.scratch().commit(end - start);
        connection.sendLeased(start, end - start);
    }

    /** What each side says first; without memory for it the peer will miss it and end the connection. */
    void sendBegin(final Http2Settings settings, final boolean isPreface)
    {
        final int start = memory.scratch().reserve(FrameWriter.PREFACE_LENGTH + FrameWriter.MAX_SETTINGS_LENGTH);
        if (start >= 0)
        {
            final UnsafeBuffer buffer = memory.slab().buffer();
            final int at = isPreface ? FrameWriter.putPreface(buffer, start) : start;
            commit(start, FrameWriter.putSettings(buffer, at, settings));
        }
    }

    void sendWindowUpdate(final int streamId, final int increment)
    {
        final int at = reserveAnswer(FrameWriter.WINDOW_UPDATE_LENGTH, false);
        if (at >= 0)
        {
            commit(at, FrameWriter.putWindowUpdate(memory.slab().buffer(), at, streamId, increment));
        }
    }

    void sendReset(final int streamId, final int code)
    {
        final int at = reserveAnswer(FrameWriter.RESET_LENGTH, true);
        if (at >= 0)
        {
            commit(at, FrameWriter.putReset(memory.slab().buffer(), at, streamId, code));
        }
    }

    void sendPing(final long opaque, final boolean isAck)
    {
        final int at = reserveAnswer(FrameWriter.PING_LENGTH, true);
        if (at >= 0)
        {
            commit(at, FrameWriter.putPing(memory.slab().buffer(), at, opaque, isAck));
        }
    }

    void sendGoAway(final int lastStreamId, final int code)
    {
        final int at = memory.scratch().reserve(FrameWriter.GOAWAY_LENGTH);
        if (at >= 0)
        {
            commit(at, FrameWriter.putGoAway(memory.slab().buffer(), at, lastStreamId, code));
        }
    }

    void sendSettingsAck()
    {
        final int at = reserveAnswer(FrameHeader.LENGTH, true);
        if (at >= 0)
        {
            commit(at, FrameWriter.putSettingsAck(memory.slab().buffer(), at));
        }
    }

    /**
     * Sends as much as may leave now, unless others wait already.
     *
     * @return bytes sent, or -1 when memory has run out.
     */
    int sendNow(final Http2Stream stream, final int offset, final int length, final boolean isEnd)
    {
        int sent = 0;
        while (sent < length && firstWritable == null && !connection.isAboveHighWater())
        {
            final int count = frameLength(stream, length - sent);
            if (count <= 0)
            {
                return sent;
            }
            final boolean isLast = isEnd && sent + count == length;
            if (!putData(stream, offset + sent, count, isLast))
            {
                return -1;
            }
            stream.meter().sent(FrameHeader.LENGTH + count);
            sent += count;
            onSent(stream, count, isLast);
        }
        return sent;
    }

    private int frameLength(final Http2Stream stream, final int length)
    {
        return Math.min(
            Math.min(length, Math.min(MAX_DATA_LENGTH, maxFrameLength)), Math.min(window.size(), stream.sendWindow()));
    }

    private void onSent(final Http2Stream stream, final int count, final boolean isLast)
    {
        window.consume(count);
        stream.useSendWindow(count);
        if (isLast)
        {
            stream.onLocalEnd();
        }
    }

    private boolean putData(final Http2Stream stream, final int offset, final int count, final boolean isLast)
    {
        final int flags = isLast ? FrameFlag.END_STREAM : 0;
        final boolean isCopied = count < LoopMemory.COPY_LIMIT;
        final int length = FrameHeader.LENGTH + (isCopied ? count : 0);
        final int at = memory.scratch().reserve(length);
        if (at < 0)
        {
            return false;
        }
        final UnsafeBuffer buffer = memory.slab().buffer();
        FrameHeader.put(buffer, at, count, FrameType.DATA, flags, stream.id());
        if (isCopied)
        {
            buffer.putBytes(at + FrameHeader.LENGTH, buffer, offset, count);
        }
        memory.scratch().commit(length);
        connection.sendLeased(at, length);
        flood.onDataSent();
        return isCopied || connection.send(offset, count);
    }

    /** Sends the end alone: a frame without content, which no window holds back. */
    boolean sendEnd(final Http2Stream stream)
    {
        if (!putData(stream, 0, 0, true))
        {
            return false;
        }
        stream.meter().sent(FrameHeader.LENGTH);
        stream.onLocalEnd();
        return true;
    }

    /** The stream has something that waits. */
    void onQueued(final Http2Stream stream)
    {
        if (!stream.isWritable() && stream.sendWindow() > 0)
        {
            append(stream);
        }
    }

    private void append(final Http2Stream stream)
    {
        stream.writable(true);
        stream.nextWritable = null;
        if (lastWritable == null)
        {
            firstWritable = stream;
        }
        else
        {
            lastWritable.nextWritable = stream;
        }
        lastWritable = stream;
    }

    private Http2Stream poll()
    {
        final Http2Stream stream = firstWritable;
        firstWritable = stream.nextWritable;
        lastWritable = firstWritable == null ? null : lastWritable;
        stream.nextWritable = null;
        stream.writable(false);
        return stream;
    }

    /** A stream ends that may be waiting for its turn. */
    void onGone(final Http2Stream gone)
    {
        if (!gone.isWritable())
        {
            return;
        }
        Http2Stream before = null;
        Http2Stream at = firstWritable;
        while (at != gone)
        {
            before = at;
            at = at.nextWritable;
        }
        if (before == null)
        {
            firstWritable = gone.nextWritable;
        }
        else
        {
            before.nextWritable = gone.nextWritable;
        }
        lastWritable = lastWritable == gone ? before : lastWritable;
        gone.nextWritable = null;
        gone.writable(false);
    }

    /** Lets streams that wait go on, each with one frame in turn, as far as window and connection allow. */
    void pump()
    {
        while (firstWritable != null && window.size() > 0 && !connection.isAboveHighWater())
        {
            final Http2Stream stream = poll();
            if (stream.sendWindow() <= 0)
            {
                continue;
            }
            if (!sendFirst(stream))
            {
                append(stream);
                return;
            }
            if (stream.hasOutput())
            {
                onQueued(stream);
            }
            stream.onRoom();
        }
    }

    private boolean sendFirst(final Http2Stream stream)
    {
        final RangeQueue output = stream.output();
        final int offset = output.offset(0);
        final int length = output.length(0);
        final int count = frameLength(stream, length);
        final boolean isLast =
            stream.isEndQueued() && !stream.hasTrailers() && output.count() == 1 && count == length;
        if (!putData(stream, offset, count, isLast))
        {
            return false;
        }
        window.consume(count);
        stream.useSendWindow(count);
        if (count == length)
        {
            memory.slab().release(offset);
        }
        stream.onLeft(count, isLast);
        return true;
    }
}
