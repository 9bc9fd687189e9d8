package dev.ringway.engine.httpfilters;

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
        private boolean fits(final AccessView view)
        {
            return any(permissions, view) && any(principals, view);
        }

        private static boolean any(final List<AccessRule> rules, final AccessView view)
        {
            for (int i = 0; i < rules.size(); i++)
            {
                if (rules.get(i).holds(view))
                {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Loop thread.
     *
     * @param view of the request or connection that is asked about.
     * @return whether it is allowed.
     */
    public boolean allows(final AccessView view)
    {
        return find(view) >= 0 != isDenying;
    }

    /**
     * Loop thread.
     *
     * @param view of the request or connection that is asked about.
     * @return index of the first policy that fits, or -1.
     */
    public int find(final AccessView view)
    {
        for (int i = 0; i < policies.size(); i++)
        {
            if (policies.get(i).fits(view))
            {
                return i;
            }
        }
        return -1;
    }
}
