package dev.ringway.control.translate;

import dev.ringway.control.health.CheckTls;
import dev.ringway.control.health.HealthCheck;
import dev.ringway.control.health.OutlierDetection;
import dev.ringway.engine.counters.HealthCheckCounters;
import dev.ringway.engine.counters.MaglevCounters;
import dev.ringway.engine.counters.OutlierCounters;
import dev.ringway.engine.counters.RemainingCounters;
import dev.ringway.engine.counters.RingHashCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.tls.TlsContext;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A cluster and what its endpoints are made of. For STATIC the targets are addresses; else they may be names whose
 * addresses change: with STRICT_DNS each of these is an endpoint, with LOGICAL_DNS the first is where the only one is to
 * be found. Immutable.
 *
 * @param cluster   with the endpoints known so far: those given as addresses.
 * @param targets   in the order of the configuration.
 * @param lookups   how names are looked up.
 * @param checks    how its endpoints are asked for their health, or null when they are not.
 * @param ejecting  when they are ejected for their answers, or null for never.
 * @param gauges    what else is told of it.
 */
public record ClusterPlan(Cluster cluster, List<Target> targets, Lookups lookups, HealthChecked checks,
    Ejecting ejecting, Gauges gauges)
{
    /**
     * Gauges that only some clusters have; null for each that it does not have.
     *
     * @param normal what remains of the circuit breakers' bounds.
     * @param high   the same for priority HIGH.
     * @param ring   of the policy RING_HASH.
     * @param maglev of the policy MAGLEV.
     */
    public record Gauges(
        RemainingCounters normal, RemainingCounters high, RingHashCounters ring, MaglevCounters maglev)
    {
    }

    /**
     * What outlier detection needs.
     *
     * @param settings of the detection.
     * @param counters what it counts.
     */
    public record Ejecting(OutlierDetection settings, OutlierCounters counters)
    {
    }

    /**
     * What active health checks need.
     *
     * @param settings of the checks.
     * @param tls      how their connections are encrypted, or null when they are not.
     * @param counters what they count.
     */
    public record HealthChecked(HealthCheck settings, CheckTls tls, HealthCheckCounters counters)
    {
        private HealthChecked withContexts(final Map<TlsContext, TlsContext> replaced)
        {
            return tls == null ? this : new HealthChecked(settings, tls.withContexts(replaced), counters);
        }
    }

    /**
     * One configured endpoint.
     *
     * @param endpoint the endpoint; its address is null when a name has to be looked up.
     * @param name     host name, or null when the address is given.
     * @param port     that belongs to the name.
     */
    public record Target(Endpoint endpoint, String name, int port)
    {
        /**
         * @return whether its addresses must be looked up.
         */
        public boolean isName()
        {
            return name != null;
        }
    }

    /**
     * @return whether any target has to be looked up.
     */
    public boolean needsLookup()
    {
        return targets.stream().anyMatch(Target::isName);
    }

    /**
     * @param lookup gives the addresses of a name, already picked by family.
     * @return the cluster with the endpoints as they are now; this one when nothing changed.
     */
    public Cluster resolve(final Function<Target, List<InetAddress>> lookup)
    {
        final List<Endpoint> endpoints = new ArrayList<>(targets.size());
        for (final Target target : targets)
        {
            if (!target.isName())
            {
                endpoints.add(target.endpoint());
                continue;
            }
            for (final InetAddress address : picked(target, lookup.apply(target)))
            {
                endpoints.add(target.endpoint().at(Address.of(new InetSocketAddress(address, target.port()))));
            }
        }
        return withEndpoints(cluster, endpoints);
    }

    /** Sorted, so that an unchanged answer in another order is no change; where one counts, the first of the answer. */
    private static List<InetAddress> picked(final Target target, final List<InetAddress> answer)
    {
        return target.endpoint().logical() != null ? answer.subList(0, Math.min(1, answer.size())) :
            answer.stream().sorted(Comparator.comparing(InetAddress::getAddress, Arrays::compareUnsigned)).toList();
    }

    /**
     * @param replaced contexts by those that they take the place of.
     * @return this plan with those; itself when it has none of them.
     */
    ClusterPlan withContexts(final Map<TlsContext, TlsContext> replaced)
    {
        final Cluster fresh = cluster.withContexts(replaced);
        return fresh == cluster ? this : new ClusterPlan(
            fresh, targets, lookups, checks == null ? null : checks.withContexts(replaced), ejecting, gauges);
    }

    /**
     * @param other of the same cluster.
     * @return whether both have the same endpoints looked up in the same way.
     */
    public boolean hasSameTargets(final ClusterPlan other)
    {
        return targets.equals(other.targets) && lookups.equals(other.lookups);
    }

    private static Cluster withEndpoints(final Cluster cluster, final List<Endpoint> endpoints)
    {
        return endpoints.equals(cluster.endpoints()) ? cluster : cluster.withEndpoints(List.copyOf(endpoints));
    }
}
