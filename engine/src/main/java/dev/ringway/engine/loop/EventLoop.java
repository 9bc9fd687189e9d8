package dev.ringway.engine.loop;

import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.io.CompletionHandler;
import dev.ringway.engine.io.Op;
import dev.ringway.engine.io.SlotTable;
import dev.ringway.engine.io.Token;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.time.LoopClock;
import dev.ringway.engine.time.SlotTimers;
import dev.ringway.engine.time.TimerHandler;
import dev.ringway.ffi.libc.Affinity;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.EventFd;
import dev.ringway.ffi.uring.CompletionSink;
import dev.ringway.ffi.uring.IoUring;
import dev.ringway.ffi.uring.Submissions;
import org.agrona.concurrent.Agent;

import java.util.Arrays;

import static dev.ringway.ffi.uring.UringConstants.FEAT_MIN_TIMEOUT;
import static dev.ringway.ffi.uring.UringConstants.SETUP_R_DISABLED;

/**
 * One pinned thread with one ring. Its duty cycle: submit and wait, completions, timers, commands, what hangs on the
 * loop, flush of what was queued. Everything it owns is touched by its own thread alone; others go through
 * {@link LoopProxy}.
 */
public final class EventLoop implements Agent, CompletionSink, TimerHandler
{
    private static final int COMPLETION_LIMIT = 4096;
    private static final int INITIAL_SLOTS = 1024;
    private static final int INITIAL_FLUSHES = 256;
    private static final long WAKEUP_TOKEN = Token.encode(Token.LIMIT - 1, Token.LIMIT - 1, Op.WAKEUP, 0);
    private static final int POLLIN = 1;
    private static final long LONGEST_WAIT_NS = 1_000_000_000L;

    private final int index;
    private final int cpu;
    private final int receiveFlags;
    private final int receiveLimit;
    private final int receiveCrowd;
    private final int spliceAfter;
    private final IoUring uring;
    private final Submissions submissions;
    private final LoopMemory memory;
    private final LoopClock clock;
    private final SlotTable slots;
    private final SlotTimers timers;
    private final LoopCounters counters;
    private final LoopProxy proxy;
    private final LoopStats stats = new LoopStats();
    private final VectorArena vectors;
    private final SlotAddresses slotAddresses;
    private final EventFd eventFd;
    private final CompletionSink completions;
    private CompletionHandler[] flushes = new CompletionHandler[INITIAL_FLUSHES];
    private final Batching batching;
    private int flushCount;
    private int completionCount;
    private boolean isAwake;
    private LoopTask[] tasks = new LoopTask[0];
    private Thread thread;

    /**
     * Sets ring and memory up; the thread that runs the agent becomes the owner. When a step fails, what the steps
     * before have taken is given back.
     *
     * @param context what differs from the defaults.
     */
    public EventLoop(final LoopContext context)
    {
        index = context.index();
        cpu = context.cpu();
        receiveFlags = context.receiveFlags();
        receiveLimit = context.receiveLimit();
        receiveCrowd = context.receiveCrowd();
        spliceAfter = context.spliceAfter();
        counters = context.counters();
        clock = new LoopClock(context.nanoClock(), context.epochClock());
        slots = new SlotTable(INITIAL_SLOTS, context.slotLimit());
        timers = new SlotTimers(slots.capacity(), clock.nowNs());
        try (Undo undo = new Undo())
        {
            uring = new IoUring(context.sqEntries(), context.cqEntries(), context.setupFlags() | SETUP_R_DISABLED);
            undo.add(uring::close);
            submissions = new Submissions(uring);
            final int result = uring.registerSparseFiles(context.slotLimit());
            if (result < 0)
            {
                throw new IllegalStateException("no table for " + context.slotLimit() + " sockets (" +
                    Errno.name(-result) + "): raise the limit of open files (ulimit -n)");
            }
            memory = new LoopMemory(uring, context.chunkCount(), context.visibleReceives());
            undo.add(memory::close);
            vectors = new VectorArena(submissions);
            undo.add(vectors::close);
            slotAddresses = new SlotAddresses(context.slotLimit());
            undo.add(slotAddresses::close);
            eventFd = EventFd.open();
            undo.add(eventFd::close);
            proxy = new LoopProxy(eventFd);
            batching = new Batching((uring.features() & FEAT_MIN_TIMEOUT) != 0);
            completions = context.completions().apply(this);
            undo.keep();
        }
    }

