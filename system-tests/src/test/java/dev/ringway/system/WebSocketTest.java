package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The JDK's WebSocket client through Ringway: straight to a server, with nginx between, over HTTP/2 in the middle, and
 * on TLS on either side and both.
 */
final class WebSocketTest
{
    private static final int LARGE = 4 << 20;
    private static final int CLIENTS = 100;
    private static final String UPGRADES = "upgrade_configs: [ { upgrade_type: websocket } ]\n";

    /** Idle connections end soon, so that none is taken for a leak. */
    private static final String HTTP2_CLUSTER = Bootstraps.HTTP2_CLUSTER.replace("explicit_http_config",
        "common_http_protocol_options: { idle_timeout: 0.3s }\n        explicit_http_config");

    private static final List<AutoCloseable> STARTED = new ArrayList<>();

    @TempDir
    private static Path directory;

    private static HttpClient client;
    private static WebSocketOrigin origin;
    private static Admin admin;
    private static Map<String, Long> gauges;
    private static int port;
    private static int idlePort;
    private static int http2Port;
    private static int tlsPort;

    @BeforeAll
    static void start() throws Exception
    {
        origin = started(new WebSocketOrigin());
        port = Program.freePort();
        idlePort = Program.freePort();
        final int innerPort = Program.freePort();
        http2Port = innerPort;
        tlsPort = Program.freePort();
        final int innerTlsPort = Program.freePort();
        final Certificates certificates = new Certificates(directory, "ca");
        final String shown = "common_tls_context: { alpn_protocols: [ h2, http/1.1 ], tls_certificates: [ " +
            certificates.ecdsa("server", "dns:localhost,ip:127.0.0.1").yaml() + " ] }";
        final String trusted = Bootstraps.upstreamTls("sni: localhost, common_tls_context: { validation_context: { " +
            "trusted_ca: { filename: \"" + certificates.authority() + "\" } } }");
        client = HttpClient.newBuilder().sslContext(certificates.client(null)).build();
        final int nginxPort = Program.freePort();
        final int adminPort = Program.freePort();
        started(Peers.nginx(directory, """
            server
            {
                listen 127.0.0.1:%d;
                location /
                {
                    proxy_pass http://127.0.0.1:%d;
                    proxy_http_version 1.1;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection "upgrade";
                }
            }
            """.formatted(nginxPort, origin.port()))).awaitPort(nginxPort);
        final String all = "- match: { prefix: \"/\" }\n  route: { cluster: origin }\n";
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), UPGRADES, """
                - match: { prefix: "/nginx" }
                  route: { cluster: nginx }
                - match: { prefix: "/http2" }
                  route: { cluster: inner, prefix_rewrite: "/" }
                - match: { prefix: "/tls1" }
                  route: { cluster: inner-tls1 }
                - match: { prefix: "/tls2" }
                  route: { cluster: inner-tls2 }
                """ + all) +
            Bootstraps.http("idle", Bootstraps.tcpAddress("127.0.0.1", idlePort), UPGRADES +
                "stream_idle_timeout: 3s", all) +
            Bootstraps.http("inner", Bootstraps.tcpAddress("127.0.0.1", innerPort), UPGRADES +
                "http2_protocol_options: { allow_connect: true }", all) +
            Bootstraps.http("tls", Bootstraps.tcpAddress("127.0.0.1", tlsPort), UPGRADES, """
                - match: { prefix: "/tls1" }
                  route: { cluster: inner-tls1 }
                - match: { prefix: "/tls2" }
                  route: { cluster: inner-tls2 }
                """ + all) + Bootstraps.downstreamTls(shown) +
            Bootstraps.http("inner-tls", Bootstraps.tcpAddress("127.0.0.1", innerTlsPort), UPGRADES +
                "http2_protocol_options: { allow_connect: true }", all) + Bootstraps.downstreamTls(shown) +
            "  clusters:\n" +
            Bootstraps.cluster("inner-tls1", "STATIC", Bootstraps.tcpAddress("127.0.0.1", innerTlsPort)) + trusted +
            Bootstraps.cluster("inner-tls2", "STATIC", Bootstraps.tcpAddress("127.0.0.1", innerTlsPort)) +
                HTTP2_CLUSTER + trusted +
            Bootstraps.cluster("nginx", "STATIC", Bootstraps.tcpAddress("127.0.0.1", nginxPort)) +
            Bootstraps.cluster("inner", "STATIC", Bootstraps.tcpAddress("127.0.0.1", innerPort)) + HTTP2_CLUSTER +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
        admin = new Admin(adminPort);
        final Program ringway = started(Program.ringway(directory, "-c", file.toString(), "--concurrency", "2",
            "--drain-time-s", "1"));
        ringway.awaitPort(adminPort).awaitPort(port).awaitPort(idlePort).awaitPort(tlsPort);
        gauges = admin.firstGauges();
    }

    private static <T extends AutoCloseable> T started(final T one)
    {
        STARTED.add(one);
        return one;
    }

    /** The last test, in a way: what is open at the end of the drain ends then. */
    @AfterAll
    static void stop() throws Exception
    {
        final Program ringway = (Program)STARTED.getLast();
        try
        {
            admin.awaitNothingLeft(gauges);
            final Socket socket = Socket.open("/");
            ringway.terminate();
            ringway.awaitExit();
            assertNotNull(socket.ends.poll(Patience.S, TimeUnit.SECONDS));
        }
        finally
        {
            for (final AutoCloseable one : STARTED.reversed())
            {
                one.close();
            }
        }
    }

    /** One client, with what it has been told. It asks for one message after the other. */
    private static final class Socket implements WebSocket.Listener
    {
        final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private final boolean isSlow;
        private WebSocket socket;

        private Socket(final boolean isSlow)
        {
            this.isSlow = isSlow;
        }

        static Socket open(final String path) throws Exception
        {
            return open(port, path, false);
        }

        static Socket open(final int port, final String path, final boolean isSlow) throws Exception
        {
            return open("ws://127.0.0.1:" + port + path, isSlow);
        }

        static Socket open(final String uri, final boolean isSlow) throws Exception
        {
            final Socket listener = new Socket(isSlow);
            try
            {
                listener.socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create(uri), listener).get(Patience.S, TimeUnit.SECONDS);
            }
            catch (final ExecutionException e)
            {
                if (e.getCause() instanceof final WebSocketHandshakeException refused)
                {
                    throw new AssertionError(
                        uri + ": " + refused.getResponse() + " " + refused.getResponse().headers().map(), e);
                }
                throw e;
            }
            return listener;
        }

        @Override
        public void onOpen(final WebSocket opened)
        {
            if (!isSlow)
            {
                opened.request(1);
            }
        }

        @Override
        public CompletionStage<?> onText(final WebSocket from, final CharSequence data, final boolean isLast)
        {
            return onBytes(from, data.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8), isLast);
        }

        @Override
        public CompletionStage<?> onBinary(final WebSocket from, final ByteBuffer data, final boolean isLast)
        {
            final byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            return onBytes(from, bytes, isLast);
        }

        private CompletionStage<?> onBytes(final WebSocket from, final byte[] bytes, final boolean isLast)
        {
            message.writeBytes(bytes);
            if (isLast)
            {
                messages.add(message.toByteArray());
                message.reset();
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(final WebSocket from, final ByteBuffer data)
        {
            messages.add(new byte[]{'p', 'o', 'n', 'g'});
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(final WebSocket from, final int code, final String reason)
        {
            ends.add("close " + code);
            return null;
        }

        @Override
        public void onError(final WebSocket from, final Throwable error)
        {
            ends.add("error");
        }

        byte[] next() throws InterruptedException
        {
            final byte[] next = messages.poll(Patience.S, TimeUnit.SECONDS);
            assertNotNull(next, () -> "no message, ends: " + ends);
            return next;
        }

        String text() throws InterruptedException
        {
            return new String(next(), java.nio.charset.StandardCharsets.UTF_8);
        }

        void close() throws Exception
        {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(Patience.S, TimeUnit.SECONDS);
            assertEquals("close 1000", ends.poll(Patience.S, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nginx", "/http2"})
    void shouldCarryAConversation(final String path) throws Exception
    {
        assertCarries(Socket.open(path), path);
    }

    @ParameterizedTest
    @CsvSource({"wss, /", "wss, /tls1", "wss, /tls2", "ws, /tls1", "ws, /tls2"})
    void shouldCarryAConversationOnTls(final String scheme, final String path) throws Exception
    {
        assertCarries(
            Socket.open(scheme + "://localhost:" + (scheme.equals("wss") ? tlsPort : port) + path, false), path);
    }

    private static void assertCarries(final Socket socket, final String path) throws Exception
    {
        socket.socket.sendText("hello \u00e9", true).get(Patience.S, TimeUnit.SECONDS);
        assertEquals("hello \u00e9", socket.text());
        socket.socket.sendPing(ByteBuffer.wrap(new byte[]{1})).get(Patience.S, TimeUnit.SECONDS);
        assertEquals("pong", socket.text());
        final byte[] large = new byte[LARGE];
        new Random(path.length()).nextBytes(large);
        socket.socket.sendBinary(ByteBuffer.wrap(large), true);
        assertArrayEquals(large, socket.next());
        socket.close();
        assertEquals("closed", origin.ends.poll(Patience.S, TimeUnit.SECONDS));
        admin.awaitNothingLeft(gauges);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/http2"})
    void shouldCarryManyConversationsAtOnce(final String path) throws Exception
    {
        final List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++)
        {
            sockets.add(Socket.open(path));
        }
        admin.awaitStat("http.in.downstream_cx_upgrades_active", CLIENTS);
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < CLIENTS; i++)
            {
                sockets.get(i).socket.sendText(i + " " + round, true);
            }
            for (int i = 0; i < CLIENTS; i++)
            {
                assertEquals(i + " " + round, sockets.get(i).text());
            }
        }
        for (final Socket socket : sockets)
        {
            socket.close();
            assertEquals("closed", origin.ends.poll(Patience.S, TimeUnit.SECONDS));
        }
        admin.awaitNothingLeft(gauges);
        admin.awaitStat("http.in.downstream_cx_upgrades_active", 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/http2"})
    void shouldHoldLittleForASlowReader(final String path) throws Exception
    {
        final int pieces = 1000;
        final long before = admin.stats().get("http.in.downstream_cx_tx_bytes_total");
        final Socket socket = Socket.open(port, path, true);
        socket.socket.sendText("flood " + pieces, true).get(Patience.S, TimeUnit.SECONDS);
        long chunks = 0;
        long calm = -1;
        long held = 0;
        long spliced = 0;
        // What is spliced holds no chunks.
        while (held != calm || held + spliced == 0)
        {
            calm = held;
            TimeUnit.MILLISECONDS.sleep(200);
            final Map<String, Long> stats = admin.stats();
            held = stats.get("loop.0.chunks") + stats.get("loop.1.chunks");
            spliced = stats.get("loop.0.splices") + stats.get("loop.1.splices");
            chunks = Math.max(chunks, held);
        }
        assertTrue(chunks < 100, chunks + " chunks of 64 KiB held");
        socket.socket.request(1);
        for (int i = 0; i < pieces; i++)
        {
            assertEquals(WebSocketOrigin.PIECE, socket.next().length);
        }
        socket.close();
        assertEquals("closed", origin.ends.poll(Patience.S, TimeUnit.SECONDS));
        admin.awaitNothingLeft(gauges);
        assertTrue(admin.stats().get("http.in.downstream_cx_tx_bytes_total") - before >=
            (long)pieces * WebSocketOrigin.PIECE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nginx", "/http2"})
    void shouldEndWithEitherSide(final String path) throws Exception
    {
        final Socket first = Socket.open(path);
        first.socket.sendText("abort", true);
        assertNotNull(first.ends.poll(Patience.S, TimeUnit.SECONDS));
        assertEquals("closed", origin.ends.poll(Patience.S, TimeUnit.SECONDS));
        final Socket second = Socket.open(path);
        second.socket.sendText("x", true);
        assertEquals("x", second.text());
        second.socket.abort();
        assertNotNull(origin.ends.poll(Patience.S, TimeUnit.SECONDS));
        admin.awaitNothingLeft(gauges);
    }

    /** As browsers do where the server says that it takes extended CONNECT. */
    @Test
    void shouldCarryAConversationFromHttp2() throws Exception
    {
        try (Http2Client client = Http2Client.open(http2Port))
        {
            final int id = client.request(Http2Block.of(":method", "CONNECT", ":protocol", "websocket", ":scheme",
                "http", ":path", "/", ":authority", "test", "sec-websocket-version", "13"), false);
            assertEquals(":status: 200", client.await("the head", one -> one.stream() == id &&
                one.is(Http2Frame.HEADERS)).fields().getFirst());
            client.data(id, "\u0081\u0082\0\0\0\0hi", false);
            final StringBuilder back = new StringBuilder();
            while (back.length() < 4)
            {
                back.append(new String(client.await("content", one -> one.stream() == id &&
                    one.is(Http2Frame.DATA)).body(), java.nio.charset.StandardCharsets.ISO_8859_1));
            }
            assertEquals("\u0081\u0002hi", back.toString());
            client.data(id, "\u0088\u0080\0\0\0\0", true);
            client.await("the end", one -> one.stream() == id && one.endsStream());
        }
        assertEquals("closed", origin.ends.poll(Patience.S, TimeUnit.SECONDS));
    }

    @Test
    void shouldEndWhenNothingPasses() throws Exception
    {
        final Socket socket = Socket.open(idlePort, "/", false);
        socket.socket.sendText("x", true);
        assertEquals("x", socket.text());
        assertNotNull(socket.ends.poll(Patience.S, TimeUnit.SECONDS));
        admin.awaitStat("http.idle.downstream_rq_idle_timeout", 1);
        assertNotNull(origin.ends.poll(Patience.S, TimeUnit.SECONDS));
    }
}
