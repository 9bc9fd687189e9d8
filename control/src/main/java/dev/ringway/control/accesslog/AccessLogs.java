package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessLogRing;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.accesslog.LogWakeup;
import dev.ringway.engine.accesslog.RecordFilter;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.FilesystemCounters;
import dev.ringway.engine.snapshot.AccessLogSink;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The access logs of the process: a ring for each loop and one log thread behind them, which is started by the first
 * configuration that has a sink. Control thread only, but for {@link #ring}.
 */
public final class AccessLogs implements AutoCloseable
{
    /** Sleeps no longer than this, so that a burst which ends before a quarter of a ring is full does not wait long. */
    private static final long MAX_IDLE_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final LogWakeup wakeup = new LogWakeup();
    private final AccessLogRing[] rings;
    private final CountersFile counters;
    private final FilesystemCounters ids;
    private final AccessLogAgent agent;
    private final Map<String, AccessLogFile> files = new HashMap<>();
    /** Records of each ring that must be read before strings that were dropped can be forgotten. */
    private final long[] marks;
    private AgentRunner runner;
    private volatile boolean isClosing;

    /**
     * @param concurrency     number of loops.
     * @param flushIntervalMs longest time a line waits in a buffer, at least 1.
     * @param counters        of the process.
     */
    public AccessLogs(final int concurrency, final long flushIntervalMs, final CountersFile counters)
    {
        if (flushIntervalMs < 1)
        {
            throw new IllegalArgumentException("flush interval of " + flushIntervalMs + " ms: must be at least 1");
        }
        this.counters = counters;
        ids = new FilesystemCounters(counters);
        rings = new AccessLogRing[concurrency];
        marks = new long[concurrency];
        for (int i = 0; i < concurrency; i++)
        {
            rings[i] = new AccessLogRing(wakeup);
        }
        agent = new AccessLogAgent(
            rings, SystemNanoClock.INSTANCE, TimeUnit.MILLISECONDS.toNanos(flushIntervalMs), counters.errors());
    }

    /**
     * Any thread.
     *
     * @param loop index of a loop.
     * @return its ring.
     */
    public AccessLogRing ring(final int loop)
    {
        return rings[loop];
    }

    /**
     * Has numbers of strings given to others that no record has any more. To be called now and then.
     */
    public void reclaim()
    {
        for (int i = 0; i < rings.length; i++)
        {
            if (rings[i].taken() < marks[i])
            {
                return;
            }
        }
        LogStrings.onRead();
        for (int i = 0; i < rings.length; i++)
        {
            marks[i] = rings[i].published();
        }
    }

    /**
     * Makes the sinks of a configuration known. Before the snapshot that uses them is published. Sinks that were known
     * stay as they are, also when the configuration has them no more: what began with them ends with them, unless
     * another has their index.
     *
     * @param sinks all sinks, each with an index of its own.
     * @throws IOException when a file cannot be opened or a format cannot be compiled; nothing has changed then.
     */
    public void adopt(final List<AccessLogSink> sinks) throws IOException
    {
        final AccessLogAgent.Sinks known = agent.sinks();
        final List<AccessLogSink> fresh = new ArrayList<>();
        int length = known.formats().length;
        for (final AccessLogSink sink : sinks)
        {
            if (sink.index() >= AccessRecord.MAX_SINKS)
            {
                throw new IOException(sinks.size() + " different access logs are configured, " +
                    AccessRecord.MAX_SINKS + " are supported; let listeners share path and format");
            }
            if (sink.index() >= known.formats().length || known.born()[sink.index()] != sink.born() ||
                known.formats()[sink.index()] == null)
            {
                fresh.add(sink);
                length = Math.max(length, sink.index() + 1);
            }
        }
        if (!fresh.isEmpty())
        {
            adopt(known, fresh, length);
        }
    }

    private void adopt(final AccessLogAgent.Sinks known, final List<AccessLogSink> fresh, final int length)
        throws IOException
    {
        final LogFormat[] formats = Arrays.copyOf(known.formats(), length);
        final RecordFilter[] filters = Arrays.copyOf(known.filters(), length);
        final AccessLogFile[] targets = Arrays.copyOf(known.targets(), length);
        final int[] born = Arrays.copyOf(known.born(), length);
        final List<String> opened = new ArrayList<>();
        try
        {
            for (final AccessLogSink sink : fresh)
            {
                formats[sink.index()] = compile(sink);
                filters[sink.index()] = sink.filter();
                targets[sink.index()] = file(sink.path(), opened);
                born[sink.index()] = sink.born();
            }
        }
        catch (final IOException e)
        {
            opened.forEach(path -> files.remove(path).close());
            throw e;
        }
        // The log thread closes those that are gone.
        files.values().retainAll(new HashSet<>(Arrays.asList(targets)));
        agent.sinks(new AccessLogAgent.Sinks(formats, filters, targets, born, List.copyOf(files.values())));
        start();
    }

    private static LogFormat compile(final AccessLogSink sink) throws IOException
    {
        try
        {
            return LogFormat.compile(sink);
        }
        catch (final LogFormatException e)
        {
            throw new IOException("access log " + sink.path() + ": format " + e.getMessage(), e);
        }
    }

    private AccessLogFile file(final String path, final List<String> opened) throws IOException
    {
        final AccessLogFile known = files.get(path);
        if (known != null)
        {
            return known;
        }
        final AccessLogFile fresh = new AccessLogFile(path, counters.shared(), ids, counters.errors());
        files.put(path, fresh);
        opened.add(path);
        return fresh;
    }

    private void start()
    {
        if (runner == null)
        {
            runner = new AgentRunner(new Sleep(), counters.errors()::record, null, agent);
            AgentRunner.startOnThread(runner, Thread.ofPlatform().daemon().name("access-log").factory());
        }
    }

    /**
     * Has all files opened anew, after they were moved away.
     */
    public void reopen()
    {
        agent.requestReopen();
        wakeup.wake();
    }

    /**
     * Writes what has been handed over and ends the log thread. Records that loops publish later are lost.
     */
    public void close()
    {
        if (runner != null)
        {
            isClosing = true;
            wakeup.wake();
            runner.close();
        }
    }

    /**
     * Gives the rings' memory back, after the loops have ended too.
     */
    public void free()
    {
        for (final AccessLogRing ring : rings)
        {
            ring.close();
        }
    }

    /** Sleeps until there is enough to do or something is due. */
    private final class Sleep implements IdleStrategy
    {
        public void idle(final int workCount)
        {
            if (workCount == 0 && !isClosing)
            {
                idle();
            }
        }

        public void idle()
        {
            wakeup.sleep(Math.min(MAX_IDLE_NS, agent.idleNs()));
        }

        public void reset()
        {
            // Nothing is kept from one sleep to the next.
        }
    }
}
