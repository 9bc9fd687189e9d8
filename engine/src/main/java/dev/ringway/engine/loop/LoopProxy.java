package dev.ringway.engine.loop;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import dev.ringway.ffi.libc.EventFd;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The only way into a loop from another thread: a bounded Disruptor ring of commands, and a wake-up through an eventfd
 * when the loop sleeps. Any thread may offer; a full ring is answered, never waited for.
 */
public final class LoopProxy
{
    private static final int CAPACITY = 256;

    private final RingBuffer<Slot> ring = RingBuffer.createMultiProducer(Slot::new, CAPACITY);
    private final EventPoller<Slot> poller = ring.newPoller();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final EventFd eventFd;
    private final EventPoller.Handler<Slot> handler = this::onCommand;
    private EventLoop loop;

    /**
     * A place of the ring.
     */
    static final class Slot
    {
        private LoopCommand command;
    }

    /**
     * @param eventFd that the loop reads, owned by the loop.
     */
    LoopProxy(final EventFd eventFd)
    {
        this.eventFd = eventFd;
        ring.addGatingSequences(poller.getSequence());
    }

    /**
     * Asks the loop to run a command.
     *
     * @param command to run on the loop's thread.
     * @return whether there was room; false means try again later.
     */
    public boolean offer(final LoopCommand command)
    {
        final long sequence;
        try
        {
            sequence = ring.tryNext();
        }
        catch (final com.lmax.disruptor.InsufficientCapacityException e)
        {
            return false;
        }
        ring.get(sequence).command = command;
        ring.publish(sequence);
        wakeup();
        return true;
    }

    /**
     * Wakes the loop when it sleeps; a loop at work sees what changed by itself.
     */
    public void wakeup()
    {
        if (asleep.compareAndSet(true, false))
        {
            eventFd.signal();
        }
    }

    /**
     * Loop thread: announces that it is about to sleep.
     *
     * @return false when a command has come meanwhile.
     */
    boolean onSleep()
    {
        asleep.set(true);
        if (ring.getCursor() != poller.getSequence().get())
        {
            asleep.set(false);
            return false;
        }
        return true;
    }

    /**
     * Loop thread: it is awake.
     */
    void onAwake()
    {
        if (asleep.getPlain())
        {
            asleep.setOpaque(false);
        }
    }

    /**
     * Loop thread: runs what is there.
     *
     * @param owner the loop.
     * @return commands run, bounded by the ring.
     */
    int onCommands(final EventLoop owner)
    {
        if (ring.getCursor() == poller.getSequence().get())
        {
            return 0;
        }
        loop = owner;
        try
        {
            return poller.poll(handler) == EventPoller.PollState.PROCESSING ? 1 : 0;
        }
        catch (final Exception e)
        {
            throw new IllegalStateException(e);
        }
    }

    private boolean onCommand(final Slot slot, final long sequence, final boolean endOfBatch)
    {
        final LoopCommand command = slot.command;
        slot.command = null;
        command.run(loop);
        return true;
    }
}
