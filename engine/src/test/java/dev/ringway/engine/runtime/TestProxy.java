package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.AccessLogRing;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.LogWakeup;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.Histograms;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.counters.ListenerCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.counters.TcpCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.ConnectRules;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.FilterChainMatch;
import dev.ringway.engine.snapshot.FilterChains;
import dev.ringway.engine.snapshot.Http2Options;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.ListenerFilters;
import dev.ringway.engine.snapshot.NetworkFilter;
import dev.ringway.engine.snapshot.ProxyTelling;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.snapshot.Thresholds;
import dev.ringway.engine.snapshot.UpstreamTls;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsFixture;
import org.agrona.concurrent.UnsafeBuffer;

import javax.net.ssl.SSLContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * One engine in this process, one listener and one cluster. Set the fields, then {@link #start}. Closing
 * it is the leak check that ends each test: all that traffic held must be back.
 */
final class TestProxy implements AutoCloseable
{
    private static final int FIRST_PORT = 12_000;
    private static final int PORTS = 20_000;
    private static final AtomicInteger NEXT_PORT = new AtomicInteger((int)(ProcessHandle.current().pid() * 61 % PORTS));

    private static final int MOST_LOOPS = 4;
    private static final int ARMED_ACCEPTS = 16;
    private static final long PATIENCE_NS = 60_000_000_000L;
    private static final long PAUSE_NS = 500_000L;

    final HttpSettings http = new HttpSettings();
    final List<TestBackend> backends = new ArrayList<>();
    final List<Endpoint> endpoints = new ArrayList<>();
    CircuitBreakers breakers = CircuitBreakers.DEFAULT;
    ConnectRules connect = ConnectRules.NONE;
    Balancing balancing = Balancing.DEFAULT;
    long connectTimeoutNs = 20_000_000_000L;
    long upstreamIdleNs = 0;
    int maxRequestsPerUpstream = 0;
    boolean enableUpstreamTrailers = true;
    Http2Options upstreamHttp2;
    int bufferLimit = 1 << 20;
    /** Of a {@link FaultRig}. */
    int receiveCrowd = 6;
    /** Of a {@link FaultRig}. */
    int firstStreamId = 1;
    /** Of a {@link FaultRig}: how far its clock has been put forward. */
    volatile long aheadNs;
    /** What is spliced is not queued: tests of queues would wait for that in vain. */
    int spliceAfter = Integer.MAX_VALUE;
    private boolean hasCluster = true;
    int maxConnections = Integer.MAX_VALUE;
    int slotLimit = 4096;
    int chunkCount = 512;
    long tcpIdleNs = 0;
    int loops = 1;
    boolean isTcp;
    TlsContext tls;
    UpstreamTls upstreamTls;
    /** What clients encrypt with, or null. */
    SSLContext clientTls;
    int handshakeWorkers = -1;
    long handshakeTimeoutNs = FilterChain.DEFAULT_HANDSHAKE_NS;
    AccessLogRing records = new AccessLogRing(4, AccessRecord.DEFAULT_CAPACITY, new LogWakeup());
    Address listen;

    /** The endpoint of a second cluster, {@code s} with id 1, and who listens there; null for none. */
    Endpoint shadow;
    TestBackend shadowBackend;

    private final Map<String, Integer> ids = new ConcurrentHashMap<>();
    private final Histograms histograms = new Histograms(MOST_LOOPS);
    private final List<LoopCounters> counters = new ArrayList<>();
    ProxyTelling telling;
    ListenerFilters listenerFilters = ListenerFilters.NONE;
    Function<NetworkFilter, FilterChains> chains =
        filter -> FilterChains.of(new FilterChain("", FilterChainMatch.ANY, filter, tls, handshakeTimeoutNs));
    private final List<TestClient> clients = new ArrayList<>();
    private volatile Throwable failure;
    private Engine engine;
    private long version;
    private int descriptors;

    TestProxy(final TestBackend... servers)
    {
        for (final TestBackend server : servers)
        {
            backends.add(server);
            endpoints.add(new Endpoint(server.address(), "", 1));
        }
    }

    /** Splices as the product does. */
    TestProxy spliced()
    {
        spliceAfter = EngineContext.SPLICE_AFTER;
        return this;
    }

    TestProxy tcp()
    {
        isTcp = true;
        return this;
    }

    /** One more endpoint, at which nobody listens. */
    TestProxy refused() throws IOException
    {
        final int port = freePort("127.0.0.1");
        endpoints.add(new Endpoint(Address.of(new InetSocketAddress("127.0.0.1", port)), "", 1));
        return this;
    }

    /** What the cluster bears at most, with the default of retries. */
    TestProxy bearing(final int connections, final int pending, final int requests)
    {
        breakers = of(new Thresholds(connections, pending, requests, Thresholds.DEFAULT.maxRetries(), null));
        return this;
    }

    /** What the cluster bears at most at default priority. */
    static CircuitBreakers of(final Thresholds thresholds)
    {
        return new CircuitBreakers(thresholds, Thresholds.DEFAULT);
    }

    TestProxy start() throws Exception
    {
        descriptors = openDescriptors();
        engine = Engine.launch(new EngineContext(
            loops, new int[0], this::counters, this::records, slotLimit, chunkCount, error -> failure = error,
            handshakeWorkers, spliceAfter));
        if (listen == null)
        {
            listen = Address.of(new InetSocketAddress("127.0.0.1", freePort("127.0.0.1")));
        }
        publish();
        return this;
    }

    /** Below those that the kernel gives to clients, so that none of them takes it before it is listened on. */
    static int freePort(final String host)
    {
        while (true)
        {
            final int port = FIRST_PORT + NEXT_PORT.getAndIncrement() % PORTS;
            try (ServerSocket socket = new ServerSocket())
            {
                socket.bind(new InetSocketAddress(host, port));
                return port;
            }
            catch (final IOException e)
            {
                // Taken: the next one.
            }
        }
    }

    /** Publishes what the fields say now, and waits until the loop has it. */
    void publish() throws ListenException
    {
        version++;
        engine.publish(snapshot(version));
        await(() -> engine.epoch() >= version, () -> "snapshot " + version + " adopted");
    }

    /** Publishes that the first cluster is no more. */
    void publishWithoutCluster() throws ListenException
    {
        hasCluster = false;
        publish();
    }

    /** What the fields say now. */
    Snapshot snapshot(final long number)
    {
        final CounterRegistry registry = registry();
        final Cluster cluster = new Cluster(
            0, "b", List.copyOf(endpoints), connectTimeoutNs, breakers, bufferLimit, upstreamIdleNs,
            maxRequestsPerUpstream, enableUpstreamTrailers, upstreamHttp2, upstreamTls,
            balancing, telling, connect, null, new ClusterCounters(registry, "b", upstreamHttp2 != null));
        final NetworkFilter filter = isTcp ?
            new TcpProxy("t", 0, tcpIdleNs, http.age, 1, http.accessLogs, telling != null, new TcpCounters(registry, "t")) :
            http.toManager(new HttpCounters(registry, "l", "in"));
        final Listener listener = new Listener(
            0, "l", listen, listenerFilters, chains.apply(filter), bufferLimit, 1024, true, false, maxConnections,
            0, new ListenerCounters(registry, "l"));
        return new Snapshot(number, List.of(listener),
            !hasCluster ? List.of() : shadow == null ? List.of(cluster) : List.of(cluster, shadowCluster(registry)),
            http.accessLogs);
    }

    private Cluster shadowCluster(final CounterRegistry registry)
    {
        return new Cluster(
            1, "s", List.of(shadow), connectTimeoutNs, breakers, bufferLimit, upstreamIdleNs, maxRequestsPerUpstream,
            enableUpstreamTrailers, upstreamHttp2, null, new ClusterCounters(registry, "s", upstreamHttp2 != null));
    }

    /** Has a second cluster. */
    TestProxy shadowedBy(final TestBackend server)
    {
        shadowBackend = server;
        shadow = new Endpoint(server.address(), "", 1);
        return this;
    }

    CounterRegistry registry()
    {
        return new CounterRegistry()
        {
            public int register(final String name, final int kind)
            {
                return ids.computeIfAbsent(name, n -> ids.size());
            }

            public int histogram(final String name)
            {
                return histograms.register(name);
            }
        };
    }

    /** Values of a histogram, all buckets together. */
    long samples(final String name)
    {
        return Arrays.stream(histograms.counts(histograms.register(name))).sum();
    }

    /** Counters of one loop. */
    LoopCounters counters(final int loop)
    {
        while (counters.size() <= loop)
        {
            counters.add(
                new LoopCounters(new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 16)), histograms, counters.size()));
        }
        return counters.get(loop);
    }

    private AccessLogRing records(final int loop)
    {
        return loop == 0 ? records : new AccessLogRing(4, AccessRecord.DEFAULT_CAPACITY, new LogWakeup());
    }

    Engine engine()
    {
        return engine;
    }

    SocketAddress address()
    {
        return listen.unixPath() != null ? UnixDomainSocketAddress.of(listen.unixPath()) : listen.inet();
    }

    /** Has clients encrypt, with a listener that speaks what is asked for. */
    TestProxy encrypted(final TlsContext context)
    {
        tls = context;
        clientTls = TlsFixture.jdkClient(false);
        return this;
    }

    /** A new client connection; closed with the proxy at the latest. */
    TestClient connect() throws IOException
    {
        return keep(new TestClient(clientTls, address(), 0));
    }

    TestClient connect(final int receiveBuffer) throws IOException
    {
        return keep(new TestClient(clientTls, address(), receiveBuffer));
    }

    private TestClient keep(final TestClient client)
    {
        clients.add(client);
        return client;
    }

    /** Sum over the loops. */
    long counter(final String name)
    {
        return counters.stream().mapToLong(column -> column.get(id(name))).sum();
    }

    long counter(final int loop, final String name)
    {
        return counters.get(loop).get(id(name));
    }

    private int id(final String name)
    {
        final Integer id = ids.get(name);
        if (id == null)
        {
            throw new IllegalArgumentException("no counter " + name);
        }
        return id;
    }

    /** Until a counter has a value, and all is done that the loops do in the same turn. */
    void awaitCounter(final String name, final long value)
    {
        await(() -> counter(name) == value, () -> name + " = " + value + ", is " + counter(name));
        look();
    }

    /** Until no request is under way and no connection holds bytes. */
    void awaitQuiet()
    {
        await(() -> busy().isEmpty(), () -> "no traffic, but: " + busy());
    }

    private String busy()
    {
        final List<LoopView> views = lookAtAll();
        final StringBuilder text = new StringBuilder();
        check(text, "exchanges", 0, sum(views, LoopView::exchanges));
        check(text, "queues", 0, sum(views, LoopView::queues));
        check(text, "chunks", 0, sum(views, LoopView::chunks));
        return text.toString();
    }

    /** A look at the first loop that was taken after this call began. */
    LoopView look()
    {
        return lookAtAll().get(0);
    }

    private List<LoopView> lookAtAll()
    {
        final List<LoopView> before = engine.views();
        engine.requestViews();
        await(() -> IntStream.range(0, loops).allMatch(
                i -> engine.views().get(i).sequence() > before.get(i).sequence()),
            () -> "loops answer, their failure: " + failure);
        return engine.views();
    }

    static void await(final BooleanSupplier condition, final Supplier<String> what)
    {
        final long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (!condition.getAsBoolean())
        {
            if (System.nanoTime() > deadlineNs)
            {
                throw new AssertionError("did not come to be: " + what.get());
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /** Until so many hold a context, the engine among them while a snapshot of some loop has it. */
    void awaitReferences(final TlsContext context, final int count)
    {
        await(() ->
        {
            engine.releaseContexts();
            return context.references() == count;
        }, () -> count + " references, are " + context.references());
    }

    private String leaks(final int armed)
    {
        final List<LoopView> views = lookAtAll();
        final int pooled = backends.stream().mapToInt(TestBackend::open).sum();
        final StringBuilder text = new StringBuilder();
        final int shadowed = shadowBackend == null ? 0 : shadowBackend.open();
        check(text, "slots", armed * loops + pooled + shadowed, sum(views, LoopView::slots));
        check(text, "exchanges", 0, sum(views, LoopView::exchanges));
        check(text, "queues", 0, sum(views, LoopView::queues));
        check(text, "chunks", 0, sum(views, LoopView::chunks));
        check(text, "blocks", 0, sum(views, LoopView::blocks));
        check(text, "splices", 0, sum(views, LoopView::splices));
        check(text, "staleCompletions", 0, sum(views, LoopView::staleCompletions));
        checkGauge(text, "listener.l.downstream_pre_cx_active", 0);
        checkGauge(text, "listener.l.downstream_cx_active", 0);
        checkGauge(text, "cluster.b.upstream_cx_active", pooled);
        checkGauge(text, "cluster.b.upstream_rq_active", 0);
        checkGauge(text, "cluster.b.upstream_rq_pending_active", 0);
        if (shadow != null)
        {
            checkGauge(text, "cluster.s.upstream_cx_active", shadowed);
            checkGauge(text, "cluster.s.upstream_rq_active", 0);
            checkGauge(text, "cluster.s.upstream_rq_pending_active", 0);
        }
        if (!isTcp)
        {
            checkGauge(text, "http.in.downstream_cx_active", 0);
            checkGauge(text, "http.in.downstream_cx_http1_active", 0);
            checkGauge(text, "http.in.downstream_cx_http2_active", 0);
            checkGauge(text, "http.in.downstream_rq_active", 0);
            checkGauge(text, "http2.streams_active", 0);
        }
        if (upstreamHttp2 != null)
        {
            checkGauge(text, "cluster.b.http2.streams_active", 0);
        }
        return text.toString();
    }

    private static long sum(final List<LoopView> views, final ToLongFunction<LoopView> of)
    {
        return views.stream().mapToLong(of).sum();
    }

    private void checkGauge(final StringBuilder text, final String name, final long expected)
    {
        check(text, name, expected, counter(name));
    }

    private static void check(final StringBuilder text, final String what, final long expected, final long actual)
    {
        if (expected != actual)
        {
            text.append(what).append(' ').append(actual).append(" (expected ").append(expected).append(") ");
        }
    }

    void assertNoLeaks()
    {
        await(() -> leaks(ARMED_ACCEPTS).isEmpty(), () -> "nothing leaked, but: " + leaks(ARMED_ACCEPTS));
    }

    public void close() throws IOException
    {
        for (final TestClient client : clients)
        {
            client.close();
        }
        try
        {
            if (engine != null && version > 0 && failure == null)
            {
                if (!engine.snapshot().listeners().isEmpty() && !isDrained)
                {
                    assertNoLeaks();
                    engine.stop(listener -> true, 0);
                }
                await(() -> leaks(0).isEmpty(), () -> "nothing left after the drain, but: " + leaks(0));
            }
        }
        finally
        {
            engine.close();
            histograms.free();
        }
        if (failure != null)
        {
            throw new AssertionError("the loop died", failure);
        }
        await(() -> openDescriptors() <= descriptors,
            () -> "descriptors back to " + descriptors + ", are " + openDescriptors());
    }

    private boolean isDrained;

    void drain()
    {
        engine.drain();
    }

    /** Gradually, over that time. */
    void drain(final long lengthNs)
    {
        engine.drain(listener -> true, lengthNs);
    }

    /** As {@link Engine#stop}; the closing check expects no armed accepts. */
    void stop(final long graceNs)
    {
        isDrained = true;
        engine.stop(listener -> true, graceNs);
    }

    /** Sockets, pipes, rings and event descriptors of this process; files that the JVM opens lazily do not count. */
    static int openDescriptors()
    {
        int count = 0;
        try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/self/fd")))
        {
            for (final Path link : links)
            {
                count += isCounted(link) ? 1 : 0;
            }
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
        return count;
    }

    private static boolean isCounted(final Path link)
    {
        try
        {
            final String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("socket:") || target.startsWith("anon_inode:") || target.startsWith("pipe:");
        }
        catch (final IOException e)
        {
            return false;
        }
    }

    static
    {
        // The JVM keeps descriptors of its own from the first socket on.
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("")))
        {
            try (TestClient client = new TestClient(backend.address().inet()))
            {
                client.get("/");
            }
            await(() -> backend.open() == 0, () -> "warm-up over");
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
    }
}
