package dev.ringway.codecs.http;

import org.agrona.MutableDirectBuffer;

/**
 * Header fields of one message in order of arrival: names and values as ranges of one buffer, which stays the
 * caller's. Names are in lower case. One owner thread; reused message after message; nothing is allocated after
 * construction.
 *
 * <p>Each entry is four ints: name offset, value offset, value length, and name length, flags and id in one.
 */
public final class HeaderTable
{
    private static final int STRIDE = 4;
    private static final int NAME = 0;
    private static final int VALUE = 1;
    private static final int VALUE_LENGTH = 2;
    private static final int META = 3;
    private static final int META_ID_MASK = 0x7F;
    private static final int META_DROPPED = 1 << 7;
    private static final int META_NOMINATED = 1 << 8;
    private static final int META_CANONICAL = 1 << 9;
    private static final int META_NEVER_INDEXED = 1 << 10;
    private static final int META_LENGTH_SHIFT = 11;

    private final int[] entries;
    private final int[] firstById = new int[HeaderName.COUNT];
    private final int capacity;
    private MutableDirectBuffer buffer;
    private int count;
    private long presentMask;
    private boolean hasOtherEnvoyNames;

    /**
     * An empty table.
     *
     * @param capacity most fields it can hold, at least 1.
     */
    public HeaderTable(final int capacity)
    {
        if (capacity < 1)
        {
            throw new IllegalArgumentException("capacity must be at least 1, is " + capacity);
        }

        this.capacity = capacity;
        entries = new int[capacity * STRIDE];
    }

    /**
     * Forgets all fields and takes a buffer for the next ones.
     *
     * @param buffer that the offsets will refer to.
     */
    public void reset(final MutableDirectBuffer buffer)
    {
        this.buffer = buffer;
        count = 0;
        presentMask = 0;
        hasOtherEnvoyNames = false;
    }

    /**
     * The buffer all offsets refer to.
     *
     * @return the buffer of the last {@link #reset} or {@link #rebase}.
     */
    public MutableDirectBuffer buffer()
    {
        return buffer;
    }

    /**
     * Number of fields.
     *
     * @return 0 to {@link #capacity()}.
     */
    public int count()
    {
        return count;
    }

    /**
     * Most fields the table can hold.
     *
     * @return as constructed.
     */
    public int capacity()
    {
        return capacity;
    }

    /**
     * Where a name starts.
     *
     * @param index of the field, 0 to {@code count() - 1}.
     * @return absolute offset in the buffer.
     */
    public int nameOffset(final int index)
    {
        return entries[index * STRIDE + NAME];
    }

    /**
     * Length of a name.
     *
     * @param index of the field.
     * @return bytes, at least 1.
     */
    public int nameLength(final int index)
    {
        return entries[index * STRIDE + META] >>> META_LENGTH_SHIFT;
    }

    /**
     * Where a value starts, white space before it left out.
     *
     * @param index of the field.
     * @return absolute offset in the buffer.
     */
    public int valueOffset(final int index)
    {
        return entries[index * STRIDE + VALUE];
    }

    /**
     * Length of a value, white space after it left out.
     *
     * @param index of the field.
     * @return bytes, may be 0.
     */
    public int valueLength(final int index)
    {
        return entries[index * STRIDE + VALUE_LENGTH];
    }

    /**
     * Which well-known name a field has.
     *
     * @param index of the field.
     * @return a constant of {@link HeaderName}.
     */
    public int nameId(final int index)
    {
        return entries[index * STRIDE + META] & META_ID_MASK;
    }

    /**
     * Whether a Connection field names this one, which makes it hop-by-hop (RFC 9110 section 7.6.1), a policy of the
     * parser drops it, or it was dropped on its way.
     *
     * @param index of the field.
     * @return true when it must not be forwarded.
     */
    public boolean nominated(final int index)
    {
        return (entries[index * STRIDE + META] & (META_NOMINATED | META_DROPPED)) != 0;
    }

    /**
     * Whether the bytes around name and value are exactly {@code name ":" SP value CRLF}, so that the line can be
     * copied as it stands.
     *
     * @param index of the field.
     * @return true when they are.
     */
    public boolean canonical(final int index)
    {
        return (entries[index * STRIDE + META] & META_CANONICAL) != 0;
    }

    /**
     * Whether a field is to be sent on as a never indexed literal where HPACK is used (RFC 7541 section 6.2.3).
     *
     * @param index of the field.
     * @return true after {@link #markNeverIndexed}.
     */
    public boolean neverIndexed(final int index)
    {
        return (entries[index * STRIDE + META] & META_NEVER_INDEXED) != 0;
    }

    /**
     * Names that occur.
     *
     * @return a mask with bit {@code nameId} set for each field.
     */
    public long presentMask()
    {
        return presentMask;
    }

    /**
     * Whether a name occurs.
     *
     * @param nameId a constant of {@link HeaderName}.
     * @return true when at least one field has it.
     */
    public boolean contains(final int nameId)
    {
        return (presentMask >>> nameId & 1) != 0;
    }

    /**
     * First field of a name, at constant cost.
     *
     * @param nameId a constant of {@link HeaderName}.
     * @return its index, or -1.
     */
    public int find(final int nameId)
    {
        return contains(nameId) ? firstById[nameId] : -1;
    }

    /**
     * Next field of a name.
     *
     * @param nameId a constant of {@link HeaderName}.
     * @param after  index of the field to start behind.
     * @return its index, or -1.
     */
    public int findNext(final int nameId, final int after)
    {
        for (int i = after + 1; i < count; i++)
        {
            if (nameId(i) == nameId)
            {
                return i;
            }
        }

        return -1;
    }

