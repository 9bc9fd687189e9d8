package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.counters.TcpCounters;
import dev.ringway.engine.exchange.DownstreamSink;
import dev.ringway.engine.exchange.Exchange;
import dev.ringway.engine.exchange.Exchanges;
import dev.ringway.engine.memory.ByteConsumer;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * Plain bytes with a client: the connection is one exchange, from its beginning or since an upgrade. Loop thread only.
 */
final class TcpDownstreamSession implements ConnectionHandler, DownstreamSink, ByteConsumer
{
    private final RelayOwner owner;
    private final ByteMeter meter = new ByteMeter();
    private Connection connection;
    private Exchange exchange;
    private HttpCounters http;
    private TcpCounters tcp;
    private long oldAtNs;
    private boolean isClosedByClient;

    TcpDownstreamSession(final RelayOwner owner)
    {
        this.owner = owner;
    }

    void open(final Connection opened, final TcpProxy proxy, final Exchanges exchanges)
    {
        begin(opened);
        tcp = proxy.counters();
        exchange = exchanges.acquire();
        exchange.onRelay(this, proxy);
        if (exchange != null)
        {
            awaitDeadline();
            if (proxy.maxConnectAttempts() == 1)
            {
                opened.startReading();
            }
        }
    }

    private void begin(final Connection opened)
    {
        connection = opened;
        meter.reset();
        oldAtNs = Long.MAX_VALUE;
        isClosedByClient = false;
        opened.handler(this);
    }

    /**
     * Goes on with an exchange that was one of HTTP; {@link #resumeRequest} has it read.
     *
     * @param upgraded its connection.
     * @param relay    the exchange.
     * @param ids      what the connection is counted in.
     * @param oldNs    when the connection has lasted as long as it may.
     */
    void take(final Connection upgraded, final Exchange relay, final HttpCounters ids, final long oldNs)
    {
        begin(upgraded);
        http = ids;
        exchange = relay;
        oldAtNs = oldNs;
        awaitDeadline();
    }

    /** Takes what the client has sent of the other protocol already, and reads on. */
    void takeInput(final LoopMemory memory, final Http1Input input)
    {
        input.resume(memory, this);
        input.release(memory);
        if (exchange != null && !exchange.isRequestPaused())
        {
            connection.startReading();
        }
    }

    /** Counters of the connection since an upgrade. */
    HttpCounters http()
    {
        return http;
    }

    /** Counters of a connection that is a relay from its beginning. */
    TcpCounters tcp()
    {
        return tcp;
    }

    boolean isClosedByClient()
    {
        return isClosedByClient;
    }

    /**
     * {@inheritDoc}
     */
    public int process(final int offset, final int length)
    {
        onBytes(connection, offset, length);
        return 0;
    }

    /**
     * {@inheritDoc}
     */
    public boolean isBlocked()
    {
        return false;
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
            meter.received(length);
            exchange.onRequestData(offset, length, false);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onPassed(final Connection source, final int length)
    {
        if (exchange != null)
        {
            meter.received(length);
            exchange.onRequestPassed(length);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onBlocked(final Connection source)
    {
        if (exchange != null)
        {
            exchange.onRequestBlocked();
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
        isClosedByClient = true;
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
        isClosedByClient = true;
        if (exchange != null)
        {
            final Exchange last = exchange;
            exchange = null;
            owner.onRelayCut(this, true);
            last.onDownstreamClosed(true, false);
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
            owner.onRelayCut(this, false);
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
        if (oldAtNs <= nowNs)
        {
            oldAtNs = Long.MAX_VALUE;
            owner.onRelayOld(this);
        }
        if (exchange.deadlineNs() <= nowNs)
        {
            exchange.onDeadline(nowNs);
        }
        if (exchange != null)
        {
            awaitDeadline();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onClosed(final Connection closed)
    {
        connection = null;
        owner.onRelayClosed(this, closed);
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
    public DownstreamSink upgrade(final ResponseHead head, final HeaderEdits edits)
    {
        throw new IllegalStateException("a relay cannot become one");
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
    public boolean sendReply(final ResponseHead head, final HeaderEdits edits, final int status, final byte[] body)
    {
        return true;
    }

    /**
     * {@inheritDoc}
     */
    public void awaitDeadline()
    {
        connection.deadline(Math.min(exchange.deadlineNs(), oldAtNs));
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
        return true;
    }

    /**
     * {@inheritDoc}
     */
    public void onExchangeEnded(final boolean isComplete, final boolean isReset)
    {
        exchange = null;
        if (!isComplete)
        {
            owner.onRelayCut(this, false);
        }
        if (isReset)
        {
            connection.reset();
        }
        else
        {
            connection.deadline(owner.flushByNs());
            connection.closeAfterFlush();
        }
    }

    /**
     * {@inheritDoc}
     */
    public ByteMeter meter()
    {
        return meter;
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
    public Connection connection()
    {
        return connection;
    }
}
