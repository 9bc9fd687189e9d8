package dev.ringway.codecs.http2;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The nine bytes that lead each frame (RFC 9113 section 4.1). The caller has checked that they are there. Any thread.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-----------------------------------------------+---------------+
 * |                 Length (24)                   |   Type (8)    |
 * +---------------+-----------------------------------------------+
 * |   Flags (8)   |R|            Stream identifier (31)
 * +---------------+-----------------------------------------------+
 *  ...            |                 Payload ...
 * +---------------+-----------------------------------------------+
 * </pre>
 */
public final class FrameHeader
{
    /** Bytes of a frame header. */
    public static final int LENGTH = 9;

    private static final int TYPE_OFFSET = 3;
    private static final int FLAGS_OFFSET = 4;
    private static final int STREAM_ID_OFFSET = 5;

    private FrameHeader()
    {
    }

    /**
     * Length of the payload.
     *
     * @param buffer holding the header.
     * @param at     offset of the header.
     * @return 0 to 2^24 - 1.
     */
    public static int length(final DirectBuffer buffer, final int at)
    {
        return buffer.getInt(at, ByteOrder.BIG_ENDIAN) >>> 8;
    }

    /**
     * Type of the frame.
     *
     * @param buffer holding the header.
     * @param at     offset of the header.
     * @return 0 to 255, see {@link FrameType}.
     */
    public static int type(final DirectBuffer buffer, final int at)
    {
        return buffer.getByte(at + TYPE_OFFSET) & 0xFF;
    }

    /**
     * Flags of the frame.
     *
     * @param buffer holding the header.
     * @param at     offset of the header.
     * @return 0 to 255, see {@link FrameFlag}.
     */
    public static int flags(final DirectBuffer buffer, final int at)
    {
        return buffer.getByte(at + FLAGS_OFFSET) & 0xFF;
    }

    /**
     * Stream the frame belongs to; the reserved bit is ignored.
     *
     * @param buffer holding the header.
     * @param at     offset of the header.
     * @return 0 to 2^31 - 1.
     */
    public static int streamId(final DirectBuffer buffer, final int at)
    {
        return buffer.getInt(at + STREAM_ID_OFFSET, ByteOrder.BIG_ENDIAN) & Integer.MAX_VALUE;
    }

    /**
     * Writes a header.
     *
     * @param buffer   to write to.
     * @param at       offset.
     * @param length   of the payload, 0 to 2^24 - 1.
     * @param type     a constant of {@link FrameType}.
     * @param flags    constants of {@link FrameFlag}, added.
     * @param streamId 0 to 2^31 - 1.
     * @return offset behind: {@code at + 9}.
     */
    public static int put(
        final MutableDirectBuffer buffer,
        final int at,
        final int length,
        final int type,
        final int flags,
        final int streamId)
    {
        buffer.putInt(at, length << 8 | type, ByteOrder.BIG_ENDIAN);
        buffer.putByte(at + FLAGS_OFFSET, (byte)flags);
        buffer.putInt(at + STREAM_ID_OFFSET, streamId, ByteOrder.BIG_ENDIAN);

        return at + LENGTH;
    }
}
