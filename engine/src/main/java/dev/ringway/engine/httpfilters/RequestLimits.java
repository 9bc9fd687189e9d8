package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterPeer;

import java.util.Arrays;
import java.util.List;

/**
 * What limits requests: buckets, of all loops or of each connection, and what is said of requests to find them. Any loop
 * thread; allocates nothing but the buckets of connections, which are kept for later ones.
 */
public final class RequestLimits
{
    private static final ConnectionBuckets[] NO_LOOPS = new ConnectionBuckets[0];

    private final LimitBuckets buckets;
    private final LimitAction[][] rules;
    private final boolean isPerConnection;
    private volatile ConnectionBuckets[] ofLoops = NO_LOOPS;

    /**
     * @param buckets         of all loops, or what those of each connection begin as.
     * @param rules           {@code rate_limits}: what is said of requests, several times; empty where routes tell that.
     * @param isPerConnection {@code local_rate_limit_per_downstream_connection}.
     */
    public RequestLimits(
        final LimitBuckets buckets, final List<List<LimitAction>> rules, final boolean isPerConnection)
    {
        this.buckets = buckets;
        this.rules = array(rules);
        this.isPerConnection = isPerConnection;
    }

    /** The same as arrays. */
    static LimitAction[][] array(final List<List<LimitAction>> rules)
    {
        return rules.stream().map(actions -> actions.toArray(LimitAction[]::new)).toArray(LimitAction[][]::new);
    }

    /**
     * @return whether there are descriptors for which routes tell what is said of requests.
     */
    public boolean asksRoutes()
    {
        return buckets.hasDescriptors() && rules.length == 0;
    }

    /** What is said of requests where routes do not tell it. */
    LimitAction[][] rules()
    {
        return rules;
    }

    /** Those for the requests of a connection. */
    LimitBuckets of(final int loop, final FilterPeer peer)
    {
        if (!isPerConnection)
        {
            return buckets;
        }
        final ConnectionBuckets[] all = ofLoops;
        return (loop < all.length && all[loop] != null ? all[loop] : added(loop)).of(peer);
    }

    /** Once for each loop. */
    private synchronized ConnectionBuckets added(final int loop)
    {
        final ConnectionBuckets[] all = Arrays.copyOf(ofLoops, Math.max(ofLoops.length, loop + 1));
        all[loop] = new ConnectionBuckets(buckets);
        ofLoops = all;
        return all[loop];
    }
}
