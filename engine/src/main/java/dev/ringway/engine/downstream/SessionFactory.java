package dev.ringway.engine.downstream;

import dev.ringway.engine.conn.Connection;

/**
 * Makes sessions for the connections of one filter chain. Loop thread only.
 */
public interface SessionFactory
{
    /**
     * Gives an accepted connection its session and starts reading.
     *
     * @param connection open, with no session yet.
     */
    void open(Connection connection);

    /**
     * Has sessions end as soon as they can without losing a request.
     *
     * @param endsIdle whether connections without a request end at once; else after their next one, so that a request
     *                 that is on its way is answered.
     */
    void drain(boolean endsIdle);

    /**
     * Takes {@link #drain} back for connections that are still there and for new ones.
     */
    void endDrain();
}
