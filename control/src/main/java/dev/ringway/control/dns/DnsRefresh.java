package dev.ringway.control.dns;

import dev.ringway.control.translate.ClusterPlan;
import dev.ringway.control.translate.Lookups;
import dev.ringway.control.translate.NameServers;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.SharedCounters;
import dev.ringway.engine.snapshot.Cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.logging.Logger;

/**
 * Looks names up again and again, each at its cluster's rate or as its answers say, on a thread of its own that waits for
 * none of them, and tells when endpoints have changed. A failed look-up keeps what was known. Control thread only, but
 * for what says otherwise.
 */
public final class DnsRefresh implements AutoCloseable
{
    private static final Path HOSTS = Path.of("/etc/hosts");
    private static final Path CONFIGURATION = Path.of("/etc/resolv.conf");

    private final BiConsumer<ClusterPlan, Cluster> onChange;
    private final SharedCounters counters;
    private final Logger logger;
    private final Map<Known, Answer> known = new ConcurrentHashMap<>();
    /** What look-ups go on for. */
    private volatile Set<Known> inForce = Set.of();
    /** Resolver thread only. */
    private final Map<Integer, Refresh> refreshes = new HashMap<>();
    private ScheduledThreadPoolExecutor executor;
    private NameResolver resolver;

    /** A name is looked up on its own for each way to do so; no addresses are an answer for STRICT_DNS alone. */
    private record Known(String name, Lookups.Family family, NameServers servers, boolean isLogical)
    {
        static Known of(final ClusterPlan plan, final ClusterPlan.Target target)
        {
            return new Known(target.name(), plan.lookups().family(), plan.lookups().servers(),
                target.endpoint().logical() != null);
        }
    }

    /**
     * @param onChange told of a plan and its cluster, whose endpoints are other than before, on the resolver thread.
     * @param counters of the process.
     * @param logger   for failures.
     */
    public DnsRefresh(
        final BiConsumer<ClusterPlan, Cluster> onChange, final SharedCounters counters, final Logger logger)
    {
        this.onChange = onChange;
        this.counters = counters;
        this.logger = logger;
    }

