package dev.ringway.engine.route;

import java.util.List;

/**
 * Routes of a set of domains, as the configuration gives them. Envoy: {@code config.route.v3.VirtualHost}. Input of
 * {@link RouteTable#compile}.
 *
 * @param name    of the virtual host.
 * @param domains exact ones, {@code *.suffix}, {@code prefix.*} or {@code *}; in any case.
 * @param rules   in order; the first that matches wins.
 * @param tls     {@code require_tls}, default NONE: which requests in clear are told to come by HTTPS.
 */
public record VirtualHost(String name, List<String> domains, List<Rule> rules, TlsRequirement tls)
{
    /**
     * A virtual host that takes requests in clear.
     *
     * @param name    of the virtual host.
     * @param domains exact ones, {@code *.suffix}, {@code prefix.*} or {@code *}; in any case.
     * @param rules   in order; the first that matches wins.
     */
    public VirtualHost(final String name, final List<String> domains, final List<Rule> rules)
    {
        this(name, domains, rules, TlsRequirement.NONE);
    }

    /** Which requests must come by HTTPS ({@code VirtualHost.TlsRequirementType}). */
    public enum TlsRequirement
    {
        /** None. */
        NONE,
        /** Those that are not internal. */
        EXTERNAL_ONLY,
        /** All. */
        ALL
    }

    /**
     * One route with what it applies to.
     *
     * @param match      which paths it is for.
     * @param conditions all of which must hold.
     * @param route      what to do then.
     */
    public record Rule(PathMatch match, List<Condition> conditions, Route route)
    {
        /**
         * One route that only asks for the path.
         *
         * @param match which paths it is for.
         * @param route what to do then.
         */
        public Rule(final PathMatch match, final Route route)
        {
            this(match, List.of(), route);
        }

        /** Whether it looks at fields that requests gain on their way to their route. */
        boolean asksCompleted()
        {
            final ClusterSplit split = route.forward() == null ? null : route.forward().split();
            return conditions.stream().anyMatch(
                condition -> condition instanceof final HeaderCondition header && header.key().isCompleted()) ||
                split != null && split.asksCompleted() ||
                route.forward() != null && isCompleted(route.forward().target().clusterField());
        }

        private static boolean isCompleted(final HeaderKey key)
        {
            return key != null && key.isCompleted();
        }
    }
}
