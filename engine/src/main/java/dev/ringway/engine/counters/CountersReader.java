package dev.ringway.engine.counters;

import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.ErrorConsumer;
import org.agrona.concurrent.errors.ErrorLogReader;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Reads counters while loops write them, in the same process ({@link CountersFile#reader}) or from another one
 * ({@link #open}). Any one thread at a time; writers are never held up and never notice. A value is the sum of single
 * aligned loads, one a loop: each is exact, together they are as old as the sum took.
 */
public final class CountersReader implements AutoCloseable
{
    private final Path path;
    private final Arena arena;
    private final CountersLayout layout;
    private final UnsafeBuffer header;
    private final UnsafeBuffer records;
    private final UnsafeBuffer names;
    private final UnsafeBuffer[] columns;
    private final UnsafeBuffer errors;
    private String[] nameCache = new String[0];
    /** Generations of the records when their names were read. */
    private int[] generations = new int[0];

    CountersReader(
        final Path path,
        final Arena arena,
        final CountersLayout layout,
        final UnsafeBuffer header,
        final UnsafeBuffer records,
        final UnsafeBuffer names,
        final UnsafeBuffer[] columns,
        final UnsafeBuffer errors)
    {
        this.path = path;
        this.arena = arena;
        this.layout = layout;
        this.header = header;
        this.records = records;
        this.names = names;
        this.columns = columns;
        this.errors = errors;
    }

    /**
     * Maps the file of another process, read only.
     *
     * @param path of a counters file.
     * @return the reader; close it after use.
     * @throws IOException when the file cannot be read or is no counters file of this version.
     */
    public static CountersReader open(final Path path) throws IOException
    {
        final Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ))
        {
            final long length = Files.size(path);
            if (length < CountersLayout.PAGE)
            {
                throw new IOException(path + ": not a counters file: " + length + " bytes long");
            }
            final MemorySegment map = channel.map(FileChannel.MapMode.READ_ONLY, 0, length, arena);
            return map(path, arena, map);
        }
        catch (final IOException | RuntimeException e)
        {
            arena.close();
            throw e;
        }
    }

    private static CountersReader map(final Path path, final Arena arena, final MemorySegment map) throws IOException
    {
        final UnsafeBuffer header = new UnsafeBuffer(map.address(), CountersLayout.PAGE);
        if (header.getLongVolatile(CountersLayout.MAGIC_OFFSET) != CountersLayout.MAGIC)
        {
            throw new IOException(path + ": not a counters file (no magic number at its start)");
        }
        final int version = header.getInt(CountersLayout.VERSION_OFFSET);
        if (version != CountersLayout.VERSION)
        {
            throw new IOException(path + ": counters file of version " + version + ", this tool reads version " +
                CountersLayout.VERSION + "; use the tool that came with the running process");
        }
        final int capacity = header.getInt(CountersLayout.CAPACITY_OFFSET);
        final int loops = header.getInt(CountersLayout.LOOPS_OFFSET);
        final int errorsLength = header.getInt(CountersLayout.ERRORS_LENGTH_OFFSET);
        if (capacity < 1 || capacity > CountersFile.MAX_CAPACITY || loops < 1 || loops > CountersFile.MAX_LOOPS ||
            errorsLength < 0 || new CountersLayout(capacity, loops, errorsLength).fileLength != map.byteSize())
        {
            throw new IOException(path + ": damaged counters file: its header does not fit its length of " +
                map.byteSize());
        }
        final CountersLayout layout = new CountersLayout(capacity, loops, errorsLength);
        final UnsafeBuffer[] columns = new UnsafeBuffer[loops + 2];
        for (int i = 0; i < columns.length; i++)
        {
            columns[i] = new UnsafeBuffer(map.address() + layout.columnOffset(i), layout.columnLength);
        }
        return new CountersReader(
            path,
            arena,
            layout,
            header,
            new UnsafeBuffer(map.address() + CountersLayout.RECORDS_OFFSET, layout.recordsLength),
            new UnsafeBuffer(map.address() + layout.namesOffset, layout.namesLength),
            columns,
            new UnsafeBuffer(map.address() + layout.errorsOffset, layout.errorsLength));
    }

    /**
     * @param kind of a counter.
     * @return whether it only grows.
     */
    public static boolean isCounter(final int kind)
    {
        return kind == CounterRegistry.COUNTER || kind == CounterRegistry.LOOP_COUNTER;
    }

    /**
     * @param kind of a counter.
     * @return whether it is shown for each loop.
     */
    public static boolean isPerLoop(final int kind)
    {
        return kind == CounterRegistry.LOOP_COUNTER || kind == CounterRegistry.LOOP_GAUGE;
    }

    /**
     * @param generation of a record.
     * @return whether its counter is shown.
     */
    static boolean isShown(final int generation)
    {
        return (generation & 1) == 0;
    }

    /**
     * @return ids are below this; grows while one reads. Some have no counter that is shown.
     */
    public int count()
    {
        return header.getIntVolatile(CountersLayout.COUNT_OFFSET);
    }

    /**
     * @return another number when other counters are shown than before.
     */
    public int changes()
    {
        return header.getIntVolatile(CountersLayout.CHANGES_OFFSET);
    }

    /**
     * @return how many counters fit.
     */
    public int capacity()
    {
        return layout.capacity;
    }

    /**
     * @return number of loops.
     */
    public int loops()
    {
        return layout.loops;
    }

    /**
     * @return the process that writes.
     */
    public long pid()
    {
        return header.getLong(CountersLayout.PID_OFFSET);
    }

    /**
     * @return when that process made the file, in milliseconds since 1970.
     */
    public long startTimeMs()
    {
        return header.getLong(CountersLayout.START_TIME_MS_OFFSET);
    }

    /**
     * @return where the file is.
     */
    public Path path()
    {
        return path;
    }

    /**
     * @param id below {@link #count}.
     * @return name of its counter, or null when none is shown.
     */
    public String name(final int id)
    {
        if (id >= nameCache.length)
        {
            final int length = Math.max(count(), id + 1);
            final int before = nameCache.length;
            nameCache = Arrays.copyOf(nameCache, length);
            generations = Arrays.copyOf(generations, length);
            Arrays.fill(generations, before, length, 1);
        }
        final int record = id * CountersLayout.RECORD_LENGTH;
        final int generation = records.getIntVolatile(record + CountersLayout.GENERATION_OFFSET);
        if (!isShown(generation))
        {
            return null;
        }
        if (generation != generations[id])
        {
            final String name = names.getStringWithoutLengthUtf8(
                records.getInt(record + CountersLayout.NAME_OFFSET_OFFSET),
                records.getInt(record + CountersLayout.NAME_LENGTH_OFFSET));
            if (!isStill(id, generation))
            {
                return null;
            }
            nameCache[id] = name;
            generations[id] = generation;
        }
        return nameCache[id];
    }

    /**
     * @param id whose {@link #name} was asked for and is not null.
     * @return tells that counter from others that get the id later.
     */
    public int generation(final int id)
    {
        return generations[id];
    }

    /**
     * @param id         below {@link #count}.
     * @param generation of a counter that was read.
     * @return whether what was read is of that counter: it was shown all the time.
     */
    public boolean isStill(final int id, final int generation)
    {
        VarHandle.acquireFence();
        return records.getIntVolatile(id * CountersLayout.RECORD_LENGTH + CountersLayout.GENERATION_OFFSET) ==
            generation;
    }

    /**
     * @param id of a counter, below {@link #count}.
     * @return its kind, see {@link CounterRegistry}.
     */
    public int kind(final int id)
    {
        return records.getInt(id * CountersLayout.RECORD_LENGTH + CountersLayout.KIND_OFFSET);
    }

    /**
     * @param id of a counter, below {@link #count}.
     * @return sum over all columns, less what was there at the last reset.
     */
    public long value(final int id)
    {
        final long baseline = columns[layout.baselineColumn()].getLongVolatile(id << 3);
        long sum = -baseline;
        for (int i = 0; i <= layout.sharedColumn(); i++)
        {
            sum += columns[i].getLongVolatile(id << 3);
        }
        return sum;
    }

    /**
     * @param loop index of a loop.
     * @param id   of a counter, below {@link #count}.
     * @return that loop's value, not touched by a reset.
     */
    public long loopValue(final int loop, final int id)
    {
        if (loop < 0 || loop >= layout.loops)
        {
            throw new IndexOutOfBoundsException("loop " + loop + " of " + layout.loops);
        }
        return columns[loop].getLongVolatile(id << 3);
    }

    /**
     * @param handler gets all counters that are shown, in the order of their ids; those shown for each loop once a loop, with the loop's
     *                number as second part of the name.
     */
    public void forEach(final CounterHandler handler)
    {
        final int count = count();
        for (int id = 0; id < count; id++)
        {
            final String name = name(id);
            if (name != null)
            {
                show(id, name, handler);
            }
        }
    }

    private void show(final int id, final String name, final CounterHandler handler)
    {
        final int kind = kind(id);
        if (isPerLoop(kind))
        {
            // Those are the process's, which has them for ever.
            for (int loop = 0; loop < layout.loops; loop++)
            {
                handler.onCounter(id, nameOnLoop(name, loop), kind, loopValue(loop, id));
            }
            return;
        }
        final long value = value(id);
        if (isStill(id, generations[id]))
        {
            handler.onCounter(id, name, kind, value);
        }
    }

    private static String nameOnLoop(final String name, final int loop)
    {
        final int dot = name.indexOf('.');
        return name.substring(0, dot + 1) + loop + name.substring(dot);
    }

    /**
     * @param consumer gets all distinct errors, oldest first.
     * @return how many there are.
     */
    public int forEachError(final ErrorConsumer consumer)
    {
        return ErrorLogReader.read(errors, consumer);
    }

    /**
     * Unmaps a file that was opened; nothing for the reader of one's own process.
     */
    public void close()
    {
        if (arena != null)
        {
            arena.close();
        }
    }
}
