package dev.ringway.codecs.http;

import dev.ringway.codecs.text.Swar;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Well-known header names as small ints, all below 64 so that a set of them is one {@code long}. Any thread.
 */
public final class HeaderName
{
    /** Any name that has no constant of its own. */
    public static final int OTHER = 0;
    /** host. */
    public static final int HOST = 1;
    /** content-length. */
    public static final int CONTENT_LENGTH = 2;
    /** transfer-encoding. */
    public static final int TRANSFER_ENCODING = 3;
    /** connection. */
    public static final int CONNECTION = 4;
    /** keep-alive. */
    public static final int KEEP_ALIVE = 5;
    /** proxy-connection. */
    public static final int PROXY_CONNECTION = 6;
    /** upgrade. */
    public static final int UPGRADE = 7;
    /** te. */
    public static final int TE = 8;
    /** trailer. */
    public static final int TRAILER = 9;
    /** expect. */
    public static final int EXPECT = 10;
    /** date. */
    public static final int DATE = 11;
    /** server. */
    public static final int SERVER = 12;
    /** via. */
    public static final int VIA = 13;
    /** x-forwarded-for. */
    public static final int X_FORWARDED_FOR = 14;
    /** x-forwarded-proto. */
    public static final int X_FORWARDED_PROTO = 15;
    /** x-forwarded-host. */
    public static final int X_FORWARDED_HOST = 16;
    /** x-forwarded-port. */
    public static final int X_FORWARDED_PORT = 17;
    /** x-forwarded-client-cert. */
    public static final int X_FORWARDED_CLIENT_CERT = 18;
    /** x-request-id. */
    public static final int X_REQUEST_ID = 19;
    /** user-agent. */
    public static final int USER_AGENT = 20;
    /** content-type. */
    public static final int CONTENT_TYPE = 21;
    /** content-encoding. */
    public static final int CONTENT_ENCODING = 22;
    /** content-range. */
    public static final int CONTENT_RANGE = 23;
    /** location. */
    public static final int LOCATION = 24;
    /** cookie. */
    public static final int COOKIE = 25;
    /** set-cookie. */
    public static final int SET_COOKIE = 26;
    /** authorization. */
    public static final int AUTHORIZATION = 27;
    /** proxy-authorization. */
    public static final int PROXY_AUTHORIZATION = 28;
    /** proxy-authenticate. */
    public static final int PROXY_AUTHENTICATE = 29;
    /** www-authenticate. */
    public static final int WWW_AUTHENTICATE = 30;
    /** accept. */
    public static final int ACCEPT = 31;
    /** accept-encoding. */
    public static final int ACCEPT_ENCODING = 32;
    /** accept-language. */
    public static final int ACCEPT_LANGUAGE = 33;
    /** cache-control. */
    public static final int CACHE_CONTROL = 34;
    /** etag. */
    public static final int ETAG = 35;
    /** last-modified. */
    public static final int LAST_MODIFIED = 36;
    /** if-none-match. */
    public static final int IF_NONE_MATCH = 37;
    /** range. */
    public static final int RANGE = 38;
    /** max-forwards. */
    public static final int MAX_FORWARDS = 39;
    /** referer. */
    public static final int REFERER = 40;
    /** origin. */
    public static final int ORIGIN = 41;
    /** alt-svc. */
    public static final int ALT_SVC = 42;
    /** http2-settings. */
    public static final int HTTP2_SETTINGS = 43;
    /** traceparent. */
    public static final int TRACEPARENT = 44;
    /** tracestate. */
    public static final int TRACESTATE = 45;
    /** grpc-status. */
    public static final int GRPC_STATUS = 46;
    /** grpc-message. */
    public static final int GRPC_MESSAGE = 47;
    /** grpc-timeout. */
    public static final int GRPC_TIMEOUT = 48;
    /** x-envoy-attempt-count. */
    public static final int X_ENVOY_ATTEMPT_COUNT = 49;
    /** x-envoy-decorator-operation. */
    public static final int X_ENVOY_DECORATOR_OPERATION = 50;
    /** x-envoy-downstream-service-cluster. */
    public static final int X_ENVOY_DOWNSTREAM_SERVICE_CLUSTER = 51;
    /** x-envoy-expected-rq-timeout-ms. */
    public static final int X_ENVOY_EXPECTED_RQ_TIMEOUT_MS = 52;
    /** x-envoy-external-address. */
    public static final int X_ENVOY_EXTERNAL_ADDRESS = 53;
    /** x-envoy-force-trace. */
    public static final int X_ENVOY_FORCE_TRACE = 54;
    /** x-envoy-immediate-health-check-fail. */
    public static final int X_ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL = 55;
    /** x-envoy-internal. */
    public static final int X_ENVOY_INTERNAL = 56;
    /** x-envoy-max-retries. */
    public static final int X_ENVOY_MAX_RETRIES = 57;
    /** x-envoy-original-path. */
    public static final int X_ENVOY_ORIGINAL_PATH = 58;
    /** x-envoy-overloaded. */
    public static final int X_ENVOY_OVERLOADED = 59;
    /** x-envoy-retry-on. */
    public static final int X_ENVOY_RETRY_ON = 60;
    /** x-envoy-upstream-rq-per-try-timeout-ms. */
    public static final int X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS = 61;
    /** x-envoy-upstream-rq-timeout-ms. */
    public static final int X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS = 62;
    /** x-envoy-upstream-service-time. */
    public static final int X_ENVOY_UPSTREAM_SERVICE_TIME = 63;
    /** One more than the largest id. */
    public static final int COUNT = 64;

