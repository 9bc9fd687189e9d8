package dev.ringway.codecs.http;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Grammar of an authority without user info: {@code host [":" port]} (RFC 3986 section 3.2, RFC 9110 section 4.2). Any
 * thread.
 */
public final class Authority
{
    private static final byte OTHER = 0;
    private static final byte NAME = 1;
    private static final byte HEX = 2;
    private static final byte DIGIT = 3;
    private static final byte[] CLASSES = new byte[256];

    static
    {
        for (final byte b : "-._~!$&'()*+,;=".getBytes(StandardCharsets.US_ASCII))
        {
            CLASSES[b] = NAME;
        }
        for (int i = 0; i < 26; i++)
        {
            CLASSES['a' + i] = i < 6 ? HEX : NAME;
            CLASSES['A' + i] = i < 6 ? HEX : NAME;
        }
        for (int b = '0'; b <= '9'; b++)
        {
            CLASSES[b] = DIGIT;
        }
    }

    private Authority()
    {
    }

    /**
     * Whether bytes form a host with an optional port.
     *
     * @param buffer holding them.
     * @param offset of the first byte.
     * @param length bytes; they must lie inside the buffer.
     * @return false for an empty host, a byte that does not belong there, a bad percent code, a bad IP literal or a
     *     port above 65535. An empty port ({@code host:}) is allowed, as in RFC 3986.
     */
    public static boolean valid(final DirectBuffer buffer, final int offset, final int length)
    {
        return valid(buffer.byteArray(), buffer.addressOffset() + offset, length);
    }

    /**
     * The same over raw memory, for parsers that have checked the bounds already.
     *
     * @param array   of the buffer, null when it is off-heap.
     * @param address of the first byte, as {@link DirectBuffer#addressOffset()} counts.
     * @param length  bytes.
     * @return as above.
     */
    public static boolean valid(final byte[] array, final long address, final int length)
    {
        final int end = hostEnd(array, address, length);

        return end > 0 &&
            (end == length || at(array, address + end) == ':' && validPort(array, address, end + 1, length));
    }

    /**
     * Whether bytes form a host with a port, as the authority form wants it (RFC 9112 section 3.2.3).
     *
     * @param array   of the buffer, null when it is off-heap.
     * @param address of the first byte.
     * @param length  bytes.
     * @return true when they are {@link #valid} and have a port of at least one digit.
     */
    public static boolean validWithPort(final byte[] array, final long address, final int length)
    {
        final int end = hostEnd(array, address, length);

        return end > 0 && end + 1 < length && valid(array, address, length);
    }

    /**
     * End of the host in an authority.
     *
     * @param array   of the buffer, null when it is off-heap.
     * @param address of the first byte.
     * @param length  bytes of the whole authority.
     * @return length of the host: {@code length}, or the index of the byte behind it; 0 when there is no valid host.
     */
    public static int hostEnd(final byte[] array, final long address, final int length)
    {
        if (length > 0 && at(array, address) == '[')
        {
            return literalEnd(array, address, length);
        }

        int i = 0;
        while (i < length)
        {
            final byte b = at(array, address + i);
            if (CLASSES[b & 0xFF] == OTHER)
            {
                if (b != '%')
                {
                    return i;
                }
                if (i + 2 >= length || !isHex(array, address + i + 1) || !isHex(array, address + i + 2))
                {
                    return 0;
                }
                i += 2;
            }
            i++;
        }

        return i;
    }

    /** An IPv6 address in brackets (RFC 3986 section 3.2.2); zones and IPvFuture are not accepted. */
    private static int literalEnd(final byte[] array, final long address, final int length)
    {
        boolean gap = length > 2 && at(array, address + 1) == ':' && at(array, address + 2) == ':';
        int groups = 0;
        int i = gap ? 3 : 1;
        while (i < length && at(array, address + i) != ']')
        {
            final int end = groupEnd(array, address, i, length);
            if (end < 0 || end >= length)
            {
                return 0;
            }

            final boolean dotted = end - i > 4;
            groups += dotted ? 2 : 1;
            i = end;
            if (at(array, address + i) == ':' && !dotted)
            {
                i++;
                if (i < length && at(array, address + i) == ':' && !gap)
                {
                    gap = true;
                    i++;
                }
                else if (i < length && at(array, address + i) == ']')
                {
                    return 0;
                }
            }
            else if (at(array, address + i) != ']')
            {
                return 0;
            }
        }

        return i < length && (gap ? groups <= 7 : groups == 8) ? i + 1 : 0;
    }

    /** End of up to four hexadecimal digits or of a dotted IPv4 address (always longer than four), or -1. */
    private static int groupEnd(final byte[] array, final long address, final int from, final int length)
    {
        int i = from;
        while (i < length && isHex(array, address + i))
        {
            i++;
        }
        if (i < length && at(array, address + i) == '.')
        {
            return dottedEnd(array, address, from, length);
        }

        return i > from && i - from <= 4 ? i : -1;
    }

    private static int dottedEnd(final byte[] array, final long address, final int from, final int length)
    {
        int i = from;
        for (int part = 0; part < 4; part++)
        {
            if (part > 0 && (i >= length || at(array, address + i++) != '.'))
            {
                return -1;
            }

            final int start = i;
            int value = 0;
            while (i < length && i - start < 3 && CLASSES[at(array, address + i) & 0xFF] == DIGIT)
            {
                value = value * 10 + at(array, address + i) - '0';
                i++;
            }
            if (i == start || value > 255)
            {
                return -1;
            }
        }

        return i;
    }

    private static boolean validPort(final byte[] array, final long address, final int from, final int length)
    {
        int port = 0;
        for (int i = from; i < length; i++)
        {
            final byte b = at(array, address + i);
            if (CLASSES[b & 0xFF] != DIGIT)
            {
                return false;
            }
            port = port * 10 + b - '0';
            if (port > 65535)
            {
                return false;
            }
        }

        return true;
    }

    private static boolean isHex(final byte[] array, final long address)
    {
        return CLASSES[at(array, address) & 0xFF] >= HEX;
    }

    private static byte at(final byte[] array, final long address)
    {
        return UnsafeApi.getByte(array, address);
    }
}
