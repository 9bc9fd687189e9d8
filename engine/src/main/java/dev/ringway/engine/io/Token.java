package dev.ringway.engine.io;

/**
 * User data of an operation: says whose it is without an address, so that a completion of a former owner is recognised.
 * <pre>
 *   63            40 39            16 15      8 7       0
 *   +---------------+----------------+---------+---------+
 *   |  generation   |      slot      |   op    |   seq   |
 *   +---------------+----------------+---------+---------+
 * </pre>
 */
public final class Token
{
    /** Generations and slots are below this. */
    public static final int LIMIT = 1 << 24;

    private static final int MASK_24 = LIMIT - 1;

    private Token()
    {
    }

    /**
     * @param generation of the slot, 24 bits.
     * @param slot       24 bits.
     * @param op         from {@link Op}.
     * @param seq        distinguishes operations of one kind, 8 bits.
     * @return token.
     */
    public static long encode(final int generation, final int slot, final int op, final int seq)
    {
        return ((long)generation << 40) | ((long)slot << 16) | (op << 8) | seq;
    }

    /**
     * @param token to look into.
     * @return generation.
     */
    public static int generation(final long token)
    {
        return (int)(token >>> 40);
    }

    /**
     * @param token to look into.
     * @return slot.
     */
    public static int slot(final long token)
    {
        return (int)(token >>> 16) & MASK_24;
    }

    /**
     * @param token to look into.
     * @return operation.
     */
    public static int op(final long token)
    {
        return (int)(token >>> 8) & 0xFF;
    }

    /**
     * @param token to look into.
     * @return sequence number.
     */
    public static int seq(final long token)
    {
        return (int)token & 0xFF;
    }
}
