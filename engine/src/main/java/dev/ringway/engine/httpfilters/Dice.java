package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterLoop;

/**
 * Chance for one filter (xorshift64*). Loop thread only.
 */
final class Dice
{
    private long state;

    Dice(final FilterLoop loop)
    {
        state = (loop.nowNs() ^ System.identityHashCode(this)) * 0x9E37_79B9_7F4A_7C15L | 1;
    }

    /** A number from 0 on. */
    int below(final int bound)
    {
        state ^= state >>> 12;
        state ^= state << 25;
        state ^= state >>> 27;
        return (int)(((state * 0x2545_F491_4F6C_DD1DL) >>> 33) % bound);
    }
}
