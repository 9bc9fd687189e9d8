package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1ResponseParser;
import dev.ringway.codecs.http1.Http1TrailerParser;
import dev.ringway.codecs.http2.Http2FieldLimits;
import dev.ringway.codecs.http2.ResponseFields;
import dev.ringway.codecs.http2.TrailerFields;
import dev.ringway.engine.conn.Connections;
import dev.ringway.engine.http2.Http2Context;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.snapshot.OriginalDst;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What all upstream sessions of a loop share: parsers, and heads that are read only during a call. Loop thread only.
 */
final class UpstreamContext
{
    private static final int MAX_HEADERS = 100;
    private static final int MAX_HEAD_LENGTH = 60 * 1024;
    private static final int TUNNEL_OPEN = 200;

    static final Http2FieldLimits FIELD_LIMITS = new Http2FieldLimits(MAX_HEAD_LENGTH, MAX_HEADERS, MAX_HEAD_LENGTH);
    static final UnderscorePolicy UNDERSCORES = UnderscorePolicy.ALLOW;

    final EventLoop loop;
    final Connections connections;
    final Http1ResponseParser parser = new Http1ResponseParser(new Http1Limits(MAX_HEAD_LENGTH, MAX_HEADERS));
    final Http1TrailerParser trailerParser =
        new Http1TrailerParser(new Http1Limits(MAX_HEAD_LENGTH, MAX_HEADERS));
    final ResponseHead head = new ResponseHead(MAX_HEADERS);
    final HeaderTable trailers = new HeaderTable(MAX_HEADERS);
    final Http2Context http2;
    final ResponseFields responseFields = new ResponseFields();
    final TrailerFields trailerFields = new TrailerFields();
    final FreeSessions free = new FreeSessions(this);
    final Http1RequestWriter requests;
    private final RequestHost host = new RequestHost();
    private final Destination destination = new Destination();
    private final UnsafeBuffer path = new UnsafeBuffer(0, 0);

    UpstreamContext(final EventLoop loop, final Connections connections, final Http2Context http2)
    {
        this.loop = loop;
        this.connections = connections;
        this.http2 = http2;
        requests = new Http1RequestWriter(loop.memory());
    }

    /** What the client is told whose tunnel ends here. */
    ResponseHead tunnelHead()
    {
        head.reset(loop.memory().slab().buffer());
        head.http2(true);
        head.status(TUNNEL_OPEN, 0, 0);
        return head;
    }

    /** The host of a request, until the next call. */
    RequestHost hostOf(final UpstreamHandler handler)
    {
        handler.askHost(host);
        return host;
    }

    /** Where a client wants to go by the rules of a cluster, until the next call. */
    Destination destinationOf(final UpstreamHandler handler, final OriginalDst rules)
    {
        handler.needs().askDestination(destination.ask(rules));
        return destination;
    }

    /** A view of the bytes, until the next call. */
    UnsafeBuffer path(final byte[] bytes)
    {
        path.wrap(bytes);
        return path;
    }
}
