package dev.ringway.engine.tls;

import com.sun.management.ThreadMXBean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;

import static dev.ringway.engine.tls.TlsFixture.EC;
import static dev.ringway.engine.tls.TlsFixture.client;
import static dev.ringway.engine.tls.TlsFixture.server;
import static dev.ringway.engine.tls.TlsFixture.version;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A record allocates nothing on the heap, in either direction. The runtime links code as it gets hot, which costs some
 * bytes once: so one round of several must be free of them.
 */
final class TlsAllocationTest
{
    private static final int RECORDS = 100_000;
    private static final int WARM_UP = 20_000;
    private static final int MOST_ROUNDS = 5;

    private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private final UnsafeBuffer plain = new UnsafeBuffer(ByteBuffer.allocateDirect(32 * 1024));
    private final UnsafeBuffer cipher = new UnsafeBuffer(ByteBuffer.allocateDirect(32 * 1024));

    @ParameterizedTest
    @CsvSource({"1.2,116", "1.3,116", "1.3,16384"})
    void shouldNotAllocateForARecord(final String version, final int length)
    {
        final TlsEngines engines = new TlsEngines();
        final int number = version.equals("1.2") ? TlsSettings.TLS_1_2 : TlsSettings.TLS_1_3;
        final TlsContext serverContext = TlsFixture.build(server(EC).alpn(List.of("h2")));
        final TlsContext clientContext = TlsFixture.build(version(client(), number));
        try (EnginePeer server = new EnginePeer(engines, serverContext);
            EnginePeer client = new EnginePeer(engines, clientContext))
        {
            TlsPeer.connect(client, server);
            client.exchange(server.write(new byte[1]));
            pass(client.engine, server.engine, length, WARM_UP);
            pass(server.engine, client.engine, length, WARM_UP);
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < MOST_ROUNDS && allocated != 0; round++)
            {
                final long before = threads.getCurrentThreadAllocatedBytes();
                pass(client.engine, server.engine, length, RECORDS / 2);
                pass(server.engine, client.engine, length, RECORDS / 2);
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertEquals(0, allocated);
        }
        serverContext.release();
        clientContext.release();
    }

    private void pass(final TlsEngine from, final TlsEngine to, final int length, final int records)
    {
        for (int i = 0; i < records; i++)
        {
            final int sent = from.encrypt(plain.addressOffset(), length, cipher.addressOffset(), cipher.capacity());
            final int got = to.decrypt(cipher.addressOffset(), sent, plain.addressOffset(), plain.capacity());
            if (got != length || from.consumed() != length || to.consumed() != sent)
            {
                throw new AssertionError("record " + i + ": " + sent + ", " + got);
            }
        }
    }
}
