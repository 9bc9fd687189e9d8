package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A slab far smaller than what the connections would hold: receives wait while it is used up, and go on when it is not.
 */
final class SmallSlabTest
{
    private static final int CHUNKS = 8;
    private static final int LENGTH = 3_000_000;
    private static final int CLIENTS = 6;
    private static final int SMALL_BUFFER = 4096;

    private static TestBackend largeOrSmall() throws IOException
    {
        final String large = "x".repeat(LENGTH);
        return TestBackend.answering(
            request -> TestBackend.ok(request.target().equals("/large") ? large : "small"));
    }

    @Test
    void shouldServeSlowReadersSideBySideWhenBuffersRunOut() throws Exception
    {
        try (TestBackend backend = largeOrSmall(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.chunkCount = CHUNKS;
            proxy.start();
            final List<TestClient> clients = slowReaders(proxy);
            TestProxy.await(() -> proxy.look().enobufs() > 0, () -> "buffers run out");
            final List<CompletableFuture<Integer>> lengths = new ArrayList<>();
            for (final TestClient client : clients)
            {
                lengths.add(CompletableFuture.supplyAsync(() -> length(client), task -> Thread.ofPlatform().daemon().start(task)));
            }
            for (final CompletableFuture<Integer> length : lengths)
            {
                assertEquals(LENGTH, length.get(120, TimeUnit.SECONDS));
            }
            proxy.awaitQuiet();
            final TestClient after = proxy.connect();
            for (int i = 0; i < 100; i++)
            {
                assertEquals("small", after.get("/small").text());
            }
        }
    }

    private static List<TestClient> slowReaders(final TestProxy proxy) throws Exception
    {
        final List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++)
        {
            clients.add(proxy.connect(SMALL_BUFFER).send("GET /large HTTP/1.1\r\nhost: a\r\n\r\n"));
        }
        return clients;
    }

    private static int length(final TestClient client)
    {
        try
        {
            return client.read().body().length;
        }
        catch (final Exception e)
        {
            throw new CompletionException(e);
        }
    }

    @Test
    void shouldTakeRequestsAgainWhenBuffersComeBack() throws Exception
    {
        try (TestBackend backend = largeOrSmall(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.chunkCount = CHUNKS;
            proxy.start();
            final List<TestClient> slow = slowReaders(proxy);
            TestProxy.await(() -> proxy.look().enobufs() > 0, () -> "buffers run out");
            final TestClient other = proxy.connect().send("GET /small HTTP/1.1\r\nhost: a\r\n\r\n");
            for (final TestClient client : slow)
            {
                client.close();
            }
            assertEquals("small", other.read().text());
            assertTrue(proxy.look().enobufs() > 0);
        }
    }
}
