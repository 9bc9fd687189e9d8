package dev.ringway.engine.connfilters;

import dev.ringway.engine.counters.ConnectionRbacCounters;
import dev.ringway.engine.filter.ConnectionFilter;
import dev.ringway.engine.filter.ConnectionFilterFactory;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.FilterPeer;
import dev.ringway.engine.httpfilters.AccessPolicies;
import dev.ringway.engine.httpfilters.AccessView;

/**
 * Takes connections that policies allow, once their handshake is over. Envoy:
 * {@code extensions.filters.network.rbac.v3.RBAC}.
 *
 * @param rules   {@code rules}, or null to take all.
 * @param shadow  {@code shadow_rules}, which only count, or null.
 * @param delayNs {@code delay_deny}: how long a connection that is denied is kept.
 * @param counters ids of its counters.
 */
public record ConnectionRbac(AccessPolicies rules, AccessPolicies shadow, long delayNs, ConnectionRbacCounters counters)
    implements ConnectionFilterFactory
{
    /**
     * {@inheritDoc}
     */
    public ConnectionFilter create(final FilterLoop loop)
    {
        return new Guarding(this, loop, new AccessView());
    }

    /**
     * {@inheritDoc}
     */
    public boolean readsLocalAddress()
    {
        return true;
    }

    /** Of one loop. */
    private record Guarding(ConnectionRbac own, FilterLoop loop, AccessView view) implements ConnectionFilter
    {
        public long onReady(final FilterPeer peer)
        {
            view.of(peer);
            if (own.shadow != null)
            {
                loop.counters().increment(
                    own.shadow.allows(view) ? own.counters.shadowAllowed : own.counters.shadowDenied);
            }
            if (own.rules == null)
            {
                return PASS;
            }
            final boolean isAllowed = own.rules.allows(view);
            loop.counters().increment(isAllowed ? own.counters.allowed : own.counters.denied);
            return isAllowed ? PASS : own.delayNs;
        }
    }
}
