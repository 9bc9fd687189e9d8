package dev.ringway.engine.upstream;

import java.util.ArrayDeque;

/**
 * Sessions of one loop that nobody has, kept for the next that opens one. Loop thread only.
 */
final class FreeSessions
{
    private final UpstreamContext context;
    private final ArrayDeque<Http1UpstreamSession> http1 = new ArrayDeque<>(64);
    private final ArrayDeque<TcpUpstreamSession> tcp = new ArrayDeque<>(64);
    private final ArrayDeque<Http2UpstreamSession> http2 = new ArrayDeque<>(16);
    private final ArrayDeque<Http2UpstreamStream> streams = new ArrayDeque<>(64);

    FreeSessions(final UpstreamContext context)
    {
        this.context = context;
    }

    Http1UpstreamSession http1()
    {
        final Http1UpstreamSession session = http1.pollLast();
        return session != null ? session : new Http1UpstreamSession(context);
    }

    TcpUpstreamSession tcp()
    {
        final TcpUpstreamSession session = tcp.pollLast();
        return session != null ? session : new TcpUpstreamSession(context);
    }

    Http2UpstreamSession http2()
    {
        final Http2UpstreamSession session = http2.pollLast();
        return session != null ? session : new Http2UpstreamSession(context);
    }

    Http2UpstreamStream stream()
    {
        final Http2UpstreamStream stream = streams.pollLast();
        return stream != null ? stream : new Http2UpstreamStream(context);
    }

    void recycle(final Http1UpstreamSession session)
    {
        http1.addLast(session);
    }

    void recycle(final TcpUpstreamSession session)
    {
        tcp.addLast(session);
    }

    void recycle(final Http2UpstreamSession session)
    {
        http2.addLast(session);
    }

    void recycle(final Http2UpstreamStream stream)
    {
        streams.addLast(stream);
    }
}
