package dev.ringway.engine.loop;

import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.time.WallClock;
import dev.ringway.ffi.uring.CompletionSink;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

import java.util.function.UnaryOperator;

/**
 * What an {@link EventLoop} is made with. Set what differs from the defaults, then hand it over.
 */
public final class LoopContext
{
    private int index;
    private int cpu = -1;
    private int sqEntries = 1024;
    private int cqEntries = 8192;
    private int setupFlags;
    private int receiveFlags;
    private int chunkCount = 1024;
    private int visibleReceives = 8;
    private int receiveLimit;
    private int receiveCrowd = 6;
    private int spliceAfter = Integer.MAX_VALUE;
    private int slotLimit = 16_384;
    private NanoClock nanoClock = SystemNanoClock.INSTANCE;
    private EpochNanoClock epochClock = new WallClock();
    private UnaryOperator<CompletionSink> completions = UnaryOperator.identity();
    private LoopCounters counters;

    /**
     * @return number of the loop, from 0.
     */
    public int index()
    {
        return index;
    }

    /**
     * @param index number of the loop.
     * @return this.
     */
    public LoopContext index(final int index)
    {
        this.index = index;
        return this;
    }

    /**
     * @return CPU to pin to, or -1 for none.
     */
    public int cpu()
    {
        return cpu;
    }

    /**
     * @param cpu to pin to, or -1.
     * @return this.
     */
    public LoopContext cpu(final int cpu)
    {
        this.cpu = cpu;
        return this;
    }

    /**
     * @return submission entries.
     */
    public int sqEntries()
    {
        return sqEntries;
    }

    /**
     * @return completion entries.
     */
    public int cqEntries()
    {
        return cqEntries;
    }

    /**
     * @param sqEntries submission entries, a power of two.
     * @param cqEntries completion entries, a power of two.
     * @return this.
     */
    public LoopContext ringEntries(final int sqEntries, final int cqEntries)
    {
        this.sqEntries = sqEntries;
        this.cqEntries = cqEntries;
        return this;
    }

    /**
     * @return {@code SETUP_*} of the ring.
     */
    public int setupFlags()
    {
        return setupFlags;
    }

    /**
     * @param setupFlags {@code SETUP_*} of the ring.
     * @return this.
     */
    public LoopContext setupFlags(final int setupFlags)
    {
        this.setupFlags = setupFlags;
        return this;
    }

    /**
     * @return {@code RECVSEND_*} of receives.
     */
    public int receiveFlags()
    {
        return receiveFlags;
    }

    /**
     * @param receiveFlags {@code RECVSEND_*} of receives.
     * @return this.
     */
    public LoopContext receiveFlags(final int receiveFlags)
    {
        this.receiveFlags = receiveFlags;
        return this;
    }

    /**
     * @return chunks of the slab.
     */
    public int chunkCount()
    {
        return chunkCount;
    }

    /**
     * @return most chunks visible to receives.
     */
    public int visibleReceives()
    {
        return visibleReceives;
    }

    /**
     * @param chunkCount      chunks of 64 KiB in the slab: the bound of buffered bytes of the loop.
     * @param visibleReceives most chunks visible to receives, a power of two.
     * @return this.
     */
    public LoopContext memory(final int chunkCount, final int visibleReceives)
    {
        this.chunkCount = chunkCount;
        this.visibleReceives = visibleReceives;
        return this;
    }

    /**
     * @return bytes a socket receives in one duty cycle, 0 for no limit.
     */
    public int receiveLimit()
    {
        return receiveLimit;
    }

    /**
     * @param receiveLimit bytes after which a socket's receive must be armed again, 0 for no limit; what comes before a
     *                     pause of reading can take effect is bounded so. Needs {@code UringProbe.limitsReceives()}.
     * @return this.
     */
    public LoopContext receiveLimit(final int receiveLimit)
    {
        this.receiveLimit = receiveLimit;
        return this;
    }

    /**
     * @return sockets that bring much in one duty cycle from which on they take turns.
     */
    public int receiveCrowd()
    {
        return receiveCrowd;
    }

    /**
     * @param receiveCrowd sockets that bring much in one duty cycle from which on they take turns, so that what one
     *                     brings has left the loop before the next receives; 0 has them always take turns. What fewer
     *                     than 6 bring stays in a processor's cache anyway.
     * @return this.
     */
    public LoopContext receiveCrowd(final int receiveCrowd)
    {
        this.receiveCrowd = receiveCrowd;
        return this;
    }

    /**
     * @return most sockets of the loop.
     */
    public int slotLimit()
    {
        return slotLimit;
    }

    /**
     * @param slotLimit most sockets of the loop.
     * @return this.
     */
    public LoopContext slotLimit(final int slotLimit)
    {
        this.slotLimit = slotLimit;
        return this;
    }

    /**
     * @return what stands between the ring and the loop.
     */
    public UnaryOperator<CompletionSink> completions()
    {
        return completions;
    }

    /**
     * @param completions given the loop, returns what gets the ring's completions and passes them on; for tests that
     *                    delay, reorder and fail them.
     * @return this.
     */
    public LoopContext completions(final UnaryOperator<CompletionSink> completions)
    {
        this.completions = completions;
        return this;
    }

    /**
     * @return monotonic clock.
     */
    public NanoClock nanoClock()
    {
        return nanoClock;
    }

    /**
     * @return wall clock.
     */
    public EpochNanoClock epochClock()
    {
        return epochClock;
    }

    /**
     * @param nanoClock  monotonic clock.
     * @param epochClock wall clock.
     * @return this.
     */
    public LoopContext clocks(final NanoClock nanoClock, final EpochNanoClock epochClock)
    {
        this.nanoClock = nanoClock;
        this.epochClock = epochClock;
        return this;
    }

    /**
     * @return see {@link #spliceAfter(int)}.
     */
    public int spliceAfter()
    {
        return spliceAfter;
    }

    /**
     * @param spliceAfter bytes that came in large pieces after which what comes is spliced.
     * @return this.
     */
    public LoopContext spliceAfter(final int spliceAfter)
    {
        this.spliceAfter = spliceAfter;
        return this;
    }

    /**
     * @return this loop's column of the counters.
     */
    public LoopCounters counters()
    {
        return counters;
    }

    /**
     * @param counters this loop's column.
     * @return this.
     */
    public LoopContext counters(final LoopCounters counters)
    {
        this.counters = counters;
        return this;
    }
}
