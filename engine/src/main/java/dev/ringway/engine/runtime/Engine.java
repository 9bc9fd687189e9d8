package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.conn.DrainRamp;
import dev.ringway.engine.counters.LoopHealthCounters;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.LoopCommand;
import dev.ringway.engine.loop.LoopContext;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.snapshot.SnapshotRef;
import dev.ringway.engine.tls.HandshakeWorkers;
import dev.ringway.engine.upstream.ClusterUses;
import dev.ringway.ffi.uring.UringProbe;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The data plane: its loops and their listening sockets. Used from the control thread; none of its calls waits for
 * traffic.
 */
public final class Engine implements AutoCloseable
{
    private static final long PAUSE_NS = 200_000L;
    private static final int VISIBLE_RECEIVES = 64;
    /** What a fast peer may be ahead of a pause; half of it costs a third more CPU time for a byte of a large body. */
    private static final int RECEIVE_LIMIT = 512 * 1024;

    private final SnapshotRef snapshots = new SnapshotRef();
    private final List<EventLoop> loops = new ArrayList<>();
    private final ClusterUses uses;
    private final HandshakeWorkers workers;
    private final HeldContexts contexts = new HeldContexts();
    private final List<LoopRuntime> runtimes = new ArrayList<>();
    private final List<AgentRunner> runners = new ArrayList<>();
    private final Listening listening = new Listening();
    private final UringProbe probe;
    private boolean isClosed;

    private Engine(final EngineContext context)
    {
        probe = UringProbe.run();
        uses = new ClusterUses(context.concurrency());
        workers = new HandshakeWorkers(context.workers() < 0 ?
            HandshakeWorkers.mostFor(context.concurrency()) : context.workers());
        LogStrings.register("via_upstream");
        LogStrings.register("direct_response");
        LogStrings.register("downstream_remote_disconnect");
        LogStrings.register("upstream_reset_after_response_started{connection_termination}");
        try
        {
            for (int i = 0; i < context.concurrency(); i++)
            {
                addLoop(context, i);
            }
        }
        catch (final RuntimeException e)
        {
            loops.forEach(EventLoop::onClose);
            throw e;
        }
    }

    private void addLoop(final EngineContext context, final int index)
    {
        final EventLoop loop = new EventLoop(new LoopContext()
            .index(index)
            .cpu(index < context.cpus().length ? context.cpus()[index] : -1)
            .setupFlags(probe.setupFlags())
            .receiveFlags(probe.receiveFlags())
            .slotLimit(context.slotLimit())
            .receiveLimit(probe.limitsReceives() ? RECEIVE_LIMIT : 0)
            .memory(context.chunkCount(), VISIBLE_RECEIVES)
            .spliceAfter(context.spliceAfter())
            .counters(context.counters().apply(index)));
        loops.add(loop);
        runtimes.add(new LoopRuntime(loop, snapshots, uses, workers, context.accessLogs().apply(index)));
        runners.add(new AgentRunner(NoOpIdleStrategy.INSTANCE, error ->
        {
            context.onFailure().accept(error);
            throw new org.agrona.concurrent.AgentTerminationException(error);
        }, null, loop));
    }

    /**
     * Makes the loops and starts their threads; they idle until the first snapshot. When a loop cannot be made, those
     * before it are freed.
     *
     * @param context what it is made with.
     * @return the running engine.
     */
    public static Engine launch(final EngineContext context)
    {
        final Engine engine = new Engine(context);
        for (final AgentRunner runner : engine.runners)
        {
            AgentRunner.startOnThread(runner);
        }
        return engine;
    }

    /**
     * Makes a snapshot the newest: sockets of new listeners are opened first, and when one of them cannot be opened
     * nothing changes. TLS contexts of the snapshot are held from now on; the caller's references stay the caller's.
     *
     * @param snapshot to publish.
     * @throws ListenException when an address cannot be listened on; the last snapshot stays.
     */
    public void publish(final Snapshot snapshot) throws ListenException
    {
        ListenSockets.retain(snapshot, listening);
        final Map<Listener, int[]> opened = ListenSockets.open(snapshot, listening, runtimes.size());
        snapshot.clusters().forEach(cluster -> named(cluster.name()));
        uses.adopt(snapshot, System.nanoTime());
        contexts.adopt(snapshot);
        snapshots.publishRelease(snapshot);
        wakeup();
        final long version = snapshot.version();
        listening.adopt(snapshot, opened).forEach(id -> all(runtime -> runtime.onUnlisten(id, version)));
        opened.forEach(this::listen);
        if (contexts.isWaiting())
        {
            all(runtime -> runtime.onSettled(version));
        }
    }

    /** A name has its number from whoever made the snapshot, or for ever. */
    private static void named(final String name)
    {
        if (LogStrings.idOf(name) == LogStrings.NONE)
        {
            LogStrings.register(name);
        }
    }

    private void listen(final Listener listener, final int[] fds)
    {
        for (int i = 0; i < runtimes.size(); i++)
        {
            final LoopRuntime runtime = runtimes.get(i);
            final int fd = fds[i];
            offer(runtime, loop -> runtime.onListen(listener, fd));
        }
    }

    /**
     * Ends what is left of connections whose listener or filter chain a snapshot took out.
     *
     * @param version of the snapshot; older ones are meant as well.
     */
    public void cut(final long version)
    {
        all(runtime -> runtime.onCut(version));
    }

