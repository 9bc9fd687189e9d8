package dev.ringway.control.admin;

import dev.ringway.engine.counters.CountersReader;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.function.UnaryOperator;

/**
 * The stats of a process in the orders in which they are shown. The orders are kept and made anew only when stats came
 * or went, so that a scrape costs its own lines. Any thread.
 */
final class Stats
{
    private final CountersReader reader;
    private final BitSet used = new BitSet();
    /** Of the counters that {@link #used} tells of. */
    private int[] generations = new int[0];
    private Order byName = new Order(0, new Stat[0]);
    private Order byFamily = new Order(0, new Stat[0]);

    Stats(final CountersReader reader)
    {
        this.reader = reader;
    }

    /** Stats, sorted. */
    private record Order(int changes, Stat[] stats)
    {
    }

    /**
     * One stat.
     *
     * @param name full name.
     * @param id   of its counter.
     * @param generation of its counter.
     * @param loop whose value it is, or -1 for the sum.
     * @param type COUNTERS or GAUGES.
     * @param rank orders Prometheus families; null in the order by name.
     */
    private record Stat(String name, int id, int generation, int loop, StatType type, String rank)
    {
    }

    /** Takes stats. */
    @FunctionalInterface
    interface Handler
    {
        void onStat(String name, StatType type, long value) throws IOException;
    }

    /**
     * @param query   which are wanted.
     * @param handler gets them in the order of their names.
     * @throws IOException from the handler.
     */
    void forEach(final StatsQuery query, final Handler handler) throws IOException
    {
        emit(byName(), query, query.type(), handler);
    }

    /**
     * @param query   which are wanted.
     * @param type    COUNTERS or GAUGES.
     * @param handler gets them such that those of one Prometheus family follow each other.
     * @throws IOException from the handler.
     */
    void forEachByFamily(final StatsQuery query, final StatType type, final Handler handler) throws IOException
    {
        if (query.type().includes(type))
        {
            emit(byFamily(), query, type, handler);
        }
    }

    private void emit(final Stat[] stats, final StatsQuery query, final StatType type, final Handler handler)
        throws IOException
    {
        for (final Stat stat : stats)
        {
            if (type.includes(stat.type()) && query.matches(stat.name()))
            {
                final long value =
                    stat.loop() < 0 ? reader.value(stat.id()) : reader.loopValue(stat.loop(), stat.id());
                if (reader.isStill(stat.id(), stat.generation()) && (!query.usedOnly() || isUsed(stat, value)))
                {
                    handler.onStat(stat.name(), stat.type(), value);
                }
            }
        }
    }

    private synchronized Stat[] byName()
    {
        if (byName.changes() != reader.changes())
        {
            byName = sorted(name -> null, Comparator.comparing(Stat::name));
        }
        return byName.stats();
    }

    private synchronized Stat[] byFamily()
    {
        if (byFamily.changes() != reader.changes())
        {
            byFamily = sorted(name -> PrometheusName.of(name).family(),
                Comparator.comparing(Stat::rank).thenComparing(Stat::name));
        }
        return byFamily.stats();
    }

    private Order sorted(final UnaryOperator<String> rank, final Comparator<Stat> order)
    {
        final int changes = reader.changes();
        final int count = reader.count();
        final Stat[] stats = new Stat[count * Math.max(1, reader.loops())];
        final int[] length = {0};
        final int[] loop = {0};
        reader.forEach((id, name, kind, value) ->
        {
            final boolean isPerLoop = CountersReader.isPerLoop(kind);
            loop[0] = isPerLoop && length[0] > 0 && stats[length[0] - 1].id() == id ? loop[0] + 1 : 0;
            if (id < count)
            {
                stats[length[0]++] = new Stat(name, id, reader.generation(id), isPerLoop ? loop[0] : -1,
                    CountersReader.isCounter(kind) ? StatType.COUNTERS : StatType.GAUGES, rank.apply(name));
            }
        });
        final Stat[] result = Arrays.copyOf(stats, length[0]);
        Arrays.sort(result, order);
        return new Order(changes, result);
    }

    /** Once seen with a value, a stat stays in use, also when a gauge is back at 0. */
    private boolean isUsed(final Stat stat, final long value)
    {
        final int id = stat.id();
        synchronized (used)
        {
            if (id >= generations.length)
            {
                generations = Arrays.copyOf(generations, Math.max(id + 1, reader.count()));
            }
            if (generations[id] != stat.generation())
            {
                generations[id] = stat.generation();
                used.clear(id);
            }
            if (value != 0)
            {
                used.set(id);
            }
            return used.get(id);
        }
    }
}
