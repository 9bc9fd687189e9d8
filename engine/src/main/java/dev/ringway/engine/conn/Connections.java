package dev.ringway.engine.conn;

import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.LoopTask;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.tls.HandshakeStep;
import dev.ringway.engine.tls.HandshakeWorkers;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsCounting;
import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.engine.tls.TlsEngines;

import java.util.ArrayDeque;

/**
 * All connections of one loop: their pool, the pool of send queues, and what each of them may take of the slab.
 * Loop thread only.
 */
public final class Connections implements LoopTask
{
    private static final int ID_SHIFT = 40;

    private final EventLoop loop;
    private final ArrayDeque<Connection> free = new ArrayDeque<>(1024);
    private final ArrayDeque<SendQueue> freeQueues = new ArrayDeque<>(1024);
    private final Starvation starvation;
    private final ReceiveTurns turns;
    private final ConnectQueue connects = new ConnectQueue();
    private final SocketOps ops;
    private final Splices splices;
    private final TlsEngines engines = new TlsEngines();
    private final TlsCounting tlsCounting;
    private final ArrayDeque<TlsLink> freeLinks = new ArrayDeque<>(64);
    private final LocalAddresses localAddresses;
    private final ToldValues toldValues;
    private final ConnectionMetadata metadata;
    private final HandshakeWorkers workers;
    private final ArrayDeque<HandshakeStep> freeSteps = new ArrayDeque<>(16);
    private long outOfMemory;
    private long handshakesOnLoop;
    private int share;
    private int receiveLimit;
    private int queuesInUse;
    private long nextId;

    /**
     * @param loop    that owns them; the task is added to its duty cycle.
     * @param workers for steps of handshakes that take long.
     */
    public Connections(final EventLoop loop, final HandshakeWorkers workers)
    {
        this.loop = loop;
        this.workers = workers;
        starvation = new Starvation(loop);
        splices = new Splices(loop.spliceAfter());
        turns = new ReceiveTurns(loop.receiveCrowd());
        measureShare();
        ops = new SocketOps(loop);
        tlsCounting = new TlsCounting(loop.counters()::increment);
        localAddresses = new LocalAddresses(loop.slotAddresses());
        toldValues = new ToldValues(loop.memory());
        metadata = new ConnectionMetadata(loop.memory());
        nextId = (long)loop.index() << ID_SHIFT;
        loop.addTask(this);
    }

    /**
     * Takes a connection with a slot of its own.
     *
     * @param handler        told what happens to it.
     * @param highWaterMark  bytes queued for sending above which {@link Connection#isAboveHighWater()} holds.
     * @return connection without a socket yet, or null when all slots are taken.
     */
    public Connection acquire(final ConnectionHandler handler, final int highWaterMark)
    {
        Connection connection = free.pollLast();
        if (connection == null)
        {
            connection = new Connection(this);
        }
        final int slot = loop.acquireSlot(connection);
        if (slot < 0)
        {
            free.addLast(connection);
            return null;
        }
        connection.assign(slot, handler, highWaterMark);
        return connection;
    }

    /**
     * Has connections opened from now on ask for their own addresses: an operation and two calls each.
     *
     * @param ofAccepted  those that come from clients.
     * @param ofConnected those that go to endpoints.
     */
    public void lookUpLocalAddresses(final boolean ofAccepted, final boolean ofConnected)
    {
        localAddresses.lookUp(ofAccepted, ofConnected);
    }

    /**
     * @return a plan for sockets of this loop, without anything in it.
     */
    public SocketPlan newPlan()
    {
        return new SocketPlan(ops);
    }

    /**
     * @return what clients told in PROXY headers.
     */
    public ToldValues toldValues()
    {
        return toldValues;
    }

    /**
     * @return values that connections carry.
     */
    public ConnectionMetadata metadata()
    {
        return metadata;
    }

    EventLoop loop()
    {
        return loop;
    }

    /**
     * Ends all connections of somebody by resets. Looks at every slot: not for each request.
     *
     * @param owner that counts them out.
     */
    public void cut(final CloseListener owner)
    {
        for (int slot = 0; slot < loop.slots().capacity(); slot++)
        {
            if (loop.slots().handler(slot) instanceof final Connection connection &&
                connection.closeListener() != null && connection.closeListener().owner() == owner)
            {
                connection.cut();
            }
        }
    }

    SocketOps ops()
    {
        return ops;
    }

    Splices splices()
    {
        return splices;
    }

    /** Has a connection opened when it is its turn, {@link ConnectionLife#onConnectTurn} follows. */
    void awaitConnect(final ConnectionLife life)
    {
        connects.await(life);
        // Behind this cycle's turns, no completion may tell of the next.
        loop.stayAwake();
    }

    ReceiveTurns turns()
    {
        return turns;
    }

