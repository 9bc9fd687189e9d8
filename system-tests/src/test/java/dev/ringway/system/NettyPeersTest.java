package dev.ringway.system;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A Netty HTTP/2 client and a Netty HTTP/2 server that speak through one Ringway process, in clear and on TLS on both
 * sides. Netty ends the connection where a window is overrun or a frame is wrong.
 */
final class NettyPeersTest
{
    private static final int DEFAULT_WINDOW = 65_535;
    private static final int SMALL_WINDOW = 1_000;
    private static final int[] LENGTHS = {0, 1, 999, 1_001, 16_384, 50_000, 200_000};
    private static final int INTERNAL_ERROR = 2;
    private static final int ROUNDS = 5;
    private static final int AT_ONCE = 40;

    @TempDir
    private static Path directory;

    private static Program ringway;
    private static Admin admin;
    private static Map<String, Long> gauges;
    private static SslContext clientTls;

    /** How connections on both sides are made. */
    enum Transport
    {
        CLEAR,
        TLS;

        private NettyServer server;
        private NettyServer narrow;
        private int port;

        NettyClient client(final int window) throws Exception
        {
            return new NettyClient(port, this == TLS ? clientTls : null, window);
        }
    }

    private static SslContext build(final SslContextBuilder builder) throws Exception
    {
        return builder.sslProvider(SslProvider.JDK)
            .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2))
            .build();
    }

    @BeforeAll
    static void start() throws Exception
    {
        final Certificates certificates = new Certificates(directory, "ca");
        final Certificates.Certified own = certificates.ecdsa("localhost", "dns:localhost,ip:127.0.0.1");
        clientTls = build(SslContextBuilder.forClient().trustManager(certificates.authority().toFile()));
        final SslContext serverTls =
            build(SslContextBuilder.forServer(own.certificate().toFile(), own.key().toFile()));
        final int adminPort = Program.freePort();
        final StringBuilder yaml = new StringBuilder(Bootstraps.admin(adminPort));
        for (final Transport transport : Transport.values())
        {
            final SslContext tls = transport == Transport.TLS ? serverTls : null;
            transport.server = new NettyServer(tls, DEFAULT_WINDOW);
            transport.narrow = new NettyServer(tls, SMALL_WINDOW);
            transport.port = Program.freePort();
            yaml.append(Bootstraps.http("in" + transport, Bootstraps.tcpAddress("127.0.0.1", transport.port),
                "codec_type: " + (tls == null ? "HTTP2" : "AUTO"), """
                - match: { prefix: /narrow }
                  route: { cluster: narrow%1$s, timeout: 0s }
                - match: { prefix: / }
                  route: { cluster: wide%1$s, timeout: 0s }
                """.formatted(transport)));
            yaml.append(tls == null ? "" : Bootstraps.downstreamTls("common_tls_context: { tls_certificates: [ " +
                own.yaml() + " ], alpn_protocols: [ h2 ] }"));
        }
        yaml.append("  clusters:\n");
        for (final Transport transport : Transport.values())
        {
            appendCluster(yaml, "wide" + transport, transport.server, transport, certificates);
            appendCluster(yaml, "narrow" + transport, transport.narrow, transport, certificates);
        }
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), yaml);
        ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "1");
        admin = new Admin(adminPort);
        ringway.awaitPort(adminPort).awaitPort(Transport.CLEAR.port).awaitPort(Transport.TLS.port);
        gauges = admin.firstGauges();
    }

    private static void appendCluster(
        final StringBuilder yaml,
        final String name,
        final NettyServer server,
        final Transport transport,
        final Certificates certificates)
    {
        yaml.append(Bootstraps.cluster(name, "STATIC", Bootstraps.tcpAddress("127.0.0.1", server.port())));
        yaml.append("    http2_protocol_options: {}\n");
        yaml.append(transport == Transport.CLEAR ? "" : Bootstraps.upstreamTls(
            "sni: localhost, common_tls_context: { alpn_protocols: [ h2 ], validation_context: { trusted_ca: " +
            "{ filename: \"" + certificates.authority() + "\" } } }"));
    }

    @AfterAll
    static void stop() throws Exception
    {
        for (final Transport transport : Transport.values())
        {
            transport.server.close();
            transport.narrow.close();
        }
        try (Program program = ringway)
        {
            admin.awaitNothingLeft(gauges);
            assertTrue(program.isAlive());
        }
    }

    @AfterEach
    void shouldHaveBrokenNoRule() throws Exception
    {
        for (final Map.Entry<String, Long> stat : admin.stats("protocol_error|messaging_error|flood|starved").entrySet())
        {
            assertEquals(0, stat.getValue(), stat.getKey());
        }
    }

    private static byte[] content(final int seed, final int length)
    {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void assertEchoed(final byte[] sent, final String trailer, final NettyClient.Answer answer)
    {
        final CRC32 sum = new CRC32();
        sum.update(sent);
        assertEquals(200, answer.status());
        assertEquals(-1, answer.reset(), () -> answer.body().length + " of " + sent.length + " bytes came");
        assertArrayEquals(sent, answer.body());
        assertEquals(Map.of("seen-x-trailer", trailer, "x-length", Integer.toString(sent.length), "x-sum",
            Long.toString(sum.getValue())), answer.trailers());
    }

    private static void echo(
        final NettyClient client, final String path, final int streams, final int most) throws Exception
    {
        final List<NettyClient.Call> calls = new ArrayList<>();
        for (int i = 0; i < streams; i++)
        {
            calls.add(client.open(path + "/" + i));
        }
        for (int i = 0; i < streams; i++)
        {
            NettyClient.send(calls.get(i), content(i, Math.min(most, LENGTHS[i % LENGTHS.length])), "t" + i);
        }
        for (int i = 0; i < streams; i++)
        {
            assertEchoed(content(i, Math.min(most, LENGTHS[i % LENGTHS.length])), "t" + i, calls.get(i).await());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryManyStreamsWithContentBothWays(final Transport transport) throws Exception
    {
        try (NettyClient one = transport.client(DEFAULT_WINDOW);
            NettyClient other = transport.client(DEFAULT_WINDOW))
        {
            for (int round = 0; round < 3; round++)
            {
                echo(one, "/one", 90, Integer.MAX_VALUE);
                echo(other, "/other", 90, Integer.MAX_VALUE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepToSmallWindowsOnBothSides(final Transport transport) throws Exception
    {
        try (NettyClient narrow = transport.client(SMALL_WINDOW);
            NettyClient wide = transport.client(DEFAULT_WINDOW))
        {
            echo(narrow, "/narrow", 21, 20_000);
            echo(narrow, "/wide", 21, 20_000);
            echo(wide, "/narrow", 21, 20_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWithOthersWhileAStreamIsNotRead(final Transport transport) throws Exception
    {
        try (NettyClient client = transport.client(SMALL_WINDOW))
        {
            final NettyClient.Call held = client.open("/held");
            held.pause();
            NettyClient.send(held, content(7, 200_000), "held");
            echo(client, "/beside", 21, 20_000);
            held.goOn();
            assertEchoed(content(7, 200_000), "held", held.await());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldPassResetsOfTheServerAndNothingElse(final Transport transport) throws Exception
    {
        try (NettyClient client = transport.client(DEFAULT_WINDOW))
        {
            final List<NettyClient.Call> before = new ArrayList<>();
            final List<NettyClient.Call> behind = new ArrayList<>();
            for (int i = 0; i < 20; i++)
            {
                before.add(client.open("/" + i + "/reset/before"));
                behind.add(client.open("/" + i + "/reset/behind"));
            }
            echo(client, "/beside", 21, Integer.MAX_VALUE);
            for (int i = 0; i < 20; i++)
            {
                assertEquals(503, before.get(i).await().status());
                assertEquals(INTERNAL_ERROR, behind.get(i).await().reset());
            }
            echo(client, "/after", 21, Integer.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldPassResetsOfTheClientAndNothingElse(final Transport transport) throws Exception
    {
        final int resets = transport.server.resets.get();
        final int requests = transport.server.requests.get();
        try (NettyClient client = transport.client(DEFAULT_WINDOW))
        {
            final List<NettyClient.Call> calls = new ArrayList<>();
            for (int i = 0; i < 40; i++)
            {
                calls.add(client.open("/" + i));
            }
            Patience.await(() -> transport.server.requests.get() == requests + 40, () -> "all there");
            for (final NettyClient.Call call : calls)
            {
                call.reset();
            }
            echo(client, "/beside", 21, Integer.MAX_VALUE);
            Patience.await(() -> transport.server.resets.get() == resets + 40, () -> "all reset");
        }
    }

    /** What one request of a load says, and what its answer is checked for. */
    private interface Load
    {
        NettyClient.Call begin(NettyClient client) throws Exception;

        void check(NettyClient.Answer answer);
    }

    /** Has the server go away five times while there are requests under way. */
    private static void loseNothing(final Transport transport, final int more, final Load load) throws Exception
    {
        final int accepted = transport.server.accepted.get();
        try (NettyClient client = transport.client(DEFAULT_WINDOW))
        {
            final ArrayDeque<NettyClient.Call> calls = new ArrayDeque<>();
            for (int round = 0; round < ROUNDS; round++)
            {
                final int requests = transport.server.requests.get();
                // More than there are at once: those of the round before are over, and none is refused again and again.
                for (int i = 0; i < 100; i++)
                {
                    if (calls.size() == AT_ONCE)
                    {
                        load.check(calls.poll().await());
                    }
                    calls.add(load.begin(client));
                }
                Patience.await(() -> transport.server.requests.get() >= requests + AT_ONCE, () -> "under way");
                transport.server.goAway(more);
            }
            while (!calls.isEmpty())
            {
                load.check(calls.poll().await());
            }
            assertTrue(transport.server.accepted.get() >= accepted + ROUNDS - 1);
            Patience.await(() -> transport.server.open() <= 1, () -> transport.server.open() + " connections left");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldLoseNothingWhenTheServerGoesAwayInOrder(final Transport transport) throws Exception
    {
        final byte[] body = content(1, 2_000);
        loseNothing(transport, 1 << 20, new Load()
        {
            public NettyClient.Call begin(final NettyClient client) throws Exception
            {
                final NettyClient.Call call = client.open("/load");
                NettyClient.send(call, body, "load");
                return call;
            }

            public void check(final NettyClient.Answer answer)
            {
                assertEchoed(body, "load", answer);
            }
        });
    }

    /** Without content: where Netty passes over a head that comes too late, it takes content behind it for a fault. */
    @ParameterizedTest
    @EnumSource
    void shouldSendElsewhereWhatTheServerRefusesWhenItGoesAwayAtOnce(final Transport transport) throws Exception
    {
        loseNothing(transport, 0, new Load()
        {
            public NettyClient.Call begin(final NettyClient client) throws Exception
            {
                return client.get("/load");
            }

            public void check(final NettyClient.Answer answer)
            {
                assertEquals(200, answer.status());
                assertEquals(Map.of("x-length", "0", "x-sum", "0"), answer.trailers());
            }
        });
    }
}
