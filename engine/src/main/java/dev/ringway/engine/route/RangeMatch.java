package dev.ringway.engine.route;

import org.agrona.DirectBuffer;

/**
 * Demands a whole number from a range. Envoy: {@code HeaderMatcher.range_match}. Immutable.
 */
public final class RangeMatch implements TextMatch
{
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
        final byte first = length == 0 ? 0 : buffer.getByte(offset);
        final boolean isNegative = first == '-';
        int at = isNegative || first == '+' ? 1 : 0;
        if (at == length)
        {
            return false;
        }
        // Gathered below zero, where there is room for the smallest number too.
        long value = 0;
        for (; at < length; at++)
        {
            final int digit = buffer.getByte(offset + at) - '0';
            if (digit < 0 || digit > 9 || value < (Long.MIN_VALUE + digit) / 10)
            {
                return false;
            }
            value = value * 10 - digit;
        }
        if (!isNegative && value == Long.MIN_VALUE)
        {
            return false;
        }
        final long number = isNegative ? value : -value;
        return number >= start && number < end;
    }
}