    LocalAddresses localAddresses()
    {
        return localAddresses;
    }

    long nextId()
    {
        return nextId++;
    }

    void release(final Connection connection)
    {
        toldValues.release(connection);
        metadata.release(connection);
        free.addLast(connection);
    }

    SendQueue acquireQueue()
    {
        queuesInUse++;
        final SendQueue queue = freeQueues.pollLast();
        return queue != null ? queue : new SendQueue(loop.memory().slab());
    }

    void releaseQueue(final SendQueue queue)
    {
        queuesInUse--;
        freeQueues.addLast(queue);
    }

    /** A link with an open engine, or null when memory has run out. */
    TlsLink acquireLink(
        final ConnectionLife life,
        final TlsContext context,
        final String serverName,
        final String peerName,
        final long session)
    {
        TlsLink link = freeLinks.pollLast();
        if (link == null)
        {
            link = new TlsLink(this, engines, loop.memory(), tlsCounting);
        }
        if (link.open(life, context, serverName, peerName, session))
        {
            return link;
        }
        freeLinks.addLast(link);
        return null;
    }

    void releaseLink(final TlsLink link)
    {
        link.free();
        freeLinks.addLast(link);
    }

    /** Has a worker make a step of a handshake, {@link TlsLink#onStep} follows; false when they have too much to do. */
    boolean makeElsewhere(final TlsLink link, final TlsEngine engine, final long source, final int length)
    {
        if (!workers.isAny())
        {
            handshakesOnLoop++;
            return false;
        }
        HandshakeStep step = freeSteps.pollLast();
        if (step == null)
        {
            step = new HandshakeStep();
        }
        step.begin(engine, source, length, made -> loop.proxy().offer(owner -> link.onStep(made)));
        if (workers.offer(step))
        {
            return true;
        }
        freeSteps.addLast(step);
        handshakesOnLoop++;
        return false;
    }

    void release(final HandshakeStep step)
    {
        freeSteps.addLast(step);
    }

    void starve(final Connection connection)
    {
        starvation.add(connection);
    }

    void onShed()
    {
        starvation.onShed();
    }

    void onOutOfMemory()
    {
        outOfMemory++;
    }

    /**
     * Measures what a connection may hold, and lets those receive whose turn it is and those that ran out of receive
     * buffers, and those connect whose turn it is.
     */
    public int onDutyCycle(final long nowNs)
    {
        final int count = starvation.onDutyCycle(nowNs);
        measureShare();
        final int given = turns.onDutyCycle(share) + connects.onDutyCycle(loop);
        if (turns.isWanted() || !connects.isEmpty())
        {
            loop.stayAwake();
        }
        return count + given;
    }

    /**
     * {@inheritDoc}
     */
    public void onLoopClosed()
    {
        for (int slot = 0; slot < loop.slots().capacity(); slot++)
        {
            if (loop.slots().handler(slot) instanceof final Connection connection)
            {
                connection.onLoopClosed();
            }
        }
        splices.close();
    }

    private void measureShare()
    {
        share = loop.memory().receiveBuffers().share();
        final int most = Math.max(share << BufferSlab.CHUNK_SHIFT - 1, BufferSlab.CHUNK_LENGTH);
        receiveLimit = Math.min(loop.receiveLimit(), most);
    }

    /** Chunks that a connection may hold before its source should stop; measured once a duty cycle. */
    int share()
    {
        return share;
    }

    /** Bytes a receive may take: half a share, so that what comes before a pause takes effect shrinks with it. */
    int receiveLimit()
    {
        return receiveLimit;
    }

    /**
     * @return times a receive found no buffer.
     */
    public long enobufs()
    {
        return starvation.enobufs();
    }

    /**
     * @return connections reset because receives found no memory and they held much of it without progress.
     */
    public long overloadResets()
    {
        return starvation.resets();
    }

    /**
     * @return times a piece could not be queued because memory had run out.
     */
    public long outOfMemory()
    {
        return outOfMemory;
    }

    /**
     * @return steps of handshakes that were meant for workers and made on the loop, because those had too much to do or
     *         there are none.
     */
    public long handshakesOnLoop()
    {
        return handshakesOnLoop;
    }

    /**
     * @return directions of relays and contents of responses that are spliced now.
     */
    public int splicesInUse()
    {
        return splices.inUse();
    }

    /**
     * @return pipes that are open, in use or kept for later.
     */
    public int pipes()
    {
        return splices.pipes();
    }

    /**
     * @return bytes that were spliced.
     */
    public long splicedBytes()
    {
        return splices.bytes();
    }

    /**
     * @return times what moved much was not spliced: there were too many, or no pipes or descriptors.
     */
    public long splicesRefused()
    {
        return splices.refused();
    }

    /**
     * @return send queues that are not in their pool.
     */
    public int queuesInUse()
    {
        return queuesInUse;
    }
}
