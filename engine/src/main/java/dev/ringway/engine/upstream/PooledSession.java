package dev.ringway.engine.upstream;

import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;
import dev.ringway.engine.snapshot.Endpoint;

/**
 * What sessions of all protocols have in common: a connection that an {@link EndpointPool} opened, and the exchange that
 * has it. Loop thread only.
 */
abstract sealed class PooledSession implements UpstreamSession, ConnectionHandler
    permits Http1UpstreamSession, TcpUpstreamSession
{
    EndpointPool pool;
    Connection connection;
    UpstreamHandler handler;
    boolean isClosedByEndpoint;
    private boolean isConnected;
    private boolean isPending;
    private byte[] hostText;
    private long startNs;
    private long overAtNs;

    final void open(final EndpointPool owner, final Connection opening, final UpstreamHandler exchange)
    {
        pool = owner;
        connection = opening;
        handler = exchange;
        isClosedByEndpoint = false;
        isConnected = false;
        isPending = false;
        hostText = owner.hostText();
        startNs = owner.nowNs();
        overAtNs = Long.MAX_VALUE;
    }

    /** When it takes no further requests. */
    final long overAtNs()
    {
        return overAtNs;
    }

    /** The connection is there. */
    abstract void onConnected();

    final boolean isConnected()
    {
        return isConnected;
    }

    /** A request has it from now on. */
    final void onRequest()
    {
        if (isConnected)
        {
            onServed();
            return;
        }
        isPending = true;
        pool.tally().onPending(1);
    }

    /** What has it has a connection as well. */
    abstract void onServed();

    /** Whether what has it still waits for the connection. */
    final boolean isPending()
    {
        return isPending;
    }

    /** What has it does not wait for the connection any more; false when it did not. */
    final boolean endPending()
    {
        final boolean wasPending = isPending;
        isPending = false;
        if (wasPending)
        {
            pool.onPendingEnded();
        }
        return wasPending;
    }

    /**
     * Ends the connection, and tells the exchange when there is one.
     *
     * @param failure from {@link UpstreamFailure}.
     */
    abstract void fail(int failure);

    /**
     * {@inheritDoc}
     */
    public final void pauseReading()
    {
        connection.pauseReading();
    }

    /**
     * {@inheritDoc}
     */
    public final void resumeReading()
    {
        connection.startReading();
    }

    /**
     * {@inheritDoc}
     */
    public final boolean isAboveHighWater()
    {
        return connection.isAboveHighWater();
    }

    /**
     * {@inheritDoc}
     */
    public final byte[] hostText()
    {
        return hostText;
    }

    /**
     * {@inheritDoc}
     */
    public final Endpoint endpoint()
    {
        return pool.endpoint();
    }

    /**
     * {@inheritDoc}
     */
    public final Connection connection()
    {
        return connection;
    }

    /**
     * {@inheritDoc}
     */
    public final void onOpened(final Connection opened)
    {
        isConnected = true;
        if (endPending())
        {
            onServed();
        }
        pool.onConnected(opened, pool.nowNs() - startNs);
        opened.deadline(Long.MAX_VALUE);
        opened.startReading();
        overAtNs = pool.overAtNs();
        onConnected();
    }

    /**
     * {@inheritDoc}
     */
    public final void onOpenFailed(final Connection failed, final int errno)
    {
        isClosedByEndpoint = true;
        pool.tally().onConnectFailed(false);
        pool.tally().onRemoteClose(false);
        fail(pool.connectFailure(failed));
    }

    /**
     * {@inheritDoc}
     */
    public final void onError(final Connection failed, final int errno)
    {
        isClosedByEndpoint = true;
        pool.tally().onRemoteClose(handler != null);
        fail(UpstreamFailure.RESET);
    }

    /**
     * {@inheritDoc}
     */
    public final void onOverload(final Connection full)
    {
        fail(UpstreamFailure.OVERLOADED);
    }

    /**
     * {@inheritDoc}
     */
    public final void onDrained(final Connection drained)
    {
        if (handler != null)
        {
            handler.onUpstreamDrained();
        }
    }
}
