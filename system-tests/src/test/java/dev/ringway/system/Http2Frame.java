package dev.ringway.system;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * An HTTP/2 frame as it was on the wire (RFC 9113, section 4.1). {@code fields} are the decoded "name: value" of a
 * HEADERS frame with the CONTINUATION frames behind it, which count as one; of other frames it is null.
 */
record Http2Frame(int type, int flags, int stream, byte[] payload, List<String> fields)
{
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;

    private static final List<String> NAMES = List.of("DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS",
        "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE", "CONTINUATION");
    private static final int HEAD = 9;

    Http2Frame(final int type, final int flags, final int stream, final byte[] payload)
    {
        this(type, flags, stream, payload, null);
    }

    boolean is(final int wanted)
    {
        return type == wanted;
    }

    boolean has(final int flag)
    {
        return (flags & flag) != 0;
    }

    boolean endsStream()
    {
        return (type == DATA || type == HEADERS) && has(END_STREAM);
    }

    /** The error code of RST_STREAM or GOAWAY. */
    long errorCode()
    {
        return int32(type == GOAWAY ? 4 : 0) & 0xffff_ffffL;
    }

    /** The last stream that GOAWAY names. */
    int lastStream()
    {
        return int32(0) & 0x7fff_ffff;
    }

    /** DATA without its padding. */
    byte[] body()
    {
        final int padding = has(PADDED) ? payload[0] & 0xff : 0;
        final int from = has(PADDED) ? 1 : 0;
        return Arrays.copyOfRange(payload, from, payload.length - padding);
    }

    private int int32(final int at)
    {
        return (payload[at] & 0xff) << 24 | (payload[at + 1] & 0xff) << 16 | (payload[at + 2] & 0xff) << 8 |
            payload[at + 3] & 0xff;
    }

    byte[] bytes()
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream(HEAD + payload.length);
        out.write(payload.length >> 16);
        out.write(payload.length >> 8);
        out.write(payload.length);
        out.write(type);
        out.write(flags);
        out.writeBytes(int32Bytes(stream));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    static byte[] int32Bytes(final int value)
    {
        return new byte[]{(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value};
    }

    /** The next frame, or null at an end between two of them. */
    static Http2Frame read(final InputStream in) throws IOException
    {
        final byte[] head = in.readNBytes(HEAD);
        if (head.length == 0)
        {
            return null;
        }
        if (head.length < HEAD || new String(head, 0, 5, ISO_8859_1).equals("HTTP/"))
        {
            throw new EOFException("no frame, but '" + new String(head, ISO_8859_1) + "'");
        }
        final int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
        final byte[] payload = in.readNBytes(length);
        if (payload.length < length)
        {
            throw new EOFException(payload.length + " of " + length + " bytes of a frame");
        }
        final int stream = (head[5] & 0x7f) << 24 | (head[6] & 0xff) << 16 | (head[7] & 0xff) << 8 | head[8] & 0xff;
        return new Http2Frame(head[3] & 0xff, head[4] & 0xff, stream, payload);
    }

    public String toString()
    {
        final String name = type < NAMES.size() ? NAMES.get(type) : "type " + type;
        final String error = (type == RST_STREAM && payload.length >= 4 || type == GOAWAY && payload.length >= 8) ?
            " error " + errorCode() : "";
        final String text = type == GOAWAY && payload.length > 8 ?
            " '" + new String(payload, 8, payload.length - 8, ISO_8859_1) + "'" : "";
        return name + " of stream " + stream + ", flags " + flags + ", " + payload.length + " bytes" + error + text +
            (fields == null ? "" : " " + fields);
    }
}
