package dev.ringway.engine.upstream;

import dev.ringway.engine.balance.OriginalHosts;
import dev.ringway.engine.balance.OriginalHosts.Host;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.loop.LoopTimer;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.OriginalDst;
import dev.ringway.engine.time.TimerHandler;

import java.util.ArrayList;
import java.util.List;

/**
 * The pools of a cluster of the type ORIGINAL_DST on one loop: one for each address that a client wanted, until nobody
 * has wanted it for a while and its last connection has ended. Finding one allocates nothing, making one does. Loop
 * thread only.
 */
final class OriginalPools implements TimerHandler
{
    private static final int LEAST_LENGTH = 16;

    private final ClusterState owner;
    private final UpstreamContext context;
    private final OriginalHosts hosts;
    private final LoopTimer timer;
    private final List<EndpointPool> pools = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    /** By their hashes, with free ones between them; its length is a power of two. */
    private Place[] table = new Place[LEAST_LENGTH];
    private Cluster cluster;
    private OriginalDst rules;

    /** An address and its pool. */
    private static final class Place
    {
        private final int hash;
        private final byte[] address;
        private final int port;
        private final Host host;
        private final EndpointPool pool;
        private boolean isUsed = true;

        private Place(final Destination destination, final Host host, final EndpointPool pool)
        {
            hash = destination.hash();
            address = destination.copy();
            port = destination.port();
            this.host = host;
            this.pool = pool;
        }
    }

    OriginalPools(final ClusterState owner, final UpstreamContext context, final OriginalHosts hosts)
    {
        this.owner = owner;
        this.context = context;
        this.hosts = hosts;
        timer = new LoopTimer(context.loop, this);
    }

    /** Takes over what a new snapshot says. Those that are there: the same list for good. */
    List<EndpointPool> adopt(final Cluster fresh, final boolean keeps)
    {
        cluster = fresh;
        rules = fresh.balancing().original();
        for (int i = places.size() - 1; i >= 0; i--)
        {
            final Place place = places.get(i);
            if (keeps && place.pool.isFor(place.host.endpoint(), fresh.tls()))
            {
                place.pool.adopt(place.host.endpoint(), fresh.tls());
            }
            else
            {
                remove(i);
            }
        }
        rebuild(table.length);
        return pools;
    }

    /** The pool for where the client wants to go; null when that is not known, or there is no room for another. */
    EndpointPool pick(final UpstreamHandler handler)
    {
        final Destination destination = context.destinationOf(handler, rules);
        if (destination.isFaulty())
        {
            context.loop.counters().increment(ids().originalDstHostInvalid);
        }
        Place place = find(destination);
        if (place == null && destination.isKnown())
        {
            place = add(destination);
        }
        if (place == null)
        {
            return null;
        }
        place.isUsed = true;
        return place.pool;
    }

    /** Whether the pool is the one for where a client wants to go. */
    boolean isFor(final EndpointPool pool, final UpstreamHandler handler)
    {
        final Place place = find(context.destinationOf(handler, rules));
        return place != null && place.host.endpoint() == pool.endpoint();
    }

    private Place find(final Destination destination)
    {
        if (!destination.isKnown())
        {
            return null;
        }
        if (rules.port() != OriginalDst.SAME_PORT)
        {
            destination.port(rules.port());
        }
        final int hash = destination.hash();
        for (int i = hash & table.length - 1; table[i] != null; i = i + 1 & table.length - 1)
        {
            if (table[i].hash == hash && destination.is(table[i].address, table[i].port))
            {
                return table[i];
            }
        }
        return null;
    }

    private Place add(final Destination destination)
    {
        final long nowNs = context.loop.clock().nowNs();
        final Host host = timer.arm(nowNs + rules.cleanupNs()) ?
            hosts.take(cluster.name(), destination.address(), nowNs) : null;
        if (host == null)
        {
            context.loop.counters().increment(ids().originalDstHostOverflow);
            return null;
        }
        final Place place = new Place(destination, host,
            new EndpointPool(owner, context, host.endpoint(), cluster.tls(), host.health()));
        places.add(place);
        pools.add(place.pool);
        if (places.size() > table.length >> 1)
        {
            rebuild(table.length << 1);
        }
        else
        {
            put(place);
        }
        return place;
    }

    private void put(final Place place)
    {
        int index = place.hash & table.length - 1;
        while (table[index] != null)
        {
            index = index + 1 & table.length - 1;
        }
        table[index] = place;
    }

    private void rebuild(final int length)
    {
        table = new Place[length];
        places.forEach(this::put);
    }

    /**
     * Forgets what nobody has wanted since the last time and has no connection.
     */
    public void onTimer(final int slot, final long nowNs)
    {
        final int before = places.size();
        for (int i = before - 1; i >= 0; i--)
        {
            final Place place = places.get(i);
            if (!place.isUsed && place.pool.tally().isQuiet())
            {
                remove(i);
            }
            place.isUsed = false;
        }
        if (places.size() < before)
        {
            rebuild(places.isEmpty() ? LEAST_LENGTH : table.length);
        }
        if (!places.isEmpty())
        {
            timer.arm(nowNs + rules.cleanupNs());
        }
    }

    /** The table is to be built again. */
    private void remove(final int index)
    {
        final Place place = places.get(index);
        final Place last = places.removeLast();
        final EndpointPool lastPool = pools.removeLast();
        if (last != place)
        {
            places.set(index, last);
            pools.set(index, lastPool);
        }
        hosts.giveBack(place.host, !place.pool.tally().isQuiet());
        place.pool.retire();
    }

    /** Forgets all. */
    void close()
    {
        timer.disarm();
        for (int i = places.size() - 1; i >= 0; i--)
        {
            remove(i);
        }
        table = new Place[LEAST_LENGTH];
    }

    private ClusterCounters ids()
    {
        return cluster.counters();
    }
}
