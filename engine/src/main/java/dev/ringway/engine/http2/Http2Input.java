package dev.ringway.engine.http2;

import dev.ringway.codecs.http2.ErrorCode;
import dev.ringway.codecs.http2.FrameChecker;
import dev.ringway.codecs.http2.FrameFlag;
import dev.ringway.codecs.http2.FrameHeader;
import dev.ringway.codecs.http2.FramePayload;
import dev.ringway.codecs.http2.FrameType;
import dev.ringway.codecs.http2.FrameWriter;
import dev.ringway.engine.memory.ByteConsumer;
import dev.ringway.engine.memory.InputBytes;
import dev.ringway.engine.memory.LoopMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Frames on their way in. Content passes on as it comes, in pieces; every other frame, and a block of fields with all its
 * continuations, waits until it is whole, for which one block of memory must do. What a client sends waits as well behind
 * more requests than one duty cycle should spend on them. Loop thread only.
 */
final class Http2Input extends InputBytes implements ByteConsumer
{
    /** Longest frame taken, as announced: SETTINGS_MAX_FRAME_SIZE at its default. */
    static final int MAX_FRAME_LENGTH = 16_384;

    /** Most bytes of a block of fields before decoding, less than a block of memory with its frame headers. */
    private static final int MAX_FIELDS_LENGTH = 60 * 1024;

    /** Most blocks of fields of a client in a duty cycle. */
    private static final int TURN = 16;

    /** Most bytes that wait for their turn while more are received. */
    private static final int MAX_WAITING = 64 * 1024;

    private final Http2Session session;
    private final Http2Frames frames;
    private final FramePayload payload = new FramePayload();
    private Http2Stream dataStream;
    private int dataStreamId;
    private int dataLeft;
    private int paddingLeft;
    private int steps;
    private int credit;
    private long turnNs;
    private boolean isBlocked;
    private boolean isDataEnd;
    private boolean isPrefaceDue;
    private boolean isSettingsDue;

    Http2Input(final Http2Session session, final Http2Frames frames)
    {
        this.session = session;
        this.frames = frames;
    }

    void open(final boolean isServer)
    {
        isPrefaceDue = isServer;
        isSettingsDue = true;
        dataLeft = 0;
        paddingLeft = 0;
        dataStream = null;
        isBlocked = false;
        turnNs = session.nowNs() - 1;
    }

    /** False when what is left does not fit a block of memory. */
    boolean feed(final int offset, final int length)
    {
        beginTurn();
        return feed(session.memory(), this, offset, length);
    }

    /** Goes on with what waits for its turn, if this is another one; as {@link #feed}. */
    boolean resume()
    {
        beginTurn();
        return isBlocked || resume(session.memory(), this);
    }

    /** A duty cycle is a turn. What endpoints send is answers to what was let in. */
    private void beginTurn()
    {
        final long nowNs = session.nowNs();
        if (nowNs != turnNs)
        {
            turnNs = nowNs;
            credit = session.isServer() ? TURN : Integer.MAX_VALUE;
            isBlocked = false;
        }
    }

    /**
     * {@inheritDoc}
     */
    public boolean isBlocked()
    {
        return isBlocked;
    }

    /** Whether so much waits for its turn that no more should be received. */
    boolean isTooMuch()
    {
        return isTooMuch(session.memory(), MAX_WAITING);
    }

    /** Whether it is the beginning of the connection or a block of fields that has not come to its end. */
    boolean isInHead()
    {
        return partialLength() > 0 || isSettingsDue;
    }

    /** Whether the peer has not told its settings yet. */
    boolean isSettingsDue()
    {
        return isSettingsDue;
    }

    void release()
    {
        release(session.memory());
    }

    /** No more content for a stream that is gone. */
    void onGone(final Http2Stream stream)
    {
        if (dataStream == stream)
        {
            dataStream = null;
        }
    }

