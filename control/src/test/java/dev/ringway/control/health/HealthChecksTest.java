package dev.ringway.control.health;

import dev.ringway.control.health.HttpProbe.Range;
import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.balance.HostHealth;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.HealthCheckCounters;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.ConnectRules;
import dev.ringway.engine.snapshot.ConnectionAge;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import javax.net.ServerSocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Checks of real sockets, at short intervals; what is waited for is what they find. */
@Timeout(180)
final class HealthChecksTest
{
    private static final long MS = 1_000_000L;
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    @TempDir
    private static Path certificates;

    private static ServerCertificate good;
    private static ServerCertificate other;

    @TempDir
    Path directory;

    private final List<Target> targets = new ArrayList<>();
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final Logger logger = Logger.getAnonymousLogger();
    private CountersFile counters;
    private ClusterCounters clusterIds;
    private HealthCheckCounters ids;
    private TlsCounters tlsIds;
    private ClusterHosts hosts;
    private HealthChecks checks;
    private CheckTls tls;
    private ConnectRules rules = ConnectRules.NONE;
    private boolean isChecked = true;

    /** Answers each request with what is set; the empty answer is none. */
    private static final class Target implements AutoCloseable
    {
        private final ServerSocket server;
        private final Queue<String> seen = new ConcurrentLinkedQueue<>();
        private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
        private volatile String answer = OK;
        private volatile int connections;
        private volatile boolean isLeaving;
        /** Set once a request has had no answer. */
        private volatile boolean isSilent;

        Target(final ServerSocketFactory sockets) throws IOException
        {
            server = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(() ->
            {
                while (!server.isClosed())
                {
                    try
                    {
                        final Socket socket = server.accept();
                        connections++;
                        this.sockets.add(socket);
                        Thread.ofVirtual().start(() -> serve(socket));
                    }
                    catch (final IOException e)
                    {
                        return;
                    }
                }
            });
        }

        private void serve(final Socket socket)
        {
            try (socket; InputStream in = socket.getInputStream())
            {
                final byte[] bytes = new byte[4096];
                final StringBuilder text = new StringBuilder();
                for (int count = in.read(bytes); count > 0; count = in.read(bytes))
                {
                    text.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
                    if (text.toString().endsWith("\r\n\r\n") || text.toString().endsWith("ping"))
                    {
                        seen.add(text.toString());
                        text.setLength(0);
                        final String said = answer;
                        socket.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
                        isSilent |= said.isEmpty();
                        if (isLeaving)
                        {
                            return;
                        }
                    }
                }
            }
            catch (final IOException e)
            {
                // The check is over.
            }
        }

        /** Ends its connections; there will be others. */
        void cut() throws IOException
        {
            for (final Socket socket : sockets)
            {
                socket.close();
            }
        }

        public void close() throws IOException
        {
            server.close();
        }
    }

    @BeforeAll
    static void certify() throws Exception
    {
        good = new ServerCertificate(certificates, "good");
        other = new ServerCertificate(certificates, "other");
    }

    @BeforeEach
    void start() throws IOException
    {
        counters = CountersFile.create(directory.resolve("counters"), 4096, 1, false);
        clusterIds = new ClusterCounters(counters, "c");
        ids = new HealthCheckCounters(counters, "c");
        tlsIds = new TlsCounters(counters, "cluster.c.ssl.");
        hosts = new ClusterHosts(1, Runnable::run);
        logger.setUseParentHandlers(false);
        logger.addHandler(new Handler()
        {
            public void publish(final LogRecord entry)
            {
                logged.add(entry.getMessage());
            }

            public void flush()
            {
            }

            public void close()
            {
            }
        });
        checks = new HealthChecks(counters, logger);
    }

    @AfterEach
    void stop() throws IOException
    {
        checks.close();
        for (final Target target : targets)
        {
            target.close();
        }
        counters.close();
    }

    private Target target() throws IOException
    {
        return target(ServerSocketFactory.getDefault());
    }

