package dev.ringway.engine.snapshot;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long connections take requests, or last where they are relays. Envoy: {@code max_connection_duration} and
 * {@code max_connection_duration_jitter} of {@code config.core.v3.HttpProtocolOptions}, and their like of
 * {@code TcpProxy}. Immutable.
 *
 * @param maxNs    from when a connection is open; 0 for no bound.
 * @param jitterNs a connection lasts longer by any time up to that, so that those opened together do not end together.
 */
public record ConnectionAge(long maxNs, long jitterNs)
{
    /** Connections last as long as they may. */
    public static final ConnectionAge UNBOUNDED = new ConnectionAge(0, 0);

    /**
     * @param nowNs when a connection has been opened.
     * @return when it takes no further requests; {@link Long#MAX_VALUE} for never.
     */
    public long overAtNs(final long nowNs)
    {
        if (maxNs == 0)
        {
            return Long.MAX_VALUE;
        }
        return nowNs + maxNs + upTo(jitterNs);
    }

    /** Any time up to that. */
    static long upTo(final long jitterNs)
    {
        return jitterNs == 0 ? 0 : ThreadLocalRandom.current().nextLong(jitterNs + 1);
    }
}
