package dev.ringway.engine.http2;

import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.hpack.HpackError;
import dev.ringway.codecs.http2.ErrorCode;
import dev.ringway.codecs.http2.FrameFlag;
import dev.ringway.codecs.http2.FrameHeader;
import dev.ringway.codecs.http2.FrameType;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * What each kind of frame does to a session, once its layout has been judged. Methods give 0, or a negative
 * {@link ErrorCode} that ends the connection. Loop thread only.
 */
final class Http2Frames
{
    /** For blocks that nobody wants, and that the table wants all the same. */
    private static final HeaderSink IGNORE =
        (nameOffset, nameLength, valueOffset, valueLength, nameId, flags) -> false;

    private final Http2Session session;

    Http2Frames(final Http2Session session)
    {
        this.session = session;
    }

    /** Content is about to come; windows and states are judged by the frame's header. */
    int onDataFrame(final int streamId, final int payloadLength, final int content, final boolean isEnd)
    {
        final Http2Stream stream = session.streamOf(streamId);
        if (!session.flood().onPayload(content, isEnd))
        {
            session.count(session.counters().inboundEmptyFramesFlood);
            return -ErrorCode.ENHANCE_YOUR_CALM;
        }
        if (!session.takeReceiveWindow(payloadLength))
        {
            return -ErrorCode.FLOW_CONTROL_ERROR;
        }
        if (stream == null)
        {
            return onFrameWithoutStream(streamId);
        }
        stream.meter().received(FrameHeader.LENGTH + payloadLength);
        if (stream.isRemoteEnded())
        {
            session.failStream(stream, ErrorCode.STREAM_CLOSED);
        }
        else if (!stream.takeReceiveWindow(payloadLength))
        {
            session.failStream(stream, ErrorCode.FLOW_CONTROL_ERROR);
        }
        else if (!stream.takeContent(content, isEnd))
        {
            session.count(session.counters().rxMessagingError);
            if (session.endsOnInvalidMessage())
            {
                return -ErrorCode.PROTOCOL_ERROR;
            }
            session.failStream(stream, ErrorCode.PROTOCOL_ERROR);
        }
        return 0;
    }

    /** A frame of a stream that is gone or never was (RFC 9113, 5.1). */
    private int onFrameWithoutStream(final int streamId)
    {
        if (isIdle(streamId))
        {
            return -ErrorCode.PROTOCOL_ERROR;
        }
        final Http2Streams streams = session.streams();
        if (streams.wasReset(streamId) || session.life().isBeyondEnd(streamId))
        {
            return 0;
        }
        if (streams.wasResetByPeer(streamId))
        {
            session.refuse(streamId, ErrorCode.STREAM_CLOSED);
            return 0;
        }
        return streams.forgetsResets() ? 0 : -ErrorCode.STREAM_CLOSED;
    }

    private boolean isIdle(final int streamId)
    {
        final boolean isOfClient = (streamId & 1) != 0;
        return !isOfClient || streamId > (session.isServer() ? session.streams().lastPeerId() : session.nextId() - 2);
    }

    /** A piece of content, for a stream that may be gone meanwhile. */
    void onContent(final Http2Stream stream, final int offset, final int length, final boolean isEnd)
    {
        if (stream == null || stream.handler() == null)
        {
            session.onConsumed(length);
            if (stream != null && isEnd)
            {
                stream.onRemoteEnd();
            }
            return;
        }
        stream.onReceived(length);
        if (isEnd)
        {
            stream.onRemoteEnd();
        }
        stream.handler().onData(offset, length, isEnd);
    }

    /** Padding is used as soon as it comes. */
    void onSkipped(final Http2Stream stream, final int length)
    {
        if (length == 0)
        {
            return;
        }
        if (stream == null)
        {
            session.onConsumed(length);
        }
        else
        {
            stream.onReceived(length);
            stream.consumed(length);
        }
    }

    int tooManyFragments()
    {
        session.count(session.counters().tooManyHeaderFrames);
        return -ErrorCode.ENHANCE_YOUR_CALM;
    }

    /** A whole block of fields. */
    int onHeadersFrame(
        final int streamId,
        final boolean isSelfDependent,
        final int flags,
        final DirectBuffer source,
        final int offset,
        final int length)
    {
        final boolean isEnd = (flags & FrameFlag.END_STREAM) != 0;
        final Http2Stream stream = session.streamOf(streamId);
        if (!session.flood().onPayload(length, isEnd))
        {
            session.count(session.counters().inboundEmptyFramesFlood);
            return -ErrorCode.ENHANCE_YOUR_CALM;
        }
        if (stream == null)
        {
            return onFieldsWithoutStream(streamId, isSelfDependent, source, offset, length, isEnd);
        }
        if (stream.isRemoteEnded() || isSelfDependent || stream.handler() == null)
        {
            final int result = ignore(source, offset, length);
            if (result == 0 && (stream.isRemoteEnded() || isSelfDependent))
            {
                session.failStream(
                    stream, stream.isRemoteEnded() ? ErrorCode.STREAM_CLOSED : ErrorCode.PROTOCOL_ERROR);
            }
            else if (isEnd)
            {
                stream.onRemoteEnd();
            }
            return result;
        }
        if (isEnd)
        {
            stream.onRemoteEnd();
        }
        return session.handler().onFields(streamId, stream, source, offset, length, isEnd);
    }

