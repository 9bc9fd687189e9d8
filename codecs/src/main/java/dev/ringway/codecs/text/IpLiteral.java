package dev.ringway.codecs.text;

import org.agrona.DirectBuffer;

/**
 * Reads IP addresses from text: dotted IPv4, and IPv6 as RFC 4291 section 2.2 has it. Without port, brackets, zone or
 * leading zeros in IPv4. Any thread.
 */
public final class IpLiteral
{
    /** Bytes of an IPv4 address. */
    public static final int INET4 = 4;
    /** Bytes of an IPv6 address. */
    public static final int INET6 = 16;

    private static final int MAX_TEXT = 45;
    private static final int GROUPS = 8;

    private IpLiteral()
    {
    }

    /**
     * Reads an address.
     *
     * @param buffer that holds the text.
     * @param offset where it starts.
     * @param length its bytes.
     * @param result at least {@link #INET6} bytes; gets the address in network order.
     * @return {@link #INET4}, {@link #INET6}, or 0 when the text is no address.
     */
    public static int parse(final DirectBuffer buffer, final int offset, final int length, final byte[] result)
    {
        if (length < 2 || length > MAX_TEXT)
        {
            return 0;
        }
        for (int i = 0; i < length; i++)
        {
            if (buffer.getByte(offset + i) == ':')
            {
                return parse6(buffer, offset, offset + length, result) ? INET6 : 0;
            }
        }
        return parse4(buffer, offset, offset + length, result, 0) ? INET4 : 0;
    }

    private static boolean parse4(
        final DirectBuffer buffer, final int from, final int end, final byte[] result, final int to)
    {
        int at = from;
        for (int part = 0; part < INET4; part++)
        {
            if (part > 0 && (at >= end || buffer.getByte(at++) != '.'))
            {
                return false;
            }
            final int start = at;
            int value = 0;
            while (at < end && at - start < 3 && isDigit(buffer.getByte(at)))
            {
                value = value * 10 + buffer.getByte(at++) - '0';
            }
            if (at == start || value > 255 || at - start > 1 && buffer.getByte(start) == '0')
            {
                return false;
            }
            result[to + part] = (byte)value;
        }
        return at == end;
    }

    private static boolean parse6(final DirectBuffer buffer, final int from, final int end, final byte[] result)
    {
        int at = from;
        int groups = 0;
        int gap = -1;
        if (buffer.getByte(at) == ':')
        {
            if (buffer.getByte(at + 1) != ':')
            {
                return false;
            }
            gap = 0;
            at += 2;
        }
        while (at < end)
        {
            final int groupEnd = hexEnd(buffer, at, end);
            if (groupEnd < end && buffer.getByte(groupEnd) == '.')
            {
                if (groups > GROUPS - 2 || !parse4(buffer, at, end, result, groups << 1))
                {
                    return false;
                }
                groups += 2;
                at = end;
                break;
            }
            if (groupEnd == at || groupEnd - at > 4 || groups == GROUPS)
            {
                return false;
            }
            putGroup(buffer, at, groupEnd, result, groups++);
            at = groupEnd;
            if (at == end)
            {
                break;
            }
            if (buffer.getByte(at++) != ':' || at == end)
            {
                return false;
            }
            if (buffer.getByte(at) == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }
                gap = groups;
                at++;
            }
        }
        return spread(result, groups, gap);
    }

    private static boolean spread(final byte[] result, final int groups, final int gap)
    {
        if (gap < 0)
        {
            return groups == GROUPS;
        }
        if (groups == GROUPS)
        {
            return false;
        }
        final int tail = groups - gap << 1;
        final int from = gap << 1;
        System.arraycopy(result, from, result, INET6 - tail, tail);
        for (int i = from; i < INET6 - tail; i++)
        {
            result[i] = 0;
        }
        return true;
    }

    private static void putGroup(
        final DirectBuffer buffer, final int from, final int end, final byte[] result, final int group)
    {
        int value = 0;
        for (int i = from; i < end; i++)
        {
            value = value << 4 | Character.digit(buffer.getByte(i), 16);
        }
        result[group << 1] = (byte)(value >> 8);
        result[(group << 1) + 1] = (byte)value;
    }

    private static int hexEnd(final DirectBuffer buffer, final int from, final int end)
    {
        int at = from;
        while (at < end && Character.digit(buffer.getByte(at), 16) >= 0)
        {
            at++;
        }
        return at;
    }

    private static boolean isDigit(final byte b)
    {
        return b >= '0' && b <= '9';
    }
}
