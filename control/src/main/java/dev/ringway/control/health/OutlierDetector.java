package dev.ringway.control.health;

import dev.ringway.control.health.OutlierDetection.Rate;
import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.balance.ErrorWatch;
import dev.ringway.engine.balance.HostHealth;
import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.balance.SuccessRates;
import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.counters.OutlierCounters;
import dev.ringway.engine.counters.SharedCounters;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Ejects endpoints of one cluster for their answers, and lets them back. Control thread only, but for what says
 * otherwise.
 */
final class OutlierDetector implements ErrorWatch.Listener
{
    private static final int WHOLE = 100;
    private static final double FACTOR_UNIT = 1000;

    private final OutlierDetection settings;
    private final ClusterHosts hosts;
    private final SharedCounters counters;
    private final OutlierCounters ids;
    private final Executor control;
    private final LongSupplier clock;
    private final Consumer<String> log;
    private final String cluster;
    private Map<HostHealth, Record> records = new HashMap<>();
    private int active;

    /** What is known of one endpoint. */
    private static final class Record
    {
        private long successes;
        private long lastSuccesses;
        private long errors;
        private int times;
        private long ejectedNs;
        private long jitterNs;
        private boolean isEjected;
    }

    /** Success of one endpoint in the last interval, in percent. */
    private record Success(HostHealth host, double percent)
    {
    }

    OutlierDetector(
        final String cluster,
        final OutlierDetection settings,
        final ClusterHosts hosts,
        final SharedCounters counters,
        final OutlierCounters ids,
        final Executor control,
        final LongSupplier clock,
        final Consumer<String> log)
    {
        this.cluster = cluster;
        this.settings = settings;
        this.hosts = hosts;
        this.counters = counters;
        this.ids = ids;
        this.control = control;
        this.clock = clock;
        this.log = log;
    }

    OutlierDetection settings()
    {
        return settings;
    }

    /** What loops look for. */
    ErrorWatch watch()
    {
        return new ErrorWatch(settings.consecutive5xx(), settings.consecutiveGateway(), this);
    }

    /**
     * Any thread.
     */
    public void onErrors(final HostHealth host, final boolean isOfGatewayErrors)
    {
        control.execute(() ->
        {
            host.forgetErrors(isOfGatewayErrors);
            if (isOfGatewayErrors)
            {
                eject(host, ids.detectedConsecutiveGatewayFailure, ids.enforcedConsecutiveGatewayFailure,
                    settings.enforcingGateway(), "gateway errors in a row");
            }
            else
            {
                eject(host, ids.detectedConsecutive5xx, ids.enforcedConsecutive5xx, settings.enforcing5xx(),
                    "errors in a row");
            }
        });
    }

    private void eject(
        final HostHealth host, final int detected, final int enforced, final int enforcing, final String reason)
    {
        final HostSet set = hosts.newest();
        records.forEach(this::recount);
        final Record kept = records.get(host);
        if (kept == null && !isIn(set, host) || host.has(HostHealth.FAILED_OUTLIER_CHECK))
        {
            return;
        }
        counters.increment(detected);
        final boolean hasRoom = (double)WHOLE * (active + 1) / set.size() <= settings.mostPercent() ||
            settings.alwaysOne() && active == 0;
        if (!hasRoom)
        {
            counters.increment(ids.overflow);
            return;
        }
        if (ThreadLocalRandom.current().nextInt(WHOLE) >= enforcing)
        {
            return;
        }
        final Record record = records.computeIfAbsent(host, one -> new Record());
        record.isEjected = true;
        active++;
        counters.increment(ids.active);
        counters.increment(ids.enforcedTotal);
        counters.increment(enforced);
        record.ejectedNs = clock.getAsLong();
        record.jitterNs = settings.jitterNs() == 0 ? 0 : ThreadLocalRandom.current().nextLong(settings.jitterNs());
        // No further than the longest time needs.
        record.times += settings.baseNs() * record.times > settings.mostNs() ? 0 : 1;
        host.set(HostHealth.FAILED_OUTLIER_CHECK);
        log.accept("cluster '" + cluster + "': endpoint " + name(set, host) + " is ejected: " + reason);
    }

    private static boolean isIn(final HostSet set, final HostHealth host)
    {
        for (int i = 0; i < set.size(); i++)
        {
            if (set.health(i) == host)
            {
                return true;
            }
        }
        return false;
    }

    private static String name(final HostSet set, final HostHealth host)
    {
        for (int i = 0; i < set.size(); i++)
        {
            if (set.health(i) == host)
            {
                return set.endpoint(i).address().toString();
            }
        }
        return "";
    }