    /**
     * {@inheritDoc}
     */
    public int process(final int offset, final int length)
    {
        int at = offset;
        final int end = offset + length;
        while (at < end && !session.isEnding())
        {
            if (credit <= 0 && isFields(at, end - at))
            {
                isBlocked = true;
                return end - at;
            }
            final int used = dataLeft > 0 || paddingLeft > 0 ? onContent(at, end - at) :
                isPrefaceDue ? onPreface(at, end - at) : onFrame(at, end - at);
            if (used < 0)
            {
                session.life().onConnectionError(-used);
                return 0;
            }
            if (used == 0)
            {
                return end - at;
            }
            at += used;
            steps++;
        }
        return 0;
    }

    /** Whether a block of fields begins, of which only so many are taken in a turn. */
    private boolean isFields(final int offset, final int length)
    {
        return dataLeft == 0 && paddingLeft == 0 && length >= FrameHeader.LENGTH &&
            FrameHeader.type(session.memory().slab().buffer(), offset) == FrameType.HEADERS;
    }

    /** Moves on with each frame, or piece of content, that has been taken. */
    int steps()
    {
        return steps;
    }

    private int onPreface(final int offset, final int length)
    {
        final int used = FrameWriter.matchPreface(session.memory().slab().buffer(), offset, length);
        isPrefaceDue = used <= 0;
        return used < 0 ? -ErrorCode.PROTOCOL_ERROR : used;
    }

    private int onContent(final int offset, final int length)
    {
        final int count = Math.min(dataLeft, length);
        if (count > 0)
        {
            dataLeft -= count;
            final boolean isEnd = isDataEnd && dataLeft == 0;
            frames.onContent(dataStream, offset, count, isEnd);
            return count;
        }
        final int skipped = Math.min(paddingLeft, length);
        paddingLeft -= skipped;
        frames.onSkipped(dataStream, skipped);
        return skipped;
    }

    private int onFrame(final int offset, final int length)
    {
        final UnsafeBuffer buffer = session.memory().slab().buffer();
        if (length < FrameHeader.LENGTH)
        {
            return 0;
        }
        final int payloadLength = FrameHeader.length(buffer, offset);
        final int type = FrameHeader.type(buffer, offset);
        final int flags = FrameHeader.flags(buffer, offset);
        final int streamId = FrameHeader.streamId(buffer, offset);
        if (isSettingsDue && (type != FrameType.SETTINGS || (flags & FrameFlag.ACK) != 0))
        {
            return -ErrorCode.PROTOCOL_ERROR;
        }
        final int verdict = FrameChecker.check(type, flags, payloadLength, streamId, MAX_FRAME_LENGTH);
        if (verdict < 0)
        {
            return FrameChecker.isStreamError(verdict, type, payloadLength, MAX_FRAME_LENGTH) ?
                skip(length, payloadLength, streamId, -verdict) : verdict;
        }
        if (type == FrameType.DATA)
        {
            return onData(offset, length, payloadLength, flags, streamId);
        }
        if (type == FrameType.HEADERS)
        {
            credit--;
            return onHeaders(offset, length, payloadLength, flags, streamId);
        }
        if (length < FrameHeader.LENGTH + payloadLength)
        {
            return 0;
        }
        isSettingsDue = false;
        final int result = frames.onFrame(type, flags, streamId, offset + FrameHeader.LENGTH, payloadLength);
        return result < 0 ? result : FrameHeader.LENGTH + payloadLength;
    }

    /** The frame ends its stream, which a stream that was never opened cannot. */
    private int skip(final int length, final int payloadLength, final int streamId, final int code)
    {
        if (length < FrameHeader.LENGTH + payloadLength)
        {
            return 0;
        }
        final Http2Stream stream = session.streamOf(streamId);
        if (stream != null)
        {
            session.failStream(stream, code);
        }
        return FrameHeader.LENGTH + payloadLength;
    }