    /**
     * Appends a field whose surrounding bytes mean nothing.
     *
     * @param nameOffset  absolute offset of the name, which is in lower case.
     * @param nameLength  1 to 2^20.
     * @param valueOffset absolute offset of the value.
     * @param valueLength bytes.
     * @param nameId      a constant of {@link HeaderName}.
     * @return false when the table is full; nothing is added then.
     */
    public boolean add(
        final int nameOffset, final int nameLength, final int valueOffset, final int valueLength, final int nameId)
    {
        return append(nameOffset, valueOffset, valueLength, nameId, nameLength << META_LENGTH_SHIFT | nameId);
    }

    /**
     * Appends a field that lies in the buffer as exactly {@code name ":" SP value CRLF}.
     *
     * @param nameOffset  absolute offset of the name, which is in lower case.
     * @param nameLength  1 to 2^20.
     * @param valueLength bytes.
     * @param nameId      a constant of {@link HeaderName}.
     * @return false when the table is full; nothing is added then.
     */
    public boolean addCanonical(final int nameOffset, final int nameLength, final int valueLength, final int nameId)
    {
        return append(nameOffset, nameOffset + nameLength + 2, valueLength, nameId,
            nameLength << META_LENGTH_SHIFT | META_CANONICAL | nameId);
    }

    /**
     * Marks a field as secret: it came as a never indexed literal of HPACK.
     *
     * @param index of the field.
     */
    public void markNeverIndexed(final int index)
    {
        entries[index * STRIDE + META] |= META_NEVER_INDEXED;
    }

    /**
     * Gives a field another line of its name, which lies in the buffer as {@link #addCanonical} wants it.
     *
     * @param index       of the field.
     * @param nameOffset  absolute offset of the name.
     * @param valueLength bytes.
     */
    public void move(final int index, final int nameOffset, final int valueLength)
    {
        final int at = index * STRIDE;
        entries[at + NAME] = nameOffset;
        entries[at + VALUE] = nameOffset + nameLength(index) + 2;
        entries[at + VALUE_LENGTH] = valueLength;
        entries[at + META] |= META_CANONICAL;
    }

    /**
     * Takes a field out; those behind it move up.
     *
     * @param index of the field, 0 to {@code count() - 1}.
     */
    public void remove(final int index)
    {
        final int id = nameId(index);
        System.arraycopy(entries, (index + 1) * STRIDE, entries, index * STRIDE, (count - index - 1) * STRIDE);
        count--;
        for (int i = 0; i < firstById.length; i++)
        {
            firstById[i] -= firstById[i] > index ? 1 : 0;
        }
        if (firstById[id] == index)
        {
            final int next = findNext(id, index - 1);
            firstById[id] = Math.max(0, next);
            presentMask &= next < 0 ? ~(1L << id) : -1;
        }
    }

    /**
     * Marks a field as named by Connection or dropped by a policy.
     *
     * @param index of the field.
     */
    public void nominate(final int index)
    {
        entries[index * STRIDE + META] |= META_NOMINATED;
    }

    /**
     * Marks a field as taken out on its way, until {@link #restore}.
     *
     * @param index of the field.
     */
    public void drop(final int index)
    {
        entries[index * STRIDE + META] |= META_DROPPED;
    }

    /**
     * Takes back all of {@link #drop}.
     */
    public void restore()
    {
        for (int at = META, end = count * STRIDE; at < end; at += STRIDE)
        {
            entries[at] &= ~META_DROPPED;
        }
    }

    /**
     * Notes that a name begins with {@code x-envoy-} and has no constant in {@link HeaderName}.
     */
    public void noteOtherEnvoyName()
    {
        hasOtherEnvoyNames = true;
    }

    /**
     * Whether there are such names.
     *
     * @return true after {@link #noteOtherEnvoyName}.
     */
    public boolean hasOtherEnvoyNames()
    {
        return hasOtherEnvoyNames;
    }

    /**
     * Moves all offsets, after the caller has copied the bytes elsewhere.
     *
     * @param buffer that holds the bytes now.
     * @param delta  new offset minus old offset.
     */
    public void rebase(final MutableDirectBuffer buffer, final int delta)
    {
        this.buffer = buffer;
        for (int i = 0, end = count * STRIDE; i < end; i += STRIDE)
        {
            entries[i + NAME] += delta;
            entries[i + VALUE] += delta;
        }
    }

    /**
     * Takes over the fields of another table, after the caller has copied their bytes.
     *
     * @param other  with no more fields than this can hold.
     * @param buffer that holds the bytes now.
     * @param delta  new offset minus old offset.
     */
    public void copy(final HeaderTable other, final MutableDirectBuffer buffer, final int delta)
    {
        System.arraycopy(other.entries, 0, entries, 0, other.count * STRIDE);
        System.arraycopy(other.firstById, 0, firstById, 0, firstById.length);
        count = other.count;
        presentMask = other.presentMask;
        hasOtherEnvoyNames = other.hasOtherEnvoyNames;
        rebase(buffer, delta);
    }

    private boolean append(
        final int nameOffset, final int valueOffset, final int valueLength, final int nameId, final int meta)
    {
        final int index = count;
        if (index == capacity)
        {
            return false;
        }

        final int[] entries = this.entries;
        final int at = index * STRIDE;
        entries[at + NAME] = nameOffset;
        entries[at + VALUE] = valueOffset;
        entries[at + VALUE_LENGTH] = valueLength;
        entries[at + META] = meta;

        final long bit = 1L << nameId;
        if ((presentMask & bit) == 0)
        {
            presentMask |= bit;
            firstById[nameId] = index;
        }
        count = index + 1;

        return true;
    }
}
