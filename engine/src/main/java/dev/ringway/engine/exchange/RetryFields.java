package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.RetryOn;
import org.agrona.DirectBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What fields of requests and responses say of attempts, with Envoy's names. What a request says its route may remove:
 * changes are those of the route, or null. Allocates nothing. Any thread.
 */
final class RetryFields
{
    /** No number. */
    static final long NONE = -1;

    private static final byte[] RETRY_GRPC_ON = "x-envoy-retry-grpc-on".getBytes(US_ASCII);
    private static final byte[] STATUS_CODES = "x-envoy-retriable-status-codes".getBytes(US_ASCII);
    private static final byte[] HEADER_NAMES = "x-envoy-retriable-header-names".getBytes(US_ASCII);
    private static final byte[] RATE_LIMITED = "x-envoy-ratelimited".getBytes(US_ASCII);
    private static final FieldName RETRY_GRPC_ON_NAME = new FieldName("x-envoy-retry-grpc-on");
    private static final FieldName STATUS_CODES_NAME = new FieldName("x-envoy-retriable-status-codes");
    private static final FieldName HEADER_NAMES_NAME = new FieldName("x-envoy-retriable-header-names");
    private static final FieldName RETRY_ON_NAME = new FieldName("x-envoy-retry-on");
    private static final FieldName MAX_RETRIES_NAME = new FieldName("x-envoy-max-retries");
    private static final int MAX_DIGITS = 18;

    private RetryFields()
    {
    }

    /** What a request asks to be tried again for: bits of {@link RetryOn}. */
    static int retryOn(final HeaderTable headers, final FieldChanges changes)
    {
        int bits = RetryOn.NOTHING;
        if (stays(RETRY_ON_NAME, changes))
        {
            for (int i = headers.find(HeaderName.X_ENVOY_RETRY_ON); i >= 0;
                i = headers.findNext(HeaderName.X_ENVOY_RETRY_ON, i))
            {
                bits |= RetryOn.ofList(headers.buffer(), headers.valueOffset(i), headers.valueLength(i), false);
            }
        }
        if (headers.hasOtherEnvoyNames() && stays(RETRY_GRPC_ON_NAME, changes))
        {
            for (int i = find(headers, RETRY_GRPC_ON, -1); i >= 0; i = find(headers, RETRY_GRPC_ON, i))
            {
                bits |= RetryOn.ofList(headers.buffer(), headers.valueOffset(i), headers.valueLength(i), true);
            }
        }
        return bits;
    }

    private static boolean stays(final FieldName name, final FieldChanges changes)
    {
        return changes == null || !changes.removes(name);
    }

    /** How often at most, or {@link #NONE} when a request does not say. */
    static long maxRetries(final HeaderTable headers, final FieldChanges changes)
    {
        final int index = headers.find(HeaderName.X_ENVOY_MAX_RETRIES);
        return index < 0 || !stays(MAX_RETRIES_NAME, changes) ? NONE : number(headers, index);
    }

    /** Whether a request lists a status. */
    static boolean listsStatus(final HeaderTable headers, final int status, final FieldChanges changes)
    {
        if (!headers.hasOtherEnvoyNames() || !stays(STATUS_CODES_NAME, changes))
        {
            return false;
        }
        final DirectBuffer buffer = headers.buffer();
        for (int i = find(headers, STATUS_CODES, -1); i >= 0; i = find(headers, STATUS_CODES, i))
        {
            final int end = headers.valueOffset(i) + headers.valueLength(i);
            for (int at = headers.valueOffset(i); at < end; )
            {
                final int next = comma(buffer, at, end);
                if (number(buffer, at, next) == status)
                {
                    return true;
                }
                at = next + 1;
            }
        }
        return false;
    }