    /**
     * Says how many messages share connections, which makes it worth while to send some of them together.
     *
     * @param count streams that were opened since the last call, less those that ended.
     */
    public void onStreams(final int count)
    {
        batching.onStreams(count);
    }

    /**
     * {@inheritDoc}
     */
    public void onStart()
    {
        thread = Thread.currentThread();
        if (cpu >= 0)
        {
            Affinity.pin(cpu);
        }
        final int result = uring.enable();
        if (result < 0)
        {
            throw new IllegalStateException("enabling the ring of " + roleName() + ": " + Errno.name(-result));
        }
        uring.registerRingFd();
        armWakeup();
    }

    /**
     * One duty cycle.
     *
     * @return work done; 0 when only time passed.
     */
    public int doWork()
    {
        final int submitted = uring.sqPending();
        submitAndWait();
        final long startNs = clock.update();
        completionCount = uring.drain(completions, COMPLETION_LIMIT);
        batching.onWaited(completionCount, submitted);
        int workCount = completionCount;
        workCount += timers.poll(startNs, this);
        workCount += proxy.onCommands(this);
        for (final LoopTask task : tasks)
        {
            workCount += task.onDutyCycle(startNs);
        }
        flush();
        stats.onCycle();
        return workCount;
    }

    private void submitAndWait()
    {
        final int pending = uring.sqPending();
        final boolean sleeps = !isAwake && !uring.hasCompletions() && proxy.onSleep();
        isAwake = false;
        final int result;
        if (sleeps)
        {
            final long waitNs = timers.waitNs(clock.nowNs());
            final long boundedNs = waitNs < 0 ? LONGEST_WAIT_NS : Math.min(waitNs, LONGEST_WAIT_NS);
            final int wanted = batching.wanted();
            result = wanted == 0 ? uring.enter(1, boundedNs) :
                uring.enter(pending + wanted, boundedNs, batching.patienceUs());
            proxy.onAwake();
        }
        else
        {
            result = uring.enter(0, -1);
        }
        // Entries that were held back (-EBUSY) still point to their vectors.
        if (uring.sqPending() == 0)
        {
            vectors.reset();
        }
        stats.onEnter(pending, result);
        if (result < 0 && !isPassing(-result))
        {
            throw new IllegalStateException("io_uring_enter on " + roleName() + ": " + Errno.name(-result));
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onCompletion(final long token, final int result, final int flags)
    {
        final CompletionHandler owner = slots.owner(token);
        if (owner != null)
        {
            owner.onCompletion(Token.op(token), Token.seq(token), result, flags);
        }
        else if (token == WAKEUP_TOKEN)
        {
            eventFd.take();
            armWakeup();
        }
        else
        {
            stats.onStaleCompletion();
        }
    }

    /**
     * {@inheritDoc}
     */
    public void onTimer(final int slot, final long nowNs)
    {
        final CompletionHandler owner = slots.handler(slot);
        if (owner != null)
        {
            owner.onTimer(nowNs);
        }
    }

    /** A wait that ran out, a signal, or completions that must be drained first. */
    private static boolean isPassing(final int errno)
    {
        return errno == Errno.ETIME || errno == Errno.EINTR || errno == Errno.EBUSY || errno == Errno.EAGAIN;
    }

    private void armWakeup()
    {
        submissions.pollFd(eventFd.fd(), POLLIN, WAKEUP_TOKEN);
    }

    private void flush()
    {
        // Flushing may queue more of the same, for the next round of this loop.
        for (int i = 0; i < flushCount; i++)
        {
            final CompletionHandler handler = flushes[i];
            flushes[i] = null;
            handler.onFlush();
        }
        flushCount = 0;
    }

    /**
     * Has {@link CompletionHandler#onFlush} called at the end of this duty cycle. The caller asks once a cycle.
     *
     * @param handler to call.
     */
    public void requestFlush(final CompletionHandler handler)
    {
        if (flushCount == flushes.length)
        {
            flushes = Arrays.copyOf(flushes, flushCount << 1);
        }
        flushes[flushCount++] = handler;
    }

    /**
     * Has the next duty cycle begin without waiting: there is work that no completion will tell of.
     */
    public void stayAwake()
    {
        isAwake = true;
    }

    /**
     * @param completionsPerTurn so many completions let one more have its turn.
     * @return how many of those that wait may go on in this duty cycle, in proportion to what else it did. Counted are its
     *         completions once all of them have been told; before that, those of the one before.
     */
    public int turns(final int completionsPerTurn)
    {
        return 1 + completionCount / completionsPerTurn;
    }

    /**
     * Takes a slot for a socket.
     *
     * @param handler owner of the slot.
     * @return slot, or -1 when all are taken.
     */
    public int acquireSlot(final CompletionHandler handler)
    {
        final int slot = slots.acquire(handler);
        if (slot >= 0)
        {
            timers.grow(slots.capacity());
        }
        return slot;
    }

    /**
     * Gives a slot back; its socket is closed and no operation of its owner is in flight.
     *
     * @param slot from {@link #acquireSlot}.
     */
    public void releaseSlot(final int slot)
    {
        timers.disarm(slot);
        slots.release(slot);
    }

    /**
     * Adds work to each duty cycle. Before the start or on the loop thread.
     *
     * @param task called once a cycle.
     */
    public void addTask(final LoopTask task)
    {
        tasks = Arrays.copyOf(tasks, tasks.length + 1);
        tasks[tasks.length - 1] = task;
    }

    /**
     * @return memory of the slots' socket addresses.
     */
    public SlotAddresses slotAddresses()
    {
        return slotAddresses;
    }

    /**
     * @return operations of this loop's ring.
     */
    public Submissions submissions()
    {
        return submissions;
    }

    /**
     * @return {@code RECVSEND_*} of receives.
     */
    public int receiveFlags()
    {
        return receiveFlags;
    }

    /**
     * @return memory of this loop.
     */
    public LoopMemory memory()
    {
        return memory;
    }

    /**
     * @return bytes after which a socket's receive must be armed again, 0 for no limit.
     */
    public int receiveLimit()
    {
        return receiveLimit;
    }

    /**
     * @return sockets that bring much in one duty cycle from which on they take turns.
     */
    public int receiveCrowd()
    {
        return receiveCrowd;
    }

    /**
     * @return bytes after which a direction of a relay is spliced, see {@link LoopContext#spliceAfter(int)}.
     */
    public int spliceAfter()
    {
        return spliceAfter;
    }

    /**
     * @return message headers and vectors for sends of this duty cycle.
     */
    public VectorArena vectors()
    {
        return vectors;
    }

    /**
     * @return time of this loop.
     */
    public LoopClock clock()
    {
        return clock;
    }

    /**
     * @return timers by slot.
     */
    public SlotTimers timers()
    {
        return timers;
    }

    /**
     * @return slots.
     */
    public SlotTable slots()
    {
        return slots;
    }

    /**
     * @return this loop's column of the counters.
     */
    public LoopCounters counters()
    {
        return counters;
    }

    /**
     * @return what the loop knows of itself.
     */
    public LoopStats stats()
    {
        return stats;
    }

    /**
     * @return completions the kernel lost: the ring was full and it had no memory to keep them.
     */
    public int completionOverflows()
    {
        return uring.cqOverflow();
    }

    /**
     * @return the way in for other threads.
     */
    public LoopProxy proxy()
    {
        return proxy;
    }

    /**
     * @return number of the loop.
     */
    public int index()
    {
        return index;
    }

    /**
     * @return whether the caller runs on this loop; for assertions.
     */
    public boolean onLoop()
    {
        return thread == null || thread == Thread.currentThread();
    }

    /**
     * {@inheritDoc}
     */
    public void onClose()
    {
        uring.close();
        for (final LoopTask task : tasks)
        {
            task.onLoopClosed();
        }
        memory.close();
        vectors.close();
        eventFd.close();
        slotAddresses.close();
    }

    /**
     * {@inheritDoc}
     */
    public String roleName()
    {
        return "loop-" + index;
    }
}
