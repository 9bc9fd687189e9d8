package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.accesslog.ResponseFlag;
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

    Http1Refuser(final Http1SessionFactory factory)
    {
        this.factory = factory;
    }

    /** The client broke the protocol. */
    void count(final HttpCounters ids)
    {
        factory.loop().counters().increment(ids.connections.downstreamCxProtocolError);
    }

    /** The head is null where it cannot be read; its first byte came at that time. */
    void answer(
        final HttpConnectionManager http,
        final Http1Response response,
        final long startNs,
        final LocalReply reply,
        final RequestHead head)
    {
        http.counters().refusal(factory.loop().counters(), false, head != null, reply.status());
        response.connection().note(reply.flag() & ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
        final HeaderEdits edits = factory.exchanges().refusalEdits(http, reply.body().length > 0);
        response.sendLocalReply(reply.status(), reply.body(), edits);
        record(http, response, startNs, reply, head);
    }

    void record(
        final HttpConnectionManager http,
        final Http1Response response,
        final long startNs,
        final LocalReply reply,
        final RequestHead head)
    {
        factory.exchanges().recordRefusal(
            http, response.connection(), false, head, response.meter(), response.headLength(), startNs, reply);
    }
}
