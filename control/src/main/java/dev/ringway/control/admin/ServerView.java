package dev.ringway.control.admin;

import dev.ringway.control.reload.Refusal;
import dev.ringway.control.translate.TlsContexts;
import dev.ringway.control.translate.Translation;
import dev.ringway.engine.counters.CountersReader;
import dev.ringway.engine.counters.Histograms;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.upstream.ClusterUses;
import dev.ringway.ffi.uring.UringProbe;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the administration server sees of the process, and may ask of it. Any thread; no call waits for a loop.
 */
public interface ServerView
{
    /**
     * @return LIVE, DRAINING, PRE_INITIALIZING while clusters are waited for, or INITIALIZING.
     */
    String stateName();

    /**
     * @return seconds since the start.
     */
    long uptimeS();

    /**
     * @return a new reader of the counters of all loops.
     */
    CountersReader counters();

    /**
     * @return histograms of all loops.
     */
    Histograms histograms();

    /**
     * Brings gauges up to date that are read rather than kept.
     */
    void refreshGauges();

    /**
     * @return configuration in force.
     */
    Translation translation();

    /**
     * @return certificates of each TLS context in force.
     */
    List<TlsContexts.Certificates> certificates();

    /**
     * @return newest snapshot; an empty one before the first.
     */
    Snapshot snapshot();

    /**
     * @return listeners of the newest snapshot, or those that are about to be before the process serves.
     */
    List<Listener> listeners();

    /**
     * @return what the loops hold of each cluster.
     */
    ClusterUses uses();

    /**
     * @return what the kernel can do.
     */
    UringProbe probe();

    /**
     * @return version of the product.
     */
    String version();

    /**
     * @return options of the command line by the names of Envoy's {@code admin.v3.CommandLineOptions}: texts, numbers
     *         and booleans.
     */
    Map<String, Object> options();

    /**
     * @return when the configuration came into force.
     */
    Instant configuredAt();

    /**
     * @return why the last reload of the configuration was refused; null when it was not, or there was none.
     */
    Refusal refusal();

    /**
     * @return memory of the process that is resident.
     */
    long residentBytes();

    /**
     * Has listeners drain.
     *
     * @param isGraceful  whether they go on accepting for the drain time while connections end.
     * @param neverStops  whether they go on accepting for good.
     * @param inboundOnly whether only those with {@code traffic_direction: INBOUND} are meant.
     */
    void drainListeners(boolean isGraceful, boolean neverStops, boolean inboundOnly);

    /**
     * Fails or passes health checks; while they fail, connections end after their requests.
     *
     * @param isHealthy whether they pass.
     */
    void healthy(boolean isHealthy);

    /**
     * Opens log files anew, after they were moved away.
     */
    void reopenLogs();

    /**
     * Makes counters read as 0 from now on.
     */
    void resetCounters();

    /**
     * Ends the process.
     */
    void quit();
}