    private static final String[] NAMES =
    {
        "", "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "upgrade",
        "te", "trailer", "expect", "date", "server", "via", "x-forwarded-for", "x-forwarded-proto",
        "x-forwarded-host", "x-forwarded-port", "x-forwarded-client-cert", "x-request-id", "user-agent",
        "content-type", "content-encoding", "content-range", "location", "cookie", "set-cookie", "authorization",
        "proxy-authorization", "proxy-authenticate", "www-authenticate", "accept", "accept-encoding",
        "accept-language", "cache-control", "etag", "last-modified", "if-none-match", "range", "max-forwards",
        "referer", "origin", "alt-svc", "http2-settings", "traceparent", "tracestate", "grpc-status", "grpc-message",
        "grpc-timeout", "x-envoy-attempt-count", "x-envoy-decorator-operation", "x-envoy-downstream-service-cluster",
        "x-envoy-expected-rq-timeout-ms", "x-envoy-external-address", "x-envoy-force-trace",
        "x-envoy-immediate-health-check-fail", "x-envoy-internal", "x-envoy-max-retries", "x-envoy-original-path",
        "x-envoy-overloaded", "x-envoy-retry-on", "x-envoy-upstream-rq-per-try-timeout-ms",
        "x-envoy-upstream-rq-timeout-ms", "x-envoy-upstream-service-time"
    };
    private static final int TABLE_BITS = 9;
    private static final int MAX_TRIES = 100_000;
    private static final byte[][] BYTES = new byte[COUNT][];
    private static final int[] LENGTHS = new int[COUNT];
    private static final long[] HEADS = new long[COUNT];
    private static final long[] TAILS = new long[COUNT];
    private static final long[][] MIDDLES = new long[COUNT][];
    private static final byte[] TABLE = new byte[1 << TABLE_BITS];
    private static final long MULTIPLIER;

    static
    {
        BYTES[OTHER] = new byte[0];
        MIDDLES[OTHER] = new long[0];
        final long address = UnsafeApi.arrayBaseOffset(byte[].class);
        for (int id = 1; id < COUNT; id++)
        {
            final byte[] name = NAMES[id].getBytes(StandardCharsets.US_ASCII);
            BYTES[id] = name;
            LENGTHS[id] = name.length;
            HEADS[id] = head(name, address, name.length);
            TAILS[id] = tail(name, address, name.length);
            MIDDLES[id] = new long[Math.max(0, (name.length - 9) / 8)];
            for (int i = 0; i < MIDDLES[id].length; i++)
            {
                MIDDLES[id][i] = Swar.word(name, address + 8 * (i + 1));
            }
        }

        MULTIPLIER = fillTable();
    }

    private HeaderName()
    {
    }