    /** Once an interval: who may come back, and who is to go for its rate. */
    void onInterval()
    {
        final HostSet set = hosts.newest();
        final Map<HostHealth, Record> present = new HashMap<>();
        final List<Success> forRate = new ArrayList<>();
        final List<Success> forFailures = new ArrayList<>();
        for (int i = 0; i < set.size(); i++)
        {
            final HostHealth host = set.health(i);
            final Record record = records.getOrDefault(host, new Record());
            present.put(host, record);
            final long requests = look(host, record);
            host.successRate(-1);
            if (!host.has(HostHealth.FAILED_OUTLIER_CHECK) && requests > 0)
            {
                final double percent = (double)WHOLE * record.lastSuccesses / requests;
                host.successRate(
                    requests >= Math.min(settings.successRate().volume(), settings.failures().volume()) ? percent : -1);
                addIf(requests >= settings.successRate().volume(), forRate, host, percent);
                addIf(requests >= settings.failures().volume(), forFailures, host, percent);
            }
            recount(host, record);
            letBack(set, host, record);
        }
        records.forEach((host, record) -> forgetGone(host, record, present));
        records = present;
        judgeRates(forRate);
        judgeFailures(forFailures);
    }

    private static void addIf(
        final boolean isWanted, final List<Success> list, final HostHealth host, final double percent)
    {
        if (isWanted)
        {
            list.add(new Success(host, percent));
        }
    }

    /** A health check may have let it back. */
    private void recount(final HostHealth host, final Record record)
    {
        if (record.isEjected && !host.has(HostHealth.FAILED_OUTLIER_CHECK))
        {
            uncount(record);
        }
    }

    private void uncount(final Record record)
    {
        record.isEjected = false;
        active--;
        counters.add(ids.active, -1);
    }

    private void forgetGone(final HostHealth host, final Record record, final Map<HostHealth, Record> present)
    {
        if (!present.containsKey(host) && record.isEjected)
        {
            uncount(record);
        }
    }

    /** Requests of the last interval. */
    private static long look(final HostHealth host, final Record record)
    {
        final long successes = host.counters().sum(EndpointCounters.RQ_SUCCESS);
        final long errors = host.counters().sum(EndpointCounters.RQ_ERROR);
        record.lastSuccesses = successes - record.successes;
        final long requests = record.lastSuccesses + errors - record.errors;
        record.successes = successes;
        record.errors = errors;
        return requests;
    }

    private void letBack(final HostSet set, final HostHealth host, final Record record)
    {
        if (!host.has(HostHealth.FAILED_OUTLIER_CHECK))
        {
            record.times = Math.max(0, record.times - 1);
            return;
        }
        final long lastsNs = Math.min(settings.baseNs() * record.times, settings.mostNs()) + record.jitterNs;
        if (clock.getAsLong() - record.ejectedNs >= lastsNs)
        {
            uncount(record);
            host.forgetErrors(false);
            host.forgetErrors(true);
            host.healthySince(clock.getAsLong());
            host.clear(HostHealth.FAILED_OUTLIER_CHECK);
            log.accept("cluster '" + cluster + "': endpoint " + name(set, host) + " is no longer ejected");
        }
    }

    private void judgeRates(final List<Success> rates)
    {
        final Rate rule = settings.successRate();
        hosts.successRates(SuccessRates.NONE);
        if (rates.isEmpty() || rates.size() < rule.minimumHosts())
        {
            return;
        }
        final double mean = rates.stream().mapToDouble(Success::percent).average().orElse(0);
        final double variance =
            rates.stream().mapToDouble(rate -> (rate.percent - mean) * (rate.percent - mean)).average().orElse(0);
        final double least = mean - settings.stdevFactor() / FACTOR_UNIT * Math.sqrt(variance);
        hosts.successRates(new SuccessRates(mean, least));
        for (final Success rate : rates)
        {
            if (rate.percent < least)
            {
                eject(rate.host, ids.detectedSuccessRate, ids.enforcedSuccessRate, rule.enforcing(),
                    "success of " + (int)rate.percent + " %");
            }
        }
    }

    private void judgeFailures(final List<Success> rates)
    {
        final Rate rule = settings.failures();
        if (rates.isEmpty() || rates.size() < rule.minimumHosts())
        {
            return;
        }
        for (final Success rate : rates)
        {
            if (WHOLE - rate.percent >= settings.failurePercent())
            {
                eject(rate.host, ids.detectedFailurePercentage, ids.enforcedFailurePercentage, rule.enforcing(),
                    "failures of " + (int)(WHOLE - rate.percent) + " %");
            }
        }
    }

    /** Nobody is ejected any more. */
    void stop()
    {
        final HostSet set = hosts.newest();
        for (int i = 0; set != null && i < set.size(); i++)
        {
            set.health(i).clear(HostHealth.FAILED_OUTLIER_CHECK);
            set.health(i).successRate(-1);
        }
        counters.add(ids.active, -active);
        active = 0;
    }
}
