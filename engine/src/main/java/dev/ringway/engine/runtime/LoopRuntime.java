package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.AccessLogRing;
import dev.ringway.engine.conn.Connections;
import dev.ringway.engine.conn.DrainRamp;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.counters.LoopHealthCounters;
import dev.ringway.engine.exchange.Exchanges;
import dev.ringway.engine.listen.Acceptor;
import dev.ringway.engine.listen.ListenContext;
import dev.ringway.engine.http2.Http2Context;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.LoopStats;
import dev.ringway.engine.loop.LoopTask;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.snapshot.SnapshotRef;
import dev.ringway.engine.tls.HandshakeWorkers;
import dev.ringway.engine.upstream.ClusterUses;
import dev.ringway.engine.upstream.Upstreams;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What one loop runs: adopts snapshots, owns the acceptors, drains. Loop thread only, but for what says otherwise.
 */
final class LoopRuntime implements LoopTask
{
    private final EventLoop loop;
    private final SnapshotRef snapshots;
    private final Connections connections;
    private final Exchanges exchanges;
    private final ListenContext listening;
    private final List<Acceptor> acceptors = new ArrayList<>();
    private Snapshot adopted;
    private volatile long adoptedVersion = -1;
    private volatile long settledVersion = -1;
    private volatile int activeConnections;
    private volatile int drainingListeners;
    private volatile LoopView view = LoopView.EMPTY;

    LoopRuntime(
        final EventLoop loop,
        final SnapshotRef snapshots,
        final ClusterUses uses,
        final HandshakeWorkers workers,
        final AccessLogRing accessLogRing)
    {
        this(loop, snapshots, uses, workers, accessLogRing, new Http2Context(loop));
    }

    LoopRuntime(
        final EventLoop loop,
        final SnapshotRef snapshots,
        final ClusterUses uses,
        final HandshakeWorkers workers,
        final AccessLogRing accessLogRing,
        final Http2Context http2)
    {
        this.loop = loop;
        this.snapshots = snapshots;
        connections = new Connections(loop, workers);
        exchanges = new Exchanges(loop, new Upstreams(loop, connections, uses, http2), accessLogRing);
        listening = new ListenContext(loop, connections, exchanges, http2);
        loop.addTask(this);
    }

    /**
     * {@inheritDoc}
     */
    public int onDutyCycle(final long nowNs)
    {
        final Snapshot newest = snapshots.acquire();
        int active = 0;
        int draining = 0;
        for (int i = acceptors.size() - 1; i >= 0; i--)
        {
            final Acceptor acceptor = acceptors.get(i);
            acceptor.arm(nowNs);
            active += acceptor.active();
            draining += acceptor.isClosed() ? 1 : 0;
            if (acceptor.isDone())
            {
                acceptors.remove(i);
                draining--;
            }
        }
        if (active != activeConnections)
        {
            activeConnections = active;
        }
        if (draining != drainingListeners)
        {
            drainingListeners = draining;
        }
        if (newest == adopted)
        {
            return 0;
        }
        adopt(newest);
        return 1;
    }

    private void adopt(final Snapshot newest)
    {
        adopted = newest;
        connections.lookUpLocalAddresses(
            AccessLogSink.anyUses(newest.accessLogs(), AccessLogSink.USES_DOWNSTREAM_LOCAL),
            AccessLogSink.anyUses(newest.accessLogs(), AccessLogSink.USES_UPSTREAM_LOCAL));
        exchanges.adopt(newest);
        for (int i = acceptors.size() - 1; i >= 0; i--)
        {
            final Acceptor acceptor = acceptors.get(i);
            final Listener fresh = find(newest, acceptor.listener());
            if (fresh != null)
            {
                acceptor.adopt(fresh, newest.version());
            }
        }
        adoptedVersion = newest.version();
    }

    private static Listener find(final Snapshot snapshot, final Listener listener)
    {
        for (final Listener candidate : snapshot.listeners())
        {
            if (candidate.id() == listener.id())
            {
                return candidate;
            }
        }
        return null;
    }

    /**
     * Behind all that came with a snapshot: nothing of older ones is used for new connections any more.
     *
     * @param version of the snapshot.
     */
    void onSettled(final long version)
    {
        final Snapshot newest = snapshots.acquire();
        if (newest != adopted)
        {
            adopt(newest);
        }
        settledVersion = version;
    }

    /**
     * Starts accepting.
     *
     * @param listener as it was when its socket was opened; what the newest snapshot says of it holds.
     * @param listenFd its socket on this loop.
     */
    void onListen(final Listener listener, final int listenFd)
    {
        final Snapshot newest = snapshots.acquire();
        if (newest != adopted)
        {
            adopt(newest);
        }
        final Acceptor acceptor = new Acceptor(listening, listenFd);
        final Listener fresh = find(newest, listener);
        acceptor.adopt(fresh == null ? listener : fresh, newest.version());
        acceptor.arm(loop.clock().nowNs());
        acceptors.add(acceptor);
    }

