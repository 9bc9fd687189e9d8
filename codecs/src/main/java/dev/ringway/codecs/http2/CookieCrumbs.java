package dev.ringway.codecs.http2;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import org.agrona.MutableDirectBuffer;

/**
 * Joins the cookie fields of a request to one (RFC 9113 section 8.2.3), for HTTP/1.1 allows only one (RFC 6265 section
 * 5.4). The first is in the table, the others are kept here until the end. One owner thread.
 */
final class CookieCrumbs
{
    private static final byte[] NAME = HeaderName.bytes(HeaderName.COOKIE);
    private static final int LINE_OVERHEAD = NAME.length + 4;

    private final int[] offsets;
    private final int[] lengths;
    private MutableDirectBuffer buffer;
    private int limit;
    private int maxLength;
    private int count;
    private int length;
    private int end;

    CookieCrumbs(final int capacity)
    {
        offsets = new int[capacity];
        lengths = new int[capacity];
    }

    void begin(final MutableDirectBuffer dst, final int dstLimit, final int maxCookieLength)
    {
        buffer = dst;
        limit = dstLimit;
        maxLength = maxCookieLength;
        count = 0;
        length = 0;
        end = 0;
    }

    /** Counts a cookie field, the first as well; returns false when they are too long together. */
    boolean count(final int valueLength)
    {
        length += valueLength + (length == 0 ? 0 : 2);

        return length <= maxLength;
    }

    /** Keeps a field that is not the first; returns false when there are too many. */
    boolean add(final int valueOffset, final int valueLength)
    {
        if (count == offsets.length)
        {
            return false;
        }

        offsets[count] = valueOffset;
        lengths[count++] = valueLength;
        return true;
    }

    /** Offset behind the joined field when it lies behind all others, else 0. */
    int end()
    {
        return end;
    }

    /**
     * Joins what there is. Fields that follow each other are joined where they are, which always fits.
     *
     * @param headers holding the first.
     * @param free    offset of the free bytes behind all fields.
     * @return false when there is no room.
     */
    boolean join(final HeaderTable headers, final int free)
    {
        if (count == 0)
        {
            return true;
        }

        final int index = headers.find(HeaderName.COOKIE);
        final int first = headers.valueOffset(index);
        final int firstLength = headers.valueLength(index);
        if (areNeighbours(first + firstLength))
        {
            headers.move(index, headers.nameOffset(index), append(first, first + firstLength) - first);
            return true;
        }
        if (free + LINE_OVERHEAD + length > limit)
        {
            return false;
        }

        buffer.putBytes(free, NAME);
        buffer.putByte(free + NAME.length, (byte)':');
        buffer.putByte(free + NAME.length + 1, (byte)' ');
        final int value = free + NAME.length + 2;
        buffer.putBytes(value, buffer, first, firstLength);
        end = append(value, value + firstLength);
        headers.move(index, free, end - value);
        end += 2;
        return true;
    }

    private boolean areNeighbours(final int firstEnd)
    {
        int valueEnd = firstEnd;
        for (int i = 0; i < count; i++)
        {
            if (offsets[i] != valueEnd + LINE_OVERHEAD)
            {
                return false;
            }
            valueEnd = offsets[i] + lengths[i];
        }

        return true;
    }

    /** Appends all crumbs and CRLF; returns the end of the value. Bytes only move to the front. */
    private int append(final int value, final int valueEnd)
    {
        int at = valueEnd;
        for (int i = 0; i < count; i++)
        {
            if (lengths[i] == 0)
            {
                continue;
            }
            if (at > value)
            {
                buffer.putByte(at++, (byte)';');
                buffer.putByte(at++, (byte)' ');
            }
            buffer.putBytes(at, buffer, offsets[i], lengths[i]);
            at += lengths[i];
        }
        buffer.putByte(at, (byte)'\r');
        buffer.putByte(at + 1, (byte)'\n');

        return at;
    }
}
