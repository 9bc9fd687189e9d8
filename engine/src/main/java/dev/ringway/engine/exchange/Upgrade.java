package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.Upgrades;
import dev.ringway.engine.snapshot.HttpConnectionManager;

/**
 * The other protocol that a request asks for, or the tunnel, and whether the endpoint has agreed to it: from then on the exchange is a
 * relay of bytes. Reused with its exchange. Loop thread only.
 */
final class Upgrade
{
    private static final int SWITCHING = 101;

    private byte[] protocol;
    private boolean isTunnel;
    private boolean isAgreed;
    private boolean isOpen;
    private boolean isEnding;

    /**
     * A request asks for another protocol.
     *
     * @param counters of the loop.
     * @param request  that asks.
     * @param http     configuration that holds for it.
     * @param route    of it, or null; what this says of the protocol comes before what {@code http} says.
     * @param hasBody  whether a body follows. One of HTTP/1.1 would leave open where the other protocol begins.
     * @return null when it may, or what it is told.
     */
    LocalReply begin(
        final LoopCounters counters,
        final RequestHead request,
        final HttpConnectionManager http,
        final Route route,
        final boolean hasBody)
    {
        final HttpCounters ids = http.counters();
        final byte[] allowed = find(request, http, route);
        if (allowed == null && route == null)
        {
            // It is told that there is no route.
            return null;
        }
        if (allowed == null)
        {
            counters.increment(ids.downstreamRqWsOnNonWsRoute);
            return LocalReply.UPGRADE_UNSUPPORTED;
        }
        if (hasBody && !request.http2())
        {
            return LocalReply.BAD_BODY;
        }
        protocol = allowed;
        isTunnel = request.tunnel();
        counters.increment(ids.connections.downstreamCxUpgradesTotal);
        counters.increment(ids.connections.downstreamCxUpgradesActive);
        return null;
    }

    private static byte[] find(final RequestHead request, final HttpConnectionManager http, final Route route)
    {
        if (route != null)
        {
            final int index = find(request, route.forward().upgrades());
            if (index != Upgrades.UNKNOWN)
            {
                return name(route.forward().upgrades(), index);
            }
        }
        return name(http.upgrades(), find(request, http.upgrades()));
    }

    private static int find(final RequestHead request, final Upgrades upgrades)
    {
        return request.tunnel() ?
            upgrades.find(request.headers().buffer(), request.methodOffset(), request.methodLength()) :
            upgrades.find(request.headers().buffer(), request.protocolOffset(), request.protocolLength());
    }

    private static byte[] name(final Upgrades upgrades, final int index)
    {
        return index == Upgrades.UNKNOWN || !upgrades.isAllowed(index) ? null : upgrades.name(index);
    }

    /** The endpoint has agreed, by a head that is from now on that of HTTP/1.1; HTTP/2 says 200 for all. */
    void agree(final ResponseHead head)
    {
        isAgreed = true;
        if (!isTunnel && head.http2())
        {
            head.status(SWITCHING, 0, 0);
        }
    }

    /** Whether the endpoint has agreed, be it that the client does not know yet. */
    boolean isAgreed()
    {
        return isAgreed;
    }

    /** The client has the answer. */
    void open()
    {
        isOpen = true;
    }

    /** Whether the exchange is a relay now. */
    boolean isOpen()
    {
        return isOpen;
    }

    /** Whether the client has no answer that agrees yet: nothing that the client sends may pass. */
    boolean isPending()
    {
        return protocol != null && !isOpen;
    }

    /** As with Envoy a relay ends because of the connection that ends first, but streams of HTTP/2 end in order. */
    void onClientEnd(final Outcome outcome, final boolean isStream)
    {
        onSideEnd(outcome, isStream, ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION, Outcome.CLIENT_GONE);
    }

    void onEndpointEnd(final Outcome outcome, final boolean isStream)
    {
        onSideEnd(outcome, isStream, ResponseFlag.UPSTREAM_CONNECTION_TERMINATION, Outcome.ENDPOINT_GONE);
    }

    private void onSideEnd(final Outcome outcome, final boolean isStream, final int flag, final String why)
    {
        if (isOpen && !isEnding && !isStream)
        {
            outcome.cut(flag, why);
        }
        isEnding |= isOpen;
    }

    /** What is asked for, or null; also null for a tunnel, which says so by its method. */
    byte[] protocol()
    {
        return isTunnel ? null : protocol;
    }

    /** Whether a tunnel is asked for. */
    boolean isTunnel()
    {
        return isTunnel;
    }

    void end(final LoopCounters counters, final HttpCounters ids)
    {
        if (protocol != null)
        {
            counters.decrement(ids.connections.downstreamCxUpgradesActive);
            protocol = null;
            isTunnel = false;
            isAgreed = false;
            isOpen = false;
            isEnding = false;
        }
    }
}
