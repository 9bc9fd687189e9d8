package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Endpoints that end connections when they like, as real ones do, and clients that notice nothing of it.
 */
final class RetryLoadTest
{
    private static final int CLIENTS = 8;
    private static final int REQUESTS = 150;
    private static final int MOST_PAUSE_MS = 6;
    private static final String NGINX = """
        server
        {
            listen 127.0.0.1:%d;
            keepalive_timeout 3ms;
            keepalive_requests 7;
            location / { return 200 "nginx"; }
        }
        """;

    @TempDir
    private Path directory;

    /** Answers what comes, and ends each connection at some time when it is idle: in order, or with a reset. */
    private static final class Fickle implements AutoCloseable
    {
        private final ServerSocket server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        private final boolean isBreaking;

        /** One that breaks ends some connections within a request as well. */
        private Fickle(final boolean isBreaking) throws IOException
        {
            this.isBreaking = isBreaking;
            Thread.ofPlatform().daemon().name("fickle").start(this::acceptAll);
        }

        private void acceptAll()
        {
            try
            {
                for (int i = 0; true; i++)
                {
                    final Socket socket = server.accept();
                    final Random random = new Random(i);
                    Thread.ofPlatform().daemon().name("fickle-connection").start(() -> serve(socket, random));
                }
            }
            catch (final IOException e)
            {
                // Closed: the test is over.
            }
        }

        private void serve(final Socket socket, final Random random)
        {
            try (socket)
            {
                socket.setTcpNoDelay(true);
                final InputStream in = new BufferedInputStream(socket.getInputStream());
                while (HttpMessage.read(in, false) != null)
                {
                    if (isBreaking && random.nextInt(5) == 0)
                    {
                        end(socket, random);
                        return;
                    }
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nfickle"
                        .getBytes(ISO_8859_1));
                    socket.setSoTimeout(1 + random.nextInt(MOST_PAUSE_MS));
                }
            }
            catch (final SocketTimeoutException e)
            {
                end(socket, random);
            }
            catch (final IOException e)
            {
                // The proxy ended it.
            }
        }

        private static void end(final Socket socket, final Random random)
        {
            try
            {
                if (random.nextBoolean())
                {
                    socket.setSoLinger(true, 0);
                }
                socket.close();
            }
            catch (final IOException e)
            {
                // It has ended already.
            }
        }

        public void close() throws IOException
        {
            server.close();
        }
    }

    @Test
    void shouldFailNoRequestWhenConnectionsEndWhileTheyAreIdle() throws Exception
    {
        final int port = Program.freePort();
        try (Fickle fickle = new Fickle(false); Program nginx = Peers.nginx(directory, NGINX.formatted(port)))
        {
            nginx.awaitPort(port);
            final Map<String, Long> stats = load("route: { cluster: fickle }", fickle.server.getLocalPort(), port);
            assertTrue(stats.get("cluster.fickle.upstream_cx_destroy_remote") > REQUESTS / 4, stats.toString());
        }
    }

    @Test
    void shouldFailNoRequestWhenConnectionsEndWithinRequestsAndThePolicySaysSo() throws Exception
    {
        try (Fickle fickle = new Fickle(true))
        {
            final Map<String, Long> stats = load("route: { cluster: fickle, retry_policy: { retry_on: reset, " +
                "num_retries: 20, retry_back_off: { base_interval: 0.001s, max_interval: 0.004s } } }",
                fickle.server.getLocalPort());
            assertTrue(stats.get("cluster.fickle.upstream_rq_retry_success") > REQUESTS / 4, stats.toString());
            assertEquals(0, stats.get("cluster.fickle.upstream_rq_retry_overflow"));
        }
    }

    /** Has clients ask, and demands that all is answered; returns the counters. */
    private Map<String, Long> load(final String route, final int... endpoints) throws Exception
    {
        final int port = Program.freePort();
        final int adminPort = Program.freePort();
        final List<String> addresses = new ArrayList<>();
        for (final int endpoint : endpoints)
        {
            addresses.add(Bootstraps.tcpAddress("127.0.0.1", endpoint));
        }
        final Path file = Files.writeString(directory.resolve("bootstrap.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "",
                "- match: { prefix: \"/\" }\n  " + route + "\n") + "  clusters:\n" +
            Bootstraps.cluster("fickle", "STATIC", String.join(" } }, { endpoint: { address: ", addresses)) +
            "    circuit_breakers: { thresholds: [ { max_retries: 100 } ] }\n");
        try (Program ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "2"))
        {
            ringway.awaitPort(adminPort).awaitPort(port);
            final Queue<String> faults = new ConcurrentLinkedQueue<>();
            final List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++)
            {
                final Random random = new Random(i);
                clients.add(Thread.ofPlatform().start(() -> ask(port, random, faults)));
            }
            for (final Thread client : clients)
            {
                client.join();
            }
            final Map<String, Long> stats = new Admin(adminPort).awaitQuiet();
            assertEquals(List.of(), faults.stream().limit(5).toList(), stats.toString());
            assertEquals((long)CLIENTS * REQUESTS, stats.get("http.in.downstream_rq_2xx"));
            return stats;
        }
    }

    private static void ask(final int port, final Random random, final Queue<String> faults)
    {
        try (Client client = new Client(port))
        {
            for (int i = 0; i < REQUESTS; i++)
            {
                final HttpMessage answer = client.get("/" + i);
                if (answer.status() != 200)
                {
                    faults.add(i + ": " + answer.start() + ' ' + answer.text());
                }
                // So that connections are idle about as long as endpoints keep them.
                LockSupport.parkNanos(random.nextInt(MOST_PAUSE_MS * 1_000_000));
            }
        }
        catch (final IOException | RuntimeException e)
        {
            faults.add(e.toString());
        }
    }
}
