package dev.ringway.control.dns;

import dev.ringway.control.translate.ClusterPlan;
import dev.ringway.control.translate.Lookups;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.SharedCounters;
import dev.ringway.engine.snapshot.Cluster;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.logging.Logger;

/**
 * Looks names up again and again, each cluster at its own rate, on a thread of its own, and tells when endpoints have
 * changed. A failed look-up keeps what was known. The JVM's own memory of names is switched off for that. Control thread
 * only, but for what says otherwise.
 */
public final class DnsRefresh implements AutoCloseable
{
    private final BiConsumer<ClusterPlan, Cluster> onChange;
    private final SharedCounters counters;
    private final Logger logger;
    private final Map<Known, List<InetAddress>> known = new ConcurrentHashMap<>();
    private final Map<Integer, Refresh> refreshes = new HashMap<>();
    private ScheduledExecutorService executor;

    /** A name is looked up for each family on its own. */
    private record Known(String name, Lookups.Family family)
    {
    }

    /**
     * @param onChange told of a plan and its cluster, whose endpoints are other than before, on the look-ups' thread.
     * @param counters of the process.
     * @param logger   for failures.
     */
    public DnsRefresh(
        final BiConsumer<ClusterPlan, Cluster> onChange, final SharedCounters counters, final Logger logger)
    {
        // The rate of look-ups is the cluster's; the JVM would answer from its own memory for 30 s.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        this.onChange = onChange;
        this.counters = counters;
        this.logger = logger;
    }

    private ScheduledExecutorService executor()
    {
        if (executor == null)
        {
            executor = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("resolver").factory());
        }
        return executor;
    }

    /**
     * Looks up what plans need that are about to come into force.
     *
     * @param plans of a configuration.
     * @param done  run when there are answers for all names, good or bad; during the call when all were known before, on
     *              the look-ups' thread otherwise.
     */
    public void prepare(final List<ClusterPlan> plans, final Runnable done)
    {
        final List<ClusterPlan> unknown = plans.stream().filter(plan -> plan.needsLookup() && !isKnown(plan)).toList();
        if (unknown.isEmpty())
        {
            done.run();
            return;
        }
        executor().execute(() ->
        {
            unknown.forEach(plan -> plan.targets().stream().filter(ClusterPlan.Target::isName)
                .forEach(target -> lookup(plan, target)));
            done.run();
        });
    }

    private boolean isKnown(final ClusterPlan plan)
    {
        return plan.targets().stream().allMatch(
            target -> !target.isName() || known.containsKey(new Known(target.name(), plan.lookups().family())));
    }

    /**
     * @param plan of a cluster.
     * @return the cluster with the addresses that are known of its names.
     */
    public Cluster resolve(final ClusterPlan plan)
    {
        return plan.resolve(target -> known(plan, target));
    }

    /**
     * Begins and ends look-ups, so that each cluster that is in force has its own; those that ask for the same as before
     * go on.
     *
     * @param plans    in force.
     * @param clusters of the plans, in their order, as they are in force: what is found to be otherwise is told.
     */
    public void adopt(final List<ClusterPlan> plans, final List<Cluster> clusters)
    {
        final Map<Integer, Refresh> before = new HashMap<>(refreshes);
        final Set<Known> wanted = new HashSet<>();
        refreshes.clear();
        for (int i = 0; i < plans.size(); i++)
        {
            final ClusterPlan plan = plans.get(i);
            if (plan.needsLookup())
            {
                final Refresh running = before.get(plan.cluster().id());
                final boolean isSame = running != null && running.plan.hasSameTargets(plan);
                refreshes.put(plan.cluster().id(), isSame ? running : new Refresh(plan, clusters.get(i)));
                refreshes.get(plan.cluster().id()).adopt(plan);
                plan.targets().forEach(target -> wanted.add(new Known(target.name(), plan.lookups().family())));
            }
        }
        before.forEach((id, running) ->
        {
            if (refreshes.get(id) != running)
            {
                running.stop();
            }
        });
        known.keySet().retainAll(wanted);
    }

    private final class Refresh implements Runnable
    {
        private final Cluster first;
        private final LookupWaits waits;
        private volatile ClusterPlan plan;
        private volatile boolean isStopped;
        private volatile ScheduledFuture<?> schedule;
        private Cluster last;
        private boolean hasFailed;

        Refresh(final ClusterPlan plan, final Cluster inForce)
        {
            this.plan = plan;
            waits = new LookupWaits(plan.lookups(), bound -> ThreadLocalRandom.current().nextLong(bound));
            first = inForce;
        }

        void adopt(final ClusterPlan fresh)
        {
            plan = fresh;
            if (schedule == null)
            {
                // What was just prepared is not asked for twice, but for an answer that came too late to be in force.
                final boolean isPrepared = isKnown(fresh) && isInForce(resolve(fresh));
                schedule = executor().schedule(this, isPrepared ? waits.nextNs(false) : 0, TimeUnit.NANOSECONDS);
            }
        }

        void stop()
        {
            isStopped = true;
            schedule.cancel(false);
        }

        public void run()
        {
            if (isStopped)
            {
                return;
            }
            final ClusterPlan current = plan;
            hasFailed = false;
            final Cluster fresh = current.resolve(target -> lookup(current, target));
            if (!isInForce(fresh))
            {
                last = fresh;
                onChange.accept(current, fresh);
            }
            if (!isStopped && !executor.isShutdown())
            {
                schedule = executor.schedule(this, waits.nextNs(hasFailed), TimeUnit.NANOSECONDS);
            }
        }

        private boolean isInForce(final Cluster found)
        {
            return found.endpoints().equals((last == null ? first : last).endpoints());
        }

        private List<InetAddress> lookup(final ClusterPlan current, final ClusterPlan.Target target)
        {
            final List<InetAddress> found = DnsRefresh.this.lookup(current, target);
            hasFailed |= found == null;
            return found == null ? known(current, target) : found;
        }
    }

    private List<InetAddress> known(final ClusterPlan plan, final ClusterPlan.Target target)
    {
        return known.getOrDefault(new Known(target.name(), plan.lookups().family()), List.of());
    }

    /** Blocks; null when there is no answer. */
    private List<InetAddress> lookup(final ClusterPlan plan, final ClusterPlan.Target target)
    {
        final Known key = new Known(target.name(), plan.lookups().family());
        final ClusterCounters ids = plan.cluster().counters();
        counters.increment(ids.updateAttempt);
        try
        {
            final List<InetAddress> picked = pick(InetAddress.getAllByName(target.name()), plan.lookups().family());
            known.put(key, picked);
            counters.increment(ids.updateSuccess);
            return picked;
        }
        catch (final UnknownHostException e)
        {
            counters.increment(ids.updateFailure);
            logger.warning("cluster '" + plan.cluster().name() + "': name " + target.name() +
                " not found; endpoints known before stay in use");
            return null;
        }
    }

    /**
     * Ends all look-ups.
     */
    public void close()
    {
        if (executor != null)
        {
            executor.shutdownNow();
        }
    }

    /**
     * Picks addresses by family.
     *
     * @param all    addresses of a name.
     * @param family which of them are wanted.
     * @return those, in the order of the answer.
     */
    static List<InetAddress> pick(final InetAddress[] all, final Lookups.Family family)
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
        return List.copyOf(picked);
    }
}
