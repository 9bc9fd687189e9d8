package dev.ringway.codecs.http2;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes whole frames of a fixed layout, and knows the preface of clients. Every method writes at an offset and returns
 * the offset behind what it wrote; the caller guarantees room. Any thread.
 */
public final class FrameWriter
{
    /** Bytes of a PING, with its header. */
    public static final int PING_LENGTH = FrameHeader.LENGTH + 8;
    /** Bytes of a GOAWAY without debug data, with its header. */
    public static final int GOAWAY_LENGTH = FrameHeader.LENGTH + 8;
    /** Bytes of a RST_STREAM, with its header. */
    public static final int RESET_LENGTH = FrameHeader.LENGTH + 4;
    /** Bytes of a WINDOW_UPDATE, with its header. */
    public static final int WINDOW_UPDATE_LENGTH = FrameHeader.LENGTH + 4;
    /** Most bytes of a SETTINGS frame that {@link #putSettings} writes, with its header. */
    public static final int MAX_SETTINGS_LENGTH = FrameHeader.LENGTH + 7 * Http2Settings.ENTRY_LENGTH;
    /** Bytes of the preface. */
    public static final int PREFACE_LENGTH = 24;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private FrameWriter()
    {
    }

    /**
     * Writes the preface of a client (RFC 9113 section 3.4); SETTINGS must follow.
     *
     * @param dst to write to.
     * @param at  offset.
     * @return offset behind: {@code at + 24}.
     */
    public static int putPreface(final MutableDirectBuffer dst, final int at)
    {
        dst.putBytes(at, PREFACE);

        return at + PREFACE.length;
    }

    /**
     * Compares the first bytes of a connection with the preface.
     *
     * @param buffer holding them.
     * @param offset of the first byte.
     * @param length bytes present.
     * @return {@link #PREFACE_LENGTH} when all of it is there, 0 when more bytes are needed, -1 when it is not HTTP/2.
     */
    public static int matchPreface(final DirectBuffer buffer, final int offset, final int length)
    {
        final int present = Math.min(length, PREFACE.length);
        for (int i = 0; i < present; i++)
        {
            if (buffer.getByte(offset + i) != PREFACE[i])
            {
                return -1;
            }
        }

        return present == PREFACE.length ? present : 0;
    }

    /**
     * Writes SETTINGS with all that differs from what the RFC lets the peer assume.
     *
     * @param dst  to write to; {@link #MAX_SETTINGS_LENGTH} is room enough.
     * @param at   offset.
     * @param ours what we want the peer to keep to.
     * @return offset behind.
     */
    public static int putSettings(final MutableDirectBuffer dst, final int at, final Http2Settings ours)
    {
        final int end = ours.put(dst, at + FrameHeader.LENGTH);
        FrameHeader.put(dst, at, end - at - FrameHeader.LENGTH, FrameType.SETTINGS, 0, 0);

        return end;
    }

    /**
     * Writes the acknowledgment of SETTINGS.
     *
     * @param dst to write to.
     * @param at  offset.
     * @return offset behind: {@code at + 9}.
     */
    public static int putSettingsAck(final MutableDirectBuffer dst, final int at)
    {
        return FrameHeader.put(dst, at, 0, FrameType.SETTINGS, FrameFlag.ACK, 0);
    }

    /**
     * Writes PING.
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param opaque its eight bytes, the first one highest.
     * @param ack    whether it answers a PING, whose bytes are {@code opaque} then.
     * @return offset behind: {@code at + }{@link #PING_LENGTH}.
     */
    public static int putPing(final MutableDirectBuffer dst, final int at, final long opaque, final boolean ack)
    {
        final int payload = FrameHeader.put(dst, at, 8, FrameType.PING, ack ? FrameFlag.ACK : 0, 0);
        dst.putLong(payload, opaque, ByteOrder.BIG_ENDIAN);

        return payload + 8;
    }

    /**
     * Writes GOAWAY without debug data.
     *
     * @param dst          to write to.
     * @param at           offset.
     * @param lastStreamId last stream of the peer that was or may be acted on; 2^31 - 1 announces the end (section
     *                     6.8).
     * @param errorCode    a constant of {@link ErrorCode}.
     * @return offset behind: {@code at + }{@link #GOAWAY_LENGTH}.
     */
    public static int putGoAway(
        final MutableDirectBuffer dst, final int at, final int lastStreamId, final int errorCode)
    {
        final int payload = FrameHeader.put(dst, at, 8, FrameType.GOAWAY, 0, 0);
        dst.putInt(payload, lastStreamId, ByteOrder.BIG_ENDIAN);
        dst.putInt(payload + 4, errorCode, ByteOrder.BIG_ENDIAN);

        return payload + 8;
    }

    /**
     * Writes RST_STREAM.
     *
     * @param dst       to write to.
     * @param at        offset.
     * @param streamId  1 to 2^31 - 1.
     * @param errorCode a constant of {@link ErrorCode}.
     * @return offset behind: {@code at + }{@link #RESET_LENGTH}.
     */
    public static int putReset(final MutableDirectBuffer dst, final int at, final int streamId, final int errorCode)
    {
        final int payload = FrameHeader.put(dst, at, 4, FrameType.RST_STREAM, 0, streamId);
        dst.putInt(payload, errorCode, ByteOrder.BIG_ENDIAN);

        return payload + 4;
    }

    /**
     * Writes WINDOW_UPDATE.
     *
     * @param dst       to write to.
     * @param at        offset.
     * @param streamId  0 for the connection.
     * @param increment 1 to 2^31 - 1.
     * @return offset behind: {@code at + }{@link #WINDOW_UPDATE_LENGTH}.
     */
    public static int putWindowUpdate(
        final MutableDirectBuffer dst, final int at, final int streamId, final int increment)
    {
        final int payload = FrameHeader.put(dst, at, 4, FrameType.WINDOW_UPDATE, 0, streamId);
        dst.putInt(payload, increment, ByteOrder.BIG_ENDIAN);

        return payload + 4;
    }
}
