package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.route.RequestView;

import java.util.List;

/**
 * Policies that allow or deny. Envoy: {@code config.rbac.v3.RBAC}. Immutable.
 *
 * @param isDenying whether what a policy fits is denied, otherwise what none fits.
 * @param policies  in the order of their names.
 */
public record AccessPolicies(boolean isDenying, List<Policy> policies)
{
    /**
     * Fits when one of each holds.
     *
     * @param permissions what is done.
     * @param principals  who does it.
     * @param name        of the policy.
     */
    public record Policy(List<AccessRule> permissions, List<AccessRule> principals, String name)
    {
        private boolean fits(final FilterExchange exchange, final RequestView view, final byte[] scratch)
        {
            return any(permissions, exchange, view, scratch) && any(principals, exchange, view, scratch);
        }

        private static boolean any(
            final List<AccessRule> rules, final FilterExchange exchange, final RequestView view, final byte[] scratch)
        {
            for (int i = 0; i < rules.size(); i++)
            {
                if (rules.get(i).holds(exchange, view, scratch))
                {
                    return true;
                }
            }
            return false;
        }
    }

    /** Index of the first policy that fits, or -1. */
    int find(final FilterExchange exchange, final RequestView view, final byte[] scratch)
    {
        for (int i = 0; i < policies.size(); i++)
        {
            if (policies.get(i).fits(exchange, view, scratch))
            {
                return i;
            }
        }
        return -1;
    }
}
