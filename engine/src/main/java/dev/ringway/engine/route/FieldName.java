package dev.ringway.engine.route;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Name of a field that is added or removed. Immutable.
 */
public final class FieldName
{
    /** Of which Envoy has one line each. */
    private static final Set<String> JOINED = Set.of(
        "accept", "accept-encoding", "access-control-allow-credentials", "access-control-allow-headers",
        "access-control-allow-methods", "access-control-allow-origin", "access-control-expose-headers",
        "access-control-max-age", "access-control-request-headers", "access-control-request-method", "age",
        "authorization", "cache-control", "content-encoding", "content-type", "date", "etag", "expires",
        "grpc-accept-encoding", "grpc-timeout", "if-match", "if-modified-since", "if-none-match", "if-range", "last-modified", "location",
        "origin", "pragma", "proxy-status", "referer", "server", "user-agent", "vary", "via", "x-client-trace-id",
        "x-envoy-attempt-count", "x-envoy-decorator-operation", "x-envoy-degraded",
        "x-envoy-downstream-service-cluster", "x-envoy-downstream-service-node", "x-envoy-expected-rq-timeout-ms",
        "x-envoy-external-address", "x-envoy-force-trace", "x-envoy-immediate-health-check-fail", "x-envoy-internal",
        "x-envoy-ip-tags", "x-envoy-is-timeout-retry", "x-envoy-original-host", "x-envoy-original-path",
        "x-envoy-ratelimited", "x-envoy-upstream-canary", "x-envoy-upstream-healthchecked-cluster",
        "x-envoy-upstream-alt-stat-name", "x-envoy-upstream-rq-per-try-timeout-ms",
        "x-envoy-upstream-rq-timeout-alt-response", "x-envoy-upstream-rq-timeout-ms", "x-envoy-upstream-service-time",
        "x-envoy-upstream-stream-duration-ms", "x-forwarded-client-cert", "x-forwarded-for", "x-forwarded-host",
        "x-forwarded-port", "x-forwarded-proto", "x-request-id");

    private final UnsafeBuffer bytes;
    private final int id;
    private final boolean isJoined;

    /**
     * @param name in any case, not empty.
     */
    public FieldName(final String name)
    {
        bytes = new UnsafeBuffer(name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        id = HeaderName.idOf(bytes, 0, bytes.capacity());
        isJoined = JOINED.contains(name.toLowerCase(Locale.ROOT));
    }

    /**
     * @return mask of the names that are joined and have a number, see {@link HeaderName#mask}.
     */
    public static long joined()
    {
        long mask = 0;
        for (final String name : JOINED)
        {
            mask |= 1L << new FieldName(name).id;
        }
        return mask & ~(1L << HeaderName.OTHER);
    }

    /**
     * @return whether what is appended to it goes into one line with what was there, with a comma between them.
     */
    public boolean isJoined()
    {
        return isJoined;
    }

    /**
     * @return a constant of {@link HeaderName}.
     */
    public int id()
    {
        return id;
    }

    /**
     * @return the name in lower case, not to be changed.
     */
    public UnsafeBuffer bytes()
    {
        return bytes;
    }

    /**
     * @param other name.
     * @return whether both are the same.
     */
    public boolean is(final FieldName other)
    {
        return id == other.id && (id != HeaderName.OTHER || bytes.equals(other.bytes));
    }

    /**
     * @param headers of a message.
     * @param after   index of the field to start behind, or -1.
     * @return the next field of this name, or -1.
     */
    public int find(final HeaderTable headers, final int after)
    {
        if (id != HeaderName.OTHER)
        {
            return after < 0 ? headers.find(id) : headers.findNext(id, after);
        }
        for (int i = after + 1, count = headers.count(); i < count; i++)
        {
            if (headers.nameId(i) == HeaderName.OTHER && headers.nameLength(i) == bytes.capacity() &&
                isAt(headers, headers.nameOffset(i)))
            {
                return i;
            }
        }
        return -1;
    }

    private boolean isAt(final HeaderTable headers, final int offset)
    {
        for (int i = 0; i < bytes.capacity(); i++)
        {
            if (headers.buffer().getByte(offset + i) != bytes.getByte(i))
            {
                return false;
            }
        }
        return true;
    }
}
