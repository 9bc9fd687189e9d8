package dev.ringway.engine.listen;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;

/**
 * Handles an accepted connection that has no session yet: nothing has been written on it, and it ends with its client.
 * Loop thread only.
 */
interface SessionlessHandler extends ConnectionHandler
{
    /**
     * {@inheritDoc}
     */
    default void onOpened(final Connection connection)
    {
        throw new IllegalStateException("an accepted connection is open already");
    }

    /**
     * {@inheritDoc}
     */
    default void onOpenFailed(final Connection connection, final int errno)
    {
        throw new IllegalStateException("an accepted connection is open already");
    }

    /**
     * {@inheritDoc}
     */
    default void onEof(final Connection connection)
    {
        connection.close();
    }

    /**
     * {@inheritDoc}
     */
    default void onError(final Connection connection, final int errno)
    {
        connection.close();
    }

    /**
     * {@inheritDoc}
     */
    default void onOverload(final Connection connection)
    {
        // It ends with its handshake, whose flights it holds.
    }

    /**
     * {@inheritDoc}
     */
    default void onDrained(final Connection connection)
    {
        throw new IllegalStateException("not written before it has a session");
    }
}
