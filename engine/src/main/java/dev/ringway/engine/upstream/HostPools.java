package dev.ringway.engine.upstream;

import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.UpstreamTls;

import java.util.ArrayList;
import java.util.function.Function;

/**
 * The pools of one endpoint that is asked for the hosts of its requests: a connection serves requests for the host that
 * its handshake was for, and no others. There are so many at a time; the one that was not used for longest makes room
 * for the next. Loop thread only.
 */
final class HostPools
{
    private static final int MOST = 64;

    private final Function<byte[], EndpointPool> factory;
    private final ArrayList<EndpointPool> pools = new ArrayList<>(4);
    private final long[] lastUses = new long[MOST];
    private long uses;

    /**
     * @param factory makes a pool for a host.
     */
    HostPools(final Function<byte[], EndpointPool> factory)
    {
        this.factory = factory;
    }

    /** The pool for the request's host; allocates when it is a new one. */
    EndpointPool of(final RequestHost host)
    {
        int index = -1;
        for (int i = 0, count = pools.size(); i < count && index < 0; i++)
        {
            index = pools.get(i).isOf(host) ? i : -1;
        }
        if (index < 0)
        {
            index = add(factory.apply(host.copy()));
        }
        lastUses[index] = ++uses;
        return pools.get(index);
    }

    private int add(final EndpointPool pool)
    {
        if (pools.size() < MOST)
        {
            pools.add(pool);
            return pools.size() - 1;
        }
        int oldest = 0;
        for (int i = 1; i < MOST; i++)
        {
            oldest = lastUses[i] < lastUses[oldest] ? i : oldest;
        }
        pools.set(oldest, pool).retire();
        return oldest;
    }

    boolean cancelUpgrade(final UpstreamHandler handler)
    {
        for (int i = 0, count = pools.size(); i < count; i++)
        {
            if (pools.get(i).cancelUpgrade(handler))
            {
                return true;
            }
        }
        return false;
    }

    boolean closeIdle()
    {
        for (int i = 0, count = pools.size(); i < count; i++)
        {
            if (pools.get(i).closeIdle())
            {
                return true;
            }
        }
        return false;
    }

    void adopt(final Endpoint fresh, final UpstreamTls encryption)
    {
        pools.forEach(pool -> pool.adopt(fresh, encryption));
    }

    void retire()
    {
        pools.forEach(EndpointPool::retire);
        pools.clear();
    }
}
