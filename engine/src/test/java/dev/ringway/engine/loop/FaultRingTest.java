package dev.ringway.engine.loop;

import dev.ringway.engine.accesslog.AccessLogRing;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.LogWakeup;
import dev.ringway.engine.conn.Connections;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.ListenerCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.counters.TcpCounters;
import dev.ringway.engine.exchange.Exchanges;
import dev.ringway.engine.listen.Acceptor;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.snapshot.TcpProxy;
import dev.ringway.engine.upstream.Upstreams;
import dev.ringway.ffi.sock.Sockets;
import dev.ringway.ffi.uring.UringProbe;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A TCP relay whose completions come late, in another order, or as failures. The loop is driven by hand on the test's
 * thread, the peers are plain sockets on theirs. Whatever happens, bytes that arrive are the right ones and nothing is
 * held at the end.
 */
final class FaultRingTest
{
    private static final int ARMED_ACCEPTS = 16;
    private static final int EXCHANGES = 12;
    private static final int MOST_EXCHANGES = 200;
    private static final long PATIENCE_NS = 10_000_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldLoseNoByteToLateCancelledAndStarvedCompletions(final long seed) throws Exception
    {
        run(seed, false);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void shouldLeakNothingWhenAnyStepFails(final long seed) throws Exception
    {
        run(seed, true);
    }

    private static void run(final long seed, final boolean isFailing) throws Exception
    {
        try (ServerSocket echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Rig rig = new Rig(seed, isFailing, echo.getLocalPort()))
        {
            Thread.ofPlatform().daemon().start(() -> serve(echo));
            final Random random = new Random(seed);
            // Which completions there are depends on time, so a seed may need more exchanges to meet a fault.
            for (int i = 0; i < EXCHANGES || rig.faults.injected() == 0 && i < MOST_EXCHANGES; i++)
            {
                final byte[] bytes = new byte[1 + random.nextInt(random.nextInt(3) == 0 ? 400_000 : 5_000)];
                random.nextBytes(bytes);
                final AtomicReference<byte[]> back = new AtomicReference<>();
                Thread.ofPlatform().daemon().start(() -> back.set(relay(rig.port, bytes)));
                rig.await(() -> back.get() != null, "the end of client " + i);
                if (!isFailing)
                {
                    assertEquals(bytes.length, back.get().length);
                }
                assertArrayEquals(Arrays.copyOf(bytes, back.get().length), back.get());
            }
            assertTrue(rig.faults.injected() > 0, "no fault was injected");
            rig.faults.off();
            rig.await(() -> rig.held().isEmpty(), "all given back, but: " + rig.held());
            rig.stopAccepting();
        }
        catch (final AssertionError | RuntimeException e)
        {
            throw new AssertionError("seed " + seed + ", failing " + isFailing, e);
        }
    }

    /** Sends all, ends its direction, and returns what came back until the end or a failure. */
    private static byte[] relay(final int port, final byte[] bytes)
    {
        final ByteArrayOutputStream back = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port))
        {
            socket.setSoTimeout(15_000);
            Thread.ofPlatform().daemon().start(() -> write(socket, bytes));
            final byte[] piece = new byte[8192];
            for (int n = socket.getInputStream().read(piece); n > 0; n = socket.getInputStream().read(piece))
            {
                back.write(piece, 0, n);
            }
        }
        catch (final IOException e)
        {
            // Cut short; what came counts.
        }
        return back.toByteArray();
    }

    private static void write(final Socket socket, final byte[] bytes)
    {
        try
        {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        }
        catch (final IOException e)
        {
            // The reader sees it too.
        }
    }

    private static void serve(final ServerSocket server)
    {
        try
        {
            while (true)
            {
                final Socket socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> echo(socket));
            }
        }
        catch (final IOException e)
        {
            // Closed: the test is over.
        }
    }

    private static void echo(final Socket socket)
    {
        try (socket)
        {
            socket.getInputStream().transferTo(socket.getOutputStream());
        }
        catch (final IOException e)
        {
            // Reset by the fault under test.
        }
    }

    /** A loop with one listener and one cluster, driven by the thread that made it. */
    private static final class Rig implements AutoCloseable
    {
        private static final int CHUNKS = 128;

        private final LoopCounters counters = new LoopCounters(new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 14)));
        private final EventLoop loop;
        private final Connections connections;
        private final Exchanges exchanges;
        private final Acceptor acceptor;
        private FaultyCompletions faults;
        private final int port;

        private Rig(final long seed, final boolean isFailing, final int backend)
        {
            loop = new EventLoop(new LoopContext()
                .setupFlags(UringProbe.run().setupFlags())
                .slotLimit(256)
                .memory(CHUNKS, 4)
                .counters(counters)
                .completions(next -> faults = new FaultyCompletions(next, new Random(seed), isFailing)));
            faults.attach(loop);
            connections = new Connections(loop);
            exchanges = new Exchanges(loop, new Upstreams(loop, connections),
                new AccessLogRing(4, AccessRecord.DEFAULT_CAPACITY, new LogWakeup()));
            final Map<String, Integer> ids = new HashMap<>();
            final CounterRegistry registry = (name, kind) -> ids.computeIfAbsent(name, n -> ids.size());
            final InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            final int listenFd = Sockets.socket(2, Sockets.SOCK_STREAM);
            assertEquals(0, Sockets.bind(listenFd, any));
            assertEquals(0, Sockets.listen(listenFd, 64));
            final UnsafeBuffer name = new UnsafeBuffer(ByteBuffer.allocateDirect(128));
            Sockets.getsockname(listenFd, name, 0);
            port = name.getShort(2, ByteOrder.BIG_ENDIAN) & 0xFFFF;
            final Listener listener = new Listener(0, "l", Address.of(any),
                List.of(new FilterChain("", new TcpProxy("t", 0, 0, 1, List.of(), new TcpCounters(registry, "t")))),
                64 * 1024, 64, true, false, Integer.MAX_VALUE, 0, new ListenerCounters(registry, "l"));
            final Address endpoint = Address.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), backend));
            final Cluster cluster = new Cluster(0, "b", List.of(new Endpoint(endpoint, "", 1)), 5_000_000_000L,
                CircuitBreakers.DEFAULT, 64 * 1024, 0, 0, false, new ClusterCounters(registry, "b"));
            loop.onStart();
            exchanges.adopt(new Snapshot(1, List.of(listener), List.of(cluster), List.of()));
            acceptor = new Acceptor(loop, connections, exchanges, listenFd);
            acceptor.adopt(listener);
            loop.addTask(nowNs ->
            {
                acceptor.arm(nowNs);
                return 0;
            });
        }

        private void await(final BooleanSupplier condition, final String what)
        {
            final long deadlineNs = System.nanoTime() + PATIENCE_NS;
            while (!condition.getAsBoolean())
            {
                assertTrue(System.nanoTime() < deadlineNs, () -> "did not come to be: " + what + ", " + held());
                cycle();
            }
        }

        private void cycle()
        {
            // A command keeps the cycle from sleeping: completions that are held back are no reason for the ring to wake.
            loop.proxy().offer(ignored -> { });
            loop.doWork();
            Thread.yield();
        }

        private String held()
        {
            final int armed = ARMED_ACCEPTS;
            final StringBuilder text = new StringBuilder();
            append(text, "slots", loop.slots().inUse() - armed);
            append(text, "exchanges", exchanges.active());
            append(text, "queues", connections.queuesInUse());
            append(text, "chunks", loop.memory().chunksHeldByTraffic());
            append(text, "blocks", loop.memory().blocks().inUse());
            append(text, "stale", loop.stats().staleCompletions());
            return text.toString();
        }

        private static void append(final StringBuilder text, final String name, final long held)
        {
            if (held != 0)
            {
                text.append(name).append(' ').append(held).append(' ');
            }
        }

        private void stopAccepting()
        {
            acceptor.close();
            await(() -> loop.slots().inUse() == 0, "all slots free when nothing is accepted any more");
        }

        public void close()
        {
            loop.onClose();
        }
    }
}
