package dev.ringway.control.admin;

import dev.ringway.control.translate.Translation;
import dev.ringway.engine.counters.CountersReader;
import dev.ringway.engine.runtime.Engine;

/**
 * What the administration server sees of the process, and may ask of it. Any thread; no call waits for a loop.
 */
public interface ServerView
{
    /**
     * @return LIVE, DRAINING or INITIALIZING.
     */
    String stateName();

    /**
     * @return seconds since the start.
     */
    long uptimeS();

    /**
     * @return counters of all loops.
     */
    CountersReader counters();

    /**
     * Brings gauges up to date that are read rather than kept.
     */
    void refreshGauges();

    /**
     * @return configuration in force.
     */
    Translation translation();

    /**
     * @return the data plane.
     */
    Engine engine();

    /**
     * @return version of the product.
     */
    String version();

    /**
     * @return arguments of the process.
     */
    String[] commandLine();

    /**
     * @return number of loops.
     */
    int concurrency();

    /**
     * Has listeners drain.
     *
     * @param isGraceful whether they go on accepting meanwhile.
     */
    void drainListeners(boolean isGraceful);

    /**
     * Ends the process.
     */
    void quit();
}
