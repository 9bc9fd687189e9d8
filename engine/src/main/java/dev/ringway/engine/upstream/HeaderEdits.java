package dev.ringway.engine.upstream;

import dev.ringway.codecs.hpack.HpackEncoder;
import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http1.Http1Encoder;
import dev.ringway.codecs.text.ShortCopy;
import dev.ringway.engine.memory.BufferSlab;
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
    /** As a chunk, which the whole head must fit. */
    private static final int VALUE_LENGTH = BufferSlab.CHUNK_LENGTH;
    private static final int MAX_JOINED = 1536;
    private static final int MAX_DIGITS = 19;
    private static final short CRLF =
        java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN ? (short)0x0A0D : (short)0x0D0A;

    private final byte[] values = new byte[VALUE_LENGTH];
    private final int[] names = new int[MAX_ADDED];
    private final int[] ends = new int[MAX_ADDED];
    /** Of names that have no number. */
    private final UnsafeBuffer[] otherNames = new UnsafeBuffer[MAX_ADDED];
    private final UnsafeBuffer valueBuffer = new UnsafeBuffer(values);
    private int namesLength;
    private long dropMask;
    private int count;
    private final EditedTarget target;
    private int position;
    private boolean isTooLong;
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
        return new HeaderEdits(VALUE_LENGTH);
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
        position = 0;
        namesLength = 0;
        isTooLong = false;
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
        put(value, length);
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
        put(buffer, offset, length);
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
        put(value);
        finish(nameId);
    }

    /**
     * Puts a piece of a value; {@link #finish} makes a field of all pieces since the last one.
     *
     * @param piece  holds it at its start.
     * @param length bytes of it.
     */
    public void put(final byte[] piece, final int length)
    {
        if (fits(length))
        {
            System.arraycopy(piece, 0, values, position, length);
            position += length;
        }
    }

    /**
     * Puts a piece of a value.
     *
     * @param buffer holds it.
     * @param offset where it starts.
     * @param length bytes of it.
     */
    public void put(final DirectBuffer buffer, final int offset, final int length)
    {
        if (fits(length))
        {
            ShortCopy.copy(buffer, offset, valueBuffer, position, length);
            position += length;
        }
    }

    /**
     * Puts a character.
     *
     * @param character of ASCII.
     */
    public void put(final byte character)
    {
        if (fits(1))
        {
            values[position++] = character;
        }
    }

    /**
     * Puts a number in decimal.
     *
     * @param value not negative.
     */
    public void put(final long value)
    {
        if (!fits(MAX_DIGITS))
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
            values[position++] = (byte)('0' + value / divisor % 10);
        }
    }

    /**
     * Puts a text as {@code grpc-message} has it.
     *
     * @param text UTF-8.
     */
    public void putGrpcMessage(final byte[] text)
    {
        if (fits(Grpc.messageLength(text)))
        {
            position = Grpc.putMessage(text, values, position);
        }
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
            isTooLong = true;
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
        ends[count++] = position;
    }

    /**
     * @return where the next piece of a value goes: the same before and after when nothing was put.
     */
    public int position()
    {
        return position;
    }

    /**
     * Takes back the pieces of a value that were put behind a place.
     *
     * @param place from {@link #position()}, not before the last field's end.
     */
    public void back(final int place)
    {
        position = place;
    }

    /**
     * Takes back a piece of a value from a character on.
     *
     * @param character of ASCII, where there is one.
     * @param place     from {@link #position()}: looked for behind it.
     */
    public void cutAt(final byte character, final int place)
    {
        for (int i = place; i < position; i++)
        {
            if (values[i] == character)
            {
                position = i;
                return;
            }
        }
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
        put(valueBuffer, valueOffset(index), Math.min(valueLength(index), maxLength));
    }

    /**
     * @return holds the values of added fields.
     */
    public DirectBuffer values()
    {
        return valueBuffer;
    }

    /**
     * @param index from {@link #find}.
     * @return where its value starts in {@link #values()}.
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

    private boolean fits(final int length)
    {
        isTooLong |= length > VALUE_LENGTH - position;
        return !isTooLong;
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
        isTooLong = true;
    }

    /**
     * @return whether the head cannot be sent because it is too long; nothing is ever cut.
     */
    public boolean isTooLong()
    {
        return isTooLong;
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
                    put(head.buffer(), head.valueOffset(i), head.valueLength(i));
                    put(separator, separator.length);
                }
            }
            for (int i = find(nameId, null); i >= 0; i = findNext(nameId, null, i))
            {
                repeat(i, VALUE_LENGTH);
                put(separator, valueLength(i) > 0 ? separator.length : 0);
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
        return isTooLong ? VALUE_LENGTH << 1 : position + namesLength;
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
                ShortCopy.copy(valueBuffer, valueOffset(i), dst, position, valueLength(i));
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
                    otherNames[i].capacity(), valueBuffer, start, length);
            }
            else if (names[i] != WITHDRAWN)
            {
                position = encoder.putField(dst, position, names[i], values, start, length);
            }
            start = ends[i];
        }
        return position;
    }
}
