package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;

/**
 * Plain bytes towards an endpoint, for one relay. Loop thread only.
 */
final class TcpUpstreamSession extends PooledSession
{
    private final UpstreamContext context;
    private ByteMeter meter;
    private boolean isRequest;
    private boolean isUpgraded;
    private boolean isTunnel;

    TcpUpstreamSession(final UpstreamContext context)
    {
        this.context = context;
    }

    void begin(final EndpointPool owner, final Connection opening, final UpstreamHandler exchange)
    {
        open(owner, opening, exchange);
        meter = exchange.meter();
        meter.beginTry();
        isRequest = false;
        isUpgraded = false;
        isTunnel = false;
        onRequest();
    }

    /** Goes on with a request of HTTP that has been upgraded, and stays one for all that counts requests. */
    void take(final EndpointPool owner, final Connection upgraded, final UpstreamHandler exchange)
    {
        open(owner, upgraded, exchange);
        meter = exchange.meter();
        isRequest = true;
        isUpgraded = true;
        isTunnel = false;
        upgraded.handler(this);
    }

    void onServed()
    {
        pool.onRelay();
    }

    void onConnected()
    {
        if (isTunnel && handler != null)
        {
            isTunnel = false;
            handler.onUpgraded(context.tunnelHead(), this);
        }
        else if (handler != null && !connection.isAboveHighWater())
        {
            // Where another connection may be tried, the client is not read before one is there.
            handler.onUpstreamDrained();
        }
    }

    private void endRequest(final boolean isCut)
    {
        if (isRequest)
        {
            isRequest = false;
            pool.onResponseEnded();
            if (isCut)
            {
                pool.tally().onCancelled();
            }
        }
    }

    /**
     * {@inheritDoc} The head of a CONNECT that ends here: nobody but the proxy answers it, once there is a connection.
     */
    public boolean sendHead(final RequestHead head, final HeaderEdits edits, final boolean isEnd)
    {
        isTunnel = true;
        return true;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendData(final int offset, final int length, final boolean isEnd)
    {
        meter.sent(length);
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
    public void onTimeout(final boolean isQuiet)
    {
        if (!isTunnel)
        {
            throw new IllegalStateException("a relay's endpoint owes no answer");
        }
        pool.tally().onTimeout();
    }

    /**
     * {@inheritDoc}
     */
    public void cancel(final boolean isReset)
    {
        handler = null;
        if (endPending())
        {
            pool.tally().onPendingCancelled();
        }
        pool.keepSession(connection);
        endRequest(isReset || !isClosedByEndpoint);
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

    void fail(final int failure)
    {
        final UpstreamHandler last = handler;
        handler = null;
        endPending();
        pool.keepSession(connection);
        endRequest(false);
        if (!isUpgraded && !isConnected())
        {
            pool.tally().onRelayFailed();
        }
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
            meter.received(length);
            handler.onResponseData(offset, length, false);
        }
    }

    /** Bytes that came behind the answer to an upgrade, and were counted with it. */
    void tell(final int offset, final int length)
    {
        if (handler != null)
        {
            handler.onResponseData(offset, length, false);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onPassed(final Connection source, final int length)
    {
        if (handler != null)
        {
            meter.received(length);
            handler.onResponsePassed(length);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onBlocked(final Connection source)
    {
        if (handler != null)
        {
            handler.onResponseBlocked();
        }
    }

    /**
     * {@inheritDoc}
     */
    public Connection relayConnection()
    {
        return connection;
    }

    /**
     * {@inheritDoc}
     */
    public void onEof(final Connection source)
    {
        isClosedByEndpoint = true;
        pool.tally().onRemoteClose(false);
        if (handler != null)
        {
            handler.onResponseData(0, 0, true);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onDeadline(final Connection late, final long nowNs)
    {
        pool.tally().onConnectFailed(true);
        fail(UpstreamFailure.CONNECT_TIMEOUT);
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection closed)
    {
        endPending();
        connection = null;
        handler = null;
        if (!isClosedByEndpoint)
        {
            pool.tally().onLocalClose();
        }
        pool.onTcpClosed(this, closed);
    }
}
