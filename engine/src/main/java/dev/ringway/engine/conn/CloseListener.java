package dev.ringway.engine.conn;

/**
 * Counts connections out: told when a connection's slot is free again. Loop thread only.
 */
public interface CloseListener
{
    /**
     * The connection is gone, after its session was told.
     *
     * @param connection to be read during the call only.
     */
    void onConnectionGone(Connection connection);

    /**
     * @return whose connections it counts, for {@link Connections#cut}.
     */
    default CloseListener owner()
    {
        return this;
    }
}
