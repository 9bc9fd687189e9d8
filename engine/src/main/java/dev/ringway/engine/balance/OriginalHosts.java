package dev.ringway.engine.balance;

import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.Endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The endpoints of a cluster of the type ORIGINAL_DST: made when the first loop takes them, there until the last gives
 * them back, so many at a time. Any thread.
 */
public final class OriginalHosts
{
    /** Most endpoints of one cluster at a time. */
    public static final int MOST = 4096;

    private final ClusterHosts owner;
    private final int loops;
    private final ConcurrentHashMap<Address, Host> hosts = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    /** Of endpoints that are gone: what they are counted in is no memory of the heap, and comes back late. */
    private final ConcurrentLinkedQueue<EndpointCounters> free = new ConcurrentLinkedQueue<>();
    private volatile HostSet current = new HostSet(List.of(), new HostHealth[0], Balancing.DEFAULT);
    private volatile boolean isChanged;
    private final AtomicInteger changes = new AtomicInteger();

    /** One of them. Its users are counted by whoever changes the map. */
    public static final class Host
    {
        private final Endpoint endpoint;
        private final HostHealth health;
        private int users = 1;
        private boolean isCounted;

        private Host(final Endpoint endpoint, final HostHealth health)
        {
            this.endpoint = endpoint;
            this.health = health;
        }

        /**
         * @return the endpoint.
         */
        public Endpoint endpoint()
        {
            return endpoint;
        }

        /**
         * @return its health.
         */
        public HostHealth health()
        {
            return health;
        }
    }

    OriginalHosts(final ClusterHosts owner, final int loops)
    {
        this.owner = owner;
        this.loops = loops;
    }

    /**
     * Takes an endpoint, which is made when it is not there. Allocates.
     *
     * @param cluster name of the cluster.
     * @param address of the endpoint.
     * @param nowNs   monotonic.
     * @return the endpoint, to be given back once; null when there are as many as there may be.
     */
    public Host take(final String cluster, final Address address, final long nowNs)
    {
        return hosts.compute(address, (key, old) ->
        {
            if (old != null)
            {
                old.users++;
                return old;
            }
            if (count.incrementAndGet() > MOST)
            {
                count.decrementAndGet();
                return null;
            }
            onChange();
            final EndpointCounters used = free.poll();
            // Envoy's name for it.
            return new Host(new Endpoint(address, cluster + address, 1), new HostHealth(
                owner, used == null ? new EndpointCounters(loops) : used, nowNs));
        });
    }

    /**
     * Gives an endpoint back.
     *
     * @param host      that was taken.
     * @param isCounted whether something of it may still be counted: connections have not ended yet.
     * @return whether it is gone.
     */
    public boolean giveBack(final Host host, final boolean isCounted)
    {
        return hosts.computeIfPresent(host.endpoint.address(), (key, present) ->
        {
            present.isCounted |= isCounted;
            present.users--;
            if (present.users > 0)
            {
                return present;
            }
            count.decrementAndGet();
            onChange();
            if (!present.isCounted)
            {
                present.health.counters().clear();
                free.add(present.health.counters());
            }
            return null;
        }) == null;
    }

    private void onChange()
    {
        changes.incrementAndGet();
        isChanged = true;
    }

    /**
     * @return how often they have changed since this was asked last.
     */
    public int takeChanges()
    {
        return changes.getPlain() == 0 ? 0 : changes.getAndSet(0);
    }

    /**
     * @return those that are there now; allocates when they have changed.
     */
    HostSet set()
    {
        if (isChanged)
        {
            isChanged = false;
            final List<Host> all = new ArrayList<>(hosts.values());
            current = new HostSet(all.stream().map(Host::endpoint).toList(),
                all.stream().map(Host::health).toArray(HostHealth[]::new), Balancing.DEFAULT);
        }
        return current;
    }
}
