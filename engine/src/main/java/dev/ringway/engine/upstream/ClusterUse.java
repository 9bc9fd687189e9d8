package dev.ringway.engine.upstream;

import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Endpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What all loops together hold of one cluster: how much of its bounds is lent to them, and what they count for its
 * endpoints. Survives new snapshots that have the cluster. Any thread, but for what says otherwise.
 */
public final class ClusterUse
{
    static final int CONNECTIONS = 0;
    static final int PENDING = 1;
    static final int REQUESTS = 2;

    private static final int BOUNDS = 3;
    /** Two cache lines, which processors fetch as a pair. */
    private static final int STRIDE = 16;

    private final int loops;
    private final AtomicLongArray lent = new AtomicLongArray((BOUNDS + 1) * STRIDE);
    private volatile Map<Address, EndpointCounters> endpoints = Map.of();

    ClusterUse(final int loops)
    {
        this.loops = loops;
    }

    /** Control thread only. */
    void adopt(final List<Endpoint> fresh)
    {
        final Map<Address, EndpointCounters> before = endpoints;
        final Map<Address, EndpointCounters> kept = new HashMap<>();
        for (final Endpoint endpoint : fresh)
        {
            final EndpointCounters known = before.get(endpoint.address());
            kept.putIfAbsent(endpoint.address(), known == null ? new EndpointCounters(loops) : known);
        }
        endpoints = kept;
    }

    int loops()
    {
        return loops;
    }

    /**
     * @param address of an endpoint.
     * @return what is counted for it; of an endpoint that the newest snapshot does not have, counters that nobody reads.
     */
    public EndpointCounters endpoint(final Address address)
    {
        final EndpointCounters known = endpoints.get(address);
        return known == null ? new EndpointCounters(loops) : known;
    }

    /**
     * @return how much was lent, 0 when the limit is reached.
     */
    int borrow(final int bound, final int wanted, final int limit)
    {
        final int index = (bound + 1) * STRIDE;
        while (true)
        {
            final long before = lent.get(index);
            final int taken = (int)Math.min(wanted, limit - before);
            if (taken <= 0)
            {
                return 0;
            }
            if (lent.compareAndSet(index, before, before + taken))
            {
                return taken;
            }
        }
    }

    /** Lends one, whatever the limit. */
    void lendAnyway(final int bound)
    {
        lent.getAndIncrement((bound + 1) * STRIDE);
    }

    /**
     * @return how much is still lent to all loops.
     */
    long giveBack(final int bound, final int count)
    {
        return lent.addAndGet((bound + 1) * STRIDE, -count);
    }
}
