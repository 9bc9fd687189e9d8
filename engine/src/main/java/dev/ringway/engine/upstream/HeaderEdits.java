package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http1.Http1Encoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What a head loses and gains between the two sides: a mask of well-known names to drop and a few values to add. Reused
 * for each head; allocates nothing. Loop thread only.
 */
public final class HeaderEdits
{
    /** Fields that belong to one connection (RFC 9110, 7.6.1) and framing, which each side writes for itself. */
    public static final long HOP_BY_HOP = HeaderName.mask(
        HeaderName.CONNECTION, HeaderName.KEEP_ALIVE, HeaderName.PROXY_CONNECTION, HeaderName.TRANSFER_ENCODING,
        HeaderName.UPGRADE, HeaderName.TE, HeaderName.HTTP2_SETTINGS);

    private static final int MAX_ADDED = 16;
    private static final int VALUE_LENGTH = 2048;
    /** Kept free by {@link #append} for what is added after it, so that a long value from outside cuts nothing. */
    private static final int APPEND_RESERVE = 512;
    private static final int MAX_DIGITS = 19;
    private static final short CRLF =
        java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN ? (short)0x0A0D : (short)0x0D0A;

    private final byte[] values = new byte[VALUE_LENGTH];
    private final int[] names = new int[MAX_ADDED];
    private final int[] ends = new int[MAX_ADDED];
    private long dropMask;
    private int count;
    private byte[] path = new byte[1024];
    private int pathLength;

    /**
     * Starts over.
     *
     * @param mask names to drop.
     */
    public void reset(final long mask)
    {
        dropMask = mask;
        count = 0;
        pathLength = -1;
    }

    /**
     * Drops a well-known name.
     *
     * @param nameId from {@link HeaderName}.
     */
    public void drop(final int nameId)
    {
        dropMask |= 1L << nameId;
    }

    /**
     * Adds a field after those that stay.
     *
     * @param nameId from {@link HeaderName}.
     * @param value  its value.
     */
    public void add(final int nameId, final byte[] value)
    {
        addBytes(nameId, value, value.length);
    }

    /**
     * Adds a field with part of an array for value, cut when there is no more room.
     *
     * @param nameId from {@link HeaderName}.
     * @param value  holds the value at its start.
     * @param length bytes of it.
     */
    public void addBytes(final int nameId, final byte[] value, final int length)
    {
        final int at = valuesLength();
        final int bounded = Math.min(length, VALUE_LENGTH - at);
        System.arraycopy(value, 0, values, at, bounded);
        end(nameId, at + bounded);
    }

    /**
     * Adds a field with a range of a buffer for value, cut when there is no more room.
     *
     * @param nameId from {@link HeaderName}.
     * @param buffer holds the value.
     * @param offset where it starts.
     * @param length bytes of it.
     */
    public void addRange(final int nameId, final DirectBuffer buffer, final int offset, final int length)
    {
        final int at = valuesLength();
        final int bounded = Math.min(length, VALUE_LENGTH - at);
        buffer.getBytes(offset, values, at, bounded);
        end(nameId, at + bounded);
    }

    /**
     * Adds a field with a number for value; left out when there is no more room.
     *
     * @param nameId from {@link HeaderName}.
     * @param value  not negative.
     */
    public void add(final int nameId, final long value)
    {
        int at = valuesLength();
        if (at + MAX_DIGITS > VALUE_LENGTH)
        {
            return;
        }
        long divisor = 1;
        while (value / divisor >= 10)
        {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10)
        {
            values[at++] = (byte)('0' + value / divisor % 10);
        }
        end(nameId, at);
    }

    /**
     * Adds a field whose value is an existing one with something behind it. Existing values too long to be copied stay
     * as they are and the field comes behind them, which means the same (RFC 9110, 5.3).
     *
     * @param nameId from {@link HeaderName}; dropped from the head and added anew.
     * @param head   where the existing values are, all of them are joined; may have none.
     * @param value  bytes to append.
     * @param length how many.
     */
    public void append(final int nameId, final HeaderTable head, final byte[] value, final int length)
    {
        int at = valuesLength();
        int joined = length;
        for (int i = head.find(nameId); i >= 0; i = head.findNext(nameId, i))
        {
            joined += head.valueLength(i) + 1;
        }
        if (at + joined > VALUE_LENGTH - APPEND_RESERVE)
        {
            addBytes(nameId, value, length);
            return;
        }
        for (int i = head.find(nameId); i >= 0; i = head.findNext(nameId, i))
        {
            final int existing = head.valueLength(i);
            head.buffer().getBytes(head.valueOffset(i), values, at, existing);
            at += existing;
            values[at++] = ',';
        }
        System.arraycopy(value, 0, values, at, length);
        drop(nameId);
        end(nameId, at + length);
    }

    private int valuesLength()
    {
        return count == 0 ? 0 : ends[count - 1];
    }

    private void end(final int nameId, final int end)
    {
        assert count < MAX_ADDED;
        names[count] = nameId;
        ends[count++] = end;
    }

    /**
     * Gives room to write another path for the request.
     *
     * @param length bytes wanted.
     * @return at least that many, to be filled and named with {@link #path(byte[], int)}.
     */
    public byte[] pathBuffer(final int length)
    {
        if (path.length < length)
        {
            path = new byte[Integer.highestOneBit(length) << 1];
        }
        return path;
    }

    /**
     * Gives the request another path.
     *
     * @param newPath from {@link #pathBuffer}.
     * @param length  bytes of it that count.
     */
    public void path(final byte[] newPath, final int length)
    {
        path = newPath;
        pathLength = length;
    }

    /**
     * @return new path with query, of which {@link #pathLength()} bytes count.
     */
    public byte[] path()
    {
        return path;
    }

    /**
     * @return bytes of the new path, or -1 for none.
     */
    public int pathLength()
    {
        return pathLength;
    }

    /**
     * @return names to drop.
     */
    public long dropMask()
    {
        return dropMask;
    }

    /**
     * @return an upper bound of the bytes that {@link #write} adds.
     */
    public int addedLength()
    {
        return valuesLength() + count * 48;
    }

    /**
     * Writes the added fields as HTTP/1.1 lines.
     *
     * @param dst where to.
     * @param at  offset there.
     * @return offset behind them.
     */
    public int write(final MutableDirectBuffer dst, final int at)
    {
        int position = at;
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            final byte[] prefix = Http1Encoder.prefix(names[i]);
            dst.putBytes(position, prefix);
            position += prefix.length;
            dst.putBytes(position, values, start, ends[i] - start);
            position += ends[i] - start;
            dst.putShort(position, CRLF);
            position += 2;
            start = ends[i];
        }
        return position;
    }
}
