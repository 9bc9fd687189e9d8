package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import org.agrona.DirectBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Time-outs that a request itself asks for, in Envoy's fields, milliseconds each. What is no number, or given twice, counts
 * as not given. One more field asks for no error where the endpoint takes too long. Loop thread only.
 */
final class TimeoutFields
{
    /** No number. */
    static final long NONE = -1;

    private static final long FIELDS = HeaderName.mask(
        HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS, HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS);
    private static final byte[] QUIET = "x-envoy-upstream-rq-timeout-alt-response".getBytes(US_ASCII);
    private static final int MAX_DIGITS = 20;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    /** Some 36 years: as good as none, and sums with a time stay positive. */
    private static final long LONGEST_NS = Long.MAX_VALUE >> 3;

    private TimeoutFields()
    {
    }

    /**
     * @param headers of a request that may say so.
     * @param times   take what they say.
     */
    static void apply(final HeaderTable headers, final ExchangeTimes times)
    {
        if ((headers.presentMask() & FIELDS) != 0)
        {
            times.onTimeoutFields(
                nanos(headers, HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS),
                nanos(headers, HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS));
        }
        if (RetryFields.hasOther(headers, QUIET))
        {
            times.quiet();
        }
    }

    private static long nanos(final HeaderTable headers, final int nameId)
    {
        final int index = headers.find(nameId);
        if (index < 0 || headers.findNext(nameId, index) >= 0)
        {
            return NONE;
        }
        final DirectBuffer buffer = headers.buffer();
        int at = headers.valueOffset(index);
        final int end = at + headers.valueLength(index);
        if (at < end && buffer.getByte(at) == '+')
        {
            at++;
        }
        return at == end ? NONE : nanos(buffer, at, end);
    }

    private static long nanos(final DirectBuffer buffer, final int start, final int end)
    {
        int at = start;
        while (at < end && buffer.getByte(at) == '0')
        {
            at++;
        }
        if (end - at >= MAX_DIGITS)
        {
            return NONE;
        }
        long millis = 0;
        for (; at < end; at++)
        {
            final int digit = buffer.getByte(at) - '0';
            if (digit < 0 || digit > 9)
            {
                return NONE;
            }
            millis = Math.min(LONGEST_NS / NANOS_PER_MILLI, millis * 10 + digit);
        }
        return millis * NANOS_PER_MILLI;
    }
}
