package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1ResponseParser;
import dev.ringway.codecs.http1.Http1TrailerParser;
import dev.ringway.engine.conn.Connections;
import dev.ringway.engine.loop.EventLoop;

/**
 * What all upstream sessions of a loop share: parsers, and heads that are read only during a call. Loop thread only.
 */
final class UpstreamContext
{
    private static final int MAX_HEADERS = 100;
    private static final int MAX_HEAD_LENGTH = 60 * 1024;

    final EventLoop loop;
    final Connections connections;
    final Http1ResponseParser parser = new Http1ResponseParser(new Http1Limits(MAX_HEAD_LENGTH, MAX_HEADERS));
    final Http1TrailerParser trailerParser =
        new Http1TrailerParser(new Http1Limits(MAX_HEAD_LENGTH, MAX_HEADERS));
    final ResponseHead head = new ResponseHead(MAX_HEADERS);
    final HeaderTable trailers = new HeaderTable(MAX_HEADERS);

    UpstreamContext(final EventLoop loop, final Connections connections)
    {
        this.loop = loop;
        this.connections = connections;
    }
}
