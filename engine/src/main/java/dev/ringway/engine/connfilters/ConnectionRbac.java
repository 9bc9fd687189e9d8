package dev.ringway.engine.connfilters;

import dev.ringway.engine.counters.ConnectionRbacCounters;
import dev.ringway.engine.filter.ConnectionFilter;
import dev.ringway.engine.filter.ConnectionFilterFactory;
import dev.ringway.engine.filter.ConnectionRefusal;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.FilterPeer;
import dev.ringway.engine.httpfilters.AccessPolicies;
import dev.ringway.engine.httpfilters.AccessView;
import dev.ringway.engine.httpfilters.Rbac;

import java.util.ArrayList;
import java.util.List;

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
        return new Guarding(this, loop);
    }

    /**
     * {@inheritDoc}
     */
    public boolean readsLocalAddress()
    {
        return true;
    }

    /** By policy that denies; the last one where none allows. */
    private List<ConnectionRefusal> refusals()
    {
        final List<ConnectionRefusal> refusals = new ArrayList<>();
        if (rules != null)
        {
            rules.policies().forEach(policy -> refusals.add(refusal(policy.name())));
        }
        refusals.add(refusal("none"));
        return List.copyOf(refusals);
    }

    private static ConnectionRefusal refusal(final String policy)
    {
        return ConnectionRefusal.of(0, Rbac.detail(policy));
    }

    /** Of one loop. */
    private static final class Guarding implements ConnectionFilter
    {
        private final ConnectionRbac own;
        private final FilterLoop loop;
        private final AccessView view = new AccessView();
        private final List<ConnectionRefusal> refusals;
        private int policy;

        private Guarding(final ConnectionRbac own, final FilterLoop loop)
        {
            this.own = own;
            this.loop = loop;
            refusals = own.refusals();
        }

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
            policy = own.rules.find(view);
            final boolean isAllowed = policy >= 0 != own.rules.isDenying();
            loop.counters().increment(isAllowed ? own.counters.allowed : own.counters.denied);
            return isAllowed ? PASS : own.delayNs;
        }

        public ConnectionRefusal refusal()
        {
            return refusals.get(policy < 0 ? refusals.size() - 1 : policy);
        }
    }
}
