package dev.ringway.engine.route;

import java.util.List;

/**
 * Routes of a set of domains, as the configuration gives them. Envoy: {@code config.route.v3.VirtualHost}. Input of
 * {@link RouteTable#compile}.
 *
 * @param name    of the virtual host.
 * @param domains exact ones, {@code *.suffix}, {@code prefix.*} or {@code *}; in any case.
 * @param rules   in order; the first that matches wins.
 */
public record VirtualHost(String name, List<String> domains, List<Rule> rules)
{
    /**
     * One route with what it applies to.
     *
     * @param match when it applies.
     * @param route what to do then.
     */
    public record Rule(PathMatch match, Route route)
    {
    }
}
