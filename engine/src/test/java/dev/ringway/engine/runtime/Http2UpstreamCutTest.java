package dev.ringway.engine.runtime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Endpoints that speak HTTP/2 and do not end an answer as they should.
 */
final class Http2UpstreamCutTest
{
    /** How a response is cut that has begun. */
    private enum Cut
    {
        RESET
        {
            void run(final TestBackend.Link link, final Http2Peer peer, final int id) throws Exception
            {
                peer.reset(id, 2);
            }
        },
        CLOSE
        {
            void run(final TestBackend.Link link, final Http2Peer peer, final int id) throws Exception
            {
                // Closing resets when something has come that was not read; see below.
                peer.settle();
                link.socket.close();
            }
        },
        RESET_CONNECTION
        {
            void run(final TestBackend.Link link, final Http2Peer peer, final int id) throws Exception
            {
                // What has not left the endpoint's kernel goes with the reset, and the answer would not have begun.
                peer.settle();
                link.reset();
            }
        },
        GO_AWAY
        {
            void run(final TestBackend.Link link, final Http2Peer peer, final int id) throws Exception
            {
                peer.goAway(0, 2);
            }
        },
        TOO_SHORT
        {
            void run(final TestBackend.Link link, final Http2Peer peer, final int id) throws Exception
            {
                peer.data(id, true, (byte)'!');
            }
        },
        TOO_LONG
        {
            void run(final TestBackend.Link link, final Http2Peer peer, final int id) throws Exception
            {
                peer.data(id, false, new byte[200]);
            }
        },
        SECOND_HEAD
        {
            void run(final TestBackend.Link link, final Http2Peer peer, final int id) throws Exception
            {
                peer.headers(id, false, ":status", "200");
            }
        },
        TRAILERS_TOO_EARLY
        {
            void run(final TestBackend.Link link, final Http2Peer peer, final int id) throws Exception
            {
                peer.headers(id, true, "x-sum", "1");
            }
        },
        GARBAGE
        {
            void run(final TestBackend.Link link, final Http2Peer peer, final int id) throws Exception
            {
                peer.frame(Http2Frame.WINDOW_UPDATE, 0, 0, new byte[3]);
            }
        };

        abstract void run(TestBackend.Link link, Http2Peer peer, int id) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void shouldCutTheAnswerThatTheEndpointCuts(final Cut cut) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                for (int id = peer.awaitRequest(); id > 0; id = peer.awaitRequest())
                {
                    peer.headers(id, false, ":status", "200", "content-length", "100");
                    peer.data(id, false, "begun".getBytes(US_ASCII));
                    cut.run(link, peer, id);
                }
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            final Http2Message answer = client.await(client.get("/"));
            assertEquals(200, answer.status());
            assertTrue(answer.resetCode > 0, "reset code " + answer.resetCode);
            assertTrue(answer.body.size() < 100);
            client.settle();
            final TestClient old = proxy.connect();
            old.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").readHead();
            old.assertGone();
        }
    }
}
