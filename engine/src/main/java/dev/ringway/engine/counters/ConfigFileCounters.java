package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code config_file.*}: reloads of the configuration, named as Envoy names those of a subscription.
 * Control thread only.
 */
public final class ConfigFileCounters
{
    /** Times the configuration was asked to be reloaded, by SIGHUP or because its file had changed. */
    public final int updateAttempt;

    /** Reloads that came into force. */
    public final int updateSuccess;

    /** Reloads that were refused; what was loaded before stays in force. */
    public final int updateRejected;

    /** When the last reload came into force, in milliseconds since 1970. */
    public final int updateTime;

    /** 1 while the last reload was refused, so that file and process differ. */
    public final int isRefused;

    /**
     * @param registry gives out the ids.
     */
    public ConfigFileCounters(final CounterRegistry registry)
    {
        updateAttempt = registry.counter("config_file.update_attempt");
        updateSuccess = registry.counter("config_file.update_success");
        updateRejected = registry.counter("config_file.update_rejected");
        updateTime = registry.gauge("config_file.update_time");
        isRefused = registry.gauge("config_file.refused");
    }
}
