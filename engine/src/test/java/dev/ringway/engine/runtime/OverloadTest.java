package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.AccessLogRing;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.accesslog.LogWakeup;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.counters.LoopHealthCounters;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.Address;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Peers that take nothing, as many as it needs to fill the slab, beside one that does. The slab is small and clients
 * come through a Unix socket, whose own buffer is small as well.
 */
final class OverloadTest
{
    private static final int CHUNKS = 64;
    /** More than can hold one chunk each. */
    private static final int MANY = 90;
    /** So few that their shares and what comes before a pause fit, so many that their water marks would not. */
    private static final int SOME = 12;
    private static final int LARGE = 2_000_000;
    private static final int MEDIUM = 70_000;
    private static final int SMALL = 3_000;
    private static final int UPLOAD = 6_000_000;
    private static final int PATIENCE_S = 120;

    @TempDir
    Path directory;

    private final CountDownLatch isOver = new CountDownLatch(1);
    private TestBackend backend;
    private TestProxy proxy;
    private LoopHealthCounters health;

    @BeforeEach
    void start() throws Exception
    {
        final String large = TestBackend.ok("x".repeat(LARGE));
        final String medium = TestBackend.ok("x".repeat(MEDIUM));
        final String small = TestBackend.ok("y".repeat(SMALL));
        backend = TestBackend.scripted(link ->
        {
            HttpMessage request;
            while ((request = link.readHead()) != null)
            {
                if (request.target().equals("/never"))
                {
                    isOver.await();
                    return;
                }
                link.write(switch (request.target())
                {
                    case "/large" -> large;
                    case "/medium" -> medium;
                    default -> small;
                });
            }
        });
        proxy = new TestProxy(backend);
        proxy.chunkCount = CHUNKS;
        proxy.listen = Address.unix(directory.resolve("listen").toString());
        proxy.records = new AccessLogRing(1024, AccessRecord.DEFAULT_CAPACITY, new LogWakeup());
    }

    private void startProxy() throws Exception
    {
        proxy.start();
        health = new LoopHealthCounters(proxy.registry());
    }

    @AfterEach
    void close() throws IOException
    {
        isOver.countDown();
        try
        {
            proxy.close();
        }
        finally
        {
            backend.close();
        }
    }

    private long resets()
    {
        proxy.engine().publishHealth(health);
        proxy.look();
        return proxy.counter("loop.overload_resets");
    }

    private void awaitResets()
    {
        TestProxy.await(() -> resets() > 0, () -> "somebody reset");
    }

    private List<TestClient> connect(final int count) throws IOException
    {
        final List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++)
        {
            clients.add(proxy.connect());
        }
        return clients;
    }

    private interface Work
    {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> start(final Work work)
    {
        return FaultRig.start(() ->
        {
            work.run();
            return null;
        });
    }

    /** Gets answers of both sizes, each whole. */
    private void assertServed() throws Exception
    {
        final TestClient other = proxy.connect();
        start(() ->
        {
            for (int i = 0; i < 5; i++)
            {
                assertEquals(SMALL, other.get("/small").body().length);
                assertEquals(LARGE, other.get("/large").body().length);
            }
        }).get(PATIENCE_S, TimeUnit.SECONDS);
    }

    /** Writes as long as the proxy takes it. */
    private static void writeOn(final TestClient client, final byte[] bytes)
    {
        start(() -> client.send(bytes));
    }

    /** What the access log says of the first that was ended. */
    private void assertLogged()
    {
        final boolean[] isFound = {false};
        TestProxy.await(() ->
        {
            proxy.records.poll(record -> isFound[0] |= (record.flags() & ResponseFlag.OVERLOAD) != 0 &&
                "overload".equals(LogStrings.text(record.detailId())), 1024);
            return isFound[0];
        }, () -> "a record with flag and detail");
    }

    @Test
    void shouldShareMemoryAmongReadersThatDoNotRead() throws Exception
    {
        startProxy();
        for (final TestClient client : connect(SOME))
        {
            client.send("GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
        }
        TestProxy.await(() -> proxy.counter("cluster.b.upstream_flow_control_paused_reading_total") >= SOME,
            () -> "all of them paused");
        assertServed();
        assertEquals(0, resets());
    }

    @Test
    void shouldEndReadersThatDoNotReadWhenMemoryRunsOut() throws Exception
    {
        proxy.http.accessLogs = List.of(new AccessLogSink(0, "/dev/null", "x", 0));
        startProxy();
        for (final TestClient client : connect(MANY))
        {
            client.send("GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
        }
        awaitResets();
        assertServed();
        assertLogged();
    }

    @Test
    void shouldEndEndpointsThatDoNotReadWhenMemoryRunsOut() throws Exception
    {
        proxy.http.accessLogs = List.of(new AccessLogSink(0, "/dev/null", "x", 0));
        startProxy();
        final byte[] body = new byte[UPLOAD];
        for (final TestClient client : connect(MANY))
        {
            client.send("POST /never HTTP/1.1\r\nhost: a\r\ncontent-length: " + UPLOAD + "\r\n\r\n");
            writeOn(client, body);
        }
        awaitResets();
        assertServed();
        assertLogged();
    }

    @Test
    void shouldEndRelaysWhosePeersDoNotReadWhenMemoryRunsOut() throws Exception
    {
        proxy.tcp();
        proxy.http.accessLogs = List.of(new AccessLogSink(0, "/dev/null", "x", 0));
        startProxy();
        final byte[] body = new byte[UPLOAD];
        final List<TestClient> clients = connect(MANY);
        for (int i = 0; i < MANY; i += 2)
        {
            clients.get(i).send("GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
            clients.get(i + 1).send("POST /never HTTP/1.1\r\nhost: a\r\n\r\n");
            writeOn(clients.get(i + 1), body);
        }
        awaitResets();
        assertServed();
        assertLogged();
    }

    @Test
    void shouldEndClientsWhoseRequestsWaitTheirTurnWhenMemoryRunsOut() throws Exception
    {
        startProxy();
        final byte[] waiting = new byte[UPLOAD];
        for (final TestClient client : connect(MANY))
        {
            client.send("GET /never HTTP/1.1\r\nhost: a\r\n\r\n");
            writeOn(client, waiting);
        }
        awaitResets();
        assertServed();
    }

    @Test
    void shouldEndReadersThatHoldLittleOfManyChunksWhenMemoryRunsOut() throws Exception
    {
        startProxy();
        final List<TestClient> clients = connect(MANY);
        for (int asked = MANY; proxy.look().queues() == 0; asked += MANY)
        {
            for (final TestClient client : clients)
            {
                askOnce(client);
            }
            final int all = asked;
            // Requests that wait for slow endpoints would fill the memory instead.
            TestProxy.await(() -> proxy.counter("http.in.downstream_rq_completed") == all || proxy.look().queues() > 0,
                () -> all + " answered, or one that is not taken");
        }
        final TestClient other = proxy.connect();
        start(() ->
        {
            while (resets() == 0)
            {
                for (final TestClient client : clients)
                {
                    askOnce(client);
                    other.get("/medium");
                }
            }
        }).get(PATIENCE_S, TimeUnit.SECONDS);
        assertServed();
    }

    private static void askOnce(final TestClient client)
    {
        try
        {
            client.send("GET /small HTTP/1.1\r\nhost: a\r\n\r\n");
        }
        catch (final IOException e)
        {
            // One of those that were ended.
        }
    }
}
