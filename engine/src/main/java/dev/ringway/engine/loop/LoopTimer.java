package dev.ringway.engine.loop;

import dev.ringway.engine.io.CompletionHandler;
import dev.ringway.engine.time.TimerHandler;

/**
 * A timer that belongs to no connection. It has a slot while it is armed, and none at rest. Loop thread only.
 */
public final class LoopTimer implements CompletionHandler
{
    private static final int NONE = -1;

    private final EventLoop loop;
    private final TimerHandler handler;
    private int slot = NONE;

    /**
     * @param loop    that it runs on.
     * @param handler is told when the deadline has come; the timer is at rest then.
     */
    public LoopTimer(final EventLoop loop, final TimerHandler handler)
    {
        this.loop = loop;
        this.handler = handler;
    }

    /**
     * Arms it, unless it is armed for an earlier time.
     *
     * @param deadlineNs when.
     * @return false when all slots are taken.
     */
    public boolean arm(final long deadlineNs)
    {
        if (slot == NONE)
        {
            slot = loop.acquireSlot(this);
        }
        if (slot != NONE && deadlineNs < loop.timers().deadlineNs(slot))
        {
            loop.timers().arm(slot, deadlineNs);
        }
        return slot != NONE;
    }

    /**
     * Disarms it when armed.
     */
    public void disarm()
    {
        if (slot != NONE)
        {
            loop.releaseSlot(slot);
            slot = NONE;
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onTimer(final long nowNs)
    {
        final int fired = slot;
        disarm();
        handler.onTimer(fired, nowNs);
    }

    /**
     * {@inheritDoc} There are none.
     */
    public void onCompletion(final int op, final int seq, final int result, final int flags)
    {
        // Nothing is submitted.
    }

    /**
     * {@inheritDoc} It never asks.
     */
    public void onFlush()
    {
        // Nothing is queued.
    }
}
