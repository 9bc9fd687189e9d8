package dev.ringway.engine.conn;

import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.memory.ReceiveBuffers;

import java.util.ArrayDeque;

/**
 * Receives that found no chunk. They go on when there are some again. All sends under way are asked at once what has
 * left of them; when memory stays short, those connections that hold most for longest without progress are ended, so
 * that a loop never stands still for peers that do not read. Loop thread only.
 */
final class Starvation
{
    /** How long receives wait, and how long a connection may make no progress while they do. */
    private static final long PATIENCE_NS = 250_000_000L;
    /** From one relief to the next. */
    private static final long ROUND_NS = PATIENCE_NS / 8;
    /** A relief is meant to free a sixteenth of the slab. */
    private static final int RELIEF_SHIFT = 4;
    private static final long NEVER = Long.MAX_VALUE;

    private final EventLoop loop;
    private final ReceiveBuffers buffers;
    private final ArrayDeque<Connection> starved = new ArrayDeque<>(64);
    private long dueNs = NEVER;
    private long askedNs = -PATIENCE_NS;
    private long enobufs;
    private long resets;

    Starvation(final EventLoop loop)
    {
        this.loop = loop;
        buffers = loop.memory().receiveBuffers();
    }

    void add(final Connection connection)
    {
        enobufs++;
        buffers.onExhausted();
        starved.addLast(connection);
    }

    /**
     * @param nowNs time of the duty cycle.
     * @return connections that try again.
     */
    int onDutyCycle(final long nowNs)
    {
        if (starved.isEmpty() && dueNs == NEVER)
        {
            return 0;
        }
        final boolean hasChunks = buffers.refill();
        if (!buffers.isShort())
        {
            dueNs = NEVER;
        }
        else if (dueNs == NEVER)
        {
            dueNs = nowNs + PATIENCE_NS;
            askAll(nowNs);
        }
        else if (nowNs >= dueNs && !starved.isEmpty())
        {
            relieve(nowNs);
            dueNs = nowNs + ROUND_NS;
        }
        return hasChunks ? retry() : sleep();
    }

    private int retry()
    {
        final int count = starved.size();
        for (int i = 0; i < count; i++)
        {
            starved.pollFirst().receiver().onBuffersAgain();
        }
        return count;
    }

    /** Nothing else may wake the loop before it is time. */
    private int sleep()
    {
        while (!starved.isEmpty() && !isStarved(starved.peekFirst()))
        {
            starved.removeFirst();
        }
        if (!starved.isEmpty())
        {
            starved.peekFirst().wakeAt(dueNs);
        }
        return 0;
    }

    private static boolean isStarved(final Connection connection)
    {
        return connection.receiver().isStarved() && !connection.isClosing();
    }

    /** Ends the one that is worst, and those half as bad until enough would be free: two passes, however many go. */
    private void relieve(final long nowNs)
    {
        long most = 1;
        for (int slot = 0; slot < loop.slots().capacity(); slot++)
        {
            most = Math.max(most, holding(slot, nowNs));
        }
        int wanted = Math.max(1, loop.memory().slab().chunkCount() >> RELIEF_SHIFT);
        for (int slot = 0; slot < loop.slots().capacity() && wanted > 0; slot++)
        {
            if (holding(slot, nowNs) > most >> 1)
            {
                final Connection worst = connection(slot);
                wanted -= worst.sender().queuedChunks() + worst.handler().heldChunks();
                // One that is closing ends in any case.
                worst.sender().doom();
            }
        }
    }

    /**
     * Chunks held times the nanoseconds for which nothing of them has left, as far as is known; 0 when that is less than
     * the patience, or when it is to go already.
     */
    private long holding(final int slot, final long nowNs)
    {
        final Connection connection = connection(slot);
        if (connection == null || connection.sender().isDoomed())
        {
            return 0;
        }
        final Sender sender = connection.sender();
        final long sendingNs = sender.sendingNs(nowNs);
        final long held = connection.isClosing() ? 0 : connection.handler().heldChunks() * PATIENCE_NS;
        return held + (sendingNs < PATIENCE_NS ? 0 : sender.queuedChunks() * sendingNs);
    }

    private void askAll(final long nowNs)
    {
        if (nowNs - askedNs >= PATIENCE_NS)
        {
            askedNs = nowNs;
            for (int slot = 0; slot < loop.slots().capacity(); slot++)
            {
                final Connection connection = connection(slot);
                if (connection != null)
                {
                    connection.sender().askSent();
                }
            }
        }
    }

    private Connection connection(final int slot)
    {
        return loop.slots().handler(slot) instanceof final Connection connection ? connection : null;
    }

    void onShed()
    {
        resets++;
    }

    long enobufs()
    {
        return enobufs;
    }

    long resets()
    {
        return resets;
    }
}
