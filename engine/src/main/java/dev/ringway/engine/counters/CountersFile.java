package dev.ringway.engine.counters;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * All counters of one process in a mapped file: the {@link CounterRegistry} of the control thread, a
 * {@link LoopCounters} for each loop, a {@link SharedCounters} for all other threads, an {@link ErrorLog}. Other
 * processes read it with {@link CountersReader#open} and disturb nobody.
 * <p>
 * Registering: control thread only. The file is locked as long as the process lives, by which
 * {@link #removeStale} knows the files of dead ones.
 */
public final class CountersFile implements CounterRegistry, AutoCloseable
{
    /** Where files go when nothing else is said: memory, not a disk that could stall a loop. */
    public static final Path DEFAULT_DIRECTORY = Path.of("/dev/shm");

    /** Counters that fit when nothing else is said: about 20,000 clusters. */
    public static final int DEFAULT_CAPACITY = 1 << 21;

    /** Most counters a file can hold. */
    public static final int MAX_CAPACITY = 1 << 24;

    /** Most loops a file can hold columns for. */
    public static final int MAX_LOOPS = 1024;

    private static final String PREFIX = "ringway-";
    private static final String SUFFIX = ".counters";
    private static final int ERRORS_LENGTH = 1 << 18;
    /** What may wait to be taken back before garbage is collected for it. */
    private static final double SPARE = 0.25;

    private final Path path;
    private final boolean keep;
    private final CountersLayout layout;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private final CounterRecords records;
    private final LoopCounters[] loops;
    private final Histograms histograms;
    private final SharedCounters shared;
    private final ErrorLog errors;
    private final UnsafeBuffer errorsView;
    private final HeldNames held;
    private volatile Executor control = task -> { };
    /** What a collection left, which is in use or was held by something that was not garbage. */
    private double leftWaiting;
    private int passesToLook;

    private CountersFile(final Path path, final boolean keep, final CountersLayout layout) throws IOException
    {
        this.path = path;
        this.keep = keep;
        this.layout = layout;
        Files.deleteIfExists(path);
        channel = FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.lock();
        final ReservedPages pages = new ReservedPages(channel);
        pages.reserve(0, CountersLayout.PAGE);
        pages.reserve(layout.errorsOffset, layout.errorsLength);
        final MemorySegment map = channel.map(FileChannel.MapMode.READ_WRITE, 0, layout.fileLength, arena);
        records = new CounterRecords(path, layout, pages, map);
        histograms = new Histograms(layout.loops);
        loops = new LoopCounters[layout.loops];
        for (int i = 0; i < loops.length; i++)
        {
            loops[i] = new LoopCounters(records.column(i), histograms, i);
        }
        held = new HeldNames(records, histograms);
        shared = new SharedCounters(records.column(layout.sharedColumn()));
        errorsView = CounterRecords.view(map, layout.errorsOffset, layout.errorsLength);
        errors = new ErrorLog(errorsView);
        records.begin();
    }

    /**
     * Makes a new file; one that is there under the name is replaced (never written to: a live reader keeps the old).
     *
     * @param path     of the file.
     * @param capacity how many counters fit, 1 to {@link #MAX_CAPACITY}; rounded up to fill a page.
     * @param loopCount number of event loops, 1 to {@link #MAX_LOOPS}.
     * @param keep     leave the file when closed, for looking at it afterwards.
     * @return the mapped file.
     * @throws IOException when the file cannot be made or there is no room for it.
     */
    public static CountersFile create(
        final Path path, final int capacity, final int loopCount, final boolean keep) throws IOException
    {
        if (capacity < 1 || capacity > MAX_CAPACITY)
        {
            throw new IllegalArgumentException("counter capacity " + capacity + " is not in 1.." + MAX_CAPACITY);
        }
        if (loopCount < 1 || loopCount > MAX_LOOPS)
        {
            throw new IllegalArgumentException("number of loops " + loopCount + " is not in 1.." + MAX_LOOPS);
        }
        final int pages = (capacity + CountersLayout.COUNTERS_PER_PAGE - 1) / CountersLayout.COUNTERS_PER_PAGE;
        try
        {
            return new CountersFile(path, keep, new CountersLayout(
                pages * CountersLayout.COUNTERS_PER_PAGE, loopCount, ERRORS_LENGTH));
        }
        catch (final IOException e)
        {
            throw new IOException("counters file " + path + ": " + reason(e), e);
        }
    }

    /**
     * Makes the file of this process in {@link #DEFAULT_DIRECTORY}, or in the directory for temporary files where that
     * is missing or not writable; files that dead processes left there are removed.
     *
     * @param loopCount number of event loops.
     * @return the mapped file, deleted when closed.
     * @throws IOException when no file can be made.
     */
    public static CountersFile create(final int loopCount) throws IOException
    {
        final Path directory = Files.isWritable(DEFAULT_DIRECTORY) ?
            DEFAULT_DIRECTORY : Path.of(System.getProperty("java.io.tmpdir"));
        removeStale(directory);
        return create(defaultPath(directory, ProcessHandle.current().pid()), DEFAULT_CAPACITY, loopCount, false);
    }

    /**
     * @param directory where the file is.
     * @param pid       of the process.
     * @return path of the process's file when nothing else was said.
     */
    public static Path defaultPath(final Path directory, final long pid)
    {
        return directory.resolve(PREFIX + pid + SUFFIX);
    }

    /**
     * Removes the files of processes that died without closing theirs.
     *
     * @param directory to look in; others' files that are in use are left alone.
     * @return how many were removed.
     */
    public static int removeStale(final Path directory)
    {
        int removed = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*" + SUFFIX))
        {
            for (final Path file : files)
            {
                removed += removeIfStale(file) ? 1 : 0;
            }
        }
        catch (final IOException e)
        {
            return removed;
        }
        return removed;
    }

    private static boolean removeIfStale(final Path file)
    {
        if (file.equals(defaultPath(file.getParent(), ProcessHandle.current().pid())))
        {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock())
        {
            return lock != null && Files.deleteIfExists(file);
        }
        catch (final IOException | OverlappingFileLockException e)
        {
            return false;
        }
    }

    /**
     * {@inheritDoc} Of the process, for all its life.
     */
    public int register(final String name, final int kind)
    {
        return register(name, kind, held.process());
    }

    synchronized int register(final String name, final int kind, final HeldNames.Holder holder)
    {
        if (kind < COUNTER || kind > LOOP_GAUGE)
        {
            throw new IllegalArgumentException("counter " + name + ": unknown kind " + kind);
        }
        if (CountersReader.isPerLoop(kind) && name.indexOf('.') < 0)
        {
            throw new IllegalArgumentException("counter " + name + ": one shown for each loop needs a dot in its name");
        }
        return held.counter(name, kind, holder);
    }

    /**
     * {@inheritDoc} Of the process, for all its life.
     */
    public int histogram(final String name)
    {
        return histogram(name, held.process());
    }

    synchronized int histogram(final String name, final HeldNames.Holder holder)
    {
        return held.histogram(name, holder);
    }

    /**
     * {@inheritDoc}
     */
    public CounterScope part()
    {
        return part("");
    }

    /**
     * {@inheritDoc}
     */
    public synchronized CounterScope part(final String name)
    {
        return held.scope(this, name);
    }

    synchronized int lateCounter(final String name, final HeldNames.Holder holder)
    {
        return held.lateCounter(name, holder);
    }

    synchronized int lateHistogram(final String name, final HeldNames.Holder holder)
    {
        return held.lateHistogram(name, holder);
    }

    /**
     * {@inheritDoc}
     */
    public synchronized void inForce(final Collection<CounterRegistry> parts)
    {
        held.inForce(parts);
    }

    /**
     * @param executor runs tasks on the control thread.
     */
    public void control(final Executor executor)
    {
        control = executor;
    }

    /**
     * {@inheritDoc}
     */
    public boolean later(final Runnable task)
    {
        try
        {
            control.execute(task);
            return true;
        }
        catch (final RejectedExecutionException e)
        {
            // The process ends, and nobody reads counters any more.
            return false;
        }
    }

    /**
     * {@inheritDoc}
     */
    public void add(final int id, final long amount)
    {
        shared.add(id, amount);
    }

    /**
     * Takes back the counters of scopes that nobody can reach any more. To be called about once a second. What reloads
     * leave behind has garbage collected in time as a rule; where not, and a quarter of all counters wait for it, it is
     * done here.
     */
    public synchronized void reclaim()
    {
        held.reclaim();
        final double waiting = Math.max(
            (double)held.waitingCounters() / layout.capacity, (double)held.waitingHistograms() / Histograms.CAPACITY);
        if (passesToLook > 0)
        {
            leftWaiting = waiting;
            passesToLook--;
        }
        else if (waiting - leftWaiting > SPARE)
        {
            System.gc();
            passesToLook = HeldNames.PASSES + 1;
        }
        leftWaiting = Math.min(leftWaiting, waiting);
    }

    synchronized void abandon(final CounterScope scope)
    {
        held.abandon(scope);
    }

    /**
     * @return the histograms; in memory only, other processes do not see them.
     */
    public Histograms histograms()
    {
        return histograms;
    }

    /**
     * @param index of the loop, 0 to the number of loops less one.
     * @return its column; the loop is the only one to write to it.
     */
    public LoopCounters loop(final int index)
    {
        return loops[index];
    }

    /**
     * @return the column of all threads that are not loops.
     */
    public SharedCounters shared()
    {
        return shared;
    }

    /**
     * @return the error log.
     */
    public ErrorLog errors()
    {
        return errors;
    }

    /**
     * @return a new reader of this file within this process, for one thread; valid until {@link #free}.
     */
    public CountersReader reader()
    {
        return records.reader(errorsView);
    }

    /**
     * @return where the file is.
     */
    public Path path()
    {
        return path;
    }

    /**
     * Makes all counters (not gauges, not those shown for each loop) read as 0 from now on. The loops' columns are not
     * touched: what they hold now is taken away by readers. Any thread.
     */
    public synchronized void resetCounters()
    {
        final CountersReader reader = reader();
        for (int id = 0, end = reader.count(); id < end; id++)
        {
            if (reader.kind(id) == COUNTER)
            {
                records.reset(id);
            }
        }
    }

    /**
     * Lets go of the file and, unless it is to be kept, deletes it. The memory stays: loops may still write.
     */
    public void close()
    {
        try (channel)
        {
            if (!keep && channel.isOpen())
            {
                Files.deleteIfExists(path);
            }
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException("counters file " + path + ": " + reason(e), e);
        }
    }

    /**
     * Gives the memory back. Only when no thread writes or reads any more; else leave it to the end of the process.
     */
    public void free()
    {
        close();
        if (arena.scope().isAlive())
        {
            arena.close();
            histograms.free();
        }
    }

    static String reason(final IOException e)
    {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
