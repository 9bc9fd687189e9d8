package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.MessageRules;
import dev.ringway.codecs.http.RequestHead;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.SplittableRandom;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Makes keys for WebSocket handshakes that come from HTTP/2, where there are none (RFC 8441, 5.1): no server of
 * HTTP/1.1 takes a handshake without one (RFC 6455, 4.2.1). What a server answers to the key is not checked, as the key guards
 * against nothing on the way between two hops of this kind. Loop thread only.
 */
final class WebSocketKey
{
    /** Bytes of the field. */
    static final int LENGTH = 19 + 24 + 2;

    private static final byte[] FIELD = "sec-websocket-key: ".getBytes(US_ASCII);
    private static final int NAME_LENGTH = FIELD.length - 2;
    private static final byte[] PROTOCOL = "websocket".getBytes(US_ASCII);
    private static final byte[] DIGITS =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(US_ASCII);
    private static final byte[] END = "==\r\n".getBytes(US_ASCII);

    private final SplittableRandom random = new SplittableRandom();

    /**
     * @param head of a request that asks for a protocol.
     * @return whether it needs a key.
     */
    boolean isMissing(final RequestHead head)
    {
        final HeaderTable headers = head.headers();
        if (!head.http2() || !MessageRules.isProtocol(headers.buffer().byteArray(),
            headers.buffer().addressOffset() + head.protocolOffset(), head.protocolLength(), PROTOCOL))
        {
            return false;
        }
        for (int i = 0, count = headers.count(); i < count; i++)
        {
            if (headers.nameId(i) == HeaderName.OTHER && headers.nameLength(i) == NAME_LENGTH &&
                isName(headers, headers.nameOffset(i)))
            {
                return false;
            }
        }
        return true;
    }

    private static boolean isName(final HeaderTable headers, final int offset)
    {
        for (int i = 0; i < NAME_LENGTH; i++)
        {
            if (headers.buffer().getByte(offset + i) != FIELD[i])
            {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes the field: 16 bytes by chance in base64.
     *
     * @param buffer where to.
     * @param start  offset there.
     * @return offset behind it.
     */
    int put(final UnsafeBuffer buffer, final int start)
    {
        buffer.putBytes(start, FIELD);
        int at = start + FIELD.length;
        long bits = 0;
        for (int i = 0; i < 21; i++)
        {
            bits = i % 10 == 0 ? random.nextLong() : bits >>> 6;
            buffer.putByte(at++, DIGITS[(int)(bits & 63)]);
        }
        // The last digit stands for two bits alone.
        buffer.putByte(at++, DIGITS[(int)(random.nextLong() & 3) << 4]);
        buffer.putBytes(at, END);
        return at + END.length;
    }
}
