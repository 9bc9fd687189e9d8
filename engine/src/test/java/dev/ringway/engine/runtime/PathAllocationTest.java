package dev.ringway.engine.runtime;

import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.Verdict;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.LocalRateLimitCounters;
import dev.ringway.engine.counters.RbacCounters;
import dev.ringway.engine.httpfilters.AccessPolicies;
import dev.ringway.engine.httpfilters.AccessRule;
import dev.ringway.engine.httpfilters.Fraction;
import dev.ringway.engine.httpfilters.GrpcStats;
import dev.ringway.engine.httpfilters.HeadEdit;
import dev.ringway.engine.httpfilters.HeaderMutation;
import dev.ringway.engine.httpfilters.LimitAction;
import dev.ringway.engine.httpfilters.LimitBuckets;
import dev.ringway.engine.httpfilters.LimitDescriptor;
import dev.ringway.engine.httpfilters.LocalRateLimit;
import dev.ringway.engine.httpfilters.Rbac;
import dev.ringway.engine.httpfilters.RequestLimits;
import dev.ringway.engine.httpfilters.TokenBucket;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.HashPolicy;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.MirrorPolicy;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.route.ValuePart;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.OriginalDst;
import dev.ringway.engine.snapshot.UpstreamTls;
import dev.ringway.engine.snapshot.UpstreamTls.Names;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsFixture;
import dev.ringway.engine.tls.TlsReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the loop's thread allocates on the Java heap, from the accept to the log record: nothing. Counted are rounds one
 * after the other without a byte, half a million requests of them. Where there is a byte the count begins again: classes
 * are initialized at their first use, the runtime links and specializes code as it gets hot. An object for each request,
 * or one for every hundred thousand, never lets the count come to its end.
 */
final class PathAllocationTest
{
    private static final int REQUESTS = 500_000;
    private static final int FEWER_REQUESTS = 100_000;
    private static final int CONNECTIONS = 16;
    private static final int DEPTH = 64;
    private static final int BATCHES = 10;
    private static final int PER_ROUND = CONNECTIONS * DEPTH * BATCHES;
    private static final int LARGE = 100_000;
    private static final int LARGE_ROUNDS = 10;
    private static final int SHORT_ONES = 6_000;
    private static final int SHORT_ROUND = 500;
    private static final int TIMEOUT_SECONDS = 300;
    private static final int PROCESS_BYTES_PER_REQUEST = 2;
    private static final byte MARK = '!';
    private static final byte[] REQUEST = "GET /some/path?q=1 HTTP/1.1\r\nhost: example.org\r\nuser-agent: test\r\naccept: */*\r\n\r\n"
        .getBytes(US_ASCII);
    private static final byte[] ANSWER =
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\nhello!".getBytes(US_ASCII);

    private static final byte[] CALL = ("POST /p.S/M HTTP/1.1\r\nhost: example.org\r\ncontent-type: application/grpc\r\n" +
        "content-length: 7\r\n\r\n\0\0\0\0\2ab").getBytes(US_ASCII);
    private static final byte[] CALL_ANSWER = ("HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\ngrpc-status: 0\r\n" +
        "content-length: 6\r\n\r\n\0\0\0\0\1!").getBytes(US_ASCII);

    private final LoopAllocation allocation = new LoopAllocation();

    /** Answers what ends a head, as fast as a thread can; reads no more of it than that. */
    private static void answerAll(final TestBackend.Link link) throws IOException
    {
        answerAll(link, ANSWER);
    }

