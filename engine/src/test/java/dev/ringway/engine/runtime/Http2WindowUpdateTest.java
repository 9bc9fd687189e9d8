package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Endpoints that open windows nobody needs: as often as they may for the streams they have, or more often.
 */
final class Http2WindowUpdateTest
{
    private static final int REQUESTS = 20;
    private static final int FREE = 5;

    private static TestBackend opening(final int eachTime) throws Exception
    {
        return Http2Peer.answering((peer, id, request) ->
        {
            for (int i = 0; i < eachTime; i++)
            {
                peer.window(0, 1);
            }
            peer.headers(id, true, ":status", "200");
        });
    }

    @Test
    void shouldLetEndpointsOpenWindowsForTheStreamsTheyHave() throws Exception
    {
        try (TestBackend backend = opening(2);
            TestProxy proxy = HttpPair.HTTP1_TO_HTTP2.proxy(backend).start())
        {
            final HttpPair.Client client = HttpPair.HTTP1_TO_HTTP2.connect(proxy);
            for (int i = 0; i < REQUESTS; i++)
            {
                assertEquals(200, client.ask(Sent.of("GET /", null, false)).status());
            }
            assertEquals(1, backend.accepted());
        }
    }

    @Test
    void shouldNotLetEndpointsOpenWindowsWithoutEnd() throws Exception
    {
        try (TestBackend backend = opening(2 + FREE + 1);
            TestProxy proxy = HttpPair.HTTP1_TO_HTTP2.proxy(backend).start())
        {
            final HttpPair.Client client = HttpPair.HTTP1_TO_HTTP2.connect(proxy);
            assertEquals(502, client.ask(Sent.of("GET /", null, false)).status());
            assertEquals(1, proxy.counter("cluster.b.http2.inbound_window_update_frames_flood"));
        }
    }
}
