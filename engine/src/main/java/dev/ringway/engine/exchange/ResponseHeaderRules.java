package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.HttpConnectionManager.ServerHeader;
import dev.ringway.engine.upstream.HeaderEdits;

import java.util.IdentityHashMap;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What heads of responses lose and gain on their way, and what those made here have. Loop thread only.
 */
final class ResponseHeaderRules
{
    /** Content type of bodies made here. */
    static final byte[] TEXT_PLAIN = "text/plain".getBytes(US_ASCII);
    /** Content type of answers made here to requests of gRPC. */
    static final byte[] GRPC = "application/grpc".getBytes(US_ASCII);
    static final int MAX_MESSAGE_LENGTH = 16 * 1024;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final EventLoop loop;
    private final FieldChanger changer;
    private final HeaderEdits responseEdits = HeaderEdits.ofResponses();
    private final IdentityHashMap<String, byte[]> serverNames = new IdentityHashMap<>();

    ResponseHeaderRules(final EventLoop loop, final FieldChanger changer)
    {
        this.loop = loop;
        this.changer = changer;
    }

    /** Edits that take out what belongs to the endpoint's connection; until the next call. */
    HeaderEdits begin()
    {
        responseEdits.reset(HeaderEdits.HOP_BY_HOP);
        return responseEdits;
    }

    /** What the route has said, and how long the endpoint took: filters see it. */
    void route(
        final HeaderEdits edits,
        final ResponseHead head,
        final RequestHead request,
        final DownstreamSink downstream,
        final Routing routing,
        final HttpConnectionManager http,
        final long startNs)
    {
        // As Envoy, which measures from the end of the request: that of a tunnel or an upgrade has none.
        if (!http.suppressEnvoyHeaders() && !request.tunnel() && !routing.upgrade().isAgreed())
        {
            edits.drop(HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME);
            edits.add(
                HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME, (loop.clock().nowNs() - startNs) / NANOS_PER_MILLI);
        }
        change(edits, head.headers(), head.status(), request, downstream, routing);
    }

    /** What the route says of the response; a table of null is that of one made here. */
    void change(
        final HeaderEdits edits,
        final HeaderTable headers,
        final int status,
        final RequestHead request,
        final DownstreamSink downstream,
        final Routing routing)
    {
        final Route route = routing.route();
        if (route != null && route.response() != null)
        {
            changer.of(request, downstream.connection(), routing)
                .changeResponse(route.response(), headers, status, routing.asked(), edits);
        }
    }

    /** What the connection manager says once filters have seen the head. */
    void finish(
        final HeaderEdits edits, final HeaderTable headers, final HttpConnectionManager http, final RequestId id)
    {
        switch (http.serverHeader())
        {
            case OVERWRITE ->
            {
                // Whatever a route says of it.
                edits.withdraw(HeaderName.SERVER, null);
                edits.drop(HeaderName.SERVER);
                edits.add(HeaderName.SERVER, serverName(http));
            }
            case APPEND_IF_ABSENT ->
            {
                if (!has(HeaderName.SERVER, headers, edits))
                {
                    edits.add(HeaderName.SERVER, serverName(http));
                }
            }
            default ->
            {
                // PASS_THROUGH: whatever the endpoint sent, or nothing.
            }
        }
        if (!has(HeaderName.DATE, headers, edits))
        {
            edits.add(HeaderName.DATE, loop.clock().httpDate());
        }
        if (http.via().length > 0)
        {
            edits.append(HeaderName.VIA, headers, RequestHeaderRules.COMMA_SPACE, http.via(), http.via().length);
        }
        echoId(edits, id);
    }

    /** Whether there is a field of that name once route and filters have had their say. */
    private static boolean has(final int nameId, final HeaderTable headers, final HeaderEdits edits)
    {
        int index = headers.find(nameId);
        while (index >= 0 && headers.nominated(index))
        {
            index = headers.findNext(nameId, index);
        }
        return index >= 0 || edits.find(nameId, null) >= 0;
    }

    private static void echoId(final HeaderEdits edits, final RequestId id)
    {
        if (id.isEchoed())
        {
            edits.drop(HeaderName.X_REQUEST_ID);
            edits.withdraw(HeaderName.X_REQUEST_ID, null);
            edits.addBytes(HeaderName.X_REQUEST_ID, id.echoed(), id.echoedLength());
        }
    }

    void localReply(
        final HeaderEdits edits, final HttpConnectionManager http, final RequestId id, final boolean hasBody)
    {
        refusal(edits, http, hasBody);
        echoId(edits, id);
    }

    /** The same for a request of gRPC. A message that no client would take the head for is left out. */
    void grpcReply(
        final HeaderEdits edits,
        final HttpConnectionManager http,
        final RequestId id,
        final int grpcStatus,
        final byte[] message)
    {
        edits.add(HeaderName.CONTENT_TYPE, GRPC);
        edits.add(HeaderName.GRPC_STATUS, grpcStatus);
        if (message.length > 0 && Grpc.messageLength(message) <= MAX_MESSAGE_LENGTH)
        {
            edits.values().putGrpcMessage(message);
            edits.finish(HeaderName.GRPC_MESSAGE);
        }
        localReply(edits, http, id, false);
    }

    void refusal(final HeaderEdits edits, final HttpConnectionManager http, final boolean hasBody)
    {
        if (hasBody && edits.find(HeaderName.CONTENT_TYPE, null) < 0)
        {
            edits.add(HeaderName.CONTENT_TYPE, TEXT_PLAIN);
        }
        if (edits.find(HeaderName.DATE, null) < 0)
        {
            edits.add(HeaderName.DATE, loop.clock().httpDate());
        }
        final ServerHeader server = http.serverHeader();
        if (server == ServerHeader.OVERWRITE)
        {
            // Whatever a route says of it.
            edits.withdraw(HeaderName.SERVER, null);
        }
        if (server == ServerHeader.OVERWRITE ||
            server == ServerHeader.APPEND_IF_ABSENT && edits.find(HeaderName.SERVER, null) < 0)
        {
            edits.add(HeaderName.SERVER, serverName(http));
        }
        if (http.via().length > 0)
        {
            edits.add(HeaderName.VIA, http.via());
        }
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
