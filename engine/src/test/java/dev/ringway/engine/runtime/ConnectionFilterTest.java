package dev.ringway.engine.runtime;

import dev.ringway.engine.connfilters.ConnectionLimit;
import dev.ringway.engine.connfilters.ConnectionRateLimit;
import dev.ringway.engine.connfilters.ConnectionRbac;
import dev.ringway.engine.counters.ConnectionLimitCounters;
import dev.ringway.engine.counters.ConnectionRateLimitCounters;
import dev.ringway.engine.counters.ConnectionRbacCounters;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.filter.ConnectionFilterFactory;
import dev.ringway.engine.httpfilters.AccessPolicies;
import dev.ringway.engine.httpfilters.AccessRule;
import dev.ringway.engine.httpfilters.TokenBucket;
import dev.ringway.engine.route.LiteralMatch;
import dev.ringway.engine.route.TextMatch;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.FilterChainMatch;
import dev.ringway.engine.snapshot.FilterChains;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** Filters of connections before a connection manager, or before a relay. */
@Timeout(180)
final class ConnectionFilterTest
{
    private static final long NEVER_NS = TimeUnit.DAYS.toNanos(1);

    static TestProxy guarded(
        final TestProxy proxy, final TlsContext tls, final ConnectionFilterFactory... guards)
    {
        proxy.chains = filter -> FilterChains.of(new FilterChain(
            "", FilterChainMatch.ANY, filter, List.of(guards), tls, FilterChain.DEFAULT_HANDSHAKE_NS));
        return proxy;
    }

    static ConnectionLimit limit(final TestProxy proxy, final long most, final long delayNs)
    {
        return new ConnectionLimit(
            most, delayNs, new ConnectionLimitCounters(proxy.registry(), "c"), new AtomicLong());
    }

    static ConnectionRbac rbac(final TestProxy proxy, final AccessRule permission, final AccessRule principal)
    {
        final AccessPolicies policies = new AccessPolicies(
            false, List.of(new AccessPolicies.Policy(List.of(permission), List.of(principal), "p")));
        return new ConnectionRbac(policies, policies, 0, new ConnectionRbacCounters(proxy.registry(), "r", ""));
    }

    @Test
    void shouldBoundConnectionsAndTakeOthersWhenSomeAreGone() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            guarded(proxy, null, limit(proxy, 2, 0)).start();
            final TestClient first = proxy.connect();
            assertEquals("x", first.get("/").text());
            final TestClient second = proxy.connect();
            assertEquals("x", second.get("/").text());
            try (TestClient third = proxy.connect())
            {
                third.assertGone();
            }
            proxy.awaitCounter("connection_limit.c.limited_connections", 1);
            proxy.awaitCounter("connection_limit.c.active_connections", 2);
            first.close();
            proxy.awaitCounter("connection_limit.c.active_connections", 1);
            assertEquals("x", proxy.connect().get("/").text());
            assertEquals("x", second.get("/").text());
            assertEquals(1, proxy.counter("connection_limit.c.limited_connections"));
        }
    }

    @Test
    void shouldKeepRefusedConnectionsForAWhile() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            guarded(proxy, null, limit(proxy, 1, NEVER_NS)).start();
            assertEquals("x", proxy.connect().get("/").text());
            final TestClient kept = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            proxy.awaitCounter("connection_limit.c.limited_connections", 1);
            assertEquals(2, proxy.counter("connection_limit.c.active_connections"));
            kept.close();
            proxy.awaitCounter("connection_limit.c.active_connections", 1);
            assertEquals(2, proxy.counter("http.in.downstream_cx_total"));
            proxy.awaitCounter("http.in.downstream_cx_destroy_remote", 1);
        }
    }

    @Test
    void shouldCloseRefusedConnectionsWhenTheDelayIsOver() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            guarded(proxy, null, limit(proxy, 1, TimeUnit.MILLISECONDS.toNanos(20))).start();
            assertEquals("x", proxy.connect().get("/").text());
            proxy.connect().assertGone();
            proxy.awaitCounter("connection_limit.c.active_connections", 1);
        }
    }

    @Test
    void shouldTakeConnectionsWhileThereAreTokens() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            guarded(proxy, null, new ConnectionRateLimit(new TokenBucket(2, 1, NEVER_NS),
                new ConnectionRateLimitCounters(proxy.registry(), "l")), limit(proxy, 9, 0)).start();
            assertEquals("x", proxy.connect().get("/").text());
            assertEquals("x", proxy.connect().get("/").text());
            proxy.connect().assertGone();
            proxy.awaitCounter("local_rate_limit.l.rate_limited", 1);
            assertEquals(2, proxy.counter("connection_limit.c.active_connections"));
        }
    }

    @Test
    void shouldGuardRelays() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).tcp())
        {
            guarded(proxy, null, limit(proxy, 1, 0)).start();
            assertEquals("x", proxy.connect().get("/").text());
            proxy.connect().assertGone();
            proxy.awaitCounter("connection_limit.c.limited_connections", 1);
            assertEquals(1, proxy.counter("cluster.b.upstream_cx_total"));
        }
    }

    @Test
    void shouldJudgeByPortsAndCount() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            guarded(proxy, null, rbac(proxy, new AccessRule.Port(1, 65536), AccessRule.ANY)).start();
            assertEquals("x", proxy.connect().get("/").text());
            assertEquals(1, proxy.counter("r.rbac.allowed"));
            assertEquals(1, proxy.counter("r.rbac.shadow_allowed"));
        }
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            guarded(proxy, null, rbac(proxy, new AccessRule.Port(0, 1), AccessRule.ANY)).start();
            proxy.connect().assertGone();
            proxy.awaitCounter("r.rbac.denied", 1);
            assertEquals(1, proxy.counter("r.rbac.shadow_denied"));
        }
    }

    /** Takes clients on TLS whose certificate has such a name, or any where no name is asked for. */
    private static void startForClients(final TestProxy proxy, final TextMatch name) throws Exception
    {
        final TlsContext context = TlsFixture.listener(
            new TlsCounters(proxy.registry(), "listener.l.ssl."), TlsFixture.Asks.OPTIONALLY);
        guarded(proxy, context, rbac(proxy, AccessRule.ANY, new AccessRule.Authenticated(name))).start();
    }

    @Test
    void shouldJudgeByCertificates() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            startForClients(proxy, new LiteralMatch(
                LiteralMatch.Kind.PREFIX, "spiffe://mesh/".getBytes(US_ASCII), false));
            proxy.clientTls = TlsFixture.jdkClient(true);
            assertEquals("x", proxy.connect().get("/").text());
            assertEquals(1, proxy.counter("r.rbac.allowed"));
            proxy.clientTls = TlsFixture.jdkClient(false);
            assertFalse(isAnswered(proxy));
            proxy.awaitCounter("r.rbac.denied", 1);
            assertEquals(1, proxy.counter("http.in.downstream_rq_total"));
        }
    }

    @Test
    void shouldTakeAnyEncryptedClientWhereNoNameIsAskedFor() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend))
        {
            startForClients(proxy, null);
            proxy.clientTls = TlsFixture.jdkClient(false);
            assertEquals("x", proxy.connect().get("/").text());
            assertEquals(1, proxy.counter("r.rbac.allowed"));
        }
    }

    /** The end may come during the handshake, for the client, or behind it. */
    private static boolean isAnswered(final TestProxy proxy)
    {
        try
        {
            return proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").in.read() >= 0;
        }
        catch (final IOException e)
        {
            return false;
        }
    }
}
