package dev.ringway.engine.filter;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.MessageHead;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.engine.memory.BufferSlab;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Fields of a head for filters. Reading is by ranges of a buffer and allocates nothing; what takes or gives a
 * {@link String} is for filters that may allocate. Names are in lower case. Framing, the fields of one connection and the
 * host are not among what can be changed: see {@link #isFixed}. Loop thread only.
 */
public abstract sealed class FilterHead permits FilterRequest, FilterResponse
{
    private static final long FIXED = HeaderName.mask(HeaderName.HOST, HeaderName.CONTENT_LENGTH,
        HeaderName.TRANSFER_ENCODING, HeaderName.CONNECTION, HeaderName.KEEP_ALIVE, HeaderName.PROXY_CONNECTION,
        HeaderName.UPGRADE, HeaderName.TE, HeaderName.HTTP2_SETTINGS);
    private static final int OVERHEAD = 4;
    private static final int INITIAL = 512;
    private static final int MAX_DIGITS = 20;
    private static final String NO_ROOM = "the head has no room for another field";

    private MessageHead head;
    private HeadStore store;
    private boolean isChanged;
    private UnsafeBuffer line = new UnsafeBuffer(new byte[INITIAL]);
    private final UnsafeBuffer view = new UnsafeBuffer(new byte[0]);
    private final byte[] digits = new byte[MAX_DIGITS];
    private byte[] copy = new byte[MAX_DIGITS];
    private final UnsafeBuffer digitsView = new UnsafeBuffer(digits);

    /** What a head is, and where it may grow into. */
    final void wrap(final MessageHead wrapped, final HeadStore into)
    {
        head = wrapped;
        store = into;
        isChanged = false;
    }

    /**
     * @return whether a filter has changed something since the head was shown first.
     */
    public final boolean isChanged()
    {
        return isChanged;
    }

    /** Something is another now. */
    final void change()
    {
        isChanged = true;
    }

    /** Where what is put behind the head goes. */
    final HeadStore store()
    {
        return store;
    }

    /**
     * @return the fields themselves.
     */
    public final HeaderTable fields()
    {
        return head.headers();
    }

    /**
     * @return what all offsets refer to.
     */
    public final DirectBuffer buffer()
    {
        return head.headers().buffer();
    }

    /**
     * @param name a name.
     * @return whether fields of that name belong to the proxy: they can be read, not changed.
     */
    public static boolean isFixed(final byte[] name)
    {
        return name.length > 0 && (FIXED >>> HeaderName.idOf(new UnsafeBuffer(name), 0, name.length) & 1) != 0;
    }

    /**
     * @param name in lower case.
     * @return index of the first field of that name, or -1.
     */
    public final int find(final byte[] name)
    {
        return findNext(name, -1);
    }

    /**
     * @param name  in lower case.
     * @param after index of the field to start behind.
     * @return index of the next field of that name, or -1.
     */
    public final int findNext(final byte[] name, final int after)
    {
        final HeaderTable fields = fields();
        for (int i = after + 1, count = fields.count(); i < count; i++)
        {
            if (fields.nameLength(i) == name.length && isAt(fields.nameOffset(i), name))
            {
                return i;
            }
        }
        return -1;
    }

    /**
     * @param field whose name to look for.
     * @return whether there is a field of that name.
     */
    public final boolean has(final FilterField field)
    {
        return field.id() == HeaderName.OTHER ? find(field.name()) >= 0 : fields().contains(field.id());
    }

    private boolean isAt(final int offset, final byte[] bytes)
    {
        final DirectBuffer buffer = buffer();
        for (int i = bytes.length - 1; i >= 0; i--)
        {
            if (buffer.getByte(offset + i) != bytes[i])
            {
                return false;
            }
        }
        return true;
    }

    /** Whether a range is these bytes. */
    final boolean isRange(final int offset, final int length, final byte[] bytes)
    {
        return length == bytes.length && isAt(offset, bytes);
    }

    /**
     * @param index of a field.
     * @param value bytes.
     * @return whether the field has exactly this value.
     */
    public final boolean valueIs(final int index, final byte[] value)
    {
        return isRange(fields().valueOffset(index), fields().valueLength(index), value);
    }

    /**
     * @param name in lower case.
     * @return value of the first field of that name, or null; allocates.
     */
    public final String value(final String name)
    {
        final int index = find(name.getBytes(ISO_8859_1));
        return index < 0 ? null : text(fields().valueOffset(index), fields().valueLength(index));
    }

    /** A range as text. */
    final String text(final int offset, final int length)
    {
        final byte[] bytes = new byte[length];
        buffer().getBytes(offset, bytes);
        return new String(bytes, ISO_8859_1);
    }

    /**
     * Adds a field behind those that are there.
     *
     * @param name  a token in lower case.
     * @param value without control characters.
     * @throws IllegalArgumentException when name or value cannot be sent, or the name is fixed.
     * @throws IllegalStateException    when the head has no room for it.
     */
    public final void add(final byte[] name, final byte[] value)
    {
        checkValue(value);
        add(name, value, value.length);
    }

    private void add(final byte[] name, final byte[] value, final int length)
    {
        add(freeId(name), name, value, length);
    }

    /** Id of a name that filters may change. */
    private int freeId(final byte[] name)
    {
        checkName(name);
        view.wrap(name);
        final int id = HeaderName.idOf(view, 0, name.length);
        checkFree(name, (FIXED >>> id & 1) != 0);
        return id;
    }

    /**
     * Adds a field behind those that are there.
     *
     * @param field to add.
     * @throws IllegalStateException when the head has no room for it.
     */
    public final void add(final FilterField field)
    {
        add(field.id(), field.name(), store.append(head, field.line(), field.line().length), field.valueLength());
    }

    /** A field that filters cannot add. */
    final void addFixed(final int id, final long number)
    {
        add(id, HeaderName.bytes(id), digits, digitsView.putLongAscii(0, number));
    }

    private void add(final int id, final byte[] name, final byte[] value, final int length)
    {
        add(id, name, append(name, value, length), length);
    }

    private void add(final int id, final byte[] name, final int at, final int length)
    {
        if (at < 0 || !fields().addCanonical(at, name.length, length, id))
        {
            throw new IllegalStateException(NO_ROOM);
        }
        isChanged = true;
        if (id != HeaderName.OTHER || !isEnvoy(name))
        {
            return;
        }
        fields().noteOtherEnvoyName();
    }

    /**
     * Adds a field with a number for value.
     *
     * @param name   a token in lower case.
     * @param number not negative.
     * @throws IllegalArgumentException when the name cannot be sent or is fixed.
     * @throws IllegalStateException    when the head has no room for it.
     */
    public final void add(final byte[] name, final long number)
    {
        final int length = digitsView.putLongAscii(0, number);
        add(name, digits, length);
    }

    /**
     * Adds a field with a range of a buffer for value.
     *
     * @param name   a token in lower case.
     * @param source that holds the value, without control characters.
     * @param offset where it starts.
     * @param length bytes of it.
     * @throws IllegalArgumentException when name or value cannot be sent, or the name is fixed.
     * @throws IllegalStateException    when the head has no room for it.
     */
    public final void add(final byte[] name, final DirectBuffer source, final int offset, final int length)
    {
        add(name, copied(source, offset, length), length);
    }

    /** The value may be part of the head, which moves when it grows. */
    private byte[] copied(final DirectBuffer source, final int offset, final int length)
    {
        checkRoom(length);
        if (length > copy.length)
        {
            copy = new byte[Integer.highestOneBit(length) << 1];
        }
        source.getBytes(offset, copy, 0, length);
        checkValue(copy, length);
        return copy;
    }

    /** Memory is not taken for what fits no head. */
    private static void checkRoom(final int length)
    {
        if (length < 0 || length > BufferSlab.CHUNK_LENGTH)
        {
            throw new IllegalStateException(NO_ROOM);
        }
    }

    /**
     * As {@link #add(byte[], byte[])}; allocates.
     *
     * @param name  a token in lower case.
     * @param value characters of ISO 8859-1, without control characters.
     */
    public final void add(final String name, final String value)
    {
        add(name.getBytes(ISO_8859_1), value.getBytes(ISO_8859_1));
    }

    /**
     * Replaces all fields of a name by one.
     *
     * @param name  a token in lower case.
     * @param value without control characters.
     * @throws IllegalArgumentException when name or value cannot be sent, or the name is fixed.
     * @throws IllegalStateException    when the head has no room for it.
     */
    public final void set(final byte[] name, final byte[] value)
    {
        checkValue(value);
        remove(name);
        add(name, value);
    }

    /**
     * Replaces all fields of a name by one.
     *
     * @param field to put there.
     * @throws IllegalStateException when the head has no room for it.
     */
    public final void set(final FilterField field)
    {
        if (has(field))
        {
            drop(field.name());
        }
        add(field);
    }

    /**
     * Replaces all fields of a name by one with a range of a buffer for value, such as that of a field elsewhere.
     *
     * @param name   a token in lower case.
     * @param source that holds the value, without control characters.
     * @param offset where it starts.
     * @param length bytes of it.
     * @throws IllegalArgumentException when name or value cannot be sent, or the name is fixed.
     * @throws IllegalStateException    when the head has no room for it.
     */
    public final void set(final byte[] name, final DirectBuffer source, final int offset, final int length)
    {
        final byte[] value = copied(source, offset, length);
        remove(name);
        add(name, value, length);
    }

    /**
     * As {@link #set(byte[], byte[])}; allocates.
     *
     * @param name  a token in lower case.
     * @param value characters of ISO 8859-1, without control characters.
     */
    public final void set(final String name, final String value)
    {
        set(name.getBytes(ISO_8859_1), value.getBytes(ISO_8859_1));
    }

    /**
     * Removes all fields of a name.
     *
     * @param name a token in lower case.
     * @return whether there were any.
     * @throws IllegalArgumentException when the name is none or fixed.
     */
    public final boolean remove(final byte[] name)
    {
        freeId(name);
        return drop(name);
    }

    private boolean drop(final byte[] name)
    {
        final int first = find(name);
        for (int i = first; i >= 0; i = findNext(name, i - 1))
        {
            fields().remove(i);
        }
        isChanged |= first >= 0;
        return first >= 0;
    }

    /**
     * As {@link #remove(byte[])}; allocates.
     *
     * @param name a token in lower case.
     * @return whether there were any.
     */
    public final boolean remove(final String name)
    {
        return remove(name.getBytes(ISO_8859_1));
    }

    /** The field as a line, which can be copied as it stands. */
    private int append(final byte[] name, final byte[] value, final int valueLength)
    {
        final int length = lineLength(name.length, valueLength);
        checkRoom(length);
        if (length > line.capacity())
        {
            line = new UnsafeBuffer(new byte[Integer.highestOneBit(length) << 1]);
        }
        putLine(line, name, value, valueLength);
        return store.append(head, line.byteArray(), length);
    }

    static int lineLength(final int nameLength, final int valueLength)
    {
        return nameLength + valueLength + OVERHEAD;
    }

    static void putLine(final UnsafeBuffer target, final byte[] name, final byte[] value, final int valueLength)
    {
        final int end = lineLength(name.length, valueLength);
        target.putBytes(0, name);
        target.putByte(name.length, (byte)':');
        target.putByte(name.length + 1, (byte)' ');
        target.putBytes(name.length + 2, value, 0, valueLength);
        target.putByte(end - 2, (byte)'\r');
        target.putByte(end - 1, (byte)'\n');
    }

    private static boolean isEnvoy(final byte[] name)
    {
        return name.length > 8 && name[0] == 'x' && name[1] == '-' && name[2] == 'e' && name[3] == 'n' &&
            name[4] == 'v' && name[5] == 'o' && name[6] == 'y' && name[7] == '-';
    }

    static void checkName(final byte[] name)
    {
        boolean isValid = name.length > 0;
        for (int i = 0; i < name.length && isValid; i++)
        {
            isValid = name[i] != 0 && AsciiScan.lowerToken(name[i]) == name[i];
        }
        if (!isValid)
        {
            throw new IllegalArgumentException("'" + new String(name, ISO_8859_1) + "' is no field name in lower case");
        }
    }

    static void checkFree(final byte[] name, final boolean isFixed)
    {
        if (isFixed)
        {
            throw new IllegalArgumentException(new String(name, ISO_8859_1) + " cannot be changed by filters");
        }
    }

    /** Without what ends a field or a message. */
    static void checkValue(final byte[] value)
    {
        checkValue(value, value.length);
    }

    private static void checkValue(final byte[] value, final int length)
    {
        for (int i = 0; i < length; i++)
        {
            final byte b = value[i];
            if (b >= 0 && b < ' ' && b != '\t' || b == 0x7F)
            {
                throw new IllegalArgumentException("a field value must not hold control characters");
            }
        }
    }
}
