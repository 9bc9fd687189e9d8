package dev.ringway.codecs.http2;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * What is left of the payload of DATA and HEADERS without padding and priority (RFC 9113 sections 6.1 and 6.2), and the
 * dependency in PRIORITY and HEADERS. One owner thread; the accessors tell about the last payload.
 */
public final class FramePayload
{
    private static final int PRIORITY_LENGTH = 5;

    private int offset;
    private int length;
    private int paddingLength;
    private int dependency;

    /**
     * Creates one without a payload.
     */
    public FramePayload()
    {
        dependency = -1;
    }

    /**
     * Reads what leads a payload: its first six bytes, or all of it when it is shorter, must be present.
     *
     * @param buffer        holding it.
     * @param payloadOffset of its first byte.
     * @param payloadLength bytes, as the frame header says.
     * @param type          DATA, HEADERS or PRIORITY; others have neither padding nor priority.
     * @param flags         of the frame.
     * @return 0, or an {@link ErrorCode} negated, which is an error of the connection: FRAME_SIZE_ERROR when fields are
     *     missing, PROTOCOL_ERROR when the padding takes more than there is.
     */
    public int parse(
        final DirectBuffer buffer, final int payloadOffset, final int payloadLength, final int type, final int flags)
    {
        final boolean isHeaders = type == FrameType.HEADERS;
        final boolean isPadded = (isHeaders || type == FrameType.DATA) && FrameFlag.isSet(flags, FrameFlag.PADDED);
        final boolean isPrioritized = type == FrameType.PRIORITY ||
            isHeaders && FrameFlag.isSet(flags, FrameFlag.PRIORITY);
        final int lead = (isPadded ? 1 : 0) + (isPrioritized ? PRIORITY_LENGTH : 0);
        dependency = -1;
        paddingLength = 0;
        if (payloadLength < lead)
        {
            return -ErrorCode.FRAME_SIZE_ERROR;
        }

        int at = payloadOffset;
        if (isPadded)
        {
            final int padding = buffer.getByte(at++) & 0xFF;
            if (padding > payloadLength - lead)
            {
                return -ErrorCode.PROTOCOL_ERROR;
            }
            paddingLength = padding + 1;
        }
        if (isPrioritized)
        {
            dependency = buffer.getInt(at, ByteOrder.BIG_ENDIAN) & Integer.MAX_VALUE;
            at += PRIORITY_LENGTH;
        }

        offset = at;
        length = payloadLength - lead - Math.max(0, paddingLength - 1);
        return 0;
    }

    /**
     * Reads the payload of WINDOW_UPDATE.
     *
     * @param buffer holding it.
     * @param offset of its first byte.
     * @return 0 to 2^31 - 1, without the reserved bit; 0 is a PROTOCOL_ERROR, of the stream or of the connection as the
     *     frame is (section 6.9).
     */
    public static int windowIncrement(final DirectBuffer buffer, final int offset)
    {
        return buffer.getInt(offset, ByteOrder.BIG_ENDIAN) & Integer.MAX_VALUE;
    }

    /**
     * Where the data or the field block starts.
     *
     * @return absolute offset.
     */
    public int offset()
    {
        return offset;
    }

    /**
     * Length of the data or of the field block.
     *
     * @return bytes.
     */
    public int length()
    {
        return length;
    }

    /**
     * Padding, its length byte included: what flow control counts beside {@link #length()} (section 6.9.1).
     *
     * @return bytes, 0 to 256.
     */
    public int paddingLength()
    {
        return paddingLength;
    }

    /**
     * Stream that this one depends on.
     *
     * @return 0 to 2^31 - 1, or -1 when the frame has no priority.
     */
    public int dependency()
    {
        return dependency;
    }

    /**
     * Whether the stream depends on itself, which is a PROTOCOL_ERROR of the stream (RFC 7540 section 5.3.1).
     *
     * @param streamId of the frame, more than 0.
     * @return true when it does.
     */
    public boolean isSelfDependent(final int streamId)
    {
        return dependency == streamId;
    }
}
