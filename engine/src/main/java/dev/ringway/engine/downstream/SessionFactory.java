package dev.ringway.engine.downstream;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.DrainRamp;

/**
 * Makes sessions for the connections of one filter chain. Loop thread only.
 */
public interface SessionFactory
{
    /** For {@link #drain}: as long as it takes. */
    long UNTIL_NEXT = Long.MAX_VALUE;

    /**
     * Gives an accepted connection its session and starts reading.
     *
     * @param connection open, with no session yet.
     */
    void open(Connection connection);

    /**
     * Has sessions end as soon as they can without losing a request: connections without one wait for their next, which
     * may be on its way, and end after it.
     *
     * @param graceNs longest time of that wait, which {@code drain_timeout} bounds too; or {@link #UNTIL_NEXT}.
     * @param ramp    which of the answers end their connections until the drain is over.
     */
    void drain(long graceNs, DrainRamp ramp);

    /**
     * Takes {@link #drain} back for connections that are still there and for new ones.
     */
    void endDrain();
}
