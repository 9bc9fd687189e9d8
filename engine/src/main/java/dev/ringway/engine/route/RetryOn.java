package dev.ringway.engine.route;

import dev.ringway.codecs.text.AsciiScan;
import org.agrona.DirectBuffer;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What makes another attempt worth while, each a bit. Envoy: the words of {@code RetryPolicy.retry_on} and of
 * x-envoy-retry-on, and those for calls of x-envoy-retry-grpc-on. Any thread.
 */
public final class RetryOn
{
    /** Nothing. */
    public static final int NOTHING = 0;
    /** A status 5xx, or no response. */
    public static final int SERVER_ERROR = 1;
    /** Status 502, 503 or 504, or no response. */
    public static final int GATEWAY_ERROR = 1 << 1;
    /** No response. */
    public static final int RESET = 1 << 2;
    /** No response, and nothing of the request had been sent. */
    public static final int RESET_BEFORE_REQUEST = 1 << 3;
    /** No connection. */
    public static final int CONNECT_FAILURE = 1 << 4;
    /** The endpoint, which is an Envoy itself, limits the rate of requests. */
    public static final int RATE_LIMITED = 1 << 5;
    /** Status 409. */
    public static final int RETRIABLE_4XX = 1 << 6;
    /** The endpoint has not looked at the request. */
    public static final int REFUSED_STREAM = 1 << 7;
    /** One of the statuses that are listed. */
    public static final int STATUS_CODES = 1 << 8;
    /** A field of the response that is listed. */
    public static final int HEADERS = 1 << 9;
    /** Something of HTTP/3, which no endpoint is spoken to. */
    public static final int HTTP3 = 1 << 10;
    /** Statuses of calls: that of number n is this bit shifted by n. */
    public static final int GRPC = 1 << 12;

    private static final int CANCELLED = 1;
    private static final int DEADLINE_EXCEEDED = 4;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int INTERNAL = 13;
    private static final int UNAVAILABLE = 14;
    /** All of calls. */
    public static final int ANY_GRPC = GRPC << CANCELLED | GRPC << DEADLINE_EXCEEDED | GRPC << RESOURCE_EXHAUSTED |
        GRPC << INTERNAL | GRPC << UNAVAILABLE;

    private static final Map<String, Integer> WORDS = Map.ofEntries(
        Map.entry("5xx", SERVER_ERROR),
        Map.entry("gateway-error", GATEWAY_ERROR),
        Map.entry("reset", RESET),
        Map.entry("reset-before-request", RESET_BEFORE_REQUEST),
        Map.entry("connect-failure", CONNECT_FAILURE),
        Map.entry("envoy-ratelimited", RATE_LIMITED),
        Map.entry("retriable-4xx", RETRIABLE_4XX),
        Map.entry("refused-stream", REFUSED_STREAM),
        Map.entry("retriable-status-codes", STATUS_CODES),
        Map.entry("retriable-headers", HEADERS),
        Map.entry("http3-post-connect-failure", HTTP3),
        Map.entry("cancelled", GRPC << CANCELLED),
        Map.entry("deadline-exceeded", GRPC << DEADLINE_EXCEEDED),
        Map.entry("resource-exhausted", GRPC << RESOURCE_EXHAUSTED),
        Map.entry("internal", GRPC << INTERNAL),
        Map.entry("unavailable", GRPC << UNAVAILABLE));
    private static final byte[][] NAMES = new byte[WORDS.size()][];
    private static final int[] BITS = new int[WORDS.size()];

    static
    {
        int i = 0;
        for (final Map.Entry<String, Integer> word : WORDS.entrySet())
        {
            NAMES[i] = word.getKey().getBytes(StandardCharsets.US_ASCII);
            BITS[i++] = word.getValue();
        }
    }

    private RetryOn()
    {
    }

    /**
     * @param word of the configuration.
     * @return its bit, or {@link #NOTHING} when there is no such word.
     */
    public static int ofWord(final String word)
    {
        return WORDS.getOrDefault(word, NOTHING);
    }

    /**
     * Reads a list with commas; words that are not known say nothing. Allocates nothing.
     *
     * @param buffer holds it.
     * @param offset of the list.
     * @param length of the list.
     * @param isCall whether its words are those for calls, or the others.
     * @return bits.
     */
    public static int ofList(final DirectBuffer buffer, final int offset, final int length, final boolean isCall)
    {
        final int wanted = isCall ? ANY_GRPC : ~ANY_GRPC;
        final int end = offset + length;
        int bits = NOTHING;
        for (int at = offset; at < end; )
        {
            int next = at;
            while (next < end && buffer.getByte(next) != ',')
            {
                next++;
            }
            bits |= ofWord(buffer, at, next) & wanted;
            at = next + 1;
        }
        return bits;
    }

    private static int ofWord(final DirectBuffer buffer, final int from, final int to)
    {
        int start = from;
        int end = to;
        while (start < end && AsciiScan.isSpace(buffer.getByte(start)))
        {
            start++;
        }
        while (start < end && AsciiScan.isSpace(buffer.getByte(end - 1)))
        {
            end--;
        }
        for (int i = 0; i < NAMES.length; i++)
        {
            if (AsciiScan.equal(buffer, start, end - start, NAMES[i]))
            {
                return BITS[i];
            }
        }
        return NOTHING;
    }
}
