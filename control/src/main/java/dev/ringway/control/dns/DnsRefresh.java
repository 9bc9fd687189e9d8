package dev.ringway.control.dns;

import dev.ringway.control.translate.ClusterPlan;
import dev.ringway.engine.snapshot.Cluster;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Logger;

/**
 * Looks names up again and again, each cluster at its own rate, on a thread of its own, and tells when endpoints have
 * changed. A failed look-up keeps what was known. The JVM's own memory of names is switched off for that.
 */
public final class DnsRefresh
{
    private final ScheduledExecutorService executor;
    private final Consumer<Cluster> onChange;
    private final Logger logger;
    private final Map<String, List<InetAddress>> known = new ConcurrentHashMap<>();

    /**
     * @param executor runs the look-ups; they block.
     * @param onChange told of a cluster whose endpoints are other than before, on the executor's thread.
     * @param logger   for failures.
     */
    public DnsRefresh(
        final ScheduledExecutorService executor, final Consumer<Cluster> onChange, final Logger logger)
    {
        // The rate of look-ups is the cluster's; the JVM would answer from its own memory for 30 s.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        this.executor = executor;
        this.onChange = onChange;
        this.logger = logger;
    }

    /**
     * Starts looking a cluster's names up.
     *
     * @param plan of the cluster.
     */
    public void start(final ClusterPlan plan)
    {
        executor.scheduleWithFixedDelay(
            new Refresh(plan), 0, Math.max(1, plan.refreshNs()), TimeUnit.NANOSECONDS);
    }

    private final class Refresh implements Runnable
    {
        private final ClusterPlan plan;
        private Cluster last;

        Refresh(final ClusterPlan plan)
        {
            this.plan = plan;
            last = plan.cluster();
        }

        public void run()
        {
            final Cluster fresh = plan.resolve(this::lookup);
            if (!fresh.endpoints().equals(last.endpoints()))
            {
                last = fresh;
                onChange.accept(fresh);
            }
        }

        private List<InetAddress> lookup(final ClusterPlan.Target target)
        {
            try
            {
                final List<InetAddress> picked = pick(InetAddress.getAllByName(target.name()), plan.family());
                known.put(target.name(), picked);
                return picked;
            }
            catch (final UnknownHostException e)
            {
                logger.warning("cluster '" + plan.cluster().name() + "': name " + target.name() +
                    " not found; endpoints known before stay in use");
                return known.getOrDefault(target.name(), List.of());
            }
        }
    }

    /**
     * Picks addresses by family, sorted so that an unchanged answer in another order is no change.
     *
     * @param all    addresses of a name.
     * @param family which of them are wanted.
     * @return those.
     */
    static List<InetAddress> pick(final InetAddress[] all, final ClusterPlan.DnsFamily family)
    {
        final List<InetAddress> v4 = new ArrayList<>();
        final List<InetAddress> v6 = new ArrayList<>();
        for (final InetAddress address : all)
        {
            (address instanceof Inet4Address ? v4 : v6).add(address);
        }
        final List<InetAddress> picked = switch (family)
        {
            case V4_ONLY -> v4;
            case V6_ONLY -> v6;
            case V4_PREFERRED -> v4.isEmpty() ? v6 : v4;
            case AUTO -> v6.isEmpty() ? v4 : v6;
            case ALL ->
            {
                v4.addAll(v6);
                yield v4;
            }
        };
        picked.sort(Comparator.comparing(InetAddress::getAddress, Arrays::compareUnsigned));
        return List.copyOf(picked);
    }
}
