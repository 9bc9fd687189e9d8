package dev.ringway.engine.upstream;

import dev.ringway.codecs.hpack.HpackEncoder;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http1.Http1Encoder;
import dev.ringway.codecs.text.ShortCopy;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

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

    /** What the proxy adds by itself, and of four levels of 64 changes each one that is joined with what was there. */
    private static final int MAX_ADDED = 64 + 2 * 4 * 64;
    /** Most bytes of a line or a field of HPACK beside the value, and for a name that has no number beside that. */
    private static final int KNOWN_OVERHEAD = 48;
    private static final int OTHER_OVERHEAD = 16;
    private static final int WITHDRAWN = -1;
    private static final int MAX_JOINED = 1536;
    private static final short CRLF =
        java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN ? (short)0x0A0D : (short)0x0D0A;

    private final AddedValues values = new AddedValues();
    private final int[] names = new int[MAX_ADDED];
    private final int[] ends = new int[MAX_ADDED];
    /** Of names that have no number. */
    private final UnsafeBuffer[] otherNames = new UnsafeBuffer[MAX_ADDED];
    private int namesLength;
    private long dropMask;
    private int count;
    private final EditedTarget target;
    private byte[] protocol;

    private HeaderEdits(final int pathCapacity)
    {
        target = new EditedTarget(pathCapacity);
    }

    /**
     * @return edits of request heads, which may get another path.
     */
    public static HeaderEdits ofRequests()
    {
        return new HeaderEdits(AddedValues.CAPACITY);
    }

    /**
     * @return edits of response heads, which have no path.
     */
    public static HeaderEdits ofResponses()
    {
        return new HeaderEdits(0);
    }

    /**
     * Starts over.
     *
     * @param mask names to drop.
     */
    public void reset(final long mask)
    {
        dropMask = mask;
        count = 0;
        namesLength = 0;
        values.reset();
        protocol = null;
        target.reset();
    }

    /**
     * @return what the request goes on to; of no meaning for a response.
     */
    public EditedTarget target()
    {
        return target;
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
     * Adds a field with part of an array for value.
     *
     * @param nameId from {@link HeaderName}.
     * @param value  holds the value at its start.
     * @param length bytes of it.
     */
    public void addBytes(final int nameId, final byte[] value, final int length)
    {
        values.put(value, length);
        finish(nameId);
    }

    /**
     * Adds a field with a range of a buffer for value.
     *
     * @param nameId from {@link HeaderName}.
     * @param buffer holds the value.
     * @param offset where it starts.
     * @param length bytes of it.
     */
    public void addRange(final int nameId, final DirectBuffer buffer, final int offset, final int length)
    {
        values.put(buffer, offset, length);
        finish(nameId);
    }

    /**
     * Adds a field with a number for value.
     *
     * @param nameId from {@link HeaderName}.
     * @param value  not negative.
     */
    public void add(final int nameId, final long value)
    {
        values.put(value);
        finish(nameId);
    }

    /**
     * Ends a value.
     *
     * @param nameId from {@link HeaderName}, of the field it belongs to.
     */
    public void finish(final int nameId)
    {
        finish(nameId, null);
    }

    /**
     * Ends a value.
     *
     * @param nameId from {@link HeaderName}, of the field it belongs to.
     * @param name   its name in lower case, shared, not to be changed; only used for {@link HeaderName#OTHER}.
     */
    public void finish(final int nameId, final UnsafeBuffer name)
    {
        if (count == MAX_ADDED)
        {
            values.tooLong();
            return;
        }
        if (nameId == HeaderName.OTHER)
        {
            otherNames[count] = name;
            namesLength += name.capacity() + OTHER_OVERHEAD;
        }
        else
        {
            namesLength += KNOWN_OVERHEAD;
        }
        names[count] = nameId;
        ends[count++] = values.position();
    }

    /**
     * @return added fields so far.
     */
    public int count()
    {
        return count;
    }

    /**
     * @param nameId from {@link HeaderName}.
     * @param name   in lower case, only used for {@link HeaderName#OTHER}.
     * @return index of the first added field of that name, or -1.
     */
    public int find(final int nameId, final UnsafeBuffer name)
    {
        return findNext(nameId, name, -1);
    }

    /**
     * @param nameId from {@link HeaderName}.
     * @param name   in lower case, only used for {@link HeaderName#OTHER}.
     * @param after  index of the field to start behind.
     * @return index of the next added field of that name, or -1.
     */
    public int findNext(final int nameId, final UnsafeBuffer name, final int after)
    {
        for (int i = after + 1; i < count; i++)
        {
            if (names[i] == nameId && (nameId != HeaderName.OTHER || otherNames[i].equals(name)))
            {
                return i;
            }
        }
        return -1;
    }

    /**
     * Puts the value of an added field once more, as a piece of another.
     *
     * @param index     from {@link #find}.
     * @param maxLength bytes that are taken of it.
     */
    public void repeat(final int index, final int maxLength)
    {
        values.put(values.buffer(), valueOffset(index), Math.min(valueLength(index), maxLength));
    }

    /**
     * @return where values are put together, which {@link #finish} makes fields of.
     */
    public AddedValues values()
    {
        return values;
    }

    /**
     * @param index from {@link #find}.
     * @return where its value starts in the buffer of {@link #values()}.
     */
    public int valueOffset(final int index)
    {
        return index == 0 ? 0 : ends[index - 1];
    }

    /**
     * @param index from {@link #find}.
     * @return bytes of its value.
     */
    public int valueLength(final int index)
    {
        return ends[index] - valueOffset(index);
    }

    /**
     * @param index of an added field.
     * @return a constant of {@link HeaderName}, negative when it was withdrawn.
     */
    public int nameId(final int index)
    {
        return names[index];
    }

    /**
     * Adds no fields of that name after all; those of the head stay.
     *
     * @param nameId from {@link HeaderName}.
     * @param name   in lower case, only used for {@link HeaderName#OTHER}.
     */
    public void withdraw(final int nameId, final UnsafeBuffer name)
    {
        for (int i = find(nameId, name); i >= 0; i = find(nameId, name))
        {
            withdraw(i);
        }
    }

    /**
     * Adds a field not after all.
     *
     * @param index from {@link #find}.
     */
    public void withdraw(final int index)
    {
        names[index] = WITHDRAWN;
    }

    /**
     * @param nameId from {@link HeaderName}.
     * @return whether the head loses its fields of that name.
     */
    public boolean drops(final int nameId)
    {
        return (dropMask >>> nameId & 1) != 0;
    }

    /**
     * Says that the request asks for another protocol, or the response agrees to it; how is the session's matter.
     *
     * @param name of the protocol, shared, not to be changed.
     */
    public void protocol(final byte[] name)
    {
        protocol = name;
    }

    /**
     * @return protocol that is asked for or agreed to, or null.
     */
    public byte[] protocol()
    {
        return protocol;
    }

    /**
     * Says that a head with these edits fits no chunk.
     */
    public void tooLong()
    {
        values.tooLong();
    }

    /**
     * @return whether the head cannot be sent because it is too long; nothing is ever cut.
     */
    public boolean isTooLong()
    {
        return values.isTooLong();
    }

    /**
     * Adds a field whose value is an existing one with something behind it; empty ones are left out. Existing values
     * too long to be copied stay as they are and the field comes behind them, which means the same (RFC 9110, 5.3).
     *
     * @param nameId    from {@link HeaderName}; dropped from the head and added anew.
     * @param head      where the existing values are, all of them are joined; may have none.
     * @param separator between two of them.
     * @param value     bytes to append.
     * @param length    how many.
     */
    public void append(
        final int nameId, final HeaderTable head, final byte[] separator, final byte[] value, final int length)
    {
        int joined = length;
        for (int i = head.find(nameId); i >= 0; i = head.findNext(nameId, i))
        {
            joined += head.valueLength(i) + separator.length;
        }
        if (joined <= MAX_JOINED)
        {
            for (int i = head.find(nameId); i >= 0; i = head.findNext(nameId, i))
            {
                if (!head.nominated(i) && head.valueLength(i) > 0)
                {
                    values.put(head.buffer(), head.valueOffset(i), head.valueLength(i));
                    values.put(separator);
                }
            }
            for (int i = find(nameId, null); i >= 0; i = findNext(nameId, null, i))
            {
                repeat(i, AddedValues.CAPACITY);
                values.put(separator, valueLength(i) > 0 ? separator.length : 0);
                withdraw(i);
            }
            drop(nameId);
        }
        addBytes(nameId, value, length);
    }

    /**
     * @return names to drop.
     */
    public long dropMask()
    {
        return dropMask;
    }

    /**
     * @return an upper bound of the bytes that {@link #write} adds; more than a chunk when {@link #isTooLong}.
     */
    public int addedLength()
    {
        return isTooLong() ? AddedValues.CAPACITY << 1 : values.position() + namesLength;
    }

    /**
     * @return bytes of the names and values that are added.
     */
    public int fieldsLength()
    {
        int length = 0;
        for (int i = 0; i < count; i++)
        {
            if (names[i] != WITHDRAWN)
            {
                length += valueLength(i) +
                    (names[i] == HeaderName.OTHER ? otherNames[i].capacity() : HeaderName.bytes(names[i]).length);
            }
        }
        return length;
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
        for (int i = 0; i < count; i++)
        {
            if (names[i] != WITHDRAWN)
            {
                position = putName(dst, position, i);
                ShortCopy.copy(values.buffer(), valueOffset(i), dst, position, valueLength(i));
                position += valueLength(i);
                dst.putShort(position, CRLF);
                position += 2;
            }
        }
        return position;
    }

    private int putName(final MutableDirectBuffer dst, final int at, final int index)
    {
        if (names[index] != HeaderName.OTHER)
        {
            return Http1Encoder.putPrefix(dst, at, names[index]);
        }
        final UnsafeBuffer name = otherNames[index];
        ShortCopy.copy(name, 0, dst, at, name.capacity());
        dst.putByte(at + name.capacity(), (byte)':');
        dst.putByte(at + name.capacity() + 1, (byte)' ');
        return at + name.capacity() + 2;
    }

    /**
     * Writes the added fields as HPACK.
     *
     * @param encoder of the connection.
     * @param dst     where to.
     * @param at      offset there.
     * @return offset behind them.
     */
    public int write(final HpackEncoder encoder, final MutableDirectBuffer dst, final int at)
    {
        int position = at;
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            final int length = ends[i] - start;
            if (names[i] == HeaderName.OTHER)
            {
                position = encoder.putField(dst, position, HeaderName.OTHER, otherNames[i], 0,
                    otherNames[i].capacity(), values.buffer(), start, length);
            }
            else if (names[i] != WITHDRAWN)
            {
                position = encoder.putField(dst, position, names[i], values.bytes(), start, length);
            }
            start = ends[i];
        }
        return position;
    }
}
