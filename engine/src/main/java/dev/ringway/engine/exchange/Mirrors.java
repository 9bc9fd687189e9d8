package dev.ringway.engine.exchange;

import dev.ringway.engine.loop.LoopTimer;
import dev.ringway.engine.time.TimerHandler;

import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * All mirrors of one loop, and when those end that get no answer. Loop thread only.
 */
final class Mirrors implements TimerHandler
{
    private static final long NEVER = Long.MAX_VALUE;

    private final Exchanges exchanges;
    private final LoopTimer timer;
    private final ArrayDeque<Mirror> free = new ArrayDeque<>(0);
    private final ArrayList<Mirror> live = new ArrayList<>(0);

    Mirrors(final Exchanges exchanges)
    {
        this.exchanges = exchanges;
        timer = new LoopTimer(exchanges.loop(), this);
    }

    Mirror acquire()
    {
        Mirror mirror = free.pollLast();
        if (mirror == null)
        {
            mirror = new Mirror(this, exchanges);
        }
        mirror.place(live.size());
        live.add(mirror);
        return mirror;
    }

    void release(final Mirror mirror)
    {
        final Mirror last = live.removeLast();
        if (last != mirror)
        {
            live.set(mirror.place(), last);
            last.place(mirror.place());
        }
        free.addLast(mirror);
        if (live.isEmpty())
        {
            timer.disarm();
        }
    }

    /**
     * @return false when there is no room for a timer.
     */
    boolean await(final long deadlineNs)
    {
        return deadlineNs == NEVER || timer.arm(deadlineNs);
    }

    /**
     * {@inheritDoc}
     */
    public void onTimer(final int slot, final long nowNs)
    {
        long nextNs = NEVER;
        // One that ends may end others, or make room for new ones.
        for (int i = live.size() - 1; i >= 0; i = Math.min(i, live.size()) - 1)
        {
            final Mirror mirror = live.get(i);
            if (mirror.deadlineNs() <= nowNs)
            {
                mirror.onTimeout();
            }
            else
            {
                nextNs = Math.min(nextNs, mirror.deadlineNs());
            }
        }
        if (!live.isEmpty())
        {
            await(nextNs);
        }
    }
}