    private ScheduledThreadPoolExecutor executor()
    {
        if (executor == null)
        {
            executor = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("resolver").factory());
            executor.setRemoveOnCancelPolicy(true);
            resolver = new NameResolver(executor, new SystemFiles(HOSTS, CONFIGURATION));
        }
        return executor;
    }

    /**
     * Looks up what plans need that are about to come into force. Names in force are looked up anyway: one that fails
     * must not hold up what has nothing to do with it.
     *
     * @param plans of a configuration.
     * @param done  run when there are answers for all other names, good or bad; during the call when all were known
     *              before, on the resolver thread otherwise.
     */
    public void prepare(final List<ClusterPlan> plans, final Runnable done)
    {
        if (plans.stream().allMatch(plan -> unknown(plan).isEmpty()))
        {
            done.run();
            return;
        }
        executor().execute(() ->
        {
            final List<CompletableFuture<?>> all = new ArrayList<>();
            plans.forEach(plan -> unknown(plan).forEach(
                target -> all.add(lookup(plan, target).thenAccept(found -> note(plan, target, found)))));
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenRun(done);
        });
    }

    private List<ClusterPlan.Target> unknown(final ClusterPlan plan)
    {
        return plan.targets().stream().filter(target -> target.isName() && !isKnown(Known.of(plan, target))).toList();
    }

    private boolean isKnown(final Known key)
    {
        final Answer answer = known.get(key);
        return answer != null && !answer.isFailed() || inForce.contains(key);
    }

    /**
     * @param plan of a cluster.
     * @return the cluster with the addresses that are known of its names.
     */
    public Cluster resolve(final ClusterPlan plan)
    {
        return plan.resolve(target -> known.getOrDefault(Known.of(plan, target), Answer.NONE).addresses());
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
        if (executor != null || plans.stream().anyMatch(ClusterPlan::needsLookup))
        {
            executor().execute(() -> onAdopt(plans, clusters));
        }
    }

    private void onAdopt(final List<ClusterPlan> plans, final List<Cluster> clusters)
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
                final Refresh refresh = isSame ? running : new Refresh(plan, clusters.get(i));
                refreshes.put(plan.cluster().id(), refresh);
                refresh.plan = plan;
                plan.targets().stream().filter(ClusterPlan.Target::isName)
                    .forEach(target -> wanted.add(Known.of(plan, target)));
            }
        }
        final Set<Refresh> old = Set.copyOf(before.values());
        final Set<Refresh> all = Set.copyOf(refreshes.values());
        old.stream().filter(running -> !all.contains(running)).forEach(Refresh::stop);
        known.keySet().retainAll(wanted);
        final Set<Known> notPrepared = inForce;
        inForce = wanted;
        resolver.forget();
        all.stream().filter(refresh -> !old.contains(refresh)).forEach(refresh -> refresh.begin(notPrepared));
    }

    /** Look-ups of a cluster, of each name at its own times. Resolver thread only. */
    private final class Refresh
    {
        private final LookupWaits waits;
        private final ScheduledFuture<?>[] timers;
        private ClusterPlan plan;
        private Cluster told;
        private boolean isStopped;

        Refresh(final ClusterPlan plan, final Cluster inForce)
        {
            this.plan = plan;
            waits = new LookupWaits(plan.lookups(), bound -> ThreadLocalRandom.current().nextLong(bound));
            timers = new ScheduledFuture<?>[plan.targets().size()];
            told = inForce;
        }

        /**
         * What was just prepared is not asked for twice, but told where it came too late to be in force. What failed
         * longer ago is asked for at once.
         */
        void begin(final Set<Known> notPrepared)
        {
            for (int i = 0; i < timers.length; i++)
            {
                final ClusterPlan.Target target = plan.targets().get(i);
                if (target.isName())
                {
                    final Known key = Known.of(plan, target);
                    final Answer answer = known.get(key);
                    final boolean isDue = answer == null || answer.isFailed() && notPrepared.contains(key);
                    schedule(i, isDue ? 0 : waits.nextNs(answer));
                }
            }
            tell();
        }

        void stop()
        {
            isStopped = true;
            for (final ScheduledFuture<?> timer : timers)
            {
                if (timer != null)
                {
                    timer.cancel(false);
                }
            }
        }

        private void schedule(final int i, final long waitNs)
        {
            timers[i] = executor.schedule(() -> ask(i), waitNs, TimeUnit.NANOSECONDS);
        }

        private void ask(final int i)
        {
            final ClusterPlan.Target target = plan.targets().get(i);
            lookup(plan, target).thenAccept(found ->
            {
                if (!isStopped)
                {
                    schedule(i, waits.nextNs(note(plan, target, found)));
                    tell();
                }
            });
        }

        private void tell()
        {
            final Cluster fresh = resolve(plan);
            if (!fresh.endpoints().equals(told.endpoints()))
            {
                told = fresh;
                onChange.accept(plan, fresh);
            }
        }
    }

    private CompletableFuture<Answer> lookup(final ClusterPlan plan, final ClusterPlan.Target target)
    {
        counters.increment(plan.cluster().counters().updateAttempt);
        return resolver.lookup(target.name(), plan.lookups());
    }

    /** What is known after an answer. */
    private Answer note(final ClusterPlan plan, final ClusterPlan.Target target, final Answer answer)
    {
        final Known key = Known.of(plan, target);
        final Answer before = known.get(key);
        final ClusterCounters ids = plan.cluster().counters();
        if (!answer.isFailed() && !(key.isLogical && answer.isEmpty()))
        {
            counters.increment(ids.updateSuccess);
            known.put(key, answer);
            logger.fine(() -> "cluster '" + plan.cluster().name() + "': name " + target.name() + " is " + answer.text());
            if (answer.isEmpty() && (before == null || !before.isEmpty()))
            {
                logger.warning("cluster '" + plan.cluster().name() + "': name " + target.name() + " has no addresses");
            }
            return answer;
        }
        counters.increment(ids.updateFailure);
        if (before == null || !before.isFailed())
        {
            logger.warning("cluster '" + plan.cluster().name() + "': name " + target.name() +
                " not found; endpoints known before stay in use");
        }
        final Answer kept = before == null ? Answer.FAILED : before.failed();
        known.put(key, kept);
        return kept;
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
}