    /**
     * Stops accepting on a listener and drains its connections.
     *
     * @param listenerId {@code Listener.id()}.
     * @param version    of the snapshot that took it or its socket out.
     */
    void onUnlisten(final int listenerId, final long version)
    {
        for (int i = acceptors.size() - 1; i >= 0; i--)
        {
            if (acceptors.get(i).listener().id() == listenerId)
            {
                acceptors.get(i).close(version, Long.MAX_VALUE);
            }
        }
    }

    /**
     * Closes the sockets of listeners and drains their connections.
     *
     * @param isMeant which.
     * @param graceNs longest time that connections without a request wait for one.
     */
    void onStop(final Predicate<Listener> isMeant, final long graceNs)
    {
        for (final Acceptor acceptor : acceptors)
        {
            if (isMeant.test(acceptor.listener()))
            {
                acceptor.close(adoptedVersion, graceNs);
            }
        }
    }

    /**
     * Drains the connections of listeners that go on.
     *
     * @param isMeant which.
     * @param ramp    how fast.
     */
    void onDrain(final Predicate<Listener> isMeant, final DrainRamp ramp)
    {
        for (final Acceptor acceptor : acceptors)
        {
            if (isMeant.test(acceptor.listener()))
            {
                acceptor.drain(ramp);
            }
        }
    }

    /**
     * Ends what is left of connections that were asked to end.
     *
     * @param version of the newest snapshot that took out the listeners and chains that are meant.
     */
    void onCut(final long version)
    {
        for (final Acceptor acceptor : acceptors)
        {
            acceptor.cut(version);
        }
    }

    /**
     * Keeps connections again.
     */
    void onDrainEnd()
    {
        for (final Acceptor acceptor : acceptors)
        {
            acceptor.endDrain();
        }
    }

    /**
     * Takes a look for other threads.
     */
    void onView()
    {
        view = new LoopView(
            loop.slots().inUse(), loop.memory().chunksHeldByTraffic(), loop.memory().blocks().inUse(),
            connections.queuesInUse(), exchanges.active(), connections.splicesInUse(), connections.splicedBytes(),
            connections.enobufs(), connections.outOfMemory(), loop.stats().staleCompletions(), loop.stats().cycles(),
            loop.stats().enters(), loop.stats().submitted(), exchanges.accessLogDropped(), view.sequence() + 1);
    }

    /**
     * Writes what the loop knows of itself into its column of the counters.
     *
     * @param ids where.
     */
    void onHealth(final LoopHealthCounters ids)
    {
        final LoopCounters counters = loop.counters();
        final LoopStats stats = loop.stats();
        counters.set(ids.cycles, stats.cycles());
        counters.set(ids.enters, stats.enters());
        counters.set(ids.enterErrors, stats.enterErrors());
        counters.set(ids.submitted, stats.submitted());
        counters.set(ids.completionOverflows, loop.completionOverflows());
        counters.set(ids.staleCompletions, stats.staleCompletions());
        counters.set(ids.enobufs, connections.enobufs());
        counters.set(ids.outOfMemory, connections.outOfMemory());
        counters.set(ids.overloadResets, connections.overloadResets());
        counters.set(ids.handshakesOnLoop, connections.handshakesOnLoop());
        counters.set(ids.splicedBytes, connections.splicedBytes());
        counters.set(ids.splicesRefused, connections.splicesRefused());
        counters.set(ids.splices, connections.splicesInUse());
        counters.set(ids.pipes, connections.pipes());
        counters.set(ids.slots, loop.slots().inUse());
        counters.set(ids.slotsCapacity, loop.slots().limit());
        counters.set(ids.chunks, loop.memory().chunksHeldByTraffic());
        counters.set(ids.chunksCapacity, loop.memory().slab().chunkCount());
        counters.set(ids.blocks, loop.memory().blocks().inUse());
        counters.set(ids.queues, connections.queuesInUse());
        counters.set(ids.exchanges, exchanges.active());
        counters.set(ids.timersArmed, loop.timers().armedCount());
        counters.set(ids.snapshotVersion, adoptedVersion);
        counters.set(ids.accessLogDropped, exchanges.accessLogDropped());
    }

    /**
     * Any thread: the grace period of what snapshots hold.
     */
    long settledVersion()
    {
        return settledVersion;
    }

    /**
     * Any thread.
     */
    LoopView view()
    {
        return view;
    }

    /**
     * Any thread: the grace period of snapshots.
     */
    long adoptedVersion()
    {
        return adoptedVersion;
    }

    /**
     * Any thread.
     */
    int activeConnections()
    {
        return activeConnections;
    }

    /**
     * Any thread.
     */
    int drainingListeners()
    {
        return drainingListeners;
    }

    EventLoop loop()
    {
        return loop;
    }
}
