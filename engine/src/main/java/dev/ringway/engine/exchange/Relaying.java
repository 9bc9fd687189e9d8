package dev.ringway.engine.exchange;

import dev.ringway.engine.accesslog.AccessClosing;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.UpstreamFailure;
import dev.ringway.engine.upstream.UpstreamSession;

/**
 * An exchange as a relay, in which bytes pass as they are: of TCP, which has no head and is one from its beginning, or of
 * what a request has upgraded to. How it finds its endpoint and how it ends. Reused with its exchange. Loop thread only.
 */
final class Relaying
{
    private final Exchange exchange;
    private final Exchanges exchanges;
    private final ExchangeTimes times;
    private final ExchangeReport report;
    private final Upgrade upgrade;
    private final Retrying retrying;
    private final EndpointSide endpoint;
    /** Null for HTTP. */
    private TcpProxy tcp;

    Relaying(final Exchange exchange, final ExchangeState state, final EndpointSide endpoint)
    {
        this.exchange = exchange;
        exchanges = state.exchanges;
        times = state.times;
        report = state.report;
        upgrade = state.routing.upgrade();
        retrying = state.retrying;
        this.endpoint = endpoint;
    }

    /** A relay of TCP begins, which may be over at once. */
    void begin(final DownstreamSink sink, final TcpProxy proxy)
    {
        tcp = proxy;
        final long nowNs = exchanges.nowNs();
        times.start(nowNs, proxy.idleTimeoutNs(), 0);
        times.limit(Math.max(0, proxy.age().overAtNs(sink.connection().openedNs()) - nowNs));
        report.onRelay(proxy, sink, nowNs);
        exchange.phase(Phase.ACQUIRE);
        final ClusterState cluster = exchanges.upstreams().cluster(proxy.clusterId());
        if (cluster == null)
        {
            exchanges.counters().increment(proxy.counters().downstreamCxNoRoute);
            report.outcome().flag(ResponseFlag.NO_CLUSTER);
            exchange.end(false, false);
            return;
        }
        retrying.begin(proxy.maxConnectAttempts());
        endpoint.cluster(cluster);
        connect();
    }

    /** Asks for a connection of TCP until one is on its way, or it has asked for as many as it may. */
    private void connect()
    {
        while (retrying.connects(endpoint.cluster()))
        {
            final int result = endpoint.acquire();
            if (result != ClusterState.ACQUIRED)
            {
                report.times().onReady();
            }
            if (result != ClusterState.ACQUIRED && result != UpstreamFailure.PENDING_OVERFLOW)
            {
                endpoint.onUpstreamFailed(result);
                return;
            }
            retrying.onConnecting();
            if (result == ClusterState.ACQUIRED)
            {
                return;
            }
        }
        report.outcome().flag(retrying.flag());
        exchange.end(false, false);
    }

    /** Where both sides are plain connections, bytes may go from one to the other without passing through here. */
    void join(final DownstreamSink client, final UpstreamSession session)
    {
        final Connection from = client.relayConnection();
        final Connection to = session.relayConnection();
        if (from != null && to != null)
        {
            from.passTo(to);
            to.passTo(from);
        }
    }

    /** The endpoint has gone, or was never there. */
    void onFailed(final int failure)
    {
        report.onEndpointCut();
        // As Envoy, whose relays tell a reset from an end.
        report.outcome().flag(tcp != null && failure == UpstreamFailure.RESET ?
            ResponseFlag.UPSTREAM_REMOTE_RESET : LocalReply.of(failure).flag());
        if (tcp != null && UpstreamFailure.isConnecting(failure))
        {
            connect();
            return;
        }
        if (UpstreamFailure.isReset(failure))
        {
            report.onClosing(AccessClosing.ENDPOINT_RESET);
        }
        exchange.end(false, UpstreamFailure.isReset(failure));
    }

    /** A relay of TCP has lasted too long, or nothing passes in it. */
    void onDeadline(final long nowNs)
    {
        final boolean isOld = times.durationDeadlineNs() <= nowNs;
        report.outcome().flag(isOld ? ResponseFlag.DURATION_TIMEOUT : 0);
        exchanges.counters().increment(
            isOld ? tcp.counters().maxDownstreamConnectionDuration : tcp.counters().idleTimeout);
        report.onClosing(isOld ? AccessClosing.NORMAL : AccessClosing.IDLE);
        exchange.end(true, false);
    }

    /** The session is let go of: what the client of a relay of TCP said last may still have to leave. */
    void onDetach(final UpstreamSession session, final boolean isReset)
    {
        if (tcp != null && !isReset && session.connection().queuedBytes() > 0)
        {
            exchanges.counters().increment(tcp.counters().upstreamFlushTotal);
        }
    }

    /** The exchange is over. */
    void end()
    {
        tcp = null;
    }

    /** Whether it is of TCP. */
    boolean isTcp()
    {
        return tcp != null;
    }

    /** Whether bytes pass as they are, in both directions. */
    boolean isOpen()
    {
        return tcp != null || upgrade.isOpen();
    }
}
