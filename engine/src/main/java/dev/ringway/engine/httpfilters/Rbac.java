package dev.ringway.engine.httpfilters;

import dev.ringway.engine.counters.RbacCounters;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.Verdict;

import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Lets requests through that policies allow. Settings of the filter or of a route.
 * Envoy: {@code extensions.filters.http.rbac.v3.RBAC}.
 *
 * @param rules    {@code rules}, or null to let all through.
 * @param shadow   {@code shadow_rules}, which only count, or null.
 * @param refusals what those are told that the rules deny: one for each policy, and a last one for none.
 * @param counters ids of its counters, null for settings of a route, which count where the filter does.
 */
public record Rbac(
    AccessPolicies rules, AccessPolicies shadow, List<FilterAnswer> refusals, RbacCounters counters)
    implements HttpFilterFactory
{
    private static final byte[] BODY = "RBAC: access denied".getBytes(US_ASCII);
    private static final int FORBIDDEN = 403;

    /**
     * @param policy name of the policy that denies, or {@code none}.
     * @return what a request is told.
     */
    public static FilterAnswer refusal(final String policy)
    {
        return FilterAnswer.of(FORBIDDEN, BODY, 0, detail(policy));
    }

    /**
     * @param policy name of the policy that denies, or {@code none}.
     * @return what access logs say of it.
     */
    public static String detail(final String policy)
    {
        return "rbac_access_denied_matched_policy[" + policy.replaceAll("\\s", "_") + "]";
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilter create(final FilterLoop loop)
    {
        return new Guarding(this);
    }

    /**
     * {@inheritDoc}
     */
    public boolean readsLocalAddress()
    {
        // What routes say instead may ask for it.
        return true;
    }

    /** Keeps nothing of a request. */
    private static final class Guarding implements HttpFilter
    {
        private final Rbac own;
        private final AccessView view = new AccessView();

        private Guarding(final Rbac own)
        {
            this.own = own;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            final Rbac used = exchange.settings() instanceof final Rbac given ? given : own;
            view.of(exchange.peer(), exchange.request().head());
            if (used.shadow != null)
            {
                final boolean isAllowed = used.shadow.find(view) >= 0 != used.shadow.isDenying();
                exchange.counters().increment(isAllowed ? own.counters.shadowAllowed : own.counters.shadowDenied);
            }
            if (used.rules == null)
            {
                return Verdict.CONTINUE;
            }
            final int policy = used.rules.find(view);
            if (policy >= 0 != used.rules.isDenying())
            {
                exchange.counters().increment(own.counters.allowed);
                return Verdict.CONTINUE;
            }
            exchange.counters().increment(own.counters.denied);
            return exchange.answer(used.refusals.get(policy < 0 ? used.refusals.size() - 1 : policy));
        }
    }
}
