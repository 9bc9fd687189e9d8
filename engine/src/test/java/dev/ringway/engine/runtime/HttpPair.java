package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.Http2Options;

import java.io.IOException;

/**
 * Which versions of HTTP are spoken on the two sides of the proxy.
 */
enum HttpPair
{
    HTTP1_TO_HTTP1(false, false),
    HTTP2_TO_HTTP1(true, false),
    HTTP1_TO_HTTP2(false, true),
    HTTP2_TO_HTTP2(true, true);

    final boolean isHttp2;
    final boolean isHttp2Upstream;

    HttpPair(final boolean isHttp2, final boolean isHttp2Upstream)
    {
        this.isHttp2 = isHttp2;
        this.isHttp2Upstream = isHttp2Upstream;
    }

    /** Gives the answer to a request. */
    interface Answer
    {
        Sent to(HttpMessage request) throws Exception;
    }

    TestBackend backend(final Answer answer) throws IOException
    {
        if (isHttp2Upstream)
        {
            return Http2Peer.answering((peer, id, request) -> answer.to(request).answerHttp2(peer, id));
        }
        return TestBackend.scripted(link ->
        {
            for (HttpMessage request = link.read(); request != null; request = link.read())
            {
                answer.to(request).writeHttp1(link.out);
            }
        });
    }

    TestProxy proxy(final TestBackend... backends)
    {
        final TestProxy proxy = new TestProxy(backends);
        proxy.upstreamHttp2 = isHttp2Upstream ? Http2Options.DEFAULT : null;
        return proxy;
    }

    Client connect(final TestProxy proxy) throws IOException
    {
        final TestClient client = proxy.connect();
        return new Client(client, isHttp2 ? Http2Peer.client(client) : null);
    }

    /** A client of either version. */
    record Client(TestClient client, Http2Peer peer)
    {
        HttpMessage ask(final Sent request) throws IOException
        {
            if (peer != null)
            {
                return peer.await(request.openHttp2(peer)).toHttp();
            }
            request.writeHttp1(client.out);
            final boolean isHead = request.start().startsWith("HEAD");
            HttpMessage answer = HttpMessage.read(client.in, isHead);
            while (answer != null && answer.status() < 200)
            {
                answer = HttpMessage.read(client.in, isHead);
            }
            return answer;
        }
    }
}
