package dev.ringway.engine.runtime;

import dev.ringway.engine.route.Upgrades;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.tls.TlsFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Relays that move so much that their bytes pass the loop by.
 */
@Timeout(180)
final class SplicedRelayTest
{
    /** More than all buffers on the way hold. */
    private static final int MUCH = 24_000_000;
    private static final int PIECE = 1 << 20;

    private static final byte[] BYTES = bytes();

    private static byte[] bytes()
    {
        final byte[] bytes = new byte[MUCH];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static long checksum(final byte[] bytes)
    {
        final CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    private interface Sending
    {
        void send() throws IOException;
    }

    /** Who receives tells whether it was sent. */
    private static Thread beside(final Sending sending)
    {
        return Thread.ofPlatform().start(() ->
        {
            try
            {
                sending.send();
            }
            catch (final IOException e)
            {
                // The connection is cut in some tests.
            }
        });
    }

    private static void awaitSpliced(final TestProxy proxy, final long bytes)
    {
        TestProxy.await(() -> proxy.look().splicedBytes() >= bytes,
            () -> bytes + " bytes spliced, are " + proxy.look().splicedBytes());
    }

    /** In large pieces. */
    private static void sendBack(final TestBackend.Link link) throws IOException
    {
        final byte[] piece = new byte[PIECE];
        for (int length = link.in.read(piece); length >= 0; length = link.in.read(piece))
        {
            link.out.write(piece, 0, length);
        }
    }

    private static TestBackend echo() throws IOException
    {
        return TestBackend.scripted(SplicedRelayTest::sendBack);
    }

    /** All that is sent, up to its end, comes back. */
    private static void assertSentBack(final TestClient client) throws Exception
    {
        final Thread sender = beside(() ->
        {
            client.send(BYTES);
            client.halfClose();
        });
        assertEquals(checksum(BYTES), checksum(client.in.readAllBytes()));
        sender.join();
    }

    @Test
    void shouldPassBothDirectionsByAtOnce() throws Exception
    {
        try (TestBackend backend = echo(); TestProxy proxy = new TestProxy(backend).spliced().tcp().start())
        {
            final TestClient client = proxy.connect();
            assertSentBack(client);
            assertTrue(proxy.look().splicedBytes() > MUCH, () -> "spliced " + proxy.look().splicedBytes());
            proxy.awaitCounter("tcp.t.downstream_cx_rx_bytes_total", MUCH);
            proxy.awaitCounter("tcp.t.downstream_cx_tx_bytes_total", MUCH);
            proxy.awaitCounter("cluster.b.upstream_cx_rx_bytes_total", MUCH);
            proxy.awaitCounter("cluster.b.upstream_cx_tx_bytes_total", MUCH);
        }
    }

    @Test
    void shouldPassBytesOfUnixSocketsBy(@TempDir final Path folder) throws Exception
    {
        try (TestBackend backend = echo(); TestProxy proxy = new TestProxy(backend).spliced().tcp())
        {
            proxy.listen = Address.unix(folder.resolve("listen.sock").toString());
            proxy.start();
            final TestClient client = proxy.connect();
            assertSentBack(client);
            assertTrue(proxy.look().splicedBytes() > 0);
        }
    }

    @Test
    void shouldHoldNothingForASlowEndpoint() throws Exception
    {
        final AtomicBoolean isSlow = new AtomicBoolean();
        final CountDownLatch isStill = new CountDownLatch(1);
        final CRC32 received = new CRC32();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final byte[] piece = new byte[PIECE];
                for (int length = link.in.read(piece); length >= 0; length = link.in.read(piece))
                {
                    received.update(piece, 0, length);
                    if (isSlow.get())
                    {
                        isStill.await();
                    }
                }
                link.write("done");
            });
            TestProxy proxy = new TestProxy(backend).spliced().tcp().start())
        {
            final CRC32 sent = new CRC32();
            final TestClient client = proxy.connect();
            final Thread sender = beside(() ->
            {
                // What is sent behind the moment at which the endpoint stops reading is more than is held on the way.
                while (!isSlow.get())
                {
                    sent.update(BYTES);
                    client.send(BYTES);
                }
                sent.update(BYTES);
                client.send(BYTES);
                client.halfClose();
            });
            awaitSpliced(proxy, MUCH);
            isSlow.set(true);
            // A pause may be a short one, before the endpoint has stopped: then the client goes on, or takes a rest.
            TestProxy.await(() -> proxy.look().splices() == 1 &&
                proxy.counter("tcp.t.downstream_flow_control_paused_reading_total") >
                proxy.counter("tcp.t.downstream_flow_control_resumed_reading_total"), () -> "reading paused");
            TestProxy.await(() -> proxy.look().chunks() == 0, () -> "nothing held");
            isStill.countDown();

            assertEquals("done", new String(client.in.readAllBytes()));

            sender.join();
            assertEquals(sent.getValue(), received.getValue());
        }
    }

    @Test
    void shouldReceiveAgainWhenLittleComes() throws Exception
    {
        try (TestBackend backend = echo(); TestProxy proxy = new TestProxy(backend).spliced().tcp().start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 2; i++)
            {
                final long before = proxy.look().splicedBytes();
                final Thread sender = beside(() -> client.send(BYTES));
                assertArrayEquals(BYTES, client.in.readNBytes(MUCH));
                sender.join();
                awaitSpliced(proxy, before + MUCH / 2);
                for (int j = 0; j < 50; j++)
                {
                    final byte[] little = ("message " + j).getBytes();
                    client.send(little);
                    assertArrayEquals(little, client.in.readNBytes(little.length));
                }
                TestProxy.await(() -> proxy.look().splices() == 0, () -> "no direction spliced");
            }
        }
    }

    @Test
    void shouldPassTheClientsReset() throws Exception
    {
        final AtomicReference<IOException> seen = new AtomicReference<>();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                try
                {
                    link.awaitEnd();
                    seen.set(new IOException("orderly end"));
                }
                catch (final IOException e)
                {
                    seen.set(e);
                }
            });
            TestProxy proxy = new TestProxy(backend).spliced().tcp().start())
        {
            final TestClient client = proxy.connect();
            beside(() ->
            {
                while (true)
                {
                    client.send(BYTES);
                }
            });
            awaitSpliced(proxy, MUCH);
            client.reset();
            TestProxy.await(() -> seen.get() != null, () -> "end at the backend");
            assertInstanceOf(SocketException.class, seen.get(), String.valueOf(seen.get()));
        }
    }

    @Test
    void shouldPassTheEndpointsReset() throws Exception
    {
        final CountDownLatch isEnough = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                beside(() ->
                {
                    while (true)
                    {
                        link.out.write(BYTES);
                    }
                });
                isEnough.await();
                link.reset();
            });
            TestProxy proxy = new TestProxy(backend).spliced().tcp().start())
        {
            final TestClient client = proxy.connect();
            final Thread reader = beside(() -> client.in.skipNBytes(Long.MAX_VALUE));
            awaitSpliced(proxy, MUCH);
            isEnough.countDown();
            reader.join();
            client.assertReset();
        }
    }

    /** What is in the pipe then goes nowhere. */
    @Test
    void shouldEndARelayWhoseClientDoesNotRead() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                while (true)
                {
                    link.out.write(BYTES);
                }
            });
            TestProxy proxy = new TestProxy(backend).spliced().tcp().start())
        {
            final TestClient client = proxy.connect();
            client.in.skipNBytes(MUCH);
            TestProxy.await(() -> proxy.look().splices() == 1 &&
                proxy.counter("cluster.b.upstream_flow_control_paused_reading_total") >
                proxy.counter("cluster.b.upstream_flow_control_resumed_reading_total"),
                () -> "the client's buffers full");
            client.close();
            TestProxy.await(() -> proxy.look().exchanges() == 0, () -> "relay over");
        }
    }

    @Test
    void shouldEndARelayOfWhichNothingMovesInTime() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(
                link -> link.in.transferTo(OutputStream.nullOutputStream()));
            TestProxy proxy = new TestProxy(backend).spliced().tcp())
        {
            proxy.tcpIdleNs = 2_000_000_000L;
            proxy.start();
            final TestClient client = proxy.connect().send(BYTES);
            client.assertEnd();
            proxy.awaitCounter("tcp.t.idle_timeout", 1);
            assertTrue(proxy.look().splicedBytes() > 0);
        }
    }

    @Test
    void shouldSpliceWhatWasUpgraded() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
                sendBack(link);
            });
            TestProxy proxy = new TestProxy(backend).spliced())
        {
            proxy.http.upgrades = new Upgrades(Map.of("websocket", true));
            proxy.start();
            final TestClient client = proxy.connect();
            client.send("GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
            assertEquals(101, client.readHead().status());
            assertSentBack(client);
            assertTrue(proxy.look().splicedBytes() > MUCH, () -> "spliced " + proxy.look().splicedBytes());
        }
    }

    @Test
    void shouldNotPassEncryptedBytesBy() throws Exception
    {
        try (TestBackend backend = echo();
            TestProxy proxy = new TestProxy(backend).spliced().tcp().encrypted(TlsFixture.listener(false)).start())
        {
            final TestClient client = proxy.connect();
            assertSentBack(client);
            assertEquals(0, proxy.look().splicedBytes());
        }
    }
}
