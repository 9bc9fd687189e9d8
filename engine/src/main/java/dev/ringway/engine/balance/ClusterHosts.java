package dev.ringway.engine.balance;

import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The endpoints of one cluster with their health, for all loops. Survives new snapshots that have the cluster. Any
 * thread, but for what says otherwise.
 */
public final class ClusterHosts
{
    private final int loops;
    private final Executor builder;
    private final AtomicInteger version = new AtomicInteger();
    private final AtomicBoolean isBuilding = new AtomicBoolean();
    private volatile Map<Object, HostHealth> known = Map.of();
    /** Of endpoints that no snapshot has had yet. Control thread only. */
    private Map<Object, HostHealth> prepared = Map.of();
    private volatile HostSet current;
    private volatile HashGroups hashes;
    private volatile ErrorWatch watch;
    private volatile SuccessRates successRates;
    private volatile SuccessRates localSuccessRates = SuccessRates.NONE;
    private final OriginalHosts originals;
    private volatile boolean hasOriginals;

    /**
     * @param loops   how many loops count.
     * @param builder runs what takes too long for a loop.
     */
    public ClusterHosts(final int loops, final Executor builder)
    {
        this.loops = loops;
        this.builder = builder;
        originals = new OriginalHosts(this, loops);
    }

    /**
     * Takes over the endpoints of a snapshot that is about to be published. Control thread only.
     *
     * @param cluster of it.
     * @param nowNs   monotonic.
     */
    public void adopt(final Cluster cluster, final long nowNs)
    {
        hasOriginals = cluster.balancing().original() != null;
        final HostSet before = current;
        if (before != null && before.isFor(cluster.endpoints(), cluster.balancing()))
        {
            return;
        }
        final Map<Object, HostHealth> kept = new HashMap<>();
        for (final Endpoint endpoint : cluster.endpoints())
        {
            final HostHealth old = known.getOrDefault(endpoint.identity(), prepared.get(endpoint.identity()));
            kept.putIfAbsent(endpoint.identity(), old != null ? old : newHealth(isChecked(cluster, endpoint), nowNs));
        }
        known = kept;
        current = set(cluster, nowNs);
        if (cluster.balancing().policy().isHashing())
        {
            hashes = HashGroups.build(current, version.get());
        }
    }

    private static boolean isChecked(final Cluster cluster, final Endpoint endpoint)
    {
        return cluster.balancing().isChecked() && !endpoint.check().isDisabled();
    }

    /**
     * Makes the health of endpoints known before a snapshot has them, until {@link #settle}. Control thread only.
     *
     * @param cluster that a snapshot is to have.
     * @param nowNs   monotonic.
     * @return those of its endpoints that are checked and that the newest snapshot does not have.
     */
    public HostSet prepare(final Cluster cluster, final long nowNs)
    {
        final Map<Object, HostHealth> fresh = new HashMap<>();
        final List<Endpoint> endpoints = new ArrayList<>();
        final List<HostHealth> health = new ArrayList<>();
        for (final Endpoint endpoint : cluster.endpoints())
        {
            if (isChecked(cluster, endpoint) && !known.containsKey(endpoint.identity()))
            {
                endpoints.add(endpoint);
                health.add(fresh.computeIfAbsent(endpoint.identity(), any -> newHealth(true, nowNs)));
            }
        }
        prepared = fresh;
        return new HostSet(endpoints, health.toArray(HostHealth[]::new), cluster.balancing());
    }

    /**
     * What was prepared is in the newest snapshot, or will be in none. Control thread only.
     */
    public void settle()
    {
        prepared = Map.of();
    }

    private HostHealth newHealth(final boolean isChecked, final long nowNs)
    {
        final HostHealth health = new HostHealth(this, new EndpointCounters(loops), nowNs);
        if (isChecked)
        {
            health.set(HostHealth.FAILED_ACTIVE_CHECK);
        }
        return health;
    }

    /**
     * @param cluster of some snapshot.
     * @param nowNs   monotonic.
     * @return its endpoints; those that the newest snapshot does not have get a health that nobody else sees.
     */
    public HostSet set(final Cluster cluster, final long nowNs)
    {
        final HostSet newest = current;
        final List<Endpoint> endpoints = cluster.endpoints();
        if (newest != null && newest.isFor(endpoints, cluster.balancing()))
        {
            return newest;
        }
        final Map<Object, HostHealth> all = known;
        final HostHealth[] health = new HostHealth[endpoints.size()];
        for (int i = 0; i < health.length; i++)
        {
            final HostHealth one = all.get(endpoints.get(i).identity());
            health[i] = one != null ? one : newHealth(false, nowNs);
        }
        return new HostSet(endpoints, health, cluster.balancing());
    }

    /**
     * @return endpoints of the newest snapshot; of the type ORIGINAL_DST those that are there now.
     */
    public HostSet newest()
    {
        return hasOriginals ? originals.set() : current;
    }

    /**
     * @return endpoints that are made when they are asked for; none but with the type ORIGINAL_DST.
     */
    public OriginalHosts originals()
    {
        return originals;
    }

    /**
     * @param address of an endpoint.
     * @return its health, or null when the newest snapshot does not have it.
     */
    public HostHealth health(final Address address)
    {
        return known.get(address);
    }

    /**
     * @return a number that changes when the health of any endpoint does.
     */
    public int version()
    {
        return version.getOpaque();
    }

    /**
     * @param wanted errors that are looked for, or null for none.
     */
    public void watch(final ErrorWatch wanted)
    {
        watch = wanted;
    }

    /**
     * @param found by outlier detection, or null where there is none.
     */
    public void successRates(final SuccessRates found)
    {
        successRates = found;
    }

    /**
     * @return what outlier detection has found, or null where there is none.
     */
    public SuccessRates successRates()
    {
        return successRates;
    }

    /**
     * @param found by outlier detection of how often endpoints could be asked.
     */
    public void localSuccessRates(final SuccessRates found)
    {
        localSuccessRates = found;
    }

    /**
     * @return what outlier detection has found of how often endpoints could be asked.
     */
    public SuccessRates localSuccessRates()
    {
        return localSuccessRates;
    }

    ErrorWatch watch()
    {
        return watch;
    }

    void onHealthChanged()
    {
        version.incrementAndGet();
        if (hashes != null && isBuilding.compareAndSet(false, true))
        {
            builder.execute(this::buildHashes);
        }
    }

    private void buildHashes()
    {
        isBuilding.set(false);
        final HostSet set = current;
        final HashGroups fresh = HashGroups.build(set, version.get());
        // A snapshot that came meanwhile has brought its own.
        if (current == set)
        {
            hashes = fresh;
        }
    }

    /**
     * @return what the table of the last priority is like that has endpoints, or null where nothing goes by hashes.
     */
    public HashShape hashShape()
    {
        final HashGroups groups = hashes;
        HashShape shape = null;
        for (final HashTable table : groups == null ? new HashTable[0] : groups.whole.tables)
        {
            shape = shape == null || table.size() > 0 ?
                new HashShape(table.size(), table.fewest(), table.most()) : shape;
        }
        return shape;
    }

    /** Tables of balancers that go by hashes, or null. */
    HashGroups hashes()
    {
        return hashes;
    }
}
