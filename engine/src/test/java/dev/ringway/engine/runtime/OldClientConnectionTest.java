package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.route.Upgrades;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.CodecType;
import dev.ringway.engine.snapshot.ConnectionAge;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.tls.TlsFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Connections of clients that have lasted as long as they may. The loop's clock is put forward by hours, so that no other
 * time matters.
 */
@Timeout(180)
final class OldClientConnectionTest
{
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);
    private static final String OLD = "http.in.downstream_cx_max_duration_reached";
    private static final String RECEIVED = "http.in.downstream_cx_rx_bytes_total";
    private static final String GET = "GET /held HTTP/1.1\r\nhost: a\r\n\r\n";
    private static final String HALF = "GET / HTTP/1.1\r\nho";
    private static final String WEBSOCKET =
        "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
    private static final int LAST = Integer.MAX_VALUE;

    private final CountDownLatch go = new CountDownLatch(1);

    /** Connections last for an hour, and wait for another when they end. */
    private static TestProxy settings(final TestBackend backend)
    {
        final TestProxy settings = new TestProxy(backend);
        settings.http.age = new ConnectionAge(HOUR_NS, 0);
        settings.http.drainTimeoutNs = HOUR_NS;
        settings.http.idleNs = 0;
        settings.http.streamIdleNs = 0;
        settings.http.routeTimeoutNs = 0;
        settings.http.headersTimeoutNs = TimeUnit.DAYS.toNanos(1);
        return settings;
    }

    private static FaultRig rig(final TestProxy settings) throws Exception
    {
        return new FaultRig(settings, UnaryOperator.identity());
    }

    /** Answers /held when told to. */
    private TestBackend backend() throws IOException
    {
        return TestBackend.answering(request ->
        {
            if (request.target().equals("/held"))
            {
                go.await();
            }
            return TestBackend.ok("x");
        });
    }

    /** Sends the head of its answer and the rest when told to. */
    private TestBackend slow() throws IOException
    {
        return TestBackend.scripted(link ->
        {
            while (link.readHead() != null)
            {
                link.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na");
                go.await();
                link.write("b");
            }
        });
    }

    private static void age(final FaultRig rig)
    {
        rig.advance(HOUR_NS);
        rig.await(() -> rig.counter(OLD) == 1, "a connection that is old");
    }

    private static <T> T ask(final FaultRig rig, final FaultRig.Call<T> client) throws Exception
    {
        return rig.drive(client, "an answer");
    }

    private static void assertEnds(final FaultRig rig, final TestClient client) throws Exception
    {
        ask(rig, () ->
        {
            client.assertEnd();
            return null;
        });
        assertEquals(1, rig.counter(OLD));
        assertEquals(0, rig.counter("http.in.downstream_cx_idle_timeout"));
        assertEquals(0, rig.counter("http.in.downstream_cx_drain_close"));
    }

    /** Turns of the loop in which something that is due would happen. */
    private static void turn(final FaultRig rig)
    {
        final int[] turns = new int[1];
        rig.await(() -> ++turns[0] > 100, "turns");
    }

    private static void turn(final FaultRig rig, final TestClient client) throws Exception
    {
        turn(rig);
        assertEquals(1, rig.counter("http.in.downstream_cx_active"));
        assertEquals(0, client.in.available());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndBehindTheNextAnswer(final boolean isEncrypted) throws Exception
    {
        try (TestBackend backend = backend())
        {
            final TestProxy settings = settings(backend);
            try (FaultRig rig = rig(isEncrypted ? settings.encrypted(TlsFixture.listener(false)) : settings);
                TestClient client = ask(rig, rig::connect))
            {
                assertNull(ask(rig, () -> client.get("/")).header("connection"));
                rig.advance(HOUR_NS / 2);
                assertNull(ask(rig, () -> client.get("/")).header("connection"));
                rig.advance(HOUR_NS / 2);
                rig.await(() -> rig.counter(OLD) == 1, "a connection that is old");
                assertEquals("close", ask(rig, () -> client.get("/")).header("connection"));
                assertEnds(rig, client);
            }
        }
    }

    @Test
    void shouldWaitForANextRequestAsLongAsForADrain() throws Exception
    {
        try (TestBackend backend = backend(); FaultRig rig = rig(settings(backend));
            TestClient client = rig.connect())
        {
            ask(rig, () -> client.get("/"));
            age(rig);
            rig.advance(HOUR_NS / 2);
            turn(rig, client);
            rig.advance(HOUR_NS / 2);
            assertEnds(rig, client);
            rig.await(() -> rig.counter("http.in.downstream_cx_destroy_local") == 1, "an end from this side");
        }
    }

    @Test
    void shouldWaitForANextRequestAsLongAsItTakes() throws Exception
    {
        try (TestBackend backend = backend())
        {
            final TestProxy settings = settings(backend);
            settings.http.http1WaitsForNext = true;
            try (FaultRig rig = rig(settings); TestClient client = rig.connect())
            {
                ask(rig, () -> client.get("/"));
                age(rig);
                rig.advance(24 * HOUR_NS);
                turn(rig, client);
                assertEquals("close", ask(rig, () -> client.get("/")).header("connection"));
                assertEnds(rig, client);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndAtOnceWhereNothingCame(final boolean waitsForNext) throws Exception
    {
        try (TestBackend backend = backend())
        {
            final TestProxy settings = settings(backend);
            settings.http.http1WaitsForNext = waitsForNext;
            try (FaultRig rig = rig(settings); TestClient client = rig.connect())
            {
                rig.await(() -> rig.counter("http.in.downstream_cx_active") == 1, "a connection");
                rig.advance(HOUR_NS);
                assertEnds(rig, client);
            }
        }
    }

    @Test
    void shouldAnswerWhatHasBegun() throws Exception
    {
        try (TestBackend backend = backend(); FaultRig rig = rig(settings(backend));
            TestClient client = rig.connect().send(GET); TestClient half = rig.connect())
        {
            half.send(HALF);
            rig.await(() -> !backend.requests().isEmpty() && rig.counter(RECEIVED) == GET.length() + HALF.length(),
                "a request and half of one");
            rig.advance(HOUR_NS);
            rig.await(() -> rig.counter(OLD) == 2, "two that are old");
            rig.advance(2 * HOUR_NS);
            assertEquals("close", ask(rig, () -> half.send("st: a\r\n\r\n").read()).header("connection"));
            go.countDown();
            assertEquals("close", ask(rig, client::read).header("connection"));
            ask(rig, () ->
            {
                half.assertEnd();
                client.assertEnd();
                return null;
            });
            assertEquals(2, rig.counter(OLD));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAwaitTheRestOfAHeadWithoutALimit(final boolean isOldBefore) throws Exception
    {
        try (TestBackend backend = backend())
        {
            final TestProxy settings = settings(backend);
            settings.http.headersTimeoutNs = 0;
            try (FaultRig rig = rig(settings); TestClient client = rig.connect())
            {
                ask(rig, () -> client.get("/"));
                final long received = rig.counter(RECEIVED);
                if (isOldBefore)
                {
                    age(rig);
                }
                client.send(HALF);
                rig.await(() -> rig.counter(RECEIVED) == received + HALF.length(), "half of a request");
                if (!isOldBefore)
                {
                    age(rig);
                }
                rig.advance(2 * HOUR_NS);
                turn(rig, client);
                assertEquals("close", ask(rig, () -> client.send("st: a\r\n\r\n").read()).header("connection"));
                assertEnds(rig, client);
            }
        }
    }

    @Test
    void shouldGoOnBehindAnAnswerThatHadBegun() throws Exception
    {
        try (TestBackend backend = slow(); FaultRig rig = rig(settings(backend)); TestClient client = rig.connect())
        {
            ask(rig, () -> client.send(GET).readHead());
            age(rig);
            go.countDown();
            ask(rig, () -> client.in.readNBytes(2));
            assertEquals("close", ask(rig, () -> client.get("/")).header("connection"));
            assertEnds(rig, client);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndBehindAnAnswerThatHadBegun(final boolean waitsForNext) throws Exception
    {
        try (TestBackend backend = slow())
        {
            final TestProxy settings = settings(backend);
            settings.http.http1WaitsForNext = waitsForNext;
            try (FaultRig rig = rig(settings); TestClient client = rig.connect())
            {
                assertNull(ask(rig, () -> client.send(GET).readHead()).header("connection"));
                assertEquals('a', ask(rig, () -> client.in.read()));
                age(rig);
                rig.advance(waitsForNext ? 0 : HOUR_NS);
                turn(rig, client);
                go.countDown();
                assertEquals('b', ask(rig, () -> client.in.read()));
                assertEnds(rig, client);
            }
        }
    }

    @Test
    void shouldCountAnUpgradedOneThatGoesOn() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
                for (int next = link.in.read(); next >= 0; next = link.in.read())
                {
                    link.write(String.valueOf((char)next));
                }
            }))
        {
            final TestProxy settings = settings(backend);
            settings.http.upgrades = new Upgrades(Map.of("websocket", true));
            try (FaultRig rig = rig(settings); TestClient client = rig.connect())
            {
                assertEquals(101, ask(rig, () -> client.send(WEBSOCKET).readHead()).status());
                age(rig);
                rig.advance(2 * HOUR_NS);
                assertEquals('x', ask(rig, () -> client.send("x").in.read()));
                assertEquals(1, rig.counter(OLD));
            }
        }
    }

    @Test
    void shouldDrainHttp2() throws Exception
    {
        try (TestBackend backend = backend(); FaultRig rig = rig(settings(backend));
            TestClient socket = rig.connect())
        {
            rig.await(() -> rig.counter("http.in.downstream_cx_active") == 1, "a connection");
            // Its age began before the client said what it speaks.
            rig.advance(HOUR_NS / 2);
            final Http2Peer client = ask(rig, () -> Http2Peer.client(socket));
            client.answersPings = false;
            final int held = ask(rig, () -> client.get("/held"));
            rig.await(() -> !backend.requests().isEmpty(), "a request");
            assertEquals(0, rig.counter(OLD));
            rig.advance(HOUR_NS / 2);
            assertEquals(LAST, ask(rig, () -> client.await(Http2Frame.GOAWAY, 0)).number(0));
            assertEquals(1, rig.counter(OLD));
            final Http2Frame ping = ask(rig, () -> client.await(Http2Frame.PING, 0));
            final int between = ask(rig, () ->
            {
                final int id = client.get("/");
                assertEquals(200, client.await(id).status());
                client.frame(Http2Frame.PING, Http2Frame.ACK, 0, ping.payload());
                return id;
            });
            assertEquals(between, ask(rig, () -> client.await(Http2Frame.GOAWAY, 0)).number(0));
            go.countDown();
            assertEquals(200, ask(rig, () -> client.await(held)).status());
            ask(rig, client::awaitEnd);
            assertEquals(0, rig.counter("http.in.downstream_cx_drain_close"));
        }
    }

    @Test
    void shouldDrainHttp2ThatBeginsWhenItIsOld() throws Exception
    {
        try (TestBackend backend = backend(); FaultRig rig = rig(settings(backend));
            TestClient socket = rig.connect())
        {
            final int half = Http2Peer.PREFACE.length / 2;
            socket.send(Arrays.copyOf(Http2Peer.PREFACE, half));
            rig.await(() -> rig.counter(RECEIVED) == half, "half of a preface");
            age(rig);
            socket.send(Arrays.copyOfRange(Http2Peer.PREFACE, half, Http2Peer.PREFACE.length));
            final Http2Peer client = ask(rig, () -> Http2Peer.clientBehindPreface(socket));
            client.answersPings = false;
            assertEquals(LAST, ask(rig, () -> client.await(Http2Frame.GOAWAY, 0)).number(0));
            ask(rig, () -> client.ask("/"));
            rig.advance(HOUR_NS);
            assertEquals(1, ask(rig, () -> client.await(Http2Frame.GOAWAY, 0)).number(0));
            ask(rig, client::awaitEnd);
            assertEquals(1, rig.counter(OLD));
            assertEquals(0, rig.counter("http.in.downstream_cx_drain_close"));
        }
    }

    @Test
    void shouldWaitNoLongerThanForADrainUntilAClientHasHeard() throws Exception
    {
        try (TestBackend backend = backend(); FaultRig rig = rig(settings(backend));
            TestClient socket = rig.connect())
        {
            final Http2Peer client = ask(rig, () -> Http2Peer.client(socket));
            client.answersPings = false;
            ask(rig, () -> client.ask("/"));
            age(rig);
            assertEquals(LAST, ask(rig, () -> client.await(Http2Frame.GOAWAY, 0)).number(0));
            rig.advance(HOUR_NS);
            assertEquals(1, ask(rig, () -> client.await(Http2Frame.GOAWAY, 0)).number(0));
            ask(rig, client::awaitEnd);
        }
    }

    @Test
    void shouldEndHttp2WithoutAWordFromItsClient() throws Exception
    {
        try (TestBackend backend = backend())
        {
            final TestProxy settings = settings(backend);
            settings.http.codecType = CodecType.HTTP2;
            try (FaultRig rig = rig(settings); TestClient client = rig.connect())
            {
                rig.await(() -> rig.counter("http.in.downstream_cx_http2_active") == 1, "a connection");
                age(rig);
                ask(rig, () -> client.in.readAllBytes());
            }
        }
    }

    @Test
    void shouldEndARelay() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link -> link.in.transferTo(link.out)))
        {
            final TestProxy settings = settings(backend).tcp();
            settings.http.accessLogs = List.of(new AccessLogSink(0, "/dev/null", "x", 0));
            try (FaultRig rig = rig(settings); TestClient client = rig.connect())
            {
                assertEquals('x', ask(rig, () -> client.send("x").in.read()));
                rig.advance(HOUR_NS);
                ask(rig, () ->
                {
                    client.assertEnd();
                    return null;
                });
                assertEquals(1, rig.counter("tcp.t.max_downstream_connection_duration"));
                assertEquals(0, rig.counter("tcp.t.idle_timeout"));
                rig.await(() -> backend.open() == 0, "the endpoint's side ends");
                final int[] flags = new int[1];
                rig.await(() -> settings.records.poll(record -> flags[0] = record.flags(), 1) == 1, "a record");
                assertTrue(flags[0] == ResponseFlag.DURATION_TIMEOUT, () -> "flags " + flags[0]);
            }
        }
    }

    @Test
    void shouldSendAllOfAnUpgradedOneThatEndsBeforeItIsOld() throws Exception
    {
        final int length = 16 << 20;
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
                link.out.write(new byte[length]);
                link.socket.shutdownOutput();
                link.awaitEnd();
            }))
        {
            final TestProxy settings = settings(backend);
            settings.http.upgrades = new Upgrades(Map.of("websocket", true));
            try (FaultRig rig = rig(settings); TestClient client = rig.connect())
            {
                ask(rig, () -> client.send(WEBSOCKET).readHead());
                client.socket.shutdownOutput();
                // What is left then waits in the proxy.
                int read = 0;
                while (rig.look().exchanges() > 0)
                {
                    read += ask(rig, () -> client.in.readNBytes(4096)).length;
                }
                rig.advance(2 * HOUR_NS);
                turn(rig);
                assertEquals(length, read + ask(rig, () -> client.in.readAllBytes()).length);
            }
        }
    }

    @Test
    void shouldAddUpToItsJitterToADrain()
    {
        final HttpSettings http = new HttpSettings();
        http.drainTimeoutNs = 100;
        http.drainJitterNs = 50;
        final HttpConnectionManager manager = http.toManager(null);
        final LongSummaryStatistics drains =
            LongStream.range(0, 10_000).map(i -> manager.drainNs()).summaryStatistics();
        assertEquals(100, drains.getMin());
        assertEquals(150, drains.getMax());
    }
}
