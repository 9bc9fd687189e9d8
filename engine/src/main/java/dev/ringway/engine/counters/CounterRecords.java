package dev.ringway.engine.counters;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;

/**
 * The counters in a counters file: which id has which name and kind, whether readers see it, and its values. Ids that were
 * taken back are given again, the oldest first. One thread at a time.
 */
final class CounterRecords
{
    private final Path path;
    private final CountersLayout layout;
    private final ReservedPages pages;
    private final UnsafeBuffer header;
    private final UnsafeBuffer records;
    private final UnsafeBuffer names;
    private final UnsafeBuffer[] columns;
    private final NameRoom room;
    /** Ids that had another name, oldest first. */
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private long recordsReserved;
    private long namesReserved;
    private int valuesReserved;
    private int count;

    /** The header's page is reserved. */
    CounterRecords(
        final Path path, final CountersLayout layout, final ReservedPages pages, final MemorySegment map)
    {
        this.path = path;
        this.layout = layout;
        this.pages = pages;
        header = view(map, 0, CountersLayout.PAGE);
        records = view(map, CountersLayout.RECORDS_OFFSET, layout.recordsLength);
        names = view(map, layout.namesOffset, layout.namesLength);
        columns = new UnsafeBuffer[layout.loops + 2];
        for (int i = 0; i < columns.length; i++)
        {
            columns[i] = view(map, layout.columnOffset(i), layout.columnLength);
        }
        room = new NameRoom(layout.namesLength);
    }

    static UnsafeBuffer view(final MemorySegment map, final long offset, final int length)
    {
        return new UnsafeBuffer(map.address() + offset, length);
    }

    /** The file is one that can be read from now on. */
    void begin()
    {
        header.putInt(CountersLayout.VERSION_OFFSET, CountersLayout.VERSION);
        header.putInt(CountersLayout.LOOPS_OFFSET, layout.loops);
        header.putInt(CountersLayout.CAPACITY_OFFSET, layout.capacity);
        header.putInt(CountersLayout.ERRORS_LENGTH_OFFSET, layout.errorsLength);
        header.putLong(CountersLayout.PID_OFFSET, ProcessHandle.current().pid());
        header.putLong(CountersLayout.START_TIME_MS_OFFSET, System.currentTimeMillis());
        header.putLongRelease(CountersLayout.MAGIC_OFFSET, CountersLayout.MAGIC);
    }

    /** A hidden counter of that name, of value 0. */
    int give(final String name, final int kind)
    {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        final int offset = free.isEmpty() && count == layout.capacity ? NameRoom.NONE : room.take(bytes.length);
        if (offset == NameRoom.NONE)
        {
            throw new IllegalStateException("counters file " + path + " is full with " + (count - free.size()) +
                " counters (" + layout.capacity + " fit, " + layout.namesLength + " bytes of names), no room for " +
                name + "; start with a larger counter capacity");
        }
        reserveFor(offset + bytes.length, name);
        final Integer again = free.poll();
        final int id = again == null ? count : again;
        final int record = id * CountersLayout.RECORD_LENGTH;
        for (final UnsafeBuffer column : columns)
        {
            column.putLongRelease(id << 3, 0);
        }
        names.putBytes(offset, bytes);
        records.putInt(record + CountersLayout.NAME_OFFSET_OFFSET, offset);
        records.putInt(record + CountersLayout.NAME_LENGTH_OFFSET, bytes.length);
        records.putInt(record + CountersLayout.KIND_OFFSET, kind);
        header.putInt(CountersLayout.NAMES_USED_OFFSET, room.used());
        if (again == null)
        {
            records.putInt(record + CountersLayout.GENERATION_OFFSET, 1);
            header.putIntRelease(CountersLayout.COUNT_OFFSET, ++count);
        }
        return id;
    }

    /** Readers see it, or see it no more. */
    void show(final int id, final boolean isShown)
    {
        final int offset = id * CountersLayout.RECORD_LENGTH + CountersLayout.GENERATION_OFFSET;
        final int generation = records.getInt(offset);
        if (CountersReader.isShown(generation) != isShown)
        {
            records.putIntVolatile(offset, generation + 1);
            header.putIntVolatile(CountersLayout.CHANGES_OFFSET, header.getInt(CountersLayout.CHANGES_OFFSET) + 1);
        }
    }

    /** A hidden one is free for another name. */
    void takeBack(final int id)
    {
        final int record = id * CountersLayout.RECORD_LENGTH;
        room.giveBack(records.getInt(record + CountersLayout.NAME_OFFSET_OFFSET),
            records.getInt(record + CountersLayout.NAME_LENGTH_OFFSET));
        free.add(id);
    }

    /** Of a counter that was given and not taken back. */
    String name(final int id)
    {
        final int record = id * CountersLayout.RECORD_LENGTH;
        return names.getStringWithoutLengthUtf8(records.getInt(record + CountersLayout.NAME_OFFSET_OFFSET),
            records.getInt(record + CountersLayout.NAME_LENGTH_OFFSET));
    }

    /** Over all loops and threads. */
    long sum(final int id)
    {
        long sum = 0;
        for (int i = 0; i <= layout.sharedColumn(); i++)
        {
            sum += columns[i].getLongVolatile(id << 3);
        }
        return sum;
    }

    /** Throws when a name that is known is wanted for another kind. */
    void checkKind(final String name, final int id, final int kind)
    {
        final int is = records.getInt(id * CountersLayout.RECORD_LENGTH + CountersLayout.KIND_OFFSET);
        if (is != kind)
        {
            throw new IllegalArgumentException("counter " + name + " is of kind " + is + ", not " + kind);
        }
    }

    /** All that was counted reads as 0 from now on. */
    void reset(final int id)
    {
        columns[layout.baselineColumn()].putLongRelease(id << 3, sum(id));
    }

    /** Values of all counters that one loop writes, or all other threads. */
    UnsafeBuffer column(final int index)
    {
        return columns[index];
    }

    /** A reader within this process. */
    CountersReader reader(final UnsafeBuffer errors)
    {
        return new CountersReader(path, null, layout, header, records, names, columns, errors);
    }

    /** Gives the next counter its pages. */
    private void reserveFor(final long namesEnd, final String name)
    {
        try
        {
            final long recordsEnd = (free.isEmpty() ? count + 1L : count) * CountersLayout.RECORD_LENGTH;
            recordsReserved = pages.reserveUpTo(CountersLayout.RECORDS_OFFSET, recordsReserved, recordsEnd);
            namesReserved = pages.reserveUpTo(layout.namesOffset, namesReserved, namesEnd);
            if (free.isEmpty() && count == valuesReserved)
            {
                final long offset = (long)valuesReserved * Long.BYTES;
                for (int i = 0; i < columns.length; i++)
                {
                    pages.reserve(layout.columnOffset(i) + offset, CountersLayout.PAGE);
                }
                valuesReserved += CountersLayout.COUNTERS_PER_PAGE;
            }
        }
        catch (final IOException e)
        {
            throw new IllegalStateException(
                "counters file " + path + ": no room for " + name + ": " + CountersFile.reason(e), e);
        }
    }
}