    private static void answerAll(final TestBackend.Link link, final byte[] answer) throws IOException
    {
        final InputStream in = link.socket.getInputStream();
        final byte[] piece = new byte[16 * 1024];
        int matched = 0;
        for (int n = in.read(piece); n > 0; n = in.read(piece))
        {
            for (int i = 0; i < n; i++)
            {
                matched = piece[i] == "\r\n\r\n".charAt(matched) ? matched + 1 : piece[i] == '\r' ? 1 : 0;
                if (matched == 4)
                {
                    matched = 0;
                    link.out.write(answer);
                }
            }
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForRequestsOnKeptConnections() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient[] clients = connect(proxy);
            final byte[] batch = repeat(REQUEST, DEPTH);
            final long ofProcess = allocation.assertNone(
                proxy, Math.ceilDiv(REQUESTS, PER_ROUND), () -> askAll(clients, batch, BATCHES));
            assertTrue(ofProcess < (long)PROCESS_BYTES_PER_REQUEST * REQUESTS, ofProcess + " bytes of all threads");
            assertEquals(0, proxy.counter("http.in.downstream_rq_5xx"));
        }
    }

    /** Reads and changes both heads. */
    private static final class Changing implements HttpFilter
    {
        private static final byte[] NAME = "x-added".getBytes(US_ASCII);
        private static final byte[] ACCEPT = "accept".getBytes(US_ASCII);
        private static final byte[] VALUE = "1".getBytes(US_ASCII);

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            exchange.request().set(ACCEPT, VALUE);
            exchange.request().add(NAME, VALUE);
            return Verdict.CONTINUE;
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            exchange.response().set(NAME, VALUE);
            return Verdict.CONTINUE;
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForRequestsThroughFilters() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend))
        {
            final HttpFilters.Place place = new HttpFilters.Place("changing", loop -> new Changing(), false);
            final TokenBucket bucket = new TokenBucket(1 << 30, 1 << 30, 1_000_000_000L);
            final LocalRateLimit limit = new LocalRateLimit(new RequestLimits(
                new LimitBuckets(bucket, List.of(new LimitDescriptor(
                    List.of(new LimitDescriptor.Entry("remote_address", "127.0.0.1")), bucket)), true, 20),
                List.of(List.of(new LimitAction.RemoteAddress())), true),
                Fraction.ALL, Fraction.ALL, null, List.of(), List.of(), true,
                new LocalRateLimitCounters(proxy.registry(), "l"));
            final Rbac rbac = new Rbac(new AccessPolicies(false, List.of(new AccessPolicies.Policy(
                List.of(AccessRule.ANY), List.of(AccessRule.ANY), "all"))), null, List.of(Rbac.refusal("none")),
                new RbacCounters(proxy.registry(), "in", "", ""));
            proxy.http.filters = new HttpFilters(proxy.registry(), "in", List.of(place,
                new HttpFilters.Place("limit", limit, false), new HttpFilters.Place("rbac", rbac, false), place),
                (name, error) -> { });
            proxy.start();
            assertAllocatesNothingForFewer(proxy);
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForCallsThatAreCounted() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link -> answerAll(link, CALL_ANSWER));
            TestProxy proxy = new TestProxy(backend))
        {
            final CounterRegistry registry = proxy.registry();
            final GrpcStats stats = new GrpcStats(true, List.of(), true, false,
                (cluster, name, isHistogram, made) -> made.onMade(isHistogram ? registry.histogram("calls." + name) :
                registry.counter("calls." + name), registry.lease()), registry.counter("overflow"));
            proxy.http.filters = new HttpFilters(
                registry, "in", List.of(new HttpFilters.Place("calls", stats, false)), (name, error) -> { });
            proxy.start();
            assertAllocatesNothingForFewer(proxy, CALL);
            final long calls = proxy.counter("calls.grpc.p.S.M.total");
            assertTrue(calls >= FEWER_REQUESTS, calls + " calls");
            assertEquals(calls, proxy.counter("calls.grpc.p.S.M.0"));
            assertEquals(calls, proxy.counter("calls.grpc.p.S.M.request_message_count"));
            assertEquals(0, proxy.counter("overflow"));
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForRequestsThatAreMirrored() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestBackend shadow = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend).shadowedBy(shadow))
        {
            proxy.http.mirrors = new MirrorPolicy[]{
                new MirrorPolicy(1, null, null, null, false, "10.1.2.3".getBytes(US_ASCII))};
            proxy.start();
            assertAllocatesNothingForFewer(proxy);
            assertTrue(proxy.counter("cluster.s.upstream_rq_total") >= FEWER_REQUESTS);
        }
    }

    private static List<FieldChanges.Put> puts(final String field, final boolean ofResponse)
    {
        final List<FieldChanges.Put> puts = new ArrayList<>();
        for (final FieldChanges.Action action : FieldChanges.Action.values())
        {
            puts.add(new FieldChanges.Put(new FieldName("x-" + action), List.of(
                new ValuePart.Text("text".getBytes(US_ASCII)), ValuePart.Known.REMOTE_ADDRESS, ValuePart.Known.PROTOCOL,
                ValuePart.Known.ROUTE_NAME, ValuePart.Known.CLUSTER,
                new ValuePart.Field(new HeaderKey(field), new HeaderKey("x-none"), 100, ofResponse)), action, true));
        }
        if (ofResponse)
        {
            puts.add(new FieldChanges.Put(new FieldName("x-asked"), List.of(
                new ValuePart.Field(new HeaderKey("user-agent"), new HeaderKey(":path"), 100, false),
                new ValuePart.Parameter("q".getBytes(US_ASCII), 100)),
                FieldChanges.Action.OVERWRITE_IF_EXISTS_OR_ADD, true));
        }
        else
        {
            final ValuePart.Field path =
                new ValuePart.Field(new HeaderKey("x-envoy-original-path"), new HeaderKey(":path"), 100, false);
            puts.add(new FieldChanges.Put(new FieldName("x-path"), List.of(new ValuePart.Path(path, false, 100),
                new ValuePart.Parameter("none".getBytes(US_ASCII), 100)),
                FieldChanges.Action.OVERWRITE_IF_EXISTS_OR_ADD, true));
        }
        return puts;
    }

    private static List<HeadEdit> edits(final String field, final boolean ofResponse)
    {
        final List<HeadEdit> edits = new ArrayList<>();
        edits.add(new HeadEdit.Remove(new FieldName("accept")));
        puts(field, ofResponse).forEach(put -> edits.add(new HeadEdit.Put(put)));
        return edits;
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForRequestsWhoseFieldsFiltersChange() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend))
        {
            final HeaderMutation mutation =
                new HeaderMutation(edits(":path", false), edits(":path", false), false);
            proxy.http.filters = new HttpFilters(proxy.registry(), "in",
                List.of(new HttpFilters.Place("mutation", mutation, false)), (name, error) -> { });
            proxy.http.useRemoteAddress = true;
            proxy.http.via = "ringway";
            proxy.start();
            assertAllocatesNothingForFewer(proxy);
            assertEquals(0, proxy.counter("http.in.filter_exception"));
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForRequestsWhoseFieldsChange() throws Exception
    {
        final FieldChanges request = new FieldChanges(List.of(
            new FieldChanges.Level(List.of(new FieldName("user-agent"), new FieldName("x-gone")), puts(":path", false))));
        final FieldChanges response = new FieldChanges(List.of(
            new FieldChanges.Level(List.of(new FieldName("x-gone")), puts("content-type", true))));
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.routes.put("/", proxy.http.changing(request, response));
            proxy.start();
            assertAllocatesNothingForFewer(proxy);
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForRequestsThatGetACookie() throws Exception
    {
        final HashPolicy policy = new HashPolicy(List.of(
            new HashPolicy.Cookie("a".getBytes(US_ASCII), "; HttpOnly".getBytes(US_ASCII), false),
            new HashPolicy.Cookie("b".getBytes(US_ASCII), "; Path=/; HttpOnly".getBytes(US_ASCII), false)));
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.balancing = Balancing.of(Balancing.Policy.RING_HASH);
            proxy.http.routes.put("/", new RouteBuilder("").cluster(0, "b").hashPolicy(policy).build());
            proxy.start();
            assertAllocatesNothingForFewer(proxy);
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForRequestsToEncryptedEndpoints() throws Exception
    {
        final TlsContext context = TlsFixture.toEndpoint();
        try (TestBackend backend = TestBackend.encrypted(
                TlsFixture.jdkServer(TlsFixture.Shown.GOOD), PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.upstreamTls = new UpstreamTls(context, context, "localhost", Names.CONFIGURED, true, 1);
            // The JDK takes long for its first handshakes.
            proxy.connectTimeoutNs = 60_000_000_000L;
            proxy.start();
            assertAllocatesNothingForFewer(proxy);
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForRequestsThatTellKnownEndpoints() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.balancing = Balancing.of(new OriginalDst(
                new HeaderKey(OriginalDst.DEFAULT_HEADER), OriginalDst.SAME_PORT, 1_000_000_000L));
            proxy.endpoints.clear();
            proxy.start();
            assertAllocatesNothingForFewer(proxy, ("GET / HTTP/1.1\r\nhost: example.org\r\n" +
                OriginalDst.DEFAULT_HEADER + ": " + backend.address() + "\r\n\r\n").getBytes(US_ASCII));
            assertTrue(proxy.counter("cluster.b.upstream_rq_total") >= FEWER_REQUESTS);
            // What has a connection is kept, and with it the timer that looks after it.
            backend.dropConnections();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForRequestsOfEncryptedClients(final String version) throws Exception
    {
        final TlsContext context = TlsFixture.listener(false);
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend).encrypted(context))
        {
            proxy.clientTls = TlsFixture.jdkClient(version);
            // What each of them asks for is told the other as well.
            proxy.http.accessLogs = List.of(new AccessLogSink(
                0, "/dev/null", "x", 1L << TlsReport.CIPHER + AccessLogSink.USES_TLS_SHIFT));
            final FieldChanges told = new FieldChanges(List.of(new FieldChanges.Level(List.of(), List.of(
                new FieldChanges.Put(new FieldName("x-tls"), List.of(new ValuePart.Tls(TlsReport.VERSION, 99)),
                    FieldChanges.Action.OVERWRITE_IF_EXISTS_OR_ADD, false)))));
            proxy.http.routes.put("/", proxy.http.changing(told, told));
            proxy.start();
            assertAllocatesNothingForFewer(proxy);
        }
        assertEquals(1, context.references());
        context.release();
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForContentsThatPass() throws Exception
    {
        final byte[] answer = ("HTTP/1.1 200 OK\r\ncontent-length: " + LARGE + "\r\n\r\n" + "x".repeat(LARGE - 1) + "!")
            .getBytes(US_ASCII);
        try (TestBackend backend = TestBackend.scripted(link -> answerAll(link, answer));
            TestProxy proxy = new TestProxy(backend).spliced().start())
        {
            final TestClient[] clients = connect(proxy);
            final byte[] batch = repeat(REQUEST, DEPTH);
            allocation.assertNone(proxy, LARGE_ROUNDS, () -> askAll(clients, batch, 1));
            assertTrue(proxy.look().splicedBytes() > (long)LARGE_ROUNDS * CONNECTIONS * DEPTH * (LARGE >> 1),
                "little was spliced");
        }
    }

    private void assertAllocatesNothingForFewer(final TestProxy proxy) throws Exception
    {
        assertAllocatesNothingForFewer(proxy, REQUEST);
    }

    private void assertAllocatesNothingForFewer(final TestProxy proxy, final byte[] request) throws Exception
    {
        final TestClient[] clients = connect(proxy);
        final byte[] batch = repeat(request, DEPTH);
        allocation.assertNone(
            proxy, Math.ceilDiv(FEWER_REQUESTS, PER_ROUND), () -> askAll(clients, batch, BATCHES));
        assertEquals(0, proxy.counter("http.in.downstream_rq_5xx"));
    }

    private static TestClient[] connect(final TestProxy proxy) throws IOException
    {
        final TestClient[] clients = new TestClient[CONNECTIONS];
        for (int i = 0; i < CONNECTIONS; i++)
        {
            clients[i] = proxy.connect();
        }
        return clients;
    }

    private static void askAll(final TestClient[] clients, final byte[] batch, final int count) throws IOException
    {
        final byte[] piece = new byte[64 * 1024];
        for (int round = 0; round < count; round++)
        {
            for (final TestClient client : clients)
            {
                client.out.write(batch);
            }
            for (final TestClient client : clients)
            {
                for (int marks = 0; marks < DEPTH; )
                {
                    final int n = client.socket.getInputStream().read(piece);
                    assertTrue(n > 0, "the connection ended");
                    for (int i = 0; i < n; i++)
                    {
                        marks += piece[i] == MARK ? 1 : 0;
                    }
                }
            }
        }
    }

    private static byte[] repeat(final byte[] bytes, final int count)
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++)
        {
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForNewConnections() throws Exception
    {
        final byte[] request = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".getBytes(US_ASCII);
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend).start())
        {
            assertAllocatesNothing(proxy, request);
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForRelays() throws Exception
    {
        final byte[] greeting = "hello!".getBytes(US_ASCII);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.socket.getInputStream().readNBytes(greeting.length);
                link.out.write(greeting);
            });
            TestProxy proxy = new TestProxy(backend).tcp().start())
        {
            assertAllocatesNothing(proxy, greeting);
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForUpgrades() throws Exception
    {
        final byte[] greeting = "hello!".getBytes(US_ASCII);
        final byte[] request = ("GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n" +
            "hello!").getBytes(US_ASCII);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.readHead();
                link.write(Tunnel.AGREED);
                link.in.readNBytes(greeting.length);
                link.out.write(greeting);
            });
            TestProxy proxy = Tunnel.proxy(HttpPair.HTTP1_TO_HTTP1, backend).start())
        {
            assertAllocatesNothing(proxy, request);
        }
    }

    @Test
    @Timeout(TIMEOUT_SECONDS)
    void shouldAllocateNothingForInspectedConnections() throws Exception
    {
        final byte[] request =
            "PROXY TCP4 10.1.2.3 10.4.5.6 7 80\r\nGET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
                .getBytes(US_ASCII);
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.listenerFilters = ListenerFilterTest.all(proxy);
            proxy.chains = ListenerFilterTest::bySourceAndVersion;
            proxy.start();
            assertAllocatesNothing(proxy, request);
            assertEquals(0, proxy.counter("listener.l.no_filter_chain_match"));
        }
    }

    private void assertAllocatesNothing(final TestProxy proxy, final byte[] request) throws Exception
    {
        final byte[] answer = new byte[4096];
        fillPools(proxy);
        allocation.assertNone(proxy, SHORT_ONES / SHORT_ROUND, () ->
        {
            for (int i = 0; i < SHORT_ROUND; i++)
            {
                connectAndAsk(proxy, request, answer);
            }
        });
    }

    /** Connections overlap now and then; what is pooled for each must be there. */
    private static void fillPools(final TestProxy proxy) throws IOException
    {
        final TestClient[] clients = new TestClient[CONNECTIONS];
        for (int i = 0; i < CONNECTIONS; i++)
        {
            clients[i] = proxy.connect().send("he");
        }
        final String active = proxy.listenerFilters.all().isEmpty() ?
            "listener.l.downstream_cx_active" : "listener.l.downstream_pre_cx_active";
        proxy.awaitCounter(active, CONNECTIONS);
        proxy.awaitCounter("cluster.b.upstream_cx_total", proxy.isTcp ? CONNECTIONS : 0);
        for (final TestClient client : clients)
        {
            client.close();
        }
        proxy.awaitCounter(active, 0);
        proxy.awaitCounter("cluster.b.upstream_cx_active", 0);
    }

    private static void connectAndAsk(final TestProxy proxy, final byte[] request, final byte[] answer)
        throws IOException
    {
        try (Socket socket = new Socket())
        {
            socket.connect((InetSocketAddress)proxy.address());
            socket.setSoTimeout(120_000);
            final OutputStream out = socket.getOutputStream();
            out.write(request);
            final InputStream in = socket.getInputStream();
            int length = 0;
            for (int n = in.read(answer); n > 0; n = in.read(answer, length, answer.length - length))
            {
                length += n;
            }
            assertTrue(length > 0 && answer[length - 1] == MARK, () -> "answered " + Arrays.toString(answer));
        }
    }
}
