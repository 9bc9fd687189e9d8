package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http1.Http1Error;
import dev.ringway.codecs.http2.FrameWriter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;
import dev.ringway.engine.exchange.DownstreamSink;
import dev.ringway.engine.exchange.Exchange;
import dev.ringway.engine.exchange.LocalReply;
import dev.ringway.engine.memory.ByteConsumer;
import dev.ringway.engine.snapshot.HttpConnectionManager;

/**
 * HTTP/1.1 with a client: one exchange at a time, in the order of the requests. What comes meanwhile waits its turn, and
 * above the buffer limit the client is not read. This half takes requests, {@link Http1Response} sends their responses.
 * Loop thread only.
 */
final class Http1DownstreamSession extends OpenSession implements ConnectionHandler, ByteConsumer
{
    private final Http1SessionFactory factory;
    private final Http1Input input = new Http1Input();
    private final Http1Deadlines deadlines;
    private final Http1Ending ending;
    private Connection connection;
    /** From the first use of a request until the connection waits for the next one. */
    private Http1Stream stream;
    private Exchange exchange;
    private HttpConnectionManager http;
    private boolean isClosedByClient;
    private boolean mayBeHttp2;
    private boolean isHandedOver;
    private TcpDownstreamSession relay;

    Http1DownstreamSession(final Http1SessionFactory factory)
    {
        this.factory = factory;
        deadlines = new Http1Deadlines(factory);
        ending = new Http1Ending(factory, input);
    }

    void open(final Connection opened, final boolean detectsHttp2)
    {
        connection = opened;
        isClosedByClient = false;
        http = factory.http();
        ending.open(opened);
        isHandedOver = false;
        relay = null;
        mayBeHttp2 = detectsHttp2;
        deadlines.open(opened, factory.oldAtNs(opened));
        input.onHead();
        opened.handler(this);
        deadlines.awaitRequest(http);
        opened.startReading();
    }

    private Http1Response response()
    {
        if (stream == null)
        {
            stream = factory.stream(this, connection);
        }
        return stream.response;
    }

    /** No request is under way. */
    private void endStream()
    {
        if (stream != null)
        {
            factory.release(stream);
            stream = null;
        }
    }

    private void count(final int id)
    {
        factory.loop().counters().increment(id);
    }

    /** {@inheritDoc} */
    public void onOpened(final Connection opened)
    {
        throw new IllegalStateException("an accepted connection is open already");
    }

    /** {@inheritDoc} */
    public void onOpenFailed(final Connection failed, final int errno)
    {
        throw new IllegalStateException("an accepted connection is open already");
    }

    /** {@inheritDoc} */
    public void onBytes(final Connection source, final int offset, final int length)
    {
        if (ending.isInputIgnored())
        {
            return;
        }
        final boolean fits = input.feed(factory.loop().memory(), this, offset, length);
        if (isHandedOver)
        {
            factory.release(this);
        }
        else if (!connection.isClosing() && !ending.isInputIgnored())
        {
            afterInput(fits);
        }
    }

    /** {@inheritDoc} */
    public boolean isBlocked()
    {
        return exchange != null && (stream.body.isEnded() || !exchange.takesRequestData());
    }

    /**
     * All that can be used of the input is used.
     */
    private void afterInput(final boolean fits)
    {
        if (!fits)
        {
            onNoRoom();
        }
        else if (input.length() > 0)
        {
            onUnused();
        }
    }

    private void onNoRoom()
    {
        if (exchange == null)
        {
            refuse(Http1Error.HEAD_TOO_LARGE, null, input.length());
        }
        else
        {
            connection.pauseReading();
            exchange.giveUp(LocalReply.OVERLOADED);
        }
    }

    private void onUnused()
    {
        if (isBlocked())
        {
            if (input.isTooMuch(factory.loop().memory(), factory.bufferLimit()))
            {
                connection.pauseReading();
            }
        }
        else if (exchange == null)
        {
            deadlines.awaitHead(http);
        }
    }

    /**
     * Goes on with what waits, once it can.
     */
    private void resumeInput()
    {
        if (input.isProcessing())
        {
            return;
        }
        final boolean fits = input.resume(factory.loop().memory(), this);
        if (connection.isClosing() || ending.isInputIgnored())
        {
            return;
        }
        afterInput(fits);
        if (!isBlocked() && (exchange == null || !exchange.isRequestPaused()))
        {
            connection.startReading();
        }
    }

    /** {@inheritDoc} */
    public int process(final int offset, final int length)
    {
        int at = offset;
        final int end = offset + length;
        while (at < end && !ending.isInputIgnored() && !connection.isClosing())
        {
            if (isBlocked())
            {
                return end - at;
            }
            if (mayBeHttp2)
            {
                final int matched = FrameWriter.matchPreface(factory.loop().memory().slab().buffer(), at, end - at);
                if (matched > 0)
                {
                    handOver(at, end - at);
                }
                if (matched >= 0)
                {
                    return matched > 0 ? 0 : end - at;
                }
                mayBeHttp2 = false;
            }
            final int used = exchange == null ? onHead(at, end - at) : onBody(at, end - at);
            if (used < 0)
            {
                refuse(used, null, end - at);
                return 0;
            }
            if (used == 0)
            {
                return end - at;
            }
            at += used;
        }
        return 0;
    }

