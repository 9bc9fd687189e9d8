package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class TcpRelayTest
{
    private static final int LENGTH = 20_000_000;

    private static byte[] bytes(final long seed)
    {
        final byte[] bytes = new byte[LENGTH];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static long checksum(final byte[] bytes)
    {
        final CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    private static Thread sending(final TestClient client, final byte[] bytes)
    {
        return Thread.ofPlatform().start(() ->
        {
            try
            {
                client.send(bytes);
                client.halfClose();
            }
            catch (final IOException e)
            {
                // The checksum tells.
            }
        });
    }

    @Test
    void shouldCarryManyBytesBothWaysAtOnce() throws Exception
    {
        final byte[] up = bytes(1);
        final byte[] down = bytes(2);
        final AtomicReference<byte[]> received = new AtomicReference<>();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Thread reader = Thread.ofPlatform().start(() ->
                {
                    try
                    {
                        received.set(link.in.readAllBytes());
                    }
                    catch (final IOException e)
                    {
                        // The checksum tells.
                    }
                });
                link.out.write(down);
                link.socket.shutdownOutput();
                reader.join();
            });
            TestProxy proxy = new TestProxy(backend).tcp().start())
        {
            final TestClient client = proxy.connect();
            final Thread sender = sending(client, up);
            assertEquals(checksum(down), checksum(client.in.readAllBytes()));
            sender.join();
            TestProxy.await(() -> received.get() != null, () -> "all at the backend");
            assertEquals(checksum(up), checksum(received.get()));
            TestProxy.await(() -> proxy.look().exchanges() == 0, () -> "relay over");
            proxy.awaitCounter("tcp.t.downstream_cx_rx_bytes_total", LENGTH);
            proxy.awaitCounter("tcp.t.downstream_cx_tx_bytes_total", LENGTH);
        }
    }

    @Test
    void shouldPassTheClientsEndAndStillCarryTheAnswer() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link -> link.out.write(link.in.readAllBytes()));
            TestProxy proxy = new TestProxy(backend).tcp().start())
        {
            for (int i = 0; i < 20; i++)
            {
                final byte[] bytes = ("message " + i).getBytes();
                final TestClient client = proxy.connect().send(bytes);
                client.halfClose();
                assertArrayEquals(bytes, client.in.readAllBytes());
                client.close();
            }
        }
    }

    @Test
    void shouldPassAnEndThatComesBeforeTheEndpointIsConnected() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link -> link.out.write(link.in.readAllBytes()));
            TestProxy proxy = new TestProxy(backend).tcp().start())
        {
            for (int i = 0; i < 200; i++)
            {
                final TestClient client = proxy.connect();
                client.halfClose();
                client.assertEnd();
                client.close();
            }
            assertEquals(200, backend.accepted());
        }
    }

    @Test
    void shouldPassTheEndpointsEndAndStillCarryWhatTheClientSends() throws Exception
    {
        final AtomicReference<String> received = new AtomicReference<>();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.write("hello");
                link.socket.shutdownOutput();
                received.set(new String(link.in.readAllBytes()));
            });
            TestProxy proxy = new TestProxy(backend).tcp().start())
        {
            final TestClient client = proxy.connect();
            assertEquals("hello", new String(client.in.readAllBytes()));
            client.send("late").halfClose();
            TestProxy.await(() -> received.get() != null, () -> "all at the backend");
            assertEquals("late", received.get());
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
                    link.out.write(link.in.read());
                    link.awaitEnd();
                    seen.set(new IOException("orderly end"));
                }
                catch (final IOException e)
                {
                    seen.set(e);
                }
            });
            TestProxy proxy = new TestProxy(backend).tcp().start())
        {
            final TestClient client = proxy.connect().send("x");
            assertEquals('x', client.in.read());
            client.reset();
            TestProxy.await(() -> seen.get() != null, () -> "end at the backend");
            assertInstanceOf(SocketException.class, seen.get(), String.valueOf(seen.get()));
        }
    }

    @Test
    void shouldPassTheEndpointsReset() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.in.read();
                link.reset();
            });
            TestProxy proxy = new TestProxy(backend).tcp().start())
        {
            final TestClient client = proxy.connect().send("x");
            client.assertReset();
        }
    }

    @Test
    void shouldEndAnIdleRelay() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(TestBackend.Link::awaitEnd);
            TestProxy proxy = new TestProxy(backend).tcp())
        {
            proxy.tcpIdleNs = 100_000_000L;
            proxy.start();
            proxy.connect().assertEnd();
            // What a slow client says may come when the relay has ended: that is answered with a reset.
            proxy.connect().send("x").assertGone();
            TestProxy.await(() -> backend.open() == 0, () -> "upstream connections closed");
            assertEquals(2, proxy.counter("tcp.t.idle_timeout"));
        }
    }

    @Test
    void shouldEndTheClientWhenTheEndpointRefuses() throws Exception
    {
        try (TestProxy proxy = new TestProxy().tcp().refused().start())
        {
            for (int i = 0; i < 5; i++)
            {
                proxy.connect().assertGone();
            }
            proxy.connect().send("some bytes").assertGone();
            assertEquals(6, proxy.counter("cluster.b.upstream_cx_connect_fail"));
        }
    }

    @Test
    void shouldEndTheClientWithoutAnEndpoint() throws Exception
    {
        try (TestProxy proxy = new TestProxy().tcp().start())
        {
            proxy.connect().assertGone();
        }
    }

    @Test
    void shouldHoldLittleForASlowEndpoint() throws Exception
    {
        final byte[] bytes = bytes(3);
        final CountDownLatch isStill = new CountDownLatch(1);
        final AtomicReference<byte[]> received = new AtomicReference<>();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                isStill.await();
                received.set(link.in.readAllBytes());
            });
            TestProxy proxy = new TestProxy(backend).tcp().start())
        {
            final TestClient client = proxy.connect();
            final Thread sender = sending(client, bytes);
            TestProxy.await(() -> proxy.counter("tcp.t.downstream_flow_control_paused_reading_total") > 0,
                () -> "reading paused");
            assertTrue(proxy.look().chunks() <= 112);
            isStill.countDown();
            sender.join();
            TestProxy.await(() -> received.get() != null, () -> "all at the backend");
            assertEquals(checksum(bytes), checksum(received.get()));
        }
    }
}
