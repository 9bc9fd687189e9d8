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
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What heads of requests lose and gain on their way, after Envoy's HTTP header sanitising. Loop thread only.
 */
final class RequestHeaderRules
{
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] TRAILERS = "trailers".getBytes(US_ASCII);
    private static final byte[] COMMA = {','};
    static final byte[] COMMA_SPACE = {',', ' '};
    private static final int ADDRESS_LENGTH = 64;
    private static final long NANOS_PER_MILLI = 1_000_000L;
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

    /** What belongs to routes that there were is forgotten. */
    void forget()
    {
        rewriter.forget();
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
        final RequestId id,
        final long expectedNs)
    {
        return change(soughtEdits, downstream, head, http, routing, id, expectedNs);
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
        edits.reset(RequestDrops.onward(head, http, id));
        RequestDrops.dropOthers(head, id);
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
        requestEdits.reset(RequestDrops.arrival(head, http, id));
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
        final boolean isHttps = RequestScheme.isHttps(downstream, head, http);
        requestEdits.reset(RequestDrops.completion(head, http, id));
        complete(downstream, headers, http, id, requestEdits);
        RequestDrops.removeOthers(headers, id);
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
        edits.target().https(RequestScheme.isHttps(downstream, head, http));
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
            edits.add(HeaderName.X_FORWARDED_PROTO, RequestScheme.ofConnection(downstream));
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

    private void edge(
        final DownstreamSink downstream,
        final HeaderTable headers,
        final HttpConnectionManager http,
        final RequestId id,
        final HeaderEdits edits)
    {
        final int at = downstream.connection().addresses().peer();
        final int length = SockAddr.appendAddress(loop.slotAddresses().buffer(), at, address, 0);
        // A client that came over a unix socket has no address that could be told.
        if (!http.skipXffAppend() && length > 0)
        {
            edits.append(HeaderName.X_FORWARDED_FOR, headers, COMMA, addressBytes, length);
        }
        final boolean isTrusted = http.xffTrustedHops() > 0;
        if (!isTrusted || !headers.contains(HeaderName.X_FORWARDED_PROTO))
        {
            edits.drop(HeaderName.X_FORWARDED_PROTO);
            edits.add(HeaderName.X_FORWARDED_PROTO, RequestScheme.ofConnection(downstream));
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
        else if (length > 0)
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
