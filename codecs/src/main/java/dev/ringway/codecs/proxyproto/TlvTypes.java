package dev.ringway.codecs.proxyproto;

import java.util.Arrays;

/**
 * A set of types of the values behind the addresses of a PROXY header. One owner while it changes.
 */
public final class TlvTypes
{
    /** Types there are: 0 to 255. */
    public static final int COUNT = 256;

    private final long[] bits = new long[COUNT / Long.SIZE];

    /**
     * @return a set of all types.
     */
    public static TlvTypes all()
    {
        final TlvTypes types = new TlvTypes();
        Arrays.fill(types.bits, -1);
        return types;
    }

    /**
     * @param type 0 to 255.
     */
    public void add(final int type)
    {
        bits[type >> 6] |= 1L << type;
    }

    /**
     * @param type 0 to 255.
     * @return whether it is there.
     */
    public boolean contains(final int type)
    {
        return (bits[type >> 6] & 1L << type) != 0;
    }
}
