package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A reset that comes right behind bytes: the kernel wakes a receive once for both.
 */
@Timeout(180)
final class ResetTest
{
    private static final int ROUNDS = 50;

    @Test
    void shouldCutAResponseThatTheEndpointResets() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
                link.reset();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            for (int i = 0; i < ROUNDS; i++)
            {
                assertCutOrRefused(proxy.connect());
            }
            proxy.awaitCounter("cluster.b.upstream_cx_destroy_remote_with_active_rq", ROUNDS);
        }
    }

    /** The endpoint's kernel may drop with the reset what it has not sent yet, so the head may not come. */
    private static void assertCutOrRefused(final TestClient client) throws IOException
    {
        try
        {
            assertEquals(503, client.get("/").status());
        }
        catch (final EOFException e)
        {
            assertEquals("body ended after 4 of 10 bytes", e.getMessage());
        }
    }

    @Test
    void shouldDropARequestThatTheClientResets() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(TestBackend.Link::awaitEnd);
            TestProxy proxy = new TestProxy(backend).start())
        {
            for (int i = 0; i < ROUNDS; i++)
            {
                final TestClient client = proxy.connect();
                client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf");
                client.reset();
            }
            proxy.awaitCounter("http.in.downstream_cx_total", ROUNDS);
            proxy.awaitCounter("http.in.downstream_cx_active", 0);
            proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
        }
    }

    @Test
    void shouldPassAResetOfARelayOnInBothDirections() throws Exception
    {
        final AtomicInteger resets = new AtomicInteger();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                if (link.in.read() == 'r')
                {
                    link.write("bytes");
                    link.reset();
                    return;
                }
                try
                {
                    link.write("x");
                    link.awaitEnd();
                }
                catch (final IOException e)
                {
                    resets.incrementAndGet();
                }
            });
            TestProxy proxy = new TestProxy(backend).tcp().start())
        {
            for (int i = 0; i < ROUNDS; i++)
            {
                proxy.connect().send("r").assertReset();
                final TestClient client = proxy.connect().send("x");
                assertEquals('x', client.in.read());
                client.send("more").reset();
            }
            TestProxy.await(() -> resets.get() == ROUNDS, () -> ROUNDS + " resets at the endpoint, not " + resets);
        }
    }
}
