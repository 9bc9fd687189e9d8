package dev.ringway.engine.runtime;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One frame of HTTP/2 as it came; a block of fields with its continuations is one, with the fields decoded. Written
 * apart from the product's codec, so that both are not wrong together.
 */
record Http2Frame(int type, int flags, int streamId, byte[] payload, List<String[]> fields)
{
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int PRIORITIZED = 0x20;
    static final int TABLE_SIZE = 1;
    static final int MAX_STREAMS = 3;
    static final int INITIAL_WINDOW = 4;
    static final int MAX_FRAME = 5;
    static final int HEAD = 9;

    boolean is(final int flag)
    {
        return (flags & flag) != 0;
    }

    /** A number of the payload. */
    int number(final int offset)
    {
        return ByteBuffer.wrap(payload).getInt(offset);
    }

    static byte[] of(final int type, final int flags, final int streamId, final byte... payload)
    {
        return ByteBuffer.allocate(HEAD + payload.length).putInt(payload.length << 8 | type).put((byte)flags)
            .putInt(streamId).put(payload).array();
    }

    static byte[] numbers(final int... numbers)
    {
        final ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length);
        for (final int number : numbers)
        {
            bytes.putInt(number);
        }
        return bytes.array();
    }
}
