package dev.ringway.engine.tls;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static dev.ringway.engine.tls.TlsFixture.CA;
import static dev.ringway.engine.tls.TlsFixture.EC;
import static dev.ringway.engine.tls.TlsFixture.RSA;
import static dev.ringway.engine.tls.TlsFixture.client;
import static dev.ringway.engine.tls.TlsFixture.jdkName;
import static dev.ringway.engine.tls.TlsFixture.server;
import static dev.ringway.engine.tls.TlsFixture.version;
import static dev.ringway.engine.tls.TlsSettings.TLS_1_2;
import static dev.ringway.engine.tls.TlsSettings.TLS_1_3;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class TlsRecordTest
{
    private static final TlsContext SERVER = TlsFixture.build(server(EC, RSA));
    private static final TlsContext CLIENT_1_2 = TlsFixture.build(version(client(), TLS_1_2));
    private static final TlsContext CLIENT_1_3 = TlsFixture.build(version(client(), TLS_1_3));
    private static final TlsContext CHACHA =
        TlsFixture.build(version(client(), TLS_1_2).ciphers(List.of("ECDHE-ECDSA-CHACHA20-POLY1305")));

    private final TlsEngines engines = new TlsEngines();

    /** A connection of the engine with itself. */
    private final class Pair implements AutoCloseable
    {
        private final EnginePeer server = new EnginePeer(engines, SERVER);
        private final EnginePeer client;

        Pair(final TlsContext clientContext)
        {
            client = new EnginePeer(engines, clientContext, "example.org", 0);
            TlsPeer.connect(client, server);
            assertTrue(client.isEstablished() && server.isEstablished());
            client.exchange(server.write(new byte[1]));
            client.received();
        }

        public void close()
        {
            client.close();
            server.close();
        }
    }

    private static TlsContext clientContext(final int version)
    {
        return version == TLS_1_2 ? CLIENT_1_2 : CLIENT_1_3;
    }

    private static byte[] random(final int length, final long seed)
    {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(final byte[]... parts)
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (final byte[] part : parts)
        {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {TLS_1_2, TLS_1_3})
    void shouldTakeRecordsSplitAnywhere(final int version)
    {
        try (Pair pair = new Pair(clientContext(version)))
        {
            final int length = pair.client.engine.cipherLength(3) + pair.client.engine.cipherLength(40);
            for (int split = 0; split <= length; split++)
            {
                final byte[] first = random(3, split);
                final byte[] second = random(40, -split);
                final byte[] cipher = joined(pair.client.write(first), pair.client.write(second));
                assertEquals(length, cipher.length);
                pair.server.exchange(Arrays.copyOf(cipher, split));
                pair.server.exchange(Arrays.copyOfRange(cipher, split, cipher.length));
                assertArrayEquals(joined(first, second), pair.server.received());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TLS_1_2, TLS_1_3})
    void shouldTakeRecordsByteByByteIntoLittleRoom(final int version)
    {
        try (Pair pair = new Pair(clientContext(version)))
        {
            pair.server.piece(1).room(7);
            final byte[] plain = random(1000, 3);
            pair.server.exchange(pair.client.write(plain));
            assertArrayEquals(plain, pair.server.received());
        }
    }

    @Property(tries = 300)
    void shouldGiveWhatWasWrittenWhateverTheSizes(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 65_536) final int piece,
        @ForAll @IntRange(min = 256, max = 65_536) final int writeRoom,
        @ForAll @IntRange(min = 1, max = 65_536) final int readRoom)
    {
        final Random random = new Random(seed);
        final TlsContext[] contexts = {CLIENT_1_2, CLIENT_1_3, CHACHA};
        try (Pair pair = new Pair(contexts[random.nextInt(contexts.length)]))
        {
            for (int i = 0; i < 4; i++)
            {
                final EnginePeer from = random.nextBoolean() ? pair.client : pair.server;
                final EnginePeer to = from == pair.client ? pair.server : pair.client;
                final int length = 1 + random.nextInt(random.nextBoolean() ? 200 : 100_000);
                final byte[] plain = random(length, random.nextLong());
                final byte[] cipher = from.room(writeRoom).write(plain);
                to.piece(piece).room(readRoom).exchange(cipher);
                assertArrayEquals(plain, to.received());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TLS_1_2, TLS_1_3})
    void shouldFillRecordsAndTakeManyAtOnce(final int version)
    {
        try (Pair pair = new Pair(clientContext(version)))
        {
            final byte[] plain = random(60_000, 4);
            final byte[] cipher = pair.client.write(plain);
            assertEquals(pair.client.engine.cipherLength(60_000), cipher.length);
            int records = 0;
            for (int at = 0; at < cipher.length; at += 5 + ((cipher[at + 3] & 0xFF) << 8 | cipher[at + 4] & 0xFF))
            {
                assertEquals(23, cipher[at]);
                records++;
            }
            assertEquals(4, records);
            pair.server.exchange(cipher);
            assertArrayEquals(plain, pair.server.received());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TLS_1_2, TLS_1_3})
    void shouldFailWhicheverByteOfARecordIsWrong(final int version)
    {
        final byte[] plain = random(20, 5);
        int failed = 0;
        int at = 0;
        for (int length = 1; at < length; at++)
        {
            try (Pair pair = new Pair(clientContext(version)))
            {
                final byte[] cipher = pair.client.write(plain);
                length = cipher.length;
                cipher[at] ^= 0x40;
                final byte[] alert = pair.server.exchange(cipher);
                assertEquals(0, pair.server.received().length, "byte " + at);
                if (pair.server.isFailed())
                {
                    failed++;
                    assertTrue(pair.server.engine.errorId() != 0);
                    assertTrue(alert.length > 0, "byte " + at);
                    assertEquals(TlsEngine.FAILED, pair.server.engine.encrypt(0, 1, 0, 100));
                    pair.client.exchange(alert);
                    assertTrue(pair.client.isFailed());
                    continue;
                }
                // The length: the record only seems longer, what comes next is taken for its end.
                assertTrue(at == 3 || at == 4, "byte " + at);
                pair.server.exchange(new byte[20_000]);
                assertTrue(pair.server.isFailed());
                assertEquals(0, pair.server.received().length);
            }
        }
        assertTrue(failed >= at - 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {TLS_1_2, TLS_1_3})
    void shouldGiveWhatCameBeforeAWrongRecordAndFailAfterwards(final int version)
    {
        try (Pair pair = new Pair(clientContext(version)))
        {
            final byte[] good = random(100, 6);
            final byte[] bad = pair.client.write(good);
            final byte[] worse = pair.client.write(good);
            worse[20] ^= 1;
            pair.server.exchange(joined(bad, worse, pair.client.write(good)));
            assertArrayEquals(good, pair.server.received());
            assertTrue(pair.server.isFailed());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TLS_1_2, TLS_1_3})
    void shouldGiveWhatCameBeforeTheEnd(final int version)
    {
        try (Pair pair = new Pair(clientContext(version)))
        {
            final byte[] plain = random(100, 7);
            pair.server.exchange(joined(pair.client.write(plain), pair.client.end(), new byte[50]));
            assertArrayEquals(plain, pair.server.received());
            assertTrue(pair.server.isEnded());
            // Half closed: the other direction goes on.
            pair.client.exchange(pair.server.write(plain));
            assertArrayEquals(plain, pair.client.received());
            pair.client.exchange(pair.server.end());
            assertTrue(pair.client.isEnded());
        }
    }

    @Test
    void shouldRefuseRecordsThatAreTooLong()
    {
        try (Pair pair = new Pair(CLIENT_1_3))
        {
            final byte[] record = new byte[20_000];
            record[0] = 23;
            record[1] = 3;
            record[2] = 3;
            record[3] = (byte)(18_500 >> 8);
            record[4] = (byte)18_500;
            pair.server.exchange(record);
            assertTrue(pair.server.isFailed());
        }
    }

    @Test
    void shouldAskForRoomWhenNotEvenAByteFits()
    {
        try (Pair pair = new Pair(CLIENT_1_3))
        {
            final int least = pair.client.engine.cipherLength(1);
            assertEquals(TlsEngine.NEEDS_ROOM, pair.client.engine.encrypt(0, 10, 0, least - 1));
            assertEquals(0, pair.client.engine.consumed());
        }
    }

    @Test
    void shouldRepeatAWriteWhoseRoomTheTicketsTook()
    {
        try (EnginePeer server = new EnginePeer(engines, SERVER);
            EnginePeer client = new EnginePeer(engines, CLIENT_1_3, "example.org", 0))
        {
            TlsPeer.connect(client, server);
            final byte[] plain = random(100, 8);
            final byte[] cipher = server.room(TlsEngine.LEAST_ROOM).write(plain);
            assertTrue(cipher.length > TlsEngine.LEAST_ROOM + server.engine.cipherLength(100), "tickets were written");
            client.exchange(cipher);
            assertArrayEquals(plain, client.received());
            TlsEngines.freeSession(client.engine.takeSession());
        }
    }

    @Test
    void shouldAnswerAChangeOfKeys()
    {
        final var context = JdkPeer.context(null, CA);
        try (EnginePeer server = new EnginePeer(engines, SERVER);
            JdkPeer client = JdkPeer.client(context, jdkName(TLS_1_3)))
        {
            TlsPeer.connect(client, server);
            for (int i = 0; i < 5; i++)
            {
                final byte[] plain = random(50, i);
                server.exchange(joined(client.again(), client.write(plain)));
                assertArrayEquals(plain, server.received());
                client.exchange(server.write(plain));
                assertArrayEquals(plain, client.received());
            }
        }
    }

    @Test
    void shouldRefuseToRenegotiate()
    {
        final var context = JdkPeer.context(null, CA);
        try (EnginePeer server = new EnginePeer(engines, SERVER);
            JdkPeer client = JdkPeer.client(context, jdkName(TLS_1_2)))
        {
            TlsPeer.connect(client, server);
            final byte[] hello = client.again();
            assertTrue(hello.length > 0);
            server.exchange(hello);
            assertTrue(server.isFailed());
            final String reason = TlsEngine.errorText(server.engine.errorId());
            assertTrue(reason.contains("NO_RENEGOTIATION"), reason);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TLS_1_2, TLS_1_3})
    void shouldMoveMuchToAndFromTheJdk(final int version)
    {
        final var context = JdkPeer.context(null, CA);
        try (EnginePeer server = new EnginePeer(engines, SERVER);
            JdkPeer client = JdkPeer.client(context, jdkName(version)))
        {
            TlsPeer.connect(client, server);
            final Random random = new Random(version);
            for (int i = 0; i < 200; i++)
            {
                final byte[] plain = random(1 + random.nextInt(60_000), i);
                server.piece(1 + random.nextInt(40_000)).room(256 + random.nextInt(60_000));
                server.exchange(client.write(plain));
                assertArrayEquals(plain, server.received());
                client.exchange(server.write(plain));
                assertArrayEquals(plain, client.received());
            }
            assertFalse(client.isFailed() || server.isFailed());
        }
    }
}
