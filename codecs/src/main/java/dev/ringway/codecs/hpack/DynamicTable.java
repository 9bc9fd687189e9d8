package dev.ringway.codecs.hpack;

import org.agrona.UnsafeApi;

/**
 * The dynamic table of a decoder (RFC 7541 section 2.3.2): a ring of lines {@code name ":" SP value CRLF} and a ring of
 * their measures. Both begin empty and double when they are full, the bytes up to the table's limit. A line counts 32
 * bytes in the table and takes four more than name and value in the ring, so the limit holds for the ring as well. One
 * owner thread.
 *
 * <p>Positions in the rings only grow and are masked on access; they may overflow. Entries count from 0, the newest.
 */
final class DynamicTable
{
    /** Id of a name that nobody has looked at yet. */
    static final int UNRESOLVED = Byte.MIN_VALUE;
    /** Bytes each entry counts beside name and value. */
    static final int ENTRY_OVERHEAD = 32;
    /** Bytes of a line beside name and value. */
    static final int LINE_OVERHEAD = 4;

    private static final long ARRAY_BASE = UnsafeApi.arrayBaseOffset(byte[].class);
    private static final int STRIDE = 3;
    private static final int POSITION = 0;
    private static final int VALUE_LENGTH = 1;
    private static final int META = 2;
    private static final int META_LENGTH_SHIFT = 8;
    private static final int FIRST_BYTES = 512;
    private static final int FIRST_ENTRIES = 16;
    private static final int KEPT_BYTES = 4096;
    private static final int KEPT_ENTRIES = 128;
    private static final byte[] NO_BYTES = {};
    private static final int[] NO_ENTRIES = {};

    private byte[] bytes = NO_BYTES;
    private int[] entries = NO_ENTRIES;
    private int entryCapacity;
    private int limit;
    private int size;
    private int count;
    private int next;
    private int head;
    private int cursor;

    /** Empties the table for another connection; arrays are kept unless they grew beyond the default size. */
    void reset(final int limit)
    {
        if (bytes.length > KEPT_BYTES)
        {
            bytes = NO_BYTES;
        }
        if (entryCapacity > KEPT_ENTRIES)
        {
            entries = NO_ENTRIES;
            entryCapacity = 0;
        }
        this.limit = limit;
        clear();
    }

    /** Sets the most the entries may count, and evicts what is above. */
    void resize(final int limit)
    {
        this.limit = limit;
        evictAbove(limit);
    }

    int limit()
    {
        return limit;
    }

    int count()
    {
        return count;
    }

    /** What the entries count, RFC 7541 section 4.1. */
    int size()
    {
        return size;
    }

    /** Bytes of both rings. */
    int footprint()
    {
        return bytes.length + Integer.BYTES * entries.length;
    }

    int position(final int index)
    {
        return entries[slot(index) + POSITION];
    }

    int nameLength(final int index)
    {
        return entries[slot(index) + META] >>> META_LENGTH_SHIFT;
    }

    int valueLength(final int index)
    {
        return entries[slot(index) + VALUE_LENGTH];
    }

    int nameId(final int index)
    {
        return (byte)entries[slot(index) + META];
    }

    /** Adds a line that lies somewhere else; one that is larger than the table empties it. */
    void add(
        final byte[] array, final long address, final int nameLength, final int valueLength, final int nameId)
    {
        if (!open(nameLength, valueLength, nameId))
        {
            return;
        }

        final int length = nameLength + valueLength + LINE_OVERHEAD;
        final int start = cursor & bytes.length - 1;
        final int first = Math.min(length, bytes.length - start);
        ShortCopy.copy(array, address, bytes, ARRAY_BASE + start, first);
        if (first < length)
        {
            ShortCopy.copy(array, address + first, bytes, ARRAY_BASE, length - first);
        }
    }

    /**
     * Adds an entry whose line is put byte by byte afterwards. What is evicted for it can still be read by its old
     * position, as long as each byte is read before it is written over: {@link #put} in order is safe.
     *
     * @return false when it is larger than the table, which is empty then.
     */
    boolean open(final int nameLength, final int valueLength, final int nameId)
    {
        final long counted = (long)nameLength + valueLength + ENTRY_OVERHEAD;
        if (counted > limit)
        {
            clear();
            return false;
        }

        final int length = nameLength + valueLength + LINE_OVERHEAD;
        makeRoom(length);
        evictAbove(limit - (int)counted);
        if (count == entryCapacity)
        {
            growEntries(Math.max(FIRST_ENTRIES, entryCapacity << 1));
        }

        final int at = (next & entryCapacity - 1) * STRIDE;
        entries[at + POSITION] = head;
        entries[at + VALUE_LENGTH] = valueLength;
        entries[at + META] = nameLength << META_LENGTH_SHIFT | nameId & 0xFF;
        next++;
        count++;
        size += (int)counted;
        cursor = head;
        head += length;

        return true;
    }

    void put(final int b)
    {
        bytes[cursor++ & bytes.length - 1] = (byte)b;
    }

    int byteAt(final int position)
    {
        return bytes[position & bytes.length - 1];
    }

    /** Copies the first bytes of a line. */
    void copyTo(final int index, final byte[] array, final long address, final int length)
    {
        final int start = position(index) & bytes.length - 1;
        final int first = Math.min(length, bytes.length - start);
        ShortCopy.copy(bytes, ARRAY_BASE + start, array, address, first);
        if (first < length)
        {
            ShortCopy.copy(bytes, ARRAY_BASE, array, address + first, length - first);
        }
    }

    private int slot(final int index)
    {
        return (next - 1 - index & entryCapacity - 1) * STRIDE;
    }

    private void clear()
    {
        size = 0;
        count = 0;
    }

    private void evictAbove(final int allowed)
    {
        while (size > allowed)
        {
            final int oldest = slot(count - 1);
            size -= (entries[oldest + META] >>> META_LENGTH_SHIFT) + entries[oldest + VALUE_LENGTH] + ENTRY_OVERHEAD;
            count--;
        }
    }

    private void makeRoom(final int length)
    {
        final int live = count == 0 ? 0 : head - position(count - 1);
        final int wanted = Math.min(live + length, limit);
        if (wanted > bytes.length)
        {
            growBytes(head - live, Integer.highestOneBit(Math.max(wanted, FIRST_BYTES) - 1) << 1);
        }
    }

    private void growBytes(final int from, final int capacity)
    {
        final byte[] grown = new byte[capacity];
        for (int at = from; at != head; at++)
        {
            grown[at & capacity - 1] = bytes[at & bytes.length - 1];
        }
        bytes = grown;
    }

    private void growEntries(final int capacity)
    {
        final int[] grown = new int[capacity * STRIDE];
        for (int i = 0; i < count; i++)
        {
            System.arraycopy(entries, slot(i), grown, (next - 1 - i & capacity - 1) * STRIDE, STRIDE);
        }
        entries = grown;
        entryCapacity = capacity;
    }
}
