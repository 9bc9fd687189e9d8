package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.IdentityHashMap;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What heads lose and gain on their way, after Envoy's HTTP header sanitising. Loop thread only.
 */
final class HeaderRules
{
    private static final byte[] HTTP = "http".getBytes(US_ASCII);
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] TRAILERS = "trailers".getBytes(US_ASCII);
    private static final byte[] COMMA = {','};
    private static final byte[] TEXT_PLAIN = "text/plain".getBytes(US_ASCII);
    private static final int ADDRESS_LENGTH = 64;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long REQUEST_DROPS =
        HeaderEdits.HOP_BY_HOP | HeaderName.mask(HeaderName.EXPECT, HeaderName.HOST);
    /** Fields with which only internal clients may steer the router. */
    private static final long EXTERNAL_DROPS = HeaderName.mask(
        HeaderName.X_ENVOY_INTERNAL, HeaderName.X_ENVOY_EXTERNAL_ADDRESS, HeaderName.X_ENVOY_RETRY_ON,
        HeaderName.X_ENVOY_MAX_RETRIES, HeaderName.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS,
        HeaderName.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS, HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS,
        HeaderName.X_ENVOY_FORCE_TRACE, HeaderName.X_ENVOY_DECORATOR_OPERATION,
        HeaderName.X_ENVOY_DOWNSTREAM_SERVICE_CLUSTER);

    private final EventLoop loop;
    private final HeaderEdits requestEdits = new HeaderEdits();
    private final HeaderEdits responseEdits = new HeaderEdits();
    private final RequestIds requestIds;
    private final UnsafeBuffer address = new UnsafeBuffer(new byte[ADDRESS_LENGTH]);
    private final byte[] addressBytes = address.byteArray();
    private final IdentityHashMap<String, byte[]> serverNames = new IdentityHashMap<>();

    HeaderRules(final EventLoop loop)
    {
        this.loop = loop;
        requestIds = new RequestIds(loop.clock().epochNs(loop.clock().nowNs()) ^ (long)loop.index() << 56);
    }

    HeaderEdits request(
        final DownstreamSink downstream,
        final RequestHead head,
        final HttpConnectionManager http,
        final Route route,
        final ExchangeLog log)
    {
        final HeaderEdits edits = requestEdits;
        final HeaderTable headers = head.headers();
        edits.reset(REQUEST_DROPS);
        if (headers.contains(HeaderName.TE) && takesTrailers(headers))
        {
            edits.add(HeaderName.TE, TRAILERS);
        }
        if (http.useRemoteAddress())
        {
            remoteAddress(downstream, headers, http, edits);
        }
        else if (!headers.contains(HeaderName.X_FORWARDED_PROTO))
        {
            edits.add(HeaderName.X_FORWARDED_PROTO, HTTP);
        }
        if (http.generateRequestId() && !headers.contains(HeaderName.X_REQUEST_ID))
        {
            final byte[] id = requestIds.next();
            edits.add(HeaderName.X_REQUEST_ID, id);
            log.requestId(id);
        }
        if (route.timeoutNs() > 0 && !http.suppressEnvoyHeaders())
        {
            edits.drop(HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS);
            edits.add(HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS, route.timeoutNs() / NANOS_PER_MILLI);
        }
        if (route.prefixRewrite() != null)
        {
            rewrite(head, route, http, edits);
        }
        return edits;
    }

    /** Whether TE lists {@code trailers}, the one thing in it that a proxy may pass on (RFC 9110, 10.1.4). */
    private static boolean takesTrailers(final HeaderTable headers)
    {
        for (int i = headers.find(HeaderName.TE); i >= 0; i = headers.findNext(HeaderName.TE, i))
        {
            int matched = 0;
            for (int at = headers.valueOffset(i), end = at + headers.valueLength(i); at <= end; at++)
            {
                final byte b = at == end ? (byte)',' : headers.buffer().getByte(at);
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
                else if (b != ' ' && b != '\t' || matched > 0 && matched < TRAILERS.length)
                {
                    matched = -1;
                }
            }
        }
        return false;
    }

    private void remoteAddress(
        final DownstreamSink downstream,
        final HeaderTable headers,
        final HttpConnectionManager http,
        final HeaderEdits edits)
    {
        final int at = downstream.connection().addressOffset();
        final int length = SockAddr.appendAddress(loop.slotAddresses(), at, address, 0);
        if (!http.skipXffAppend())
        {
            edits.append(HeaderName.X_FORWARDED_FOR, headers, COMMA, addressBytes, length);
        }
        edits.drop(HeaderName.X_FORWARDED_PROTO);
        edits.add(HeaderName.X_FORWARDED_PROTO, HTTP);
        final boolean isInternal = http.xffTrustedHops() == 0 && !headers.contains(HeaderName.X_FORWARDED_FOR) &&
            isPrivate(at);
        if (isInternal)
        {
            edits.drop(HeaderName.X_ENVOY_INTERNAL);
            edits.add(HeaderName.X_ENVOY_INTERNAL, TRUE);
            return;
        }
        final long present = headers.presentMask() & EXTERNAL_DROPS;
        for (long rest = present; rest != 0; rest &= rest - 1)
        {
            edits.drop(Long.numberOfTrailingZeros(rest));
        }
        edits.addBytes(HeaderName.X_ENVOY_EXTERNAL_ADDRESS, addressBytes, length);
        if (!http.preserveExternalRequestId() && headers.contains(HeaderName.X_REQUEST_ID) && http.generateRequestId())
        {
            edits.drop(HeaderName.X_REQUEST_ID);
            edits.add(HeaderName.X_REQUEST_ID, requestIds.next());
        }
    }

    /** RFC 1918, RFC 4193 and loopback, as Envoy's default internal address config had it. */
    private boolean isPrivate(final int at)
    {
        final UnsafeBuffer addresses = loop.slotAddresses();
        final int start = SockAddr.addressOffset(addresses, at);
        final int first = addresses.getByte(start) & 0xFF;
        final int second = addresses.getByte(start + 1) & 0xFF;
        if (SockAddr.addressLength(addresses, at) == 4)
        {
            return first == 10 || first == 127 || first == 172 && second >> 4 == 1 || first == 192 && second == 168;
        }
        return (first & 0xFE) == 0xFC || addresses.getLong(start) == 0 && addresses.getByte(start + 15) == 1;
    }

    private static void rewrite(
        final RequestHead head, final Route route, final HttpConnectionManager http, final HeaderEdits edits)
    {
        final int rest = Math.max(0, head.pathLength() - route.matchedLength());
        final byte[] prefix = route.prefixRewrite();
        edits.path(prefix, head.headers().buffer(), head.pathOffset() + route.matchedLength(), rest);
        if (!http.suppressEnvoyHeaders())
        {
            edits.drop(HeaderName.X_ENVOY_ORIGINAL_PATH);
            edits.addRange(
                HeaderName.X_ENVOY_ORIGINAL_PATH, head.headers().buffer(), head.pathOffset(), head.pathLength());
        }
    }

    HeaderEdits response()
    {
        responseEdits.reset(HeaderEdits.HOP_BY_HOP);
        return responseEdits;
    }

    void response(
        final HeaderEdits edits, final ResponseHead head, final HttpConnectionManager http, final long startNs)
    {
        final HeaderTable headers = head.headers();
        switch (http.serverHeader())
        {
            case OVERWRITE ->
            {
                edits.drop(HeaderName.SERVER);
                edits.add(HeaderName.SERVER, serverName(http));
            }
            case APPEND_IF_ABSENT ->
            {
                if (!headers.contains(HeaderName.SERVER))
                {
                    edits.add(HeaderName.SERVER, serverName(http));
                }
            }
            default ->
            {
                // PASS_THROUGH: whatever the endpoint sent, or nothing.
            }
        }
        if (!headers.contains(HeaderName.DATE))
        {
            edits.add(HeaderName.DATE, loop.clock().httpDate());
        }
        if (!http.suppressEnvoyHeaders())
        {
            edits.drop(HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME);
            edits.add(
                HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME, (loop.clock().nowNs() - startNs) / NANOS_PER_MILLI);
        }
    }

    void localReply(final HeaderEdits edits, final HttpConnectionManager http, final boolean hasBody)
    {
        if (hasBody)
        {
            edits.add(HeaderName.CONTENT_TYPE, TEXT_PLAIN);
        }
        edits.add(HeaderName.DATE, loop.clock().httpDate());
        edits.add(HeaderName.SERVER, serverName(http));
    }

    private byte[] serverName(final HttpConnectionManager http)
    {
        byte[] bytes = serverNames.get(http.serverName());
        if (bytes == null)
        {
            bytes = http.serverName().getBytes(US_ASCII);
            serverNames.put(http.serverName(), bytes);
        }
        return bytes;
    }
}
