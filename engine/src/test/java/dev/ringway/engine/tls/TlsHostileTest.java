package dev.ringway.engine.tls;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static dev.ringway.engine.tls.TlsFixture.CA;
import static dev.ringway.engine.tls.TlsFixture.CLIENT;
import static dev.ringway.engine.tls.TlsFixture.RSA;
import static dev.ringway.engine.tls.TlsFixture.client;
import static dev.ringway.engine.tls.TlsFixture.server;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What broken and hostile peers cost: a connection, and nothing that stays. */
final class TlsHostileTest
{
    private static final int PAGE = 4096;
    private static final int MOST_MEASURED = 5;

    private final TlsEngines engines = new TlsEngines();
    private final TlsContext serverContext =
        TlsFixture.build(server(RSA).trustedCa("test ca", CA.pem()).requirePeerCertificate(true));
    private final TlsContext clientContext = TlsFixture.build(client().certificates(List.of(CLIENT.shown())));

    @AfterEach
    void shouldHoldNothing()
    {
        assertEquals(0, engines.inUse());
        assertEquals(1, serverContext.references());
        assertEquals(1, clientContext.references());
        serverContext.release();
        clientContext.release();
    }

    private static long residentBytes() throws IOException
    {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE;
    }

    /** All that client and server say in a handshake, in turn. */
    private List<byte[]> flights()
    {
        final List<byte[]> flights = new ArrayList<>();
        try (EnginePeer server = new EnginePeer(engines, serverContext);
            EnginePeer client = new EnginePeer(engines, clientContext))
        {
            byte[] flight = client.exchange(new byte[0]);
            for (int i = 0; flight.length > 0; i++)
            {
                flights.add(flight);
                flight = (i % 2 == 0 ? server : client).exchange(flight);
            }
        }
        return flights;
    }

    /** Whether a byte is the version of a record, which is passed over before there are keys (RFC 8446, 5.1). */
    private static boolean isVersion(final byte[] flight, final int at)
    {
        int record = 0;
        for (int next = 0; next <= at; next += 5 + ((flight[next + 3] & 0xFF) << 8 | flight[next + 4] & 0xFF))
        {
            record = next;
        }
        return at - record == 1 || at - record == 2;
    }

    /** Runs a handshake in which one byte of one flight is another. */
    private boolean isEstablishedWithWrongByte(final int wrongFlight, final int index, final int mask)
    {
        try (EnginePeer server = new EnginePeer(engines, serverContext);
            EnginePeer client = new EnginePeer(engines, clientContext))
        {
            byte[] flight = client.exchange(new byte[0]);
            for (int i = 0; flight.length > 0; i++)
            {
                if (i == wrongFlight)
                {
                    // A signature may be a byte shorter than it was in the other run.
                    final int at = Math.min(index, flight.length - 1);
                    if (isVersion(flight, at))
                    {
                        return false;
                    }
                    flight[at] ^= (byte)mask;
                }
                flight = (i % 2 == 0 ? server : client).exchange(flight);
            }
            return client.isEstablished() && server.isEstablished();
        }
    }

    @Test
    void shouldNotEstablishWhicheverByteOfAHandshakeIsWrong()
    {
        final List<byte[]> flights = flights();
        assertEquals(3, flights.size());
        final Random random = new Random(1);
        for (int flight = 0; flight < flights.size(); flight++)
        {
            for (int at = 0; at < flights.get(flight).length; at++)
            {
                assertFalse(isEstablishedWithWrongByte(flight, at, 1 << random.nextInt(8)),
                    "flight " + flight + ", byte " + at);
            }
        }
    }

    @Test
    void shouldKeepNothingOfTenThousandHalfHandshakes() throws IOException
    {
        final List<byte[]> flights = flights();
        long before = halfHandshakes(flights, 2000);
        long grown = Long.MAX_VALUE;
        // The heap of the JVM may grow as well, but not for ever. What one of them holds is 20 KiB and more: were it kept,
        // 200 MB each time.
        for (int i = 0; i < MOST_MEASURED && grown >= 32 << 20; i++)
        {
            final long after = halfHandshakes(flights, 10_000);
            grown = after - before;
            before = after;
        }
        assertTrue(grown < 32 << 20, "grew by " + grown);
    }

    private long halfHandshakes(final List<byte[]> flights, final int count) throws IOException
    {
        final byte[] hello = flights.get(0);
        for (int i = 0; i < count; i++)
        {
            try (EnginePeer server = new EnginePeer(engines, serverContext))
            {
                server.exchange(Arrays.copyOf(hello, i % (hello.length + 1)));
                assertFalse(server.isFailed());
            }
        }
        return residentBytes();
    }

    @Test
    void shouldEndWhenAHandshakeMessageIsEndless()
    {
        try (EnginePeer server = new EnginePeer(engines, serverContext))
        {
            final byte[] record = new byte[5 + 16_384];
            record[0] = 22;
            record[1] = 3;
            record[2] = 1;
            record[3] = 0x40;
            // A ClientHello of 16 MiB is announced.
            record[5] = 1;
            record[6] = (byte)0xFF;
            record[7] = (byte)0xFF;
            record[8] = (byte)0xFF;
            server.exchange(record);
            assertTrue(server.isFailed());
            final String reason = TlsEngine.errorText(server.engine.errorId());
            assertTrue(reason.contains("EXCESSIVE_MESSAGE_SIZE"), reason);
        }
    }

    @Test
    void shouldSurviveNoise()
    {
        final Random random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            try (EnginePeer server = new EnginePeer(engines, serverContext);
                EnginePeer client = new EnginePeer(engines, clientContext))
            {
                final byte[] noise = new byte[1 + random.nextInt(300)];
                random.nextBytes(noise);
                noise[0] = (byte)(20 + random.nextInt(5));
                if (noise.length > 4)
                {
                    noise[1] = 3;
                    noise[2] = (byte)random.nextInt(5);
                    noise[3] = 0;
                }
                server.exchange(noise);
                client.exchange(new byte[0]);
                client.exchange(noise);
                assertFalse(server.isEstablished() || client.isEstablished());
            }
        }
    }
}
