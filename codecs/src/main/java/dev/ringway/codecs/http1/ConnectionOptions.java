package dev.ringway.codecs.http1;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.text.AsciiScan;
import java.nio.charset.StandardCharsets;
import org.agrona.UnsafeApi;

/**
 * What the Connection fields of one message say (RFC 9110 section 7.6.1). One owner thread.
 */
final class ConnectionOptions
{
    /** Bounds the work of {@link #nominate}, which compares each option with each field. */
    private static final int MAX_OPTIONS = 32;
    /** Fields a peer must not have dropped on the way: they frame, route or tell who is asking. */
    private static final long PROTECTED = HeaderName.mask(HeaderName.HOST, HeaderName.CONTENT_LENGTH,
        HeaderName.AUTHORIZATION, HeaderName.COOKIE, HeaderName.SET_COOKIE, HeaderName.VIA, HeaderName.EXPECT,
        HeaderName.CONTENT_TYPE, HeaderName.CONTENT_ENCODING, HeaderName.X_REQUEST_ID, HeaderName.X_FORWARDED_FOR,
        HeaderName.X_FORWARDED_PROTO, HeaderName.X_FORWARDED_HOST, HeaderName.X_FORWARDED_PORT,
        HeaderName.X_FORWARDED_CLIENT_CERT);
    private static final byte[] CLOSE = "close".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = "keep-alive".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UPGRADE = "upgrade".getBytes(StandardCharsets.US_ASCII);

    private final int[] offsets = new int[MAX_OPTIONS];
    private final int[] lengths = new int[MAX_OPTIONS];
    private int count;
    private boolean close;
    private boolean keepAlive;
    private boolean upgrade;
    private boolean others;

    void reset()
    {
        count = 0;
        close = false;
        keepAlive = false;
        upgrade = false;
        others = false;
    }

    boolean close()
    {
        return close;
    }

    boolean keepAlive()
    {
        return keepAlive;
    }

    boolean upgrade()
    {
        return upgrade;
    }

    /** Whether an option may be the name of a field of the table, so that {@link #nominate} has work to do. */
    boolean nominating(final HeaderTable table)
    {
        return others || keepAlive && table.contains(HeaderName.KEEP_ALIVE);
    }

    /**
     * Takes the value of one Connection field.
     *
     * @param array of the buffer, or null.
     * @param base  address of index 0.
     * @param from  index of the value.
     * @param end   index behind it.
     * @return 0, or {@link Http1Error#CONNECTION_REJECTED} when it is not a list of tokens or too long.
     */
    int add(final byte[] array, final long base, final int from, final int end)
    {
        int at = from;
        while (at < end)
        {
            final byte b = UnsafeApi.getByte(array, base + at);
            if (b == ',' || AsciiScan.isSpace(b))
            {
                at++;
                continue;
            }

            final int tokenEnd = AsciiScan.tokenEnd(array, base, at, end);
            final int next = AsciiScan.skipSpace(array, base, tokenEnd, end);
            if (tokenEnd == at || next < end && UnsafeApi.getByte(array, base + next) != ',' ||
                !addOption(array, base, at, tokenEnd - at))
            {
                return Http1Error.CONNECTION_REJECTED;
            }
            at = next;
        }

        return 0;
    }

    /**
     * Marks the fields that are named.
     *
     * @param array  of the buffer, or null.
     * @param base   address of index 0.
     * @param table  of the message, complete.
     * @param result to return when all is well.
     * @return {@code result}, or {@link Http1Error#CONNECTION_REJECTED} when a protected field is named.
     */
    int nominate(final byte[] array, final long base, final HeaderTable table, final int result)
    {
        for (int field = 0, fields = table.count(); field < fields; field++)
        {
            if (!named(array, base, base + table.nameOffset(field), table.nameLength(field)))
            {
                continue;
            }
            if ((PROTECTED >>> table.nameId(field) & 1) != 0)
            {
                return Http1Error.CONNECTION_REJECTED;
            }
            table.nominate(field);
        }

        return result;
    }

    private boolean addOption(final byte[] array, final long base, final int offset, final int length)
    {
        final long address = base + offset;
        if (length == CLOSE.length && AsciiScan.equalsIgnoreCase(array, address, CLOSE))
        {
            close = true;
            return true;
        }
        if (length == KEEP_ALIVE.length && AsciiScan.equalsIgnoreCase(array, address, KEEP_ALIVE))
        {
            keepAlive = true;
        }
        else
        {
            others = true;
        }
        if (length == UPGRADE.length && AsciiScan.equalsIgnoreCase(array, address, UPGRADE))
        {
            upgrade = true;
        }
        if (count == MAX_OPTIONS)
        {
            return false;
        }

        offsets[count] = offset;
        lengths[count++] = length;
        return true;
    }

    private boolean named(final byte[] array, final long base, final long name, final int length)
    {
        for (int i = 0; i < count; i++)
        {
            if (lengths[i] == length && equal(array, base + offsets[i], name, length))
            {
                return true;
            }
        }

        return false;
    }

    private static boolean equal(final byte[] array, final long option, final long name, final int length)
    {
        for (int i = 0; i < length; i++)
        {
            if (AsciiScan.lowerToken(UnsafeApi.getByte(array, option + i)) != UnsafeApi.getByte(array, name + i))
            {
                return false;
            }
        }

        return true;
    }
}