    /**
     * Id of a header name.
     *
     * @param buffer holding the name in lower case.
     * @param offset of its first byte.
     * @param length in bytes, at least 1; the bytes must lie inside the buffer.
     * @return one of the constants, {@link #OTHER} when it is not a well-known one.
     */
    public static int idOf(final DirectBuffer buffer, final int offset, final int length)
    {
        return idOf(buffer.byteArray(), buffer.addressOffset() + offset, length);
    }

    /**
     * The same over raw memory, for parsers that have checked the bounds already.
     *
     * @param array   of the buffer, null when it is off-heap.
     * @param address of the first byte of the name in lower case, as {@link DirectBuffer#addressOffset()} counts.
     * @param length  in bytes, at least 1.
     * @return one of the constants, {@link #OTHER} when it is not a well-known one.
     */
    public static int idOf(final byte[] array, final long address, final int length)
    {
        return idOf(array, address, length, head(array, address, length), tail(array, address, length));
    }

    /**
     * The same when the caller has the ends of the name in registers.
     *
     * @param array   of the buffer, null when it is off-heap.
     * @param address of the first byte of the name in lower case.
     * @param length  in bytes, at least 1.
     * @param head    first eight bytes as {@link Swar#word}, zeros behind a shorter name.
     * @param tail    last eight bytes of a name longer than eight, else 0.
     * @return one of the constants, {@link #OTHER} when it is not a well-known one.
     */
    public static int idOf(
        final byte[] array, final long address, final int length, final long head, final long tail)
    {
        final long middle = length > 16 ? Swar.word(array, address + 8) : 0;
        final int id = TABLE[slot(head, middle, tail, length, MULTIPLIER)];

        if (LENGTHS[id] == length && HEADS[id] == head && TAILS[id] == tail &&
            (length <= 16 || middleMatches(MIDDLES[id], array, address)))
        {
            return id;
        }

        return OTHER;
    }

    /**
     * Bytes of a well-known name, in lower case.
     *
     * @param id one of the constants.
     * @return its bytes, shared, not to be changed; empty for {@link #OTHER}.
     */
    public static byte[] bytes(final int id)
    {
        return BYTES[id];
    }

    /**
     * A set of names as bits.
     *
     * @param ids constants of this class.
     * @return a mask with bit {@code id} set for each.
     */
    public static long mask(final int... ids)
    {
        long mask = 0;
        for (final int id : ids)
        {
            mask |= 1L << id;
        }

        return mask;
    }

    private static int slot(
        final long head, final long middle, final long tail, final int length, final long multiplier)
    {
        final long mixed = head ^ Long.rotateLeft(tail, 29) ^ Long.rotateLeft(middle, 47) ^ length;
        return (int)(mixed * multiplier >>> (64 - TABLE_BITS));
    }

    private static boolean middleMatches(final long[] middle, final byte[] array, final long address)
    {
        for (int i = 0; i < middle.length; i++)
        {
            if (middle[i] != Swar.word(array, address + 8 * (i + 1)))
            {
                return false;
            }
        }

        return true;
    }

    private static long head(final byte[] array, final long address, final int length)
    {
        return Swar.shortWord(array, address, Math.min(length, 8));
    }

    private static long tail(final byte[] array, final long address, final int length)
    {
        return length > 8 ? Swar.word(array, address + length - 8) : 0;
    }

    /** Tries odd multipliers until no two names share a slot: a perfect hash, whatever names are added above. */
    private static long fillTable()
    {
        long multiplier = 0x9E37_79B9_7F4A_7C15L;
        for (int i = 0; i < MAX_TRIES; i++)
        {
            if (fits(multiplier))
            {
                return multiplier;
            }
            multiplier = multiplier * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L | 1;
        }

        throw new IllegalStateException("no multiplier keeps the header names apart; add bits to the table");
    }

    private static boolean fits(final long multiplier)
    {
        Arrays.fill(TABLE, (byte)0);
        for (int id = 1; id < COUNT; id++)
        {
            final long middle = MIDDLES[id].length > 0 ? MIDDLES[id][0] : 0;
            final int slot = slot(HEADS[id], middle, TAILS[id], LENGTHS[id], multiplier);
            if (TABLE[slot] != 0)
            {
                return false;
            }
            TABLE[slot] = (byte)id;
        }

        return true;
    }
}