    /** Whether a request lists the name of a field that a response has. */
    static boolean listsFieldOf(final HeaderTable headers, final HeaderTable response, final FieldChanges changes)
    {
        if (!headers.hasOtherEnvoyNames() || !stays(HEADER_NAMES_NAME, changes))
        {
            return false;
        }
        final DirectBuffer buffer = headers.buffer();
        for (int i = find(headers, HEADER_NAMES, -1); i >= 0; i = find(headers, HEADER_NAMES, i))
        {
            final int end = headers.valueOffset(i) + headers.valueLength(i);
            for (int at = headers.valueOffset(i); at < end; )
            {
                final int next = comma(buffer, at, end);
                if (hasField(response, buffer, at, next))
                {
                    return true;
                }
                at = next + 1;
            }
        }
        return false;
    }

    /** Whether a response comes of a limit on the rate of requests, in an Envoy. */
    static boolean isRateLimited(final HeaderTable response)
    {
        return hasOther(response, RATE_LIMITED);
    }

    /** Whether there is a field of Envoy's whose name has no number. */
    static boolean hasOther(final HeaderTable headers, final byte[] name)
    {
        return headers.hasOtherEnvoyNames() && find(headers, name, -1) >= 0;
    }

    /** Number in the first field of a name, or {@link #NONE}. */
    static long number(final HeaderTable headers, final byte[] name)
    {
        final int index = find(headers, name, -1);
        return index < 0 ? NONE : number(headers, index);
    }

    /** Number in a field, or {@link #NONE}. */
    static long number(final HeaderTable headers, final int index)
    {
        final int at = headers.valueOffset(index);
        return number(headers.buffer(), at, at + headers.valueLength(index));
    }

    /** With spaces around it, as Envoy takes numbers. */
    private static long number(final DirectBuffer buffer, final int from, final int to)
    {
        final int start = skipSpaces(buffer, from, to);
        final int end = dropSpaces(buffer, start, to);
        if (start == end || end - start > MAX_DIGITS)
        {
            return NONE;
        }
        long value = 0;
        for (int at = start; at < end; at++)
        {
            final int digit = buffer.getByte(at) - '0';
            if (digit < 0 || digit > 9)
            {
                return NONE;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static int comma(final DirectBuffer buffer, final int from, final int end)
    {
        int at = from;
        while (at < end && buffer.getByte(at) != ',')
        {
            at++;
        }
        return at;
    }

    private static int skipSpaces(final DirectBuffer buffer, final int from, final int to)
    {
        int at = from;
        while (at < to && AsciiScan.isSpace(buffer.getByte(at)))
        {
            at++;
        }
        return at;
    }

    private static int dropSpaces(final DirectBuffer buffer, final int from, final int to)
    {
        int end = to;
        while (end > from && AsciiScan.isSpace(buffer.getByte(end - 1)))
        {
            end--;
        }
        return end;
    }

    private static boolean hasField(
        final HeaderTable headers, final DirectBuffer name, final int from, final int to)
    {
        final int start = skipSpaces(name, from, to);
        final int length = dropSpaces(name, start, to) - start;
        for (int i = 0, count = headers.count(); length > 0 && i < count; i++)
        {
            if (headers.nameLength(i) == length && isSame(headers, i, name, start, length))
            {
                return true;
            }
        }
        return false;
    }

    /** Names of fields are the same in any case. */
    private static boolean isSame(
        final HeaderTable headers, final int index, final DirectBuffer name, final int start, final int length)
    {
        final int offset = headers.nameOffset(index);
        boolean isEqual = true;
        for (int i = 0; isEqual && i < length; i++)
        {
            isEqual = AsciiScan.lowerToken(headers.buffer().getByte(offset + i)) ==
                AsciiScan.lowerToken(name.getByte(start + i));
        }
        return isEqual;
    }

    private static int find(final HeaderTable headers, final byte[] name, final int after)
    {
        for (int i = after + 1, count = headers.count(); i < count; i++)
        {
            if (AsciiScan.equal(headers.buffer(), headers.nameOffset(i), headers.nameLength(i), name))
            {
                return i;
            }
        }
        return -1;
    }
}
