package dev.ringway.engine.conn;

import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.LoopTask;
import org.agrona.concurrent.UnsafeBuffer;
import dev.ringway.ffi.libc.Memory;

import java.util.ArrayDeque;

/**
 * All connections of one loop: their pool, the pool of send queues, and those that wait for receive buffers.
 * Loop thread only.
 */
public final class Connections implements LoopTask
{
    private static final int CONSTANTS_LENGTH = 4096;
    private static final int ONE_OFFSET = 0;
    private static final int LINGER_OFFSET = 8;

    private final EventLoop loop;
    private final ArrayDeque<Connection> free = new ArrayDeque<>(1024);
    private final ArrayDeque<SendQueue> freeQueues = new ArrayDeque<>(1024);
    private final ArrayDeque<Connection> starved = new ArrayDeque<>(64);
    private final long constants = Memory.allocate(CONSTANTS_LENGTH);
    private long enobufs;
    private long outOfMemory;
    private int queuesInUse;

    /**
     * @param loop that owns them; the task is added to its duty cycle.
     */
    public Connections(final EventLoop loop)
    {
        this.loop = loop;
        final UnsafeBuffer buffer = new UnsafeBuffer(constants, CONSTANTS_LENGTH);
        buffer.putInt(ONE_OFFSET, 1);
        // struct linger: on, for zero seconds; a close then resets the connection.
        buffer.putInt(LINGER_OFFSET, 1);
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
            connection = new Connection(loop, this);
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

    void release(final Connection connection)
    {
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

    void starve(final Connection connection)
    {
        enobufs++;
        starved.addLast(connection);
    }

    void onOutOfMemory()
    {
        outOfMemory++;
    }

    /**
     * Lets connections that ran out of receive buffers try again.
     */
    public int onDutyCycle(final long nowNs)
    {
        if (starved.isEmpty() || !loop.memory().receiveBuffers().refill())
        {
            return 0;
        }
        final int count = starved.size();
        for (int i = 0; i < count; i++)
        {
            starved.pollFirst().onBuffersAgain();
        }
        return count;
    }

    long oneAddress()
    {
        return constants + ONE_OFFSET;
    }

    long lingerAddress()
    {
        return constants + LINGER_OFFSET;
    }

    /**
     * @return times a receive found no buffer.
     */
    public long enobufs()
    {
        return enobufs;
    }

    /**
     * @return times a piece could not be queued because memory had run out.
     */
    public long outOfMemory()
    {
        return outOfMemory;
    }

    /**
     * @return send queues that are not in their pool.
     */
    public int queuesInUse()
    {
        return queuesInUse;
    }
}
