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
     */
    void drain();

    /**
     * Takes {@link #drain} back for connections that are still there and for new ones.
     */
    void endDrain();
}