    /**
     * Gives back the TLS contexts that only snapshots of the past had, once no loop opens connections with them any
     * more. To be called now and then.
     */
    public void releaseContexts()
    {
        if (contexts.isWaiting())
        {
            long oldest = Long.MAX_VALUE;
            for (final LoopRuntime runtime : runtimes)
            {
                oldest = Math.min(oldest, runtime.settledVersion());
            }
            contexts.release(oldest);
        }
    }

    private void wakeup()
    {
        for (final LoopRuntime runtime : runtimes)
        {
            runtime.loop().proxy().wakeup();
        }
    }

    private void all(final java.util.function.Consumer<LoopRuntime> action)
    {
        for (final LoopRuntime runtime : runtimes)
        {
            offer(runtime, loop -> action.accept(runtime));
        }
    }

    /** The control thread waits for room; a loop never does. */
    private static void offer(final LoopRuntime runtime, final LoopCommand command)
    {
        while (!runtime.loop().proxy().offer(command))
        {
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /**
     * Has all listeners go on, and connections end after their next request, which may be on its way.
     */
    public void drain()
    {
        drain(listener -> true, 0);
    }

    /**
     * As {@link #drain()}, for some listeners, and with the share of answers that grows until a time is over.
     *
     * @param isMeant  which listeners; called on the loops.
     * @param lengthNs of the time; 0 for none.
     */
    public void drain(final Predicate<Listener> isMeant, final long lengthNs)
    {
        final DrainRamp ramp = lengthNs > 0 ? new DrainRamp(System.nanoTime(), lengthNs) : DrainRamp.NONE;
        all(runtime -> runtime.onDrain(isMeant, ramp));
    }

    /**
     * Closes the sockets of some listeners, and has connections end after their next request, or without one when a time
     * is over.
     *
     * @param isMeant which listeners; called on the loops.
     * @param graceNs longest time that connections without a request wait for one; {@code drain_timeout} bounds it too.
     */
    public void stop(final Predicate<Listener> isMeant, final long graceNs)
    {
        listening.stop(isMeant);
        all(runtime -> runtime.onStop(isMeant, graceNs));
    }

    /**
     * Takes a drain back: connections are kept again. Sockets that were closed stay closed.
     */
    public void endDrain()
    {
        all(LoopRuntime::onDrainEnd);
    }

    /**
     * @return client connections of all loops.
     */
    public int activeConnections()
    {
        int sum = 0;
        for (final LoopRuntime runtime : runtimes)
        {
            sum += runtime.activeConnections();
        }
        return sum;
    }

    /**
     * @return listeners that accept no more but have connections, on the loop that has most of them.
     */
    public int drainingListeners()
    {
        int most = 0;
        for (final LoopRuntime runtime : runtimes)
        {
            most = Math.max(most, runtime.drainingListeners());
        }
        return most;
    }

    /**
     * Asks the loops for a look at what they hold; {@link #views()} shows it when they have answered.
     */
    public void requestViews()
    {
        all(LoopRuntime::onView);
    }

    /**
     * Asks the loops to write their health into their counters. A loop that has not answered the last request by the
     * time its commands overflow is left alone: this never waits.
     *
     * @param ids where.
     */
    public void publishHealth(final LoopHealthCounters ids)
    {
        for (final LoopRuntime runtime : runtimes)
        {
            runtime.loop().proxy().offer(loop -> runtime.onHealth(ids));
        }
    }

    /**
     * @return the last look of each loop.
     */
    public List<LoopView> views()
    {
        return runtimes.stream().map(LoopRuntime::view).toList();
    }

    /**
     * @return oldest snapshot version that a loop still holds; -1 before the first is adopted by all.
     */
    public long epoch()
    {
        long oldest = Long.MAX_VALUE;
        for (final LoopRuntime runtime : runtimes)
        {
            oldest = Math.min(oldest, runtime.adoptedVersion());
        }
        return oldest;
    }

    /**
     * @return newest snapshot, or null.
     */
    public Snapshot snapshot()
    {
        return snapshots.acquire();
    }

    /**
     * @return what the loops hold of each cluster.
     */
    public ClusterUses uses()
    {
        return uses;
    }

    /**
     * @return how many loops there are.
     */
    public int concurrency()
    {
        return runtimes.size();
    }

    /**
     * @return what the kernel can do.
     */
    public UringProbe probe()
    {
        return probe;
    }

    /**
     * @return threads of the loops.
     */
    public List<Thread> threads()
    {
        return runners.stream().map(AgentRunner::thread).toList();
    }

    /**
     * Ends the loops. Connections that are left are closed by the kernel.
     */
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            workers.close();
            for (int i = 0; i < runners.size(); i++)
            {
                close(runtimes.get(i), runners.get(i));
            }
            contexts.close();
        }
    }

    private static void close(final LoopRuntime runtime, final AgentRunner runner)
    {
        final Thread waker = Thread.ofPlatform().daemon().start(() ->
        {
            while (!runner.isClosed())
            {
                runtime.loop().proxy().wakeup();
                LockSupport.parkNanos(PAUSE_NS);
            }
        });
        runner.close();
        waker.interrupt();
    }
}
