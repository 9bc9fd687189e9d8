package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.counters.TcpCounters;
import dev.ringway.engine.exchange.DownstreamSink;
import dev.ringway.engine.exchange.Exchange;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * Plain bytes with a client: the connection is one exchange. Loop thread only.
 */
final class TcpDownstreamSession implements ConnectionHandler, DownstreamSink
{
    private final TcpSessionFactory factory;
    private Connection connection;
    private Exchange exchange;
    private TcpCounters ids;

    TcpDownstreamSession(final TcpSessionFactory factory)
    {
        this.factory = factory;
    }

    void open(final Connection opened, final TcpProxy tcp)
    {
        connection = opened;
        ids = tcp.counters();
        factory.loop().counters().increment(ids.downstreamCxTotal);
        opened.handler(this);
        exchange = factory.exchanges().acquire();
        exchange.onRelay(this, tcp);
        if (exchange != null)
        {
            connection.deadline(exchange.deadlineNs());
            opened.startReading();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onOpened(final Connection opened)
    {
        throw new IllegalStateException("an accepted connection is open already");
    }

    /**
     * {@inheritDoc}
     */
    public void onOpenFailed(final Connection failed, final int errno)
    {
        throw new IllegalStateException("an accepted connection is open already");
    }

    /**
     * {@inheritDoc}
     */
    public void onBytes(final Connection source, final int offset, final int length)
    {
        if (exchange != null)
        {
            exchange.onRequestData(offset, length, false);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onEof(final Connection source)
    {
        if (exchange != null)
        {
            exchange.onRequestData(0, 0, true);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onError(final Connection failed, final int errno)
    {
        if (exchange != null)
        {
            final Exchange last = exchange;
            exchange = null;
            last.onDownstreamClosed(true);
        }
        connection.close();
    }

    /**
     * {@inheritDoc}
     */
    public void onOverload(final Connection full)
    {
        if (exchange != null)
        {
            final Exchange last = exchange;
            exchange = null;
            last.onOverload();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onDrained(final Connection drained)
    {
        if (exchange != null)
        {
            exchange.onDownstreamDrained();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onDeadline(final Connection late, final long nowNs)
    {
        if (exchange == null)
        {
            connection.close();
            return;
        }
        if (exchange.deadlineNs() <= nowNs)
        {
            exchange.onDeadline(nowNs);
        }
        if (exchange != null)
        {
            connection.deadline(exchange.deadlineNs());
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection closed)
    {
        final LoopCounters counters = factory.loop().counters();
        counters.add(ids.downstreamCxRxBytesTotal, closed.bytesReceived());
        counters.add(ids.downstreamCxTxBytesTotal, closed.bytesSent());
        connection = null;
        factory.release(this);
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendHead(final ResponseHead head, final HeaderEdits edits, final boolean isEnd)
    {
        return true;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendLocalReply(final int status, final byte[] body, final HeaderEdits edits)
    {
        return true;
    }

    /**
     * {@inheritDoc}
     */
    public boolean sendGrpcReply(final int status, final HeaderEdits edits)
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
        return true;
    }

    /**
     * {@inheritDoc}
     */
    public void onExchangeEnded(final boolean isComplete, final boolean isReset)
    {
        exchange = null;
        if (isReset)
        {
            connection.reset();
        }
        else
        {
            connection.closeAfterFlush();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void pauseRequest()
    {
        connection.pauseReading();
    }

    /**
     * {@inheritDoc}
     */
    public void resumeRequest()
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
    public int headLength()
    {
        return 0;
    }

    /**
     * {@inheritDoc}
     */
    public Connection connection()
    {
        return connection;
    }
}