    private int onFieldsWithoutStream(
        final int streamId,
        final boolean isSelfDependent,
        final DirectBuffer source,
        final int offset,
        final int length,
        final boolean isEnd)
    {
        final Http2Streams streams = session.streams();
        final boolean isNew = session.isServer() && (streamId & 1) != 0 && streamId > streams.lastPeerId();
        if (!isNew)
        {
            final boolean wasNeverOpen = session.isServer() && !isIdle(streamId) && !streams.wasReset(streamId) &&
                !streams.wasResetByPeer(streamId) && !streams.wasOpened(streamId);
            final int verdict = wasNeverOpen ? -ErrorCode.PROTOCOL_ERROR : onFrameWithoutStream(streamId);
            return verdict < 0 ? verdict : ignore(source, offset, length);
        }
        streams.onPeerOpened(streamId);
        session.flood().onStream();
        if (isSelfDependent || session.life().isBeyondEnd(streamId))
        {
            if (isSelfDependent)
            {
                session.refuse(streamId, ErrorCode.PROTOCOL_ERROR);
            }
            return ignore(source, offset, length);
        }
        return session.handler().onFields(streamId, null, source, offset, length, isEnd);
    }

    private int ignore(final DirectBuffer source, final int offset, final int length)
    {
        final int result = session.terms().decode(source, offset, length, IGNORE);
        return result == HpackError.COMPRESSION ? -ErrorCode.COMPRESSION_ERROR : 0;
    }

    /** Any frame but DATA and HEADERS, whole. */
    int onFrame(final int type, final int flags, final int streamId, final int offset, final int length)
    {
        return switch (type)
        {
            case FrameType.PRIORITY -> onPriority(streamId, offset);
            case FrameType.RST_STREAM -> onReset(streamId, offset);
            case FrameType.SETTINGS -> onSettings(flags, offset, length);
            case FrameType.PING -> onPing(flags, offset);
            case FrameType.GOAWAY -> onGoAway(offset);
            case FrameType.WINDOW_UPDATE -> onWindowUpdate(streamId, offset);
            case FrameType.CONTINUATION -> -ErrorCode.PROTOCOL_ERROR;
            default -> onUnknown();
        };
    }

    private int number(final int offset)
    {
        return session.memory().slab().buffer().getInt(offset, ByteOrder.BIG_ENDIAN);
    }

    /** Unknown kinds are ignored (RFC 9113, 4.1), as long as there are not only those. */
    private int onUnknown()
    {
        if (!session.flood().onGlitch(session.nowNs()))
        {
            session.count(session.counters().inboundUnknownFramesFlood);
            return -ErrorCode.ENHANCE_YOUR_CALM;
        }
        return 0;
    }

    private int onPriority(final int streamId, final int offset)
    {
        if (!session.flood().onPriority())
        {
            session.count(session.counters().inboundPriorityFramesFlood);
            return -ErrorCode.ENHANCE_YOUR_CALM;
        }
        if ((number(offset) & Integer.MAX_VALUE) == streamId)
        {
            final Http2Stream stream = session.streamOf(streamId);
            if (stream != null)
            {
                session.failStream(stream, ErrorCode.PROTOCOL_ERROR);
            }
            else
            {
                session.refuse(streamId, ErrorCode.PROTOCOL_ERROR);
            }
        }
        return 0;
    }

    private int onReset(final int streamId, final int offset)
    {
        if (isIdle(streamId))
        {
            return -ErrorCode.PROTOCOL_ERROR;
        }
        final Http2Stream stream = session.streamOf(streamId);
        if (stream != null)
        {
            session.onPeerReset(stream, number(offset));
        }
        session.countReset();
        return 0;
    }

    private int onSettings(final int flags, final int offset, final int length)
    {
        if ((flags & FrameFlag.ACK) != 0)
        {
            session.onSettingsAck();
            return 0;
        }
        final int before = session.terms().peer().initialWindowSize();
        final int result = session.terms().peer().apply(session.memory().slab().buffer(), offset, length);
        if (result < 0)
        {
            return result;
        }
        final int change = session.terms().peer().initialWindowSize() - before;
        if (change != 0 && !session.changeWindows(change))
        {
            return -ErrorCode.FLOW_CONTROL_ERROR;
        }
        session.onSettings();
        return 0;
    }

    private int onPing(final int flags, final int offset)
    {
        final UnsafeBuffer buffer = session.memory().slab().buffer();
        final long opaque = buffer.getLong(offset, ByteOrder.BIG_ENDIAN);
        if ((flags & FrameFlag.ACK) != 0)
        {
            session.life().onPong(opaque);
        }
        else
        {
            session.output().sendPing(opaque, true);
        }
        return 0;
    }

    private int onGoAway(final int offset)
    {
        session.life().onGoAway(number(offset) & Integer.MAX_VALUE);
        return 0;
    }

    private int onWindowUpdate(final int streamId, final int offset)
    {
        if (!session.flood().onWindowUpdate())
        {
            session.count(session.counters().inboundWindowUpdateFramesFlood);
            return -ErrorCode.ENHANCE_YOUR_CALM;
        }
        final int increment = number(offset) & Integer.MAX_VALUE;
        if (streamId == 0)
        {
            if (increment == 0 || !session.output().addWindow(increment))
            {
                return increment == 0 ? -ErrorCode.PROTOCOL_ERROR : -ErrorCode.FLOW_CONTROL_ERROR;
            }
            session.output().pump();
            return 0;
        }
        final Http2Stream stream = session.streamOf(streamId);
        if (stream == null)
        {
            return isIdle(streamId) ? -ErrorCode.PROTOCOL_ERROR : 0;
        }
        if (increment == 0 || !stream.addSendWindow(increment))
        {
            session.failStream(
                stream, increment == 0 ? ErrorCode.PROTOCOL_ERROR : ErrorCode.FLOW_CONTROL_ERROR);
            return 0;
        }
        session.onWindowGrown(stream);
        return 0;
    }
}
