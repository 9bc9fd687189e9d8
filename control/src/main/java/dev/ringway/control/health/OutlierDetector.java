package dev.ringway.control.health;

import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.balance.ErrorWatch;
import dev.ringway.engine.balance.ErrorWatch.Kind;
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
        private long localSuccesses;
        private long localErrors;
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
        return new ErrorWatch(settings.consecutive5xx(), settings.consecutiveGateway(),
            settings.local() == null ? 0 : settings.local().consecutive(), this);
    }

    /**
     * Any thread.
     */
    public void onErrors(final HostHealth host, final Kind kind)
    {
        control.execute(() ->
        {
            host.forgetErrors(kind);
            switch (kind)
            {
                case GATEWAY -> eject(host, ids.detectedConsecutiveGatewayFailure,
                    ids.enforcedConsecutiveGatewayFailure, settings.enforcingGateway(), "gateway errors in a row");
                case LOCAL -> eject(host, ids.detectedConsecutiveLocalOriginFailure,
                    ids.enforcedConsecutiveLocalOriginFailure,
                    settings.local() == null ? 0 : settings.local().enforcing(), "no answers in a row");
                default -> eject(host, ids.detectedConsecutive5xx, ids.enforcedConsecutive5xx,
                    settings.enforcing5xx(), "errors in a row");
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
        final boolean isOlder = countOlder(detected);
        final boolean hasRoom = (double)WHOLE * (active + 1) / set.size() <= settings.mostPercent() ||
            settings.alwaysOne() && active == 0;
        if (!hasRoom)
        {
            counters.increment(ids.overflow);
            return;
        }
        if (isOlder)
        {
            counters.increment(ids.total);
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

    /** Under the names that counters had when there were two reasons; whether this is one of those two. */
    private boolean countOlder(final int detected)
    {
        if (detected == ids.detectedConsecutive5xx)
        {
            counters.increment(ids.consecutive5xx);
            return true;
        }
        if (detected == ids.detectedSuccessRate || detected == ids.detectedLocalOriginSuccessRate)
        {
            counters.increment(ids.successRate);
        }
        return detected == ids.detectedSuccessRate;
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
        final boolean isEnough =
            set.size() >= Math.min(settings.successRate().minimumHosts(), settings.failures().minimumHosts());
        final List<Success> forRate = new ArrayList<>();
        final List<Success> forFailures = new ArrayList<>();
        final List<Success> forLocalRate = new ArrayList<>();
        final List<Success> forLocalFailures = new ArrayList<>();
        for (int i = 0; i < set.size(); i++)
        {
            final HostHealth host = set.health(i);
            final Record record = records.getOrDefault(host, new Record());
            present.put(host, record);
            lookLocal(host, record, isEnough, forLocalRate, forLocalFailures);
            final long requests = look(host, record);
            host.successRate(-1);
            if (isEnough && !host.has(HostHealth.FAILED_OUTLIER_CHECK) && requests > 0)
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
        hosts.successRates(judgeRates(forRate, ids.detectedSuccessRate, ids.enforcedSuccessRate,
            settings.successRate().enforcing()));
        judgeFailures(forFailures, ids.detectedFailurePercentage, ids.enforcedFailurePercentage,
            settings.failures().enforcing());
        if (settings.local() != null)
        {
            hosts.localSuccessRates(judgeRates(forLocalRate, ids.detectedLocalOriginSuccessRate,
                ids.enforcedLocalOriginSuccessRate, settings.local().enforcingRate()));
            judgeFailures(forLocalFailures, ids.detectedLocalOriginFailurePercentage,
                ids.enforcedLocalOriginFailurePercentage, settings.local().enforcingFailures());
        }
    }

    /** Times of the last interval that it could be asked, or not. */
    private void lookLocal(
        final HostHealth host,
        final Record record,
        final boolean isEnough,
        final List<Success> forRate,
        final List<Success> forFailures)
    {
        final long successes = host.counters().sum(EndpointCounters.LOCAL_SUCCESS) - record.localSuccesses;
        final long errors = host.counters().sum(EndpointCounters.LOCAL_ERROR) - record.localErrors;
        final long times = successes + errors;
        final double percent = times == 0 ? -1 : (double)WHOLE * successes / times;
        record.localSuccesses += successes;
        final boolean isSeen =
            isEnough && settings.local() != null && times > 0 && !host.has(HostHealth.FAILED_OUTLIER_CHECK);
        host.localSuccessRate(
            isSeen && times >= Math.min(settings.successRate().volume(), settings.failures().volume()) ? percent : -1);
        addIf(isSeen && times >= settings.successRate().volume(), forRate, host, percent);
        addIf(isSeen && times >= settings.failures().volume(), forFailures, host, percent);
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
        // What is counted by itself is none of them.
        final long localErrors = host.counters().sum(EndpointCounters.LOCAL_ERROR);
        final long errors = host.counters().sum(EndpointCounters.RQ_ERROR) - localErrors;
        record.localErrors = localErrors;
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
            for (final Kind kind : Kind.values())
            {
                host.forgetErrors(kind);
            }
            host.healthySince(clock.getAsLong());
            host.clear(HostHealth.FAILED_OUTLIER_CHECK);
            log.accept("cluster '" + cluster + "': endpoint " + name(set, host) + " is no longer ejected");
        }
    }

    private SuccessRates judgeRates(
        final List<Success> rates, final int detected, final int enforced, final int enforcing)
    {
        if (rates.isEmpty() || rates.size() < settings.successRate().minimumHosts())
        {
            return SuccessRates.NONE;
        }
        final double mean = rates.stream().mapToDouble(Success::percent).average().orElse(0);
        final double variance =
            rates.stream().mapToDouble(rate -> (rate.percent - mean) * (rate.percent - mean)).average().orElse(0);
        final double least = mean - settings.stdevFactor() / FACTOR_UNIT * Math.sqrt(variance);
        for (final Success rate : rates)
        {
            if (rate.percent < least)
            {
                eject(rate.host, detected, enforced, enforcing, "success of " + (int)rate.percent + " %");
            }
        }
        return new SuccessRates(mean, least);
    }

    private void judgeFailures(
        final List<Success> rates, final int detected, final int enforced, final int enforcing)
    {
        if (rates.isEmpty() || rates.size() < settings.failures().minimumHosts())
        {
            return;
        }
        for (final Success rate : rates)
        {
            if (WHOLE - rate.percent >= settings.failurePercent())
            {
                eject(rate.host, detected, enforced, enforcing, "failures of " + (int)(WHOLE - rate.percent) + " %");
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
            set.health(i).localSuccessRate(-1);
        }
        hosts.localSuccessRates(SuccessRates.NONE);
        counters.add(ids.active, -active);
        active = 0;
    }
}
