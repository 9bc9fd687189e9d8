package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.GrpcTimeout;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.StreamDuration;
import dev.ringway.engine.snapshot.ForwardClientCert;
import dev.ringway.engine.snapshot.ForwardClientCert.Mode;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.RequestHost;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What heads of requests lose and gain on their way, after Envoy's HTTP header sanitising. Loop thread only.
 */
final class RequestHeaderRules
{
    static final byte[] HTTP = "http".getBytes(US_ASCII);
    static final byte[] HTTPS = "https".getBytes(US_ASCII);
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] TRAILERS = "trailers".getBytes(US_ASCII);
    private static final byte[] COMMA = {','};
    static final byte[] COMMA_SPACE = {',', ' '};
    private static final int ADDRESS_LENGTH = 64;
    private static final long NANOS_PER_MILLI = 1_000_000L;
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

    private final EventLoop loop;
    private final HeaderEdits requestEdits = HeaderEdits.ofRequests();
    private final HeaderEdits soughtEdits = HeaderEdits.ofRequests();
    private final ForwardedFor forwardedFor = new ForwardedFor();
    private final RequestIds requestIds;
    private final FieldChanger changer;
    private final HeadCompleter completer = new HeadCompleter();
    private final Rewriter rewriter = new Rewriter();
    private final Redirects redirects = new Redirects(rewriter);
    private final UnsafeBuffer address = new UnsafeBuffer(new byte[ADDRESS_LENGTH]);
    private final byte[] addressBytes = address.byteArray();

    RequestHeaderRules(final EventLoop loop, final FieldChanger changer)
    {
        this.loop = loop;
        this.changer = changer;
        requestIds = new RequestIds(loop.clock().epochNs(loop.clock().nowNs()) ^ (long)loop.index() << 56);
    }

    private static byte[][] names(final String... names)
    {
        return java.util.Arrays.stream(names).map(name -> name.getBytes(US_ASCII)).toArray(byte[][]::new);
    }

    /**
     * Before a request is routed and logged: where it comes from, and its id. One that is not routed gets none.
     */
    void identify(
        final DownstreamSink downstream,
        final HeaderTable headers,
        final HttpConnectionManager http,
        final boolean isRouted,
        final RequestId id)
    {
        id.reset(!http.internalRanges().isEmpty() && isInternal(downstream, headers, http));
        final boolean isTaken = headers.contains(HeaderName.X_REQUEST_ID);
        final boolean isReplaced = http.useRemoteAddress() && !id.isInternal() && !http.preserveExternalRequestId();
        if (isRouted && http.generateRequestId() && (!isTaken || isReplaced))
        {
            id.generate(requestIds);
        }
        if (http.alwaysSetRequestIdInResponse() || id.isInternal() && headers.contains(HeaderName.X_ENVOY_FORCE_TRACE))
        {
            id.echo(headers);
        }
    }

    /** Names of fields that a request loses before it is routed. */
    static long absent(final RequestHead head, final HttpConnectionManager http, final RequestId id)
    {
        return EXPECT | (head.upgrade() ? 0 : CONNECTION_NAMES) | outsideDrops(head, http, id);
    }

    /** Names that a request from outside may not say; in a completed head they are no longer what the client said. */
    private static long outsideDrops(final RequestHead head, final HttpConnectionManager http, final RequestId id)
    {
        if (id.isInternal() || head.isCompleted())
        {
            return 0;
        }
        return http.useRemoteAddress() ? EDGE_DROPS : EXTERNAL_DROPS;
    }

    /** Names that a request loses on its way to its route. */
    private static long arrivalDrops(final RequestHead head, final HttpConnectionManager http, final RequestId id)
    {
        if (head.isCompleted())
        {
            return OF_CONNECTION;
        }
        return id.isInternal() ? INTERNAL_DROPS : REQUEST_DROPS | outsideDrops(head, http, id);
    }

    /** What belongs to routes that there were is forgotten. */
    void forget()
    {
        rewriter.forget();
    }

    /** Whether a request for another protocol has fields of that name, which its connection writes anew. */
    static boolean isOfUpgrade(final int nameId)
    {
        return (UPGRADE >>> nameId & 1) != 0;
    }

    /** The host that an endpoint is to have, not its own name. */
    void askHost(final RequestHead head, final Route route, final RequestHost host)
    {
        rewriter.askHost(head, route, host);
    }

    /** Writes what redirects have. */
    Redirects redirects()
    {
        return redirects;
    }

    /** A number drawn by chance. */
    long random()
    {
        return requestIds.nextLong();
    }

    /** As Envoy: only with one address, that of the client or the only one forwarded. */
    private boolean isInternal(
        final DownstreamSink downstream, final HeaderTable headers, final HttpConnectionManager http)
    {
        final boolean isForwarded = headers.contains(HeaderName.X_FORWARDED_FOR);
        if (!http.useRemoteAddress())
        {
            return isForwarded && forwardedFor.find(headers, http.xffTrustedHops()) && forwardedFor.isOnly() &&
                http.internalRanges().contains(forwardedFor.address(), forwardedFor.addressLength());
        }
        if (isForwarded)
        {
            return false;
        }
        final UnsafeBuffer addresses = loop.slotAddresses().buffer();
        final int at = downstream.connection().addresses().peer();
        final int length = SockAddr.addressLength(addresses, at);
        if (length == 0)
        {
            return false;
        }
        addresses.getBytes(at + SockAddr.addressOffset(addresses, at), addressBytes, 0, length);
        return http.internalRanges().contains(addressBytes, length);
    }

    HeaderEdits request(
        final DownstreamSink downstream,
        final RequestHead head,
        final HttpConnectionManager http,
        final Routing routing,
        final RequestId id,
        final long expectedNs)
    {
        return change(requestEdits, downstream, head, http, routing, id, expectedNs);
    }

    /**
     * What becomes of a request's head as far as it is known before it has an endpoint; what becomes meanwhile of another
     * one is not touched.
     */
    HeaderEdits sought(
        final DownstreamSink downstream,
        final RequestHead head,
        final HttpConnectionManager http,
        final Routing routing,
        final RequestId id)
    {
        return change(soughtEdits, downstream, head, http, routing, id, 0);
    }

    private HeaderEdits change(
        final HeaderEdits edits,
        final DownstreamSink downstream,
        final RequestHead head,
        final HttpConnectionManager http,
        final Routing routing,
        final RequestId id,
        final long expectedNs)
    {
        final Route route = routing.route();
        final HeaderTable headers = head.headers();
        final boolean isHeard = id.isInternal() || head.isCompleted();
        edits.reset((head.isCompleted() ? REQUEST_DROPS & ~INTERNAL : REQUEST_DROPS) & ~(isHeard ? RETRIES : 0) |
            outsideDrops(head, http, id));
        if (headers.hasOtherEnvoyNames())
        {
            dropOtherNames(headers, OTHER_REQUEST_DROPS);
            if (!id.isInternal() && !head.isCompleted())
            {
                dropOtherNames(headers, OTHER_EXTERNAL_DROPS);
            }
        }
        arrive(downstream, head, http, id, edits);
        if (expectedNs > 0 && !http.suppressEnvoyHeaders())
        {
            edits.drop(HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS);
            edits.add(HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS, expectedNs / NANOS_PER_MILLI);
        }
        if (route.forward().duration() != StreamDuration.NONE && Grpc.isRequest(headers))
        {
            tellTimeout(limitNs(headers, route, http), edits);
        }
        if (route.request() != null)
        {
            changer.of(head, downstream.connection(), routing)
                .changeRequest(route.request(), edits);
        }
        edits.drop(HeaderName.X_ENVOY_RETRY_ON);
        edits.drop(HeaderName.X_ENVOY_MAX_RETRIES);
        rewriter.host(head, route, routing.endpoint(), !http.suppressEnvoyHeaders(), edits);
        rewriter.path(head, route, !http.suppressEnvoyHeaders(), edits);
        return edits;
    }

    /** What becomes of a request's head before it is routed, for its record; nothing of it lasts. */
    HeaderEdits arrival(
        final DownstreamSink downstream, final RequestHead head, final HttpConnectionManager http, final RequestId id)
    {
        final long drops = arrivalDrops(head, http, id);
        requestEdits.reset(head.upgrade() ? drops & ~UPGRADE : drops);
        arrive(downstream, head, http, id, requestEdits);
        return requestEdits;
    }

    /**
     * Has the head itself lose and gain what it does before it is routed, for routes and filters that look at it.
     *
     * @return null, or what the client is to be told because there is no room for that.
     */
    LocalReply complete(
        final DownstreamSink downstream,
        final RequestHead head,
        final HeadBlock block,
        final HttpConnectionManager http,
        final RequestId id)
    {
        final HeaderTable headers = head.headers();
        final boolean isHttps = isHttps(downstream, head, http);
        requestEdits.reset(arrivalDrops(head, http, id) & ~OF_CONNECTION);
        complete(downstream, headers, http, id, requestEdits);
        if (headers.hasOtherEnvoyNames() && !id.isInternal())
        {
            removeOtherNames(headers, OTHER_REQUEST_DROPS);
            removeOtherNames(headers, OTHER_EXTERNAL_DROPS);
        }
        if (!completer.apply(head, block, requestEdits))
        {
            return requestEdits.isTooLong() ? LocalReply.HEAD_TOO_LONG : LocalReply.OVERLOADED;
        }
        head.complete(isHttps);
        return null;
    }

    /** Of a request that is not looked at. */
    HeaderEdits unchanged()
    {
        requestEdits.reset(0);
        return requestEdits;
    }

    private void arrive(
        final DownstreamSink downstream,
        final RequestHead head,
        final HttpConnectionManager http,
        final RequestId id,
        final HeaderEdits edits)
    {
        final HeaderTable headers = head.headers();
        if (headers.contains(HeaderName.TE) && takesTrailers(headers))
        {
            edits.add(HeaderName.TE, TRAILERS);
        }
        edits.target().https(isHttps(downstream, head, http));
        if (!head.isCompleted())
        {
            complete(downstream, headers, http, id, edits);
        }
    }

    /** All that does not belong to one connection alone. */
    private void complete(
        final DownstreamSink downstream,
        final HeaderTable headers,
        final HttpConnectionManager http,
        final RequestId id,
        final HeaderEdits edits)
    {
        forwardCert(downstream.connection(), headers, http.forwardClientCert(), edits);
        if (http.useRemoteAddress())
        {
            edge(downstream, headers, http, id, edits);
        }
        else if (!headers.contains(HeaderName.X_FORWARDED_PROTO))
        {
            edits.add(HeaderName.X_FORWARDED_PROTO, isEncrypted(downstream) ? HTTPS : HTTP);
        }
        if (id.isInternal())
        {
            edits.add(HeaderName.X_ENVOY_INTERNAL, TRUE);
        }
        if (id.isOwn())
        {
            edits.drop(HeaderName.X_REQUEST_ID);
            edits.add(HeaderName.X_REQUEST_ID, id.own());
        }
        if (http.via().length > 0)
        {
            edits.append(HeaderName.VIA, headers, COMMA_SPACE, http.via(), http.via().length);
        }
    }

    /** What the endpoint is told of the client's certificate. */
    private static void forwardCert(
        final Connection client, final HeaderTable headers, final ForwardClientCert rule, final HeaderEdits edits)
    {
        final Mode mode = rule.mode();
        if (mode == Mode.ALWAYS_FORWARD_ONLY)
        {
            return;
        }
        final byte[] cert = mode == Mode.SANITIZE ? null : client.tls().forwardedCert(rule.details());
        if (cert == null || mode == Mode.SANITIZE_SET)
        {
            edits.drop(HeaderName.X_FORWARDED_CLIENT_CERT);
        }
        if (cert != null && mode == Mode.SANITIZE_SET)
        {
            edits.add(HeaderName.X_FORWARDED_CLIENT_CERT, cert);
        }
        else if (cert != null && mode == Mode.APPEND_FORWARD)
        {
            edits.append(HeaderName.X_FORWARDED_CLIENT_CERT, headers, COMMA, cert, cert.length);
        }
    }

    /**
     * How long a request may take as a whole.
     */
    static long limitNs(final HeaderTable headers, final Route route, final HttpConnectionManager http)
    {
        return route.forward().duration().limitNs(GrpcTimeout.of(headers), http.maxStreamDurationNs());
    }

    /** The endpoint of a call need not work for longer than somebody waits. */
    private static void tellTimeout(final long limitNs, final HeaderEdits edits)
    {
        if (limitNs >= 0)
        {
            edits.drop(HeaderName.GRPC_TIMEOUT);
            final byte unit = GrpcTimeout.unitFor(limitNs);
            edits.values().put(GrpcTimeout.in(unit, limitNs));
            edits.values().put(unit);
            edits.finish(HeaderName.GRPC_TIMEOUT);
        }
    }

    private static boolean isEncrypted(final DownstreamSink downstream)
    {
        return downstream.connection().tls().isOn();
    }

    /**
     * Whether a request came by HTTPS: as x-forwarded-proto said where that is trusted and names a scheme, else as the
     * connection is. What filters make of that field later is of no account.
     */
    static boolean isHttps(final DownstreamSink downstream, final RequestHead head, final HttpConnectionManager http)
    {
        if (head.isCompleted())
        {
            return head.isHttps();
        }
        final HeaderTable headers = head.headers();
        final int forwarded = findForwardedProto(head, http);
        return forwarded >= 0 && isScheme(headers, forwarded, HTTPS) ||
            isEncrypted(downstream) && (forwarded < 0 || !isScheme(headers, forwarded, HTTP));
    }

    /**
     * What x-forwarded-proto says once a request is routed: https or http, the very arrays of this class, or null.
     */
    static byte[] forwardedProto(
        final DownstreamSink downstream, final RequestHead head, final HttpConnectionManager http)
    {
        final HeaderTable headers = head.headers();
        final int index = findForwardedProto(head, http);
        if (index < 0)
        {
            return head.isCompleted() ? null : isEncrypted(downstream) ? HTTPS : HTTP;
        }
        final int offset = headers.valueOffset(index);
        return equal(headers.buffer(), offset, headers.valueLength(index), HTTPS) ? HTTPS :
            equal(headers.buffer(), offset, headers.valueLength(index), HTTP) ? HTTP : null;
    }

    /** What others say is replaced on the edge. */
    private static int findForwardedProto(final RequestHead head, final HttpConnectionManager http)
    {
        return http.useRemoteAddress() && http.xffTrustedHops() == 0 && !head.isCompleted() ?
            -1 : head.headers().find(HeaderName.X_FORWARDED_PROTO);
    }

    /** Schemes are the same in any case. */
    private static boolean isScheme(final HeaderTable headers, final int index, final byte[] scheme)
    {
        boolean isEqual = headers.valueLength(index) == scheme.length;
        for (int i = scheme.length - 1; isEqual && i >= 0; i--)
        {
            isEqual = (headers.buffer().getByte(headers.valueOffset(index) + i) | 0x20) == scheme[i];
        }
        return isEqual;
    }

    private static void dropOtherNames(final HeaderTable headers, final byte[][] names)
    {
        for (int i = 0, count = headers.count(); i < count; i++)
        {
            if (headers.nameId(i) == HeaderName.OTHER && isAnyOf(names, headers, i))
            {
                headers.drop(i);
            }
        }
    }

    private static void removeOtherNames(final HeaderTable headers, final byte[][] names)
    {
        for (int i = headers.count() - 1; i >= 0; i--)
        {
            if (headers.nameId(i) == HeaderName.OTHER && isAnyOf(names, headers, i))
            {
                headers.remove(i);
            }
        }
    }

    private static boolean isAnyOf(final byte[][] names, final HeaderTable headers, final int index)
    {
        for (final byte[] name : names)
        {
            if (equal(headers.buffer(), headers.nameOffset(index), headers.nameLength(index), name))
            {
                return true;
            }
        }
        return false;
    }

    /** Whether a range is these bytes. */
    static boolean equal(final DirectBuffer buffer, final int offset, final int length, final byte[] bytes)
    {
        boolean isEqual = length == bytes.length;
        for (int i = length - 1; isEqual && i >= 0; i--)
        {
            isEqual = buffer.getByte(offset + i) == bytes[i];
        }
        return isEqual;
    }

    private void edge(
        final DownstreamSink downstream,
        final HeaderTable headers,
        final HttpConnectionManager http,
        final RequestId id,
        final HeaderEdits edits)
    {
        final int at = downstream.connection().addresses().peer();
        final int length = SockAddr.appendAddress(loop.slotAddresses().buffer(), at, address, 0);
        if (!http.skipXffAppend())
        {
            edits.append(HeaderName.X_FORWARDED_FOR, headers, COMMA, addressBytes, length);
        }
        final boolean isTrusted = http.xffTrustedHops() > 0;
        if (!isTrusted || !headers.contains(HeaderName.X_FORWARDED_PROTO))
        {
            edits.drop(HeaderName.X_FORWARDED_PROTO);
            edits.add(HeaderName.X_FORWARDED_PROTO, isEncrypted(downstream) ? HTTPS : HTTP);
        }
        if (http.forwardedPort() >= 0 && (!isTrusted || !headers.contains(HeaderName.X_FORWARDED_PORT)))
        {
            edits.drop(HeaderName.X_FORWARDED_PORT);
            final int own = downstream.connection().addresses().local();
            edits.add(HeaderName.X_FORWARDED_PORT, SockAddr.addressLength(loop.slotAddresses().buffer(), own) > 0 ?
                SockAddr.port(loop.slotAddresses().buffer(), own) : http.forwardedPort());
        }
        if (id.isInternal())
        {
            return;
        }
        if (isTrusted && headers.contains(HeaderName.X_FORWARDED_FOR) &&
            forwardedFor.find(headers, http.xffTrustedHops() - 1))
        {
            edits.addRange(HeaderName.X_ENVOY_EXTERNAL_ADDRESS, headers.buffer(), forwardedFor.offset(),
                forwardedFor.length());
        }
        else
        {
            edits.addBytes(HeaderName.X_ENVOY_EXTERNAL_ADDRESS, addressBytes, length);
        }
    }

    /** Whether TE lists {@code trailers}, the one thing in it that a proxy may pass on (RFC 9110, 10.1.4). */
    private static boolean takesTrailers(final HeaderTable headers)
    {
        for (int i = headers.find(HeaderName.TE); i >= 0; i = headers.findNext(HeaderName.TE, i))
        {
            if (listsTrailers(headers, i))
            {
                return true;
            }
        }
        return false;
    }

    private static boolean listsTrailers(final HeaderTable headers, final int field)
    {
        int matched = 0;
        for (int at = headers.valueOffset(field), end = at + headers.valueLength(field); at < end; at++)
        {
            final byte b = headers.buffer().getByte(at);
            if (b == ',')
            {
                if (matched == TRAILERS.length)
                {
                    return true;
                }
                matched = 0;
            }
            else if (matched >= 0 && matched < TRAILERS.length && (b | 0x20) == TRAILERS[matched])
            {
                matched++;
            }
            else if (!AsciiScan.isSpace(b) || matched > 0 && matched < TRAILERS.length)
            {
                matched = -1;
            }
        }
        return matched == TRAILERS.length;
    }
}
