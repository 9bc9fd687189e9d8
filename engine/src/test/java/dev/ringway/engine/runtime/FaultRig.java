package dev.ringway.engine.runtime;

import dev.ringway.engine.http2.Http2Context;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.LoopContext;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.snapshot.SnapshotRef;
import dev.ringway.engine.time.WallClock;
import dev.ringway.engine.tls.HandshakeWorkers;
import dev.ringway.engine.upstream.ClusterUses;
import dev.ringway.ffi.uring.CompletionSink;
import dev.ringway.ffi.uring.UringProbe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What one loop of the product runs, driven by the thread that made it, with something of the test's between the ring
 * and the loop. The peers are plain sockets on threads of their own.
 */
final class FaultRig implements AutoCloseable
{
    private static final int ARMED_ACCEPTS = 16;
    private static final int CHUNKS = 128;
    static final int SQ_ENTRIES = 256;
    static final int CQ_ENTRIES = 1024;
    private static final long PATIENCE_NS = 60_000_000_000L;

    final EventLoop loop;
    private final TestProxy settings;
    private final HandshakeWorkers workers;
    private final LoopRuntime runtime;

    /** Work of a client. */
    interface Call<T>
    {
        T run() throws Exception;
    }

    /** What a client says and hears; returns how many of its requests were answered. */
    interface Talk
    {
        int run(FaultRig rig, Random random) throws Exception;
    }

    /** What several clients do at once, again and again, more often only until the first fault. */
    record Load(int clients, int requests, int rounds, int mostRounds, Talk talk)
    {
    }

    FaultRig(final TestProxy settings, final UnaryOperator<CompletionSink> faults) throws Exception
    {
        this(settings, SQ_ENTRIES, CQ_ENTRIES, faults);
    }

    FaultRig(
        final TestProxy settings,
        final int sqEntries,
        final int cqEntries,
        final UnaryOperator<CompletionSink> faults) throws Exception
    {
        this.settings = settings;
        loop = new EventLoop(new LoopContext()
            .setupFlags(UringProbe.run().setupFlags())
            .ringEntries(sqEntries, cqEntries)
            .slotLimit(256)
            .memory(CHUNKS, 4)
            .receiveCrowd(settings.receiveCrowd)
            .spliceAfter(settings.spliceAfter)
            .counters(settings.counters(0))
            .clocks(() -> System.nanoTime() + settings.aheadNs, new WallClock())
            .completions(faults));
        final SnapshotRef snapshots = new SnapshotRef();
        final ClusterUses uses = new ClusterUses(1);
        workers = new HandshakeWorkers(1);
        runtime = new LoopRuntime(
            loop, snapshots, uses, workers, settings.records,
            new Http2Context(loop, settings.firstStreamId));
        settings.listen = Address.of(new InetSocketAddress("127.0.0.1", TestProxy.freePort("127.0.0.1")));
        final Snapshot snapshot = settings.snapshot(1);
        final Map<Listener, int[]> opened = ListenSockets.open(snapshot, new Listening(), 1);
        uses.adopt(snapshot, System.nanoTime());
        snapshots.publishRelease(snapshot);
        loop.onStart();
        runtime.onListen(snapshot.listeners().get(0), opened.get(snapshot.listeners().get(0))[0]);
    }

