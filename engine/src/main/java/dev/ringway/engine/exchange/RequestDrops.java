package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.HeaderEdits;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Names of fields that requests lose on their way, after Envoy's HTTP header sanitising: as masks of those that have a
 * number, and by taking out the others. Any thread that may read the head.
 */
final class RequestDrops
{
    private static final long REQUEST_DROPS = HeaderEdits.HOP_BY_HOP | HeaderName.mask(
        HeaderName.EXPECT, HeaderName.HOST, HeaderName.X_ENVOY_INTERNAL,
        HeaderName.X_ENVOY_RETRY_ON, HeaderName.X_ENVOY_MAX_RETRIES, HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS,
        HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS);
    /** Of these, what stays until the route has changed the head: it may ask for them, but never adds one. */
    private static final long RETRIES = HeaderName.mask(HeaderName.X_ENVOY_RETRY_ON, HeaderName.X_ENVOY_MAX_RETRIES);
    /** What only internal clients may say. */
    private static final long EXTERNAL_DROPS = HeaderName.mask(
        HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS, HeaderName.X_ENVOY_FORCE_TRACE);
    /** What must not come in over the edge besides. */
    private static final long EDGE_DROPS = EXTERNAL_DROPS | HeaderName.mask(
        HeaderName.X_ENVOY_EXTERNAL_ADDRESS, HeaderName.X_ENVOY_ORIGINAL_PATH, HeaderName.X_ENVOY_DECORATOR_OPERATION,
        HeaderName.X_ENVOY_DOWNSTREAM_SERVICE_CLUSTER);
    /** As {@link #REQUEST_DROPS}, names that have no number: they steer the router. */
    private static final byte[][] OTHER_REQUEST_DROPS = names(
        "x-envoy-retry-grpc-on", "x-envoy-retriable-status-codes", "x-envoy-retriable-header-names",
        "x-envoy-hedge-on-per-try-timeout", "x-envoy-upstream-alt-stat-name",
        "x-envoy-upstream-rq-timeout-alt-response", "x-envoy-upstream-stream-duration-ms");
    /** As {@link #EXTERNAL_DROPS}, names that have no number. */
    private static final byte[][] OTHER_EXTERNAL_DROPS = names(
        "x-envoy-ip-tags", "x-envoy-original-host", "x-envoy-downstream-service-node");

    /** What belongs to the client's connection, which routes do not see; of upgrades they see all of it. */
    private static final long CONNECTION_NAMES = HeaderEdits.HOP_BY_HOP & ~HeaderName.mask(HeaderName.TE);
    private static final long EXPECT = HeaderName.mask(HeaderName.EXPECT);
    private static final long INTERNAL = HeaderName.mask(HeaderName.X_ENVOY_INTERNAL);
    /** What stays in a head as it came for as long as the head is there. */
    private static final long OF_CONNECTION =
        HeaderEdits.HOP_BY_HOP | HeaderName.mask(HeaderName.EXPECT, HeaderName.HOST);
    private static final long UPGRADE = HeaderName.mask(HeaderName.CONNECTION, HeaderName.UPGRADE);
    /** What requests from inside lose before they are routed. */
    private static final long INTERNAL_DROPS = OF_CONNECTION | INTERNAL;

    private RequestDrops()
    {
    }

    private static byte[][] names(final String... names)
    {
        return java.util.Arrays.stream(names).map(name -> name.getBytes(US_ASCII)).toArray(byte[][]::new);
    }

    /** Names of fields that a request loses before it is routed. */
    static long absent(final RequestHead head, final HttpConnectionManager http, final RequestId id)
    {
        return EXPECT | (head.upgrade() ? 0 : CONNECTION_NAMES) | outside(head, http, id);
    }

    /** Names that a request loses on its way to its route. */
    static long arrival(final RequestHead head, final HttpConnectionManager http, final RequestId id)
    {
        final long drops = head.isCompleted() ? OF_CONNECTION :
            id.isInternal() ? INTERNAL_DROPS : REQUEST_DROPS | outside(head, http, id);
        return head.upgrade() ? drops & ~UPGRADE : drops;
    }

    /** Of {@link #arrival}, what no longer stands in a head that is completed. */
    static long completion(final RequestHead head, final HttpConnectionManager http, final RequestId id)
    {
        return arrival(head, http, id) & ~OF_CONNECTION;
    }

    /** Names that a request loses when it goes on to an endpoint. */
    static long onward(final RequestHead head, final HttpConnectionManager http, final RequestId id)
    {
        final boolean isHeard = id.isInternal() || head.isCompleted();
        return (head.isCompleted() ? REQUEST_DROPS & ~INTERNAL : REQUEST_DROPS) & ~(isHeard ? RETRIES : 0) |
            outside(head, http, id);
    }

    /** Names that a request from outside may not say; in a completed head they are no longer what the client said. */
    private static long outside(final RequestHead head, final HttpConnectionManager http, final RequestId id)
    {
        if (id.isInternal() || head.isCompleted())
        {
            return 0;
        }
        return http.useRemoteAddress() ? EDGE_DROPS : EXTERNAL_DROPS;
    }

    /** Whether a request for another protocol has fields of that name, which its connection writes anew. */
    static boolean isOfUpgrade(final int nameId)
    {
        return (UPGRADE >>> nameId & 1) != 0;
    }

    /** Drops from a head, until it is restored, names that have no number when it goes on to an endpoint. */
    static void dropOthers(final RequestHead head, final RequestId id)
    {
        loseOthers(head.headers(), !id.isInternal() && !head.isCompleted(), false);
    }

    /** Takes names that have no number out of a head that is completed. */
    static void removeOthers(final HeaderTable headers, final RequestId id)
    {
        if (!id.isInternal())
        {
            loseOthers(headers, true, true);
        }
    }

    private static void loseOthers(final HeaderTable headers, final boolean isOutside, final boolean isForGood)
    {
        for (int i = headers.hasOtherEnvoyNames() ? headers.count() - 1 : -1; i >= 0; i--)
        {
            if (headers.nameId(i) != HeaderName.OTHER || !isAnyOf(OTHER_REQUEST_DROPS, headers, i) &&
                !(isOutside && isAnyOf(OTHER_EXTERNAL_DROPS, headers, i)))
            {
                continue;
            }
            if (isForGood)
            {
                headers.remove(i);
            }
            else
            {
                headers.drop(i);
            }
        }
    }

    private static boolean isAnyOf(final byte[][] names, final HeaderTable headers, final int index)
    {
        for (final byte[] name : names)
        {
            if (AsciiScan.equal(headers.buffer(), headers.nameOffset(index), headers.nameLength(index), name))
            {
                return true;
            }
        }
        return false;
    }
}