    private Target target(final ServerSocketFactory sockets) throws IOException
    {
        final Target target = new Target(sockets);
        targets.add(target);
        return target;
    }

    private TlsContext trust(final ServerCertificate trusted) throws Exception
    {
        return TlsContext.build(TlsSettings.client().trustedCa("ca", trusted.pem()).counters(tlsIds),
            System.currentTimeMillis());
    }

    /** Ends all checks; then nobody but the test has the context. */
    private void endWithout(final TlsContext context) throws Exception
    {
        isChecked = false;
        check(settings(http(), 1, 1, true, 60_000));
        await(() -> context.references() == 1);
        context.release();
    }

    private static HealthCheck settings(
        final Probe probe, final int unhealthy, final int healthy, final boolean isReusing, final long timeoutMs)
    {
        final long pause = 5 * MS;
        return new HealthCheck(new HealthCheck.Times(
            timeoutMs * MS, pause, 0, 0, 0, pause, pause, pause, pause, pause), unhealthy, healthy, isReusing, 0, true, probe);
    }

    private static HttpProbe http(final Range... retriable)
    {
        return new HttpProbe(
            "GET", "/hc", "name", Map.of("x-a", "b"), List.of(new Range(200, 201)), List.of(retriable), false);
    }

    private void check(final HealthCheck settings)
    {
        final List<Endpoint> endpoints = targets.stream().map(target -> new Endpoint(
            Address.of((InetSocketAddress)target.server.getLocalSocketAddress()), "", 1)).toList();
        final Balancing plain = Balancing.DEFAULT;
        final Balancing balancing = new Balancing(plain.policy(), plain.leastRequest(), plain.hashing(), null,
            plain.panicPercent(), plain.overprovisioning(), false, false, null, isChecked);
        final Cluster cluster = new Cluster(0, "c", endpoints, 1, CircuitBreakers.DEFAULT, 1, 0, 0, false, null, null,
            balancing, null, rules, null, clusterIds);
        hosts.adopt(cluster, 0);
        checks.begin();
        if (isChecked)
        {
            checks.want(cluster, settings, tls, ids, hosts.newest());
        }
        checks.end();
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException
    {
        while (!condition.getAsBoolean())
        {
            Thread.sleep(1);
        }
    }

    private boolean isUnhealthy(final int index)
    {
        return hosts.newest().health(index).has(HostHealth.FAILED_ACTIVE_CHECK);
    }

    private long value(final int id)
    {
        return counters.reader().value(id);
    }

    @Test
    void shouldAskAsEnvoyDoesAndReuseTheConnection() throws Exception
    {
        final Target target = target();
        check(settings(http(), 2, 2, true, 60_000));
        await(() -> target.seen.size() > 3);
        assertEquals("GET /hc HTTP/1.1\r\nhost: name\r\nuser-agent: Envoy/HC\r\nx-a: b\r\n\r\n", target.seen.peek());
        assertEquals(1, target.connections);
        await(() -> !isUnhealthy(0));
        await(() -> value(ids.healthy) == 1);
        assertEquals(1, logged.size());
        assertTrue(logged.peek().endsWith("is healthy"), logged.toString());
    }

    @Test
    void shouldConnectAnewWhereAsked() throws Exception
    {
        final Target target = target();
        check(settings(http(), 1, 1, false, 60_000));
        await(() -> target.seen.size() > 3);
        assertTrue(target.connections > 3);
    }

    @Test
    void shouldNotBlameAnEndpointThatClosesIdleConnections() throws Exception
    {
        final Target target = target();
        target.isLeaving = true;
        check(settings(http(), 1, 1, true, 60_000));
        await(() -> target.seen.size() > 5);
        assertEquals(0, value(ids.failure));
        assertTrue(target.connections > 3);
    }

    @Test
    void shouldBeUnhealthyUntilTheFirstAnswer() throws Exception
    {
        final Target target = target();
        target.answer = "";
        check(settings(http(), 1, 3, true, 60_000));
        await(() -> !target.seen.isEmpty());
        assertTrue(isUnhealthy(0));
        assertEquals(0, value(ids.success));
    }

    @Test
    void shouldNameAnEndpointOnceThatNeverWasHealthy() throws Exception
    {
        target().answer = OK.replace("200 OK", "503 No");
        check(settings(http(), 1, 1, true, 5000));
        await(() -> value(ids.failure) > 3);
        assertTrue(logged.size() == 1 && logged.peek().endsWith("is unhealthy: wrong answer"), logged.toString());
    }

    @Test
    void shouldTakeAWrongStatusAtOnceAndRecoverAfterTheThreshold() throws Exception
    {
        final Target target = target();
        check(settings(http(), 1000, 3, true, 60_000));
        await(() -> !isUnhealthy(0));
        target.answer = OK.replace("200 OK", "503 No");
        await(() -> isUnhealthy(0));
        assertTrue(value(ids.failure) < 1000);
        assertEquals(0, value(ids.networkFailure));
        await(() -> value(ids.healthy) == 0);
        final long successes = value(ids.success);
        target.answer = OK;
        await(() -> !isUnhealthy(0));
        assertTrue(value(ids.success) >= successes + 3);
        await(() -> value(ids.healthy) == 1);
        assertEquals(3, logged.size());
    }

    @Test
    void shouldCountRetriableStatusesThatAreNotExpectedUpToTheThreshold() throws Exception
    {
        final Target target = target();
        check(settings(http(new Range(200, 600)), 5, 1, true, 60_000));
        await(() -> !isUnhealthy(0));
        target.answer = OK.replace("200 OK", "503 No");
        await(() -> isUnhealthy(0));
        assertTrue(value(ids.failure) >= 5);
    }

    @Test
    void shouldCountBrokenConnections() throws Exception
    {
        final Target target = target();
        check(settings(http(), 3, 1, true, 60_000));
        await(() -> !isUnhealthy(0));
        target.answer = "what?\r\n\r\n";
        await(() -> isUnhealthy(0));
        assertTrue(value(ids.networkFailure) >= 3);
        target.close();
        final long failures = value(ids.networkFailure);
        await(() -> value(ids.networkFailure) > failures);
    }

    @Test
    void shouldNotDelayOthersWhereOneStalls() throws Exception
    {
        final Target stalled = target();
        stalled.answer = "";
        final Target other = target();
        check(settings(http(), 1, 1, true, 60_000));
        await(() -> !isUnhealthy(1));
        await(() -> other.seen.size() > 20 && !stalled.seen.isEmpty());
        assertEquals(1, stalled.seen.size());
        assertTrue(isUnhealthy(0));
    }

    @Test
    void shouldGiveUpInTime() throws Exception
    {
        final Target target = target();
        check(settings(http(), 2, 1, true, 50));
        await(() -> !isUnhealthy(0));
        target.answer = "";
        await(() -> isUnhealthy(0) && hosts.newest().health(0).has(HostHealth.ACTIVE_CHECK_TIMEOUT));
        target.answer = OK;
        await(() -> !isUnhealthy(0) && !hosts.newest().health(0).has(HostHealth.ACTIVE_CHECK_TIMEOUT));
    }

    @Test
    void shouldTellWhetherTheLastCheckWasLate() throws Exception
    {
        final Target target = target();
        target.answer = "";
        check(settings(http(), 2, 1, true, 50));
        await(() -> isUnhealthy(0) && hosts.newest().health(0).has(HostHealth.ACTIVE_CHECK_TIMEOUT));
        target.answer = "what?\r\n\r\n";
        await(() -> isUnhealthy(0) && !hosts.newest().health(0).has(HostHealth.ACTIVE_CHECK_TIMEOUT));
    }

    @Test
    void shouldWaitForTheEndOfFirstChecks() throws Exception
    {
        target();
        final Target stalled = target();
        stalled.answer = "";
        check(settings(http(), 1, 1, true, 60_000));
        final CountDownLatch ended = new CountDownLatch(1);
        assertTrue(checks.whenFirst(ended::countDown) > 60_000 * MS);
        await(() -> !isUnhealthy(0) && !stalled.seen.isEmpty());
        assertEquals(1, ended.getCount());
        stalled.cut();
        ended.await();
        assertTrue(value(ids.failure) > 0);
    }

    @Test
    void shouldLeaveOutWhatAsksForItUntilItIsHealthy() throws Exception
    {
        final Target target = target();
        check(settings(http(), 1, 1, true, 60_000));
        await(() -> !isUnhealthy(0));
        target.answer = OK.replace("200 OK\r\n", "503 No\r\nx-envoy-immediate-health-check-fail: 1\r\n");
        await(() -> isUnhealthy(0));
        assertEquals(1, hosts.newest().excludedCount());
        target.answer = OK;
        await(() -> !isUnhealthy(0));
        assertEquals(0, hosts.newest().excludedCount());
        target.answer = "";
        // Else an answer that is on its way would make it healthy again.
        await(() -> target.isSilent);
        hosts.newest().health(0).onLeaving();
        assertTrue(isUnhealthy(0));
        assertEquals(1, hosts.newest().excludedCount());
        assertEquals(1, value(ids.passiveFailure));
        await(() -> value(ids.healthy) == 0);
        isChecked = false;
        check(settings(http(), 1, 1, true, 60_000));
        hosts.newest().health(0).onLeaving();
        assertEquals(0, hosts.newest().excludedCount());
    }

    @Test
    void shouldSeeDegradedEndpoints() throws Exception
    {
        final Target target = target();
        target.answer = OK.replace("\r\ncontent", "\r\nx-envoy-degraded: 1\r\ncontent");
        check(settings(http(), 1, 1, true, 60_000));
        await(() -> hosts.newest().degradedCount() == 1);
        await(() -> value(ids.degraded) == 1);
        target.answer = OK;
        await(() -> hosts.newest().healthyCount() == 1);
        await(() -> value(ids.degraded) == 0);
    }

    @Test
    void shouldCheckBytes() throws Exception
    {
        final Target target = target();
        target.answer = "so: pong!";
        final String ping = "70696e67";
        check(settings(new TcpProbe(ping, List.of("706f6e67")), 2, 1, true, 50));
        await(() -> !isUnhealthy(0));
        target.answer = "what?";
        await(() -> isUnhealthy(0) && hosts.newest().health(0).has(HostHealth.ACTIVE_CHECK_TIMEOUT));
    }

    @Test
    void shouldBeContentWithAConnection() throws Exception
    {
        final Target target = target();
        check(settings(new TcpProbe("", List.of()), 1, 1, true, 60_000));
        await(() -> !isUnhealthy(0));
        await(() -> target.connections > 3);
        target.close();
        await(() -> isUnhealthy(0));
    }

    @Test
    void shouldFindPiecesInTheirOrder()
    {
        final ByteBuffer received = ByteBuffer.allocate(10);
        received.put("abcabd".getBytes(StandardCharsets.US_ASCII));
        assertTrue(TcpProbe.contains(received, List.of(new byte[]{'a', 'b', 'd'})));
        assertTrue(TcpProbe.contains(received, List.of(new byte[]{'b'}, new byte[]{'b'})));
        assertFalse(TcpProbe.contains(received, List.of(new byte[]{'d'}, new byte[]{'a'})));
        assertFalse(TcpProbe.contains(received, List.of(new byte[]{'b', 'd', 0})));
    }

    @Test
    void shouldGoOnOverNewConfigurationsAndEndWhereNothingIsAsked() throws Exception
    {
        final Target target = target();
        final HealthCheck settings = settings(http(), 1, 1, true, 60_000);
        check(settings);
        await(() -> !isUnhealthy(0));
        rules = new ConnectRules(List.of(), List.of(), null, new ConnectionAge(1, 0), 2);
        check(settings);
        await(() -> value(ids.attempt) > 10);
        assertEquals(1, target.connections);
        await(() -> value(ids.healthy) == 1);
        target.answer = "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n";
        await(() -> isUnhealthy(0));
        isChecked = false;
        check(settings);
        assertFalse(isUnhealthy(0));
        assertEquals(0, value(ids.healthy));
    }

    @Test
    void shouldCheckEncryptedEndpointsAndReuseTheConnection() throws Exception
    {
        final Target target = target(good.server().getServerSocketFactory());
        target.answer = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n" + "x".repeat(100_000);
        final TlsContext context = trust(good);
        tls = new CheckTls(context, "localhost", false, true);
        check(settings(http(), 1, 1, true, 60_000));
        await(() -> target.seen.size() > 3);
        assertTrue(target.seen.peek().startsWith("GET /hc HTTP/1.1\r\nhost: name\r\n"), target.seen.peek());
        await(() -> !isUnhealthy(0));
        assertEquals(1, value(tlsIds.handshake));
        assertEquals(1, target.connections);
        endWithout(context);
    }

    @Test
    void shouldRefuseCertificatesThatAreNotTrustedOrForAnotherName() throws Exception
    {
        final Target target = target(good.server().getServerSocketFactory());
        final TlsContext stranger = trust(other);
        tls = new CheckTls(stranger, null, false, false);
        check(settings(new TcpProbe("", List.of()), 1, 1, true, 60_000));
        await(() -> value(tlsIds.failVerifyError) > 1 && value(ids.networkFailure) > 1);
        final TlsContext context = trust(good);
        tls = new CheckTls(context, "elsewhere", false, true);
        check(settings(new TcpProbe("", List.of()), 1, 1, true, 60_000));
        await(() -> value(tlsIds.failVerifySan) > 1);
        assertTrue(isUnhealthy(0));
        assertEquals(0, value(ids.success));
        assertTrue(target.seen.isEmpty());
        endWithout(context);
        await(() -> stranger.references() == 1);
        stranger.release();
    }

    @Test
    void shouldGiveUpHandshakesInTime() throws Exception
    {
        final Target clear = target();
        final TlsContext context = trust(good);
        tls = new CheckTls(context, null, false, false);
        check(settings(new TcpProbe("", List.of()), 1, 1, true, 50));
        await(() -> value(ids.networkFailure) > 2 && clear.connections > 2);
        assertTrue(isUnhealthy(0));
        endWithout(context);
    }

    @Test
    void shouldEndWhileAHandshakeWaits() throws Exception
    {
        final Target clear = target();
        final TlsContext context = trust(good);
        tls = new CheckTls(context, null, false, false);
        check(settings(new TcpProbe("", List.of()), 1, 1, true, 600_000));
        await(() -> clear.connections == 1 && context.references() == 3);
        endWithout(context);
    }

    @Test
    void shouldGoOnWithWhatTakesThePlaceOfAContext() throws Exception
    {
        target(good.server().getServerSocketFactory());
        final HealthCheck settings = settings(new TcpProbe("", List.of()), 1000, 1, false, 60_000);
        final TlsContext old = trust(other);
        tls = new CheckTls(old, null, false, false);
        check(settings);
        await(() -> value(tlsIds.failVerifyError) > 1);
        final TlsContext fresh = TlsContext.rebuild(
            TlsSettings.client().trustedCa("ca", good.pem()).counters(tlsIds), old, System.currentTimeMillis());
        tls = tls.withContexts(Map.of(old, fresh));
        check(settings);
        await(() -> old.references() == 1);
        old.release();
        await(() -> !isUnhealthy(0) && value(tlsIds.handshake) > 2);
        endWithout(fresh);
    }
}