    private int onData(
        final int offset, final int length, final int payloadLength, final int flags, final int streamId)
    {
        final boolean isPadded = (flags & FrameFlag.PADDED) != 0;
        final int head = FrameHeader.LENGTH + (isPadded ? 1 : 0);
        if (length < head)
        {
            return 0;
        }
        final int padding = isPadded ? session.memory().slab().buffer().getByte(offset + head - 1) & 0xFF : 0;
        if (isPadded && padding >= payloadLength)
        {
            return -ErrorCode.PROTOCOL_ERROR;
        }
        dataStreamId = streamId;
        dataLeft = payloadLength - padding - (isPadded ? 1 : 0);
        paddingLeft = padding;
        isDataEnd = (flags & FrameFlag.END_STREAM) != 0;
        final int content = dataLeft;
        final int result = frames.onDataFrame(streamId, payloadLength, content, isDataEnd);
        if (result < 0)
        {
            return result;
        }
        dataStream = session.streamOf(dataStreamId);
        frames.onSkipped(dataStream, payloadLength - content - padding);
        if (content == 0 && isDataEnd)
        {
            frames.onContent(dataStream, offset, 0, true);
        }
        return head;
    }

    /** Takes a block of fields when it and all its continuations are there. */
    private int onHeaders(
        final int offset, final int length, final int payloadLength, final int flags, final int streamId)
    {
        final int whole = FrameHeader.LENGTH + payloadLength;
        if ((flags & FrameFlag.END_HEADERS) != 0)
        {
            if (length < whole)
            {
                return 0;
            }
            final LoopMemory memory = session.memory();
            final int result = payload.parse(
                memory.slab().buffer(), offset + FrameHeader.LENGTH, payloadLength, FrameType.HEADERS, flags);
            if (result < 0)
            {
                return result;
            }
            session.terms().blockLength(whole);
            final int verdict = frames.onHeadersFrame(streamId, payload.isSelfDependent(streamId), flags,
                memory.slab().buffer(), payload.offset(), payload.length());
            return verdict < 0 ? verdict : whole;
        }
        return onFragments(offset, length, payloadLength, flags, streamId);
    }

    private int onFragments(
        final int offset, final int length, final int payloadLength, final int flags, final int streamId)
    {
        final UnsafeBuffer buffer = session.memory().slab().buffer();
        int at = FrameHeader.LENGTH + payloadLength;
        int total = payloadLength;
        boolean isLast = false;
        session.flood().onHeaders(payloadLength);
        while (!isLast)
        {
            if (at + FrameHeader.LENGTH > length)
            {
                return total > MAX_FIELDS_LENGTH ? frames.tooManyFragments() : 0;
            }
            final int more = FrameHeader.length(buffer, offset + at);
            if (FrameHeader.type(buffer, offset + at) != FrameType.CONTINUATION ||
                FrameHeader.streamId(buffer, offset + at) != streamId)
            {
                return -ErrorCode.PROTOCOL_ERROR;
            }
            if (more > MAX_FRAME_LENGTH)
            {
                return -ErrorCode.FRAME_SIZE_ERROR;
            }
            total += more;
            isLast = (FrameHeader.flags(buffer, offset + at) & FrameFlag.END_HEADERS) != 0;
            if (!session.flood().onContinuation(more) || total > MAX_FIELDS_LENGTH)
            {
                return frames.tooManyFragments();
            }
            at += FrameHeader.LENGTH + more;
        }
        return length < at ? 0 : join(offset, at, payloadLength, flags, streamId);
    }

    private int join(
        final int offset, final int length, final int payloadLength, final int flags, final int streamId)
    {
        final UnsafeBuffer buffer = session.memory().slab().buffer();
        final UnsafeBuffer joined = session.context().joined();
        final int result = payload.parse(
            buffer, offset + FrameHeader.LENGTH, payloadLength, FrameType.HEADERS, flags);
        if (result < 0)
        {
            return result;
        }
        joined.putBytes(0, buffer, payload.offset(), payload.length());
        int position = payload.length();
        // As Envoy, which counts the headers of its frames as one.
        int taken = FrameHeader.LENGTH + payloadLength;
        int at = FrameHeader.LENGTH + payloadLength;
        while (at < length)
        {
            final int more = FrameHeader.length(buffer, offset + at);
            joined.putBytes(position, buffer, offset + at + FrameHeader.LENGTH, more);
            position += more;
            taken += more;
            at += FrameHeader.LENGTH + more;
        }
        session.terms().blockLength(taken);
        final int verdict = frames.onHeadersFrame(
            streamId, payload.isSelfDependent(streamId), flags, joined, 0, position);
        return verdict < 0 ? verdict : length;
    }
}
