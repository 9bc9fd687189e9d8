package dev.ringway.engine.conn;

import java.util.concurrent.ThreadLocalRandom;

/**
 * A gradual drain: an answer ends its connection with the share of the drain time that is over, so that clients do not all
 * come back at once. Not changed afterwards; shared by all loops.
 *
 * @param beginNs  when the drain began, on the clock of the loops.
 * @param lengthNs of the drain, above 0.
 */
public record DrainRamp(long beginNs, long lengthNs)
{
    /** A drain that is over at once. */
    public static final DrainRamp NONE = new DrainRamp(Long.MIN_VALUE, 1);

    /**
     * @param nowNs time of the loop's clock.
     * @return whether the connection of an answer that begins now ends with it.
     */
    public boolean endsAt(final long nowNs)
    {
        return this == NONE || nowNs - beginNs >= lengthNs ||
            ThreadLocalRandom.current().nextLong(lengthNs) < nowNs - beginNs;
    }
}
