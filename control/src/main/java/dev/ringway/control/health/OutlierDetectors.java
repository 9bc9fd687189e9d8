package dev.ringway.control.health;

import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.balance.SuccessRates;
import dev.ringway.engine.counters.OutlierCounters;
import dev.ringway.engine.counters.SharedCounters;
import dev.ringway.engine.snapshot.Cluster;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Detectors of all clusters that have one; those that ask for the same go on over new configurations. Control thread
 * only.
 */
public final class OutlierDetectors
{
    private final SharedCounters counters;
    private final ScheduledExecutorService control;
    private final Logger logger;
    private Map<ClusterHosts, Running> running = new IdentityHashMap<>();
    private Map<ClusterHosts, Running> wanted = new IdentityHashMap<>();

    /** A detector and what wakes it. */
    private record Running(OutlierDetector detector, Future<?> timer)
    {
    }

    /**
     * @param counters of the process.
     * @param control  runs tasks on the control thread.
     * @param logger   told of each change.
     */
    public OutlierDetectors(
        final SharedCounters counters, final ScheduledExecutorService control, final Logger logger)
    {
        this.counters = counters;
        this.control = control;
        this.logger = logger;
    }

    /**
     * Says again which clusters have a detector: {@link #want} for each, then {@link #end}.
     */
    public void begin()
    {
        wanted = new IdentityHashMap<>();
    }

    /**
     * @param cluster  in force.
     * @param settings when its endpoints are ejected.
     * @param ids      what is counted for it.
     * @param hosts    its endpoints.
     */
    public void want(
        final Cluster cluster, final OutlierDetection settings, final OutlierCounters ids, final ClusterHosts hosts)
    {
        final Running old = running.get(hosts);
        if (old != null && old.detector.settings().equals(settings))
        {
            wanted.put(hosts, old);
            return;
        }
        final OutlierDetector detector = new OutlierDetector(cluster.name(), settings, hosts, counters, ids,
            control, System::nanoTime, logger::info);
        wanted.put(hosts, new Running(detector, control.scheduleWithFixedDelay(detector::onInterval,
            settings.intervalNs(), settings.intervalNs(), TimeUnit.NANOSECONDS)));
        hosts.watch(detector.watch());
        hosts.successRates(SuccessRates.NONE);
    }

    /**
     * Ends the detectors that are no longer wanted.
     */
    public void end()
    {
        running.forEach((hosts, old) ->
        {
            if (wanted.get(hosts) != old)
            {
                old.timer.cancel(false);
                old.detector.stop();
                if (!wanted.containsKey(hosts))
                {
                    hosts.watch(null);
                    hosts.successRates(null);
                }
            }
        });
        running = wanted;
    }
}
