package dev.ringway.codecs.http;

import org.agrona.DirectBuffer;

/**
 * The field {@code grpc-timeout}: how long a client of gRPC waits for its call (gRPC over HTTP2, "Requests"). Allocates
 * nothing. Any thread.
 */
public final class GrpcTimeout
{
    /** There is no such field, or it is not as it should be. */
    public static final long NONE = -1;

    private static final int MAX_DIGITS = 8;
    private static final long MAX_VALUE = 99_999_999;

    private GrpcTimeout()
    {
    }

    /**
     * Reads the field of a request.
     *
     * @param headers of the request.
     * @return nanoseconds, 0 to some 11,000 years cut to {@link Long#MAX_VALUE}; {@link #NONE} also when the field is
     *         given twice.
     */
    public static long of(final HeaderTable headers)
    {
        final int index = headers.find(HeaderName.GRPC_TIMEOUT);
        if (index < 0 || headers.findNext(HeaderName.GRPC_TIMEOUT, index) >= 0)
        {
            return NONE;
        }
        return parse(headers.buffer(), headers.valueOffset(index), headers.valueLength(index));
    }

    /**
     * Reads a value: one to eight digits and a unit.
     *
     * @param buffer holds it.
     * @param offset where it starts.
     * @param length bytes of it.
     * @return as {@link #of}.
     */
    public static long parse(final DirectBuffer buffer, final int offset, final int length)
    {
        final int digits = length - 1;
        if (digits < 1 || digits > MAX_DIGITS)
        {
            return NONE;
        }
        long value = 0;
        for (int i = 0; i < digits; i++)
        {
            final int digit = buffer.getByte(offset + i) - '0';
            if (digit < 0 || digit > 9)
            {
                return NONE;
            }
            value = value * 10 + digit;
        }
        final long unitNs = unitNs(buffer.getByte(offset + digits));
        if (unitNs < 0)
        {
            return NONE;
        }
        return value > Long.MAX_VALUE / unitNs ? Long.MAX_VALUE : value * unitNs;
    }

    /**
     * The unit in which a proxy says a time, milliseconds while eight digits are enough, as Envoy.
     *
     * @param timeoutNs nanoseconds, not negative.
     * @return unit, a letter.
     */
    public static byte unitFor(final long timeoutNs)
    {
        byte unit = 'm';
        while (timeoutNs / unitNs(unit) > MAX_VALUE && unit != 'H')
        {
            unit = unit == 'm' ? (byte)'S' : unit == 'S' ? (byte)'M' : (byte)'H';
        }
        return unit;
    }

    /**
     * @param unit      from {@link #unitFor}.
     * @param timeoutNs nanoseconds, not negative.
     * @return whole units in it.
     */
    public static long in(final byte unit, final long timeoutNs)
    {
        return timeoutNs / unitNs(unit);
    }

    private static long unitNs(final byte unit)
    {
        return switch (unit)
        {
            case 'n' -> 1L;
            case 'u' -> 1_000L;
            case 'm' -> 1_000_000L;
            case 'S' -> 1_000_000_000L;
            case 'M' -> 60_000_000_000L;
            case 'H' -> 3_600_000_000_000L;
            default -> NONE;
        };
    }
}
