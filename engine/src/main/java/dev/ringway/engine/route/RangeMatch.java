package dev.ringway.engine.route;

import org.agrona.DirectBuffer;

/**
 * Demands a whole number from a range. Envoy: {@code HeaderMatcher.range_match}. Immutable.
 */
public final class RangeMatch implements TextMatch
{
    private static final int NOT_NEGATIVE = -1;

    private final long start;
    private final long end;

    /**
     * @param start smallest number.
     * @param end   one more than the largest.
     */
    public RangeMatch(final long start, final long end)
    {
        this.start = start;
        this.end = end;
    }

    /**
     * {@inheritDoc} A sign may stand before the digits. What does not fit 64 bits is no number.
     */
    public boolean matches(final RequestView view, final DirectBuffer buffer, final int offset, final int length)
    {
        final boolean isNegative = length > 0 && buffer.getByte(offset) == '-';
        final long negated = negated(buffer, offset, length);
        if (negated > 0 || !isNegative && negated == Long.MIN_VALUE)
        {
            return false;
        }
        final long number = isNegative ? negated : -negated;
        return number >= start && number < end;
    }

    /**
     * @param buffer holds a value.
     * @param offset where it starts.
     * @param length its bytes.
     * @return the whole number that it is, or -1 when it is none from 0 to {@link Long#MAX_VALUE}.
     */
    static long parse(final DirectBuffer buffer, final int offset, final int length)
    {
        final boolean isNegative = length > 0 && buffer.getByte(offset) == '-';
        final long negated = negated(buffer, offset, length);
        return isNegative || negated > 0 || negated == Long.MIN_VALUE ? NOT_NEGATIVE : -negated;
    }

    /** The digits behind a sign as a number below zero, where there is room for the smallest too; 1 for none. */
    private static long negated(final DirectBuffer buffer, final int offset, final int length)
    {
        final byte first = length == 0 ? 0 : buffer.getByte(offset);
        int at = first == '-' || first == '+' ? 1 : 0;
        if (at == length)
        {
            return 1;
        }
        long value = 0;
        for (; at < length; at++)
        {
            final int digit = buffer.getByte(offset + at) - '0';
            if (digit < 0 || digit > 9 || value < (Long.MIN_VALUE + digit) / 10)
            {
                return 1;
            }
            value = value * 10 - digit;
        }
        return value;
    }
}
