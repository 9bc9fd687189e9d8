package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessLogRing;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.RecordFilter;
import dev.ringway.engine.counters.ErrorLog;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

import java.util.List;

/**
 * What the log thread does: takes records from all rings in turn, prints each for its sinks, writes files when they are
 * full or due. Log thread only, but for {@link #sinks} and {@link #requestReopen}.
 */
final class AccessLogAgent implements Agent
{
    /** Records taken from one ring before the next has its turn. */
    private static final int BATCH = 256;

    private final AccessLogRing[] rings;
    private final NanoClock clock;
    private final long flushIntervalNs;
    private final ErrorLog errors;
    private final LogLine line = new LogLine();
    private final AccessLogRing.RecordHandler handler = this::onRecord;
    private volatile Sinks sinks = new Sinks(
        new LogFormat[0], new RecordFilter[0], new AccessLogFile[0], new int[0], List.of());
    private Sinks served = sinks;
    private volatile int reopenRequests;
    private int reopened;
    private long flushDeadlineNs;

    /**
     * What sink index stands for what.
     *
     * @param formats by index, null where there is no sink.
     * @param filters which records each gets.
     * @param targets file of each index.
     * @param born    when each came to be: records of older ones that had the index are not for it.
     * @param files   each once.
     */
    record Sinks(
        LogFormat[] formats, RecordFilter[] filters, AccessLogFile[] targets, int[] born, List<AccessLogFile> files)
    {
    }

    AccessLogAgent(
        final AccessLogRing[] rings, final NanoClock clock, final long flushIntervalNs, final ErrorLog errors)
    {
        this.rings = rings;
        this.clock = clock;
        this.flushIntervalNs = flushIntervalNs;
        this.errors = errors;
        flushDeadlineNs = clock.nanoTime() + flushIntervalNs;
    }

    /**
     * Any thread: makes sinks known, before a snapshot that uses them is published.
     *
     * @param wanted all of them.
     */
    void sinks(final Sinks wanted)
    {
        sinks = wanted;
    }

    Sinks sinks()
    {
        return sinks;
    }

    /**
     * Control thread: asks for all files to be opened anew.
     */
    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void requestReopen()
    {
        reopenRequests++;
    }

    /**
     * {@inheritDoc}
     */
    public int doWork()
    {
        int workCount = 0;
        closeGone();
        for (final AccessLogRing ring : rings)
        {
            workCount += ring.poll(handler, BATCH);
        }
        if (reopened != reopenRequests)
        {
            reopened = reopenRequests;
            sinks.files().forEach(AccessLogFile::reopen);
            workCount++;
        }
        final long nowNs = clock.nanoTime();
        if (nowNs - flushDeadlineNs >= 0)
        {
            flushDeadlineNs = nowNs + flushIntervalNs;
            for (final AccessLogFile file : sinks.files())
            {
                workCount += file.flush() ? 1 : 0;
            }
        }
        return workCount;
    }

    /** Files that no sink has any more. What is still said to them is said to nobody. */
    private void closeGone()
    {
        final Sinks known = sinks;
        if (known != served)
        {
            for (final AccessLogFile file : served.files())
            {
                if (!known.files().contains(file))
                {
                    file.close();
                }
            }
            served = known;
        }
    }

    private void onRecord(final AccessRecord record)
    {
        assert record.isValid() : "a loop wrote it";
        final Sinks known = sinks;
        for (int i = 0; i < record.sinks().count(); i++)
        {
            final int index = record.sinks().index(i);
            record.sinks().ask(i);
            if (index < known.formats().length && known.formats()[index] != null &&
                record.sinks().born() >= known.born()[index])
            {
                print(record, known.filters()[index], known.formats()[index], known.targets()[index]);
            }
        }
    }

    private void print(
        final AccessRecord record, final RecordFilter filter, final LogFormat format, final AccessLogFile target)
    {
        try
        {
            if (filter.takes(record))
            {
                line.clear();
                format.append(record, line);
                target.append(line);
            }
        }
        catch (final RuntimeException e)
        {
            // A fault costs its own line.
            target.onLineLost();
            errors.record(e);
        }
    }

    /**
     * @return how long the thread may sleep when there is nothing to do.
     */
    long idleNs()
    {
        return Math.max(0, Math.min(flushIntervalNs, flushDeadlineNs - clock.nanoTime()));
    }

    /**
     * {@inheritDoc}
     */
    public void onClose()
    {
        for (final AccessLogRing ring : rings)
        {
            while (ring.poll(handler, BATCH) > 0)
            {
                continue;
            }
        }
        closeGone();
        served.files().forEach(AccessLogFile::close);
    }

    /**
     * {@inheritDoc}
     */
    public String roleName()
    {
        return "access-log";
    }
}