    /** The client begins with HTTP/2, which has a session of its own. */
    private void handOver(final int offset, final int length)
    {
        isHandedOver = true;
        ending.ignoreInput();
        http = factory.renew(http);
        factory.handOver(connection, deadlines, offset, length);
        connection = null;
    }

    private int onHead(final int offset, final int length)
    {
        if (!input.isWorthParsing(factory.loop().memory(), offset, length))
        {
            return 0;
        }
        final Exchange fresh = factory.exchanges().acquire();
        final RequestHead head = fresh.request();
        final int used = factory.parser().parse(factory.loop().memory().slab().buffer(), offset, length, head);
        if (used <= 0)
        {
            factory.exchanges().release(fresh);
            if (used == Http1Error.MISSING_HOST)
            {
                refuse(used, head, head.headLength());
                return length;
            }
            input.onPartialHead(length);
            return used == 0 && length >= factory.limits().maxHeadLength() ? Http1Error.HEAD_TOO_LARGE : used;
        }
        http = factory.renew(http);
        if (head.minorVersion() == 0 && !http.acceptHttp10())
        {
            factory.exchanges().release(fresh);
            // Envoy's answer to a version that is right but not accepted here.
            response().begin(http, false, false, used, factory.spareMeter());
            refuseWith(Refusals.LOW_VERSION, null);
            return used;
        }
        response().begin(
            http, head.minorVersion() == 0, head.methodId() == HttpMethod.HEAD, used, fresh.clientMeter());
        if (head.authorityLength() == 0 && !takeDefaultHost(fresh))
        {
            return used;
        }
        start(fresh, head);
        return used;
    }

    /** Without one, or without memory for it, the request goes no further. */
    private boolean takeDefaultHost(final Exchange fresh)
    {
        if (factory.defaultHost().length > 0 && fresh.takeHost(factory.defaultHost()))
        {
            return true;
        }
        factory.exchanges().release(fresh);
        if (factory.defaultHost().length > 0)
        {
            refuseWith(LocalReply.OVERLOADED, fresh.request());
        }
        else
        {
            refuse(Http1Error.MISSING_HOST, fresh.request(), fresh.request().headLength());
        }
        return false;
    }

    private void start(final Exchange fresh, final RequestHead head)
    {
        exchange = fresh;
        deadlines.onHead();
        input.onHead();
        ending.onRequest(head, http);
        stream.body.begin(head);
        if (head.expectContinue() && !stream.body.isEnded())
        {
            Http1ResponseWriter.sendContinue(connection, factory.loop().memory(), stream.response.meter());
            http.counters().interim(factory.loop().counters());
        }
        fresh.onRequestHead(stream.response, http, stream.body.isEnded());
        awaitDeadline();
    }

    private int onBody(final int offset, final int length)
    {
        final int used = stream.body.decode(exchange, http, stream.response.meter(), offset, length);
        // The time for a response runs from the end of the request.
        if (stream != null && stream.body.isEnded())
        {
            awaitDeadline();
        }
        return used;
    }

    void awaitDeadline()
    {
        if (exchange != null)
        {
            deadlines.await(exchange);
        }
    }

    /**
     * The client broke the protocol: it is told so, and the connection ends. The head is null where it cannot be read, and
     * so many bytes are what it is about.
     */
    private void refuse(final int error, final RequestHead head, final int length)
    {
        factory.refuser().count(http.counters());
        ending.endNext();
        if (exchange != null)
        {
            stream.response.meter().received(length);
            exchange.giveUp(LocalReply.BAD_BODY);
            return;
        }
        response().begin(http, false, false, length, factory.spareMeter());
        refuseWith(Refusals.http1(error), head);
    }

    private void refuseWith(final LocalReply reply, final RequestHead head)
    {
        ending.endNext();
        factory.refuser().answer(http, stream.response, deadlines.headStartNs(http), reply, head);
        stream.response.end(factory.spareMeter());
        ending.linger();
    }

    /** The client has gone, maybe in the middle of a head. */
    private void recordCut()
    {
        if (!ending.isInputIgnored() && input.hasPartOfHead(factory.loop().memory()))
        {
            response().begin(http, false, false, input.length(), factory.spareMeter());
            factory.refuser().record(http, stream.response, deadlines.headStartNs(http), Refusals.CUT, null);
        }
    }

    /**
     * Decides whether the connection is kept after the response that is about to be sent.
     *
     * @param can whether the response itself allows it.
     * @return whether it is.
     */
    boolean keepAlive(final boolean can)
    {
        // As Envoy: a response that overtakes its request ends the connection, for who knows what still comes.
        return ending.keepAlive(can && stream.body.isEnded() && !deadlines.isOld(), http.counters());
    }

