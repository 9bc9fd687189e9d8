package dev.ringway.engine.snapshot;

import java.util.Arrays;
import java.util.List;

/**
 * Ranges of addresses. Immutable.
 * Envoy: {@code HttpConnectionManager.InternalAddressConfig}.
 */
public final class CidrRanges
{
    /** No address at all. */
    public static final CidrRanges NONE = new CidrRanges(List.of());

    private final byte[][] prefixes;
    private final int[] lengths;

    /**
     * One range.
     *
     * @param address 4 or 16 bytes in network order.
     * @param length  bits of it that count.
     */
    public record Range(byte[] address, int length)
    {
        /**
         * {@inheritDoc}
         */
        public boolean equals(final Object other)
        {
            return other instanceof final Range range && length == range.length &&
                Arrays.equals(address, range.address);
        }

        /**
         * {@inheritDoc}
         */
        public int hashCode()
        {
            return 31 * Arrays.hashCode(address) + length;
        }
    }

    /**
     * @param ranges of either family.
     */
    public CidrRanges(final List<Range> ranges)
    {
        prefixes = ranges.stream().map(range -> range.address().clone()).toArray(byte[][]::new);
        lengths = ranges.stream().mapToInt(Range::length).toArray();
    }

    /**
     * @return whether there is none.
     */
    public boolean isEmpty()
    {
        return lengths.length == 0;
    }

    /**
     * Any thread; allocates nothing.
     *
     * @param address holds an address at its start.
     * @param length  4 or 16.
     * @return whether some range holds it.
     */
    public boolean contains(final byte[] address, final int length)
    {
        for (int i = 0; i < lengths.length; i++)
        {
            if (prefixes[i].length == length && matches(prefixes[i], address, lengths[i]))
            {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(final byte[] prefix, final byte[] address, final int bits)
    {
        final int whole = bits >> 3;
        for (int i = 0; i < whole; i++)
        {
            if (prefix[i] != address[i])
            {
                return false;
            }
        }
        return (bits & 7) == 0 || (prefix[whole] ^ address[whole]) >> 8 - (bits & 7) == 0;
    }
}
