package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;

/**
 * Plain bytes towards an endpoint, for one relay. Loop thread only.
 */
final class TcpUpstreamSession implements UpstreamSession, ConnectionHandler
{
    private EndpointPool pool;
    private Connection connection;
    private UpstreamHandler handler;
    private boolean isClosedByEndpoint;

    void open(final EndpointPool pool, final Connection connection, final UpstreamHandler handler)
    {
        this.pool = pool;
        this.connection = connection;
        isClosedByEndpoint = false;
        this.handler = handler;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendHead(final RequestHead head, final HeaderEdits edits, final boolean isEnd)
    {
        return true;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendData(final int offset, final int length, final boolean isEnd)
    {
        final boolean isSent = connection.send(offset, length);
        if (isEnd)
        {
            connection.shutdownAfterFlush();
        }
        return isSent;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendTrailers(final HeaderTable trailers)
    {
        throw new IllegalStateException("a relay has no trailers");
    }

    /**
     * {@inheritDoc}
     */
    public void cancel(final boolean isReset)
    {
        handler = null;
        if (isReset)
        {
            connection.reset();
        }
        else if (connection.isOpen() && connection.queuedBytes() > 0)
        {
            connection.closeAfterFlush();
        }
        else
        {
            connection.close();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void pauseReading()
    {
        connection.pauseReading();
    }

    /**
     * {@inheritDoc}
     */
    public void resumeReading()
    {
        connection.startReading();
    }

    /**
     * {@inheritDoc}
     */
    public boolean isAboveHighWater()
    {
        return connection.isAboveHighWater();
    }

    /**
     * {@inheritDoc}
     */
    public byte[] hostText()
    {
        return pool.hostText();
    }

    /**
     * {@inheritDoc}
     */
    public Connection connection()
    {
        return connection;
    }

    /**
     * {@inheritDoc}
     */
    public void onOpened(final Connection opened)
    {
        opened.deadline(Long.MAX_VALUE);
        opened.startReading();
    }

    /**
     * {@inheritDoc}
     */
    public void onOpenFailed(final Connection failed, final int errno)
    {
        pool.onConnectFailed(false);
        fail(UpstreamFailure.CONNECT_FAILED);
    }

    private void fail(final int failure)
    {
        final UpstreamHandler last = handler;
        handler = null;
        connection.close();
        if (last != null)
        {
            last.onUpstreamFailed(failure);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onBytes(final Connection source, final int offset, final int length)
    {
        if (handler != null)
        {
            handler.onResponseData(offset, length, false);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onEof(final Connection source)
    {
        isClosedByEndpoint = true;
        pool.onRemoteClose(false);
        if (handler != null)
        {
            handler.onResponseData(0, 0, true);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onError(final Connection failed, final int errno)
    {
        isClosedByEndpoint = true;
        pool.onRemoteClose(handler != null);
        fail(UpstreamFailure.RESET);
    }

    /**
     * {@inheritDoc}
     */
    public void onDrained(final Connection drained)
    {
        if (handler != null)
        {
            handler.onUpstreamDrained();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onDeadline(final Connection late, final long nowNs)
    {
        pool.onConnectFailed(true);
        fail(UpstreamFailure.CONNECT_TIMEOUT);
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection closed)
    {
        connection = null;
        handler = null;
        if (!isClosedByEndpoint)
        {
            pool.onLocalClose();
        }
        pool.onTcpClosed(this, closed);
    }
}