    void onExchangeEnded(final boolean isComplete, final boolean isReset)
    {
        exchange = null;
        final Http1Response response = stream.response;
        response.end(factory.spareMeter());
        if (!response.isWhole())
        {
            // The response was cut. Where only the end of the connection marks its end, an orderly one would lie.
            ending.cut(isReset || response.isClosedByEnd());
            factory.countCut(http.counters().connections, false);
        }
        else if (!isComplete)
        {
            ending.linger();
        }
        else if (!ending.isKept() || deadlines.endsBehindRequest())
        {
            ending.end();
        }
        else
        {
            endStream();
            deadlines.awaitRequest(http);
            resumeInput();
        }
    }

    /**
     * The exchange goes on as a relay on this connection, which {@link #resumeRequest} hands over.
     *
     * @return the client's side of the relay.
     */
    DownstreamSink upgrade()
    {
        relay = factory.upgraded().take(connection, exchange, http.counters(), deadlines.oldAtNs());
        relay.meter().take(stream.response.meter());
        return relay;
    }

    private void becomeRelay()
    {
        relay.takeInput(factory.loop().memory(), input);
        connection = null;
        exchange = null;
        endStream();
        factory.release(this);
    }

    void resumeRequest()
    {
        if (relay != null)
        {
            becomeRelay();
        }
        else if (stream != null && !stream.body.isEnded())
        {
            resumeInput();
        }
    }

    /**
     * The client has said its last word, and is taken to be gone: what waits for an endpoint is given up, and what was
     * asked for behind it. A client that has ended its side only still gets what was answered before.
     */
    public void onEof(final Connection source)
    {
        isClosedByClient = true;
        if (exchange != null)
        {
            final Http1Response cut = stream.response;
            abandon(false);
            ending.cut(cut.isClosedByEnd());
        }
        else
        {
            recordCut();
            ending.endAfterFlush();
        }
    }

    /** {@inheritDoc} */
    public boolean endsWithPeer()
    {
        return relay == null;
    }

    private void abandon(final boolean isReset)
    {
        factory.countCut(http.counters().connections, true);
        final Exchange last = exchange;
        exchange = null;
        last.onDownstreamClosed(isReset, false);
    }

    /** {@inheritDoc} */
    public void onError(final Connection failed, final int errno)
    {
        isClosedByClient = true;
        if (exchange != null)
        {
            abandon(true);
        }
        else
        {
            recordCut();
        }
        connection.close();
    }

    /** {@inheritDoc} */
    public void onOverload(final Connection full)
    {
        if (exchange != null)
        {
            factory.countCut(http.counters().connections, false);
            final Exchange last = exchange;
            exchange = null;
            last.onOverload();
        }
    }

    /** {@inheritDoc} */
    public int heldChunks()
    {
        return input.heldChunks();
    }

    /** {@inheritDoc} */
    public void onDrained(final Connection drained)
    {
        if (exchange != null)
        {
            exchange.onDownstreamDrained();
        }
    }

    /** {@inheritDoc} */
    public void onDeadline(final Connection late, final long nowNs)
    {
        if (deadlines.oldAtNs() <= nowNs && !ending.isInputIgnored())
        {
            onOld(nowNs);
        }
        else if (exchange != null)
        {
            if (exchange.deadlineNs() <= nowNs)
            {
                exchange.onDeadline(nowNs);
            }
            awaitDeadline();
        }
        else if (ending.isInputIgnored())
        {
            if (ending.isOver())
            {
                count(http.counters().connections.downstreamCxDelayedCloseTimeout);
                connection.close();
            }
        }
        else if (deadlines.isSpent(nowNs))
        {
            ending.endAfterFlush();
        }
        else if (!deadlines.isLate(nowNs))
        {
            deadlines.await(null);
        }
        else if (deadlines.isHeadAwaited())
        {
            count(http.counters().downstreamRqHeaderTimeout);
            response().begin(http, false, false, input.length(), factory.spareMeter());
            refuseWith(LocalReply.HEADER_TIMEOUT, null);
        }
        else if (factory.endsIdle())
        {
            count(http.counters().connections.downstreamCxDrainClose);
            ending.endAfterFlush();
        }
        else
        {
            count(http.counters().connections.downstreamCxIdleTimeout);
            connection.close();
        }
    }

    /** The connection has lasted as long as it may. */
    private void onOld(final long nowNs)
    {
        count(http.counters().connections.downstreamCxMaxDurationReached);
        deadlines.age(http, nowNs);
        if (exchange == null && ending.isUnused())
        {
            ending.endAfterFlush();
        }
        else
        {
            deadlines.await(exchange);
        }
    }

    @Override
    void drain()
    {
        ending.endNext();
        if (factory.endsIdle() && exchange == null && input.length() == 0 && !ending.isInputIgnored())
        {
            deadlines.awaitRequest(http);
        }
    }

    /** {@inheritDoc} */
    public void onClosed(final Connection closed)
    {
        factory.countClosed(http.counters().connections, closed, isClosedByClient);
        input.release(factory.loop().memory());
        connection = null;
        exchange = null;
        endStream();
        factory.release(this);
    }
}