    /** Runs clients until faults were injected; all they ask is answered unless steps fail, and nothing is left. */
    static void run(
        final TestProxy settings,
        final Load load,
        final long seed,
        final boolean isFailing,
        final int sqEntries,
        final int cqEntries) throws Exception
    {
        final FaultyCompletions[] made = new FaultyCompletions[1];
        try (FaultRig rig = new FaultRig(settings, sqEntries, cqEntries,
                next -> made[0] = new FaultyCompletions(next, new Random(seed), isFailing)))
        {
            final FaultyCompletions faults = made[0];
            faults.attach(rig.loop);
            for (int round = 0; round < load.rounds() || faults.injected() == 0 && round < load.mostRounds(); round++)
            {
                final List<CompletableFuture<Integer>> clients = new ArrayList<>();
                for (int i = 0; i < load.clients(); i++)
                {
                    final Random random = new Random(seed * 1_000 + round * load.clients() + i);
                    clients.add(start(() -> load.talk().run(rig, random)));
                }
                for (final CompletableFuture<Integer> client : clients)
                {
                    rig.await(client::isDone, "the end of a client");
                    final int answered = client.get();
                    assertTrue(isFailing || answered == load.requests(),
                        () -> "answered " + answered + " of " + load.requests());
                }
            }
            assertTrue(faults.injected() > 0, "no fault was injected");
            faults.off();
            rig.awaitRest(0);
        }
        catch (final AssertionError | Exception e)
        {
            throw new AssertionError((settings.upstreamHttp2 == null ? "HTTP/1.1" : "HTTP/2") + " behind, seed " + seed +
                ", failing " + isFailing, e);
        }
    }

    /** Puts the loop's clock forward. */
    void advance(final long ns)
    {
        settings.aheadNs += ns;
    }

    InetSocketAddress address()
    {
        return settings.listen.inet();
    }

    TestClient connect() throws IOException
    {
        return new TestClient(settings.clientTls, address(), 0);
    }

    /** Runs a client on a thread of its own and the loop on this one until the client is done. */
    <T> T drive(final Call<T> client, final String what) throws Exception
    {
        final CompletableFuture<T> done = start(client);
        await(done::isDone, what);
        try
        {
            return done.get();
        }
        catch (final ExecutionException e)
        {
            throw new AssertionError(what, e.getCause());
        }
    }

    static <T> CompletableFuture<T> start(final Call<T> client)
    {
        final CompletableFuture<T> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("client").start(() ->
        {
            try
            {
                done.complete(client.run());
            }
            catch (final Throwable t)
            {
                done.completeExceptionally(t);
            }
        });
        return done;
    }

    void await(final BooleanSupplier condition, final String what)
    {
        final long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (!condition.getAsBoolean())
        {
            assertTrue(System.nanoTime() < deadlineNs, () -> "did not come to be: " + what + "; held: " + held(0));
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

    long counter(final String name)
    {
        return settings.counter(name);
    }

    LoopView look()
    {
        runtime.onView();
        return runtime.view();
    }

    /** Waits until all is given back but some clients that are connected and the sessions that the pool keeps. */
    void awaitRest(final int clients)
    {
        await(() -> held(clients).isEmpty(), "all given back");
    }

    private String held(final int clients)
    {
        final LoopView view = look();
        final long pooled = settings.counter("cluster.b.upstream_cx_active");
        final StringBuilder text = new StringBuilder();
        append(text, "slots", view.slots() - ARMED_ACCEPTS - clients - pooled);
        append(text, "pooled", pooled - settings.backends.stream().mapToInt(TestBackend::open).sum());
        append(text, "exchanges", view.exchanges());
        append(text, "queues", view.queues());
        append(text, "chunks", view.chunks());
        append(text, "blocks", view.blocks());
        append(text, "splices", view.splices());
        append(text, "stale", view.staleCompletions());
        append(text, "clients", settings.counter("listener.l.downstream_cx_active") - clients);
        append(text, "requests", settings.counter("cluster.b.upstream_rq_active"));
        append(text, "streams", settings.isTcp ? 0 : settings.counter("http2.streams_active"));
        append(text, "pending", settings.counter("cluster.b.upstream_rq_pending_active"));
        return text.toString();
    }

    private static void append(final StringBuilder text, final String name, final long held)
    {
        if (held != 0)
        {
            text.append(name).append(' ').append(held).append(' ');
        }
    }

    /** Ends what is left and checks that nothing is held. */
    public void close()
    {
        try
        {
            runtime.onStop(listener -> true, 0);
            await(() -> loop.slots().inUse() == settings.counter("cluster.b.upstream_cx_active"), "clients gone");
        }
        finally
        {
            workers.close();
            loop.onClose();
        }
    }
}
