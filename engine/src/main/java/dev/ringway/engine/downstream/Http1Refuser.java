package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.exchange.LocalReply;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * Answers, counts and records what becomes no exchange because the client broke the protocol of HTTP/1.1 or was too late.
 * Loop thread only.
 */
final class Http1Refuser
{
    private final Http1SessionFactory factory;
    private final Http1Response response;
    private final Http1Deadlines deadlines;

    Http1Refuser(final Http1SessionFactory factory, final Http1Response response, final Http1Deadlines deadlines)
    {
        this.factory = factory;
        this.response = response;
        this.deadlines = deadlines;
    }

    /** The client broke the protocol. */
    void count(final HttpCounters ids)
    {
        factory.loop().counters().increment(ids.connections.downstreamCxProtocolError);
    }

    /** The head is null where it cannot be read. */
    void answer(
        final HttpConnectionManager http, final Connection connection, final LocalReply reply, final RequestHead head)
    {
        http.counters().refusal(factory.loop().counters(), false, head != null, reply.status());
        connection.note(reply.flag() & ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
        final HeaderEdits edits = factory.exchanges().refusalEdits(http, reply.body().length > 0);
        response.sendLocalReply(reply.status(), reply.body(), edits);
        record(http, connection, reply, head);
    }

    void record(
        final HttpConnectionManager http,
        final Connection connection,
        final LocalReply reply,
        final RequestHead head)
    {
        factory.exchanges().recordRefusal(
            http, connection, false, head, response.meter(), response.headLength(), deadlines.headStartNs(http), reply);
    }
}
