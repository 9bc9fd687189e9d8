package dev.ringway.jmh.ring;

import dev.ringway.ffi.uring.CompletionSink;
import dev.ringway.ffi.uring.IoUring;
import dev.ringway.ffi.uring.Submissions;
import dev.ringway.ffi.uring.UringProbe;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * A NOP there and back, alone and 32 at a time, and the entry into the kernel without any work. The rings are set up as
 * the engine does it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class RingBenchmark
{
    private static final int BATCH = 32;

    private long sum;
    private final CompletionSink sink = (token, result, flags) -> sum += token;
    private IoUring ring;
    private Submissions submissions;

    /** Sets the ring up on the thread that measures. */
    @Setup
    public void setUp()
    {
        ring = new IoUring(256, 512, UringProbe.run().setupFlags());
        ring.registerRingFd();
        submissions = new Submissions(ring);
    }

    /** Ends the ring. */
    @TearDown
    public void tearDown()
    {
        ring.close();
    }

    /**
     * One NOP: write, enter, wait, drain.
     *
     * @return sum of tokens.
     */
    @Benchmark
    public long nopRoundTrip()
    {
        submissions.nop(1);
        ring.enter(1, -1);
        ring.drain(sink, BATCH);
        return sum;
    }

    /**
     * The same with 32 NOPs in one entry into the kernel; per NOP.
     *
     * @return sum of tokens.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long nopRoundTripInBatch()
    {
        for (int i = 0; i < BATCH; i++)
        {
            submissions.nop(i);
        }
        ring.enter(BATCH, -1);
        ring.drain(sink, BATCH);
        return sum;
    }

    /**
     * One NOP, waiting with a time limit as the event loop does.
     *
     * @return sum of tokens.
     */
    @Benchmark
    public long nopRoundTripWithTimeout()
    {
        submissions.nop(1);
        ring.enter(1, 1_000_000_000L);
        ring.drain(sink, BATCH);
        return sum;
    }

    /**
     * Into the kernel and back with nothing to do.
     *
     * @return result of the call.
     */
    @Benchmark
    public int enterWithoutWork()
    {
        return ring.enter(0, -1);
    }
}
