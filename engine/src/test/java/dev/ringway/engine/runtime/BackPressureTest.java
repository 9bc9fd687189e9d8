package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A slow reader costs a bounded amount of memory, whatever it is sent.
 */
final class BackPressureTest
{
    private static final int LENGTH = 50_000_000;
    private static final int BLOCK = 1 << 16;
    /** 256 KiB may be queued and 512 come in the turn in which that is seen, on chunks partly used by others. */
    private static final int MAX_CHUNKS = 16;
    /** Kernels without a limit of receives hand over all that the socket's own buffer holds. */
    private static final int MAX_CHUNKS_WITHOUT_LIMIT = 112;

    static byte[] block()
    {
        final byte[] block = new byte[BLOCK];
        new java.util.Random(7).nextBytes(block);
        return block;
    }

    /** Checksum of what is sent by repeating the block. */
    private static long expected(final int length)
    {
        final CRC32 crc = new CRC32();
        final byte[] block = block();
        for (int left = length; left > 0; left -= BLOCK)
        {
            crc.update(block, 0, Math.min(left, BLOCK));
        }
        return crc.getValue();
    }

    private static long checksum(final InputStream in, final int length) throws IOException
    {
        final CRC32 crc = new CRC32();
        final byte[] piece = new byte[BLOCK];
        int left = length;
        while (left > 0)
        {
            final int count = in.read(piece, 0, Math.min(left, BLOCK));
            assertTrue(count > 0, "ended with " + left + " bytes to come");
            crc.update(piece, 0, count);
            left -= count;
        }
        return crc.getValue();
    }

    private static void write(final java.io.OutputStream out, final int length) throws IOException
    {
        final byte[] block = block();
        for (int left = length; left > 0; left -= BLOCK)
        {
            out.write(block, 0, Math.min(left, BLOCK));
        }
    }

    private static int maxChunks(final TestProxy proxy)
    {
        return proxy.engine().probe().limitsReceives() ? MAX_CHUNKS : MAX_CHUNKS_WITHOUT_LIMIT;
    }

    /** Waits until nothing moves any more, and says what is held then. */
    private static int chunksAtStandstill(final TestProxy proxy, final String counter)
    {
        TestProxy.await(() -> proxy.counter(counter) > 0, () -> counter + " counted");
        final long[] last = {-1};
        TestProxy.await(() ->
        {
            final long submitted = proxy.look().submitted();
            // The look itself costs a wake-up each.
            final boolean isStill = submitted - last[0] <= 2;
            last[0] = submitted;
            return isStill;
        }, () -> "standstill");
        return proxy.look().chunks();
    }

    private static void assertResumed(final TestProxy proxy, final String prefix)
    {
        final long paused = proxy.counter(prefix + "paused_reading_total");
        final long resumed = proxy.counter(prefix + "resumed_reading_total");
        assertTrue(resumed > 0 && resumed <= paused && resumed >= paused - 1, paused + " paused, " + resumed + " resumed");
    }

    @Test
    void shouldHoldLittleOfALargeResponseForASlowReader() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                while (link.read() != null)
                {
                    link.write("HTTP/1.1 200 OK\r\ncontent-length: " + LENGTH + "\r\n\r\n");
                    write(link.out, LENGTH);
                }
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect(16_384).send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, client.readHead().status());
            final int chunks = chunksAtStandstill(proxy, "cluster.b.upstream_flow_control_paused_reading_total");
            assertTrue(chunks <= maxChunks(proxy), "chunks " + chunks);
            assertEquals(expected(LENGTH), checksum(client.in, LENGTH));
            assertResumed(proxy, "cluster.b.upstream_flow_control_");
            assertEquals(1, proxy.look().slots() - 16 - 1);
        }
    }

    @Test
    void shouldHoldLittleOfALargeRequestForASlowEndpoint() throws Exception
    {
        final CountDownLatch isStill = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                isStill.await();
                link.write(TestBackend.ok(Long.toHexString(checksum(link.in, LENGTH))));
                link.awaitEnd();
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client =
                proxy.connect().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + LENGTH + "\r\n\r\n");
            final Thread sender = Thread.ofPlatform().start(() ->
            {
                try
                {
                    write(client.out, LENGTH);
                }
                catch (final IOException e)
                {
                    // The checksum tells.
                }
            });
            final int chunks = chunksAtStandstill(proxy, "http.in.downstream_flow_control_paused_reading_total");
            assertTrue(chunks <= maxChunks(proxy), "chunks " + chunks);
            isStill.countDown();
            assertEquals(Long.toHexString(expected(LENGTH)), client.read().text());
            sender.join();
            assertResumed(proxy, "http.in.downstream_flow_control_");
        }
    }

    @Test
    void shouldLetTheClientLeaveInTheMiddleOfALargeResponse() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.read();
                link.write("HTTP/1.1 200 OK\r\ncontent-length: " + LENGTH + "\r\n\r\n");
                write(link.out, LENGTH);
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            for (int i = 0; i < 3; i++)
            {
                final TestClient client = proxy.connect(16_384).send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
                assertEquals(200, client.readHead().status());
                checksum(client.in, 1_000_000);
                client.reset();
                TestProxy.await(() -> backend.open() == 0, () -> "upstream connection closed");
            }
        }
    }

    @Test
    void shouldServeOthersWhileOneReaderIsSlow() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                HttpMessage request;
                while ((request = link.read()) != null)
                {
                    final int length = request.target().equals("/large") ? LENGTH : 5;
                    link.write("HTTP/1.1 200 OK\r\ncontent-length: " + length + "\r\n\r\n");
                    write(link.out, length);
                }
            });
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient slow = proxy.connect(16_384).send("GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, slow.readHead().status());
            final TestClient quick = proxy.connect();
            for (int i = 0; i < 500; i++)
            {
                assertEquals(5, quick.get("/small").body().length);
            }
            slow.close();
        }
    }
}
