package dev.ringway.jmh.ring;

import dev.ringway.ffi.uring.CompletionSink;
import dev.ringway.ffi.uring.IoUring;
import dev.ringway.ffi.uring.Submissions;
import dev.ringway.ffi.uring.UringProbe;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * Entries in memory alone: 4,096 submissions are written without entering the kernel, 4,096 completions are read that
 * wait in the ring. What fills and empties the ring runs between the measured calls.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class EntryBenchmark
{
    private static final int ENTRIES = 4096;

    /** An empty ring before each call. */
    @State(Scope.Thread)
    public static class EmptyRing
    {
        private final CompletionSink sink = (token, result, flags) -> {};
        private IoUring ring;
        private Submissions submissions;

        /** Sets the ring up on the thread that measures. */
        @Setup
        public void setUp()
        {
            ring = new IoUring(ENTRIES, 2 * ENTRIES, UringProbe.run().setupFlags());
            submissions = new Submissions(ring);
        }

        /** Empties it. */
        @TearDown(Level.Invocation)
        public void empty()
        {
            ring.enter(ring.sqPending(), -1);
            ring.drain(sink, 2 * ENTRIES);
        }

        /** Ends it. */
        @TearDown
        public void tearDown()
        {
            ring.close();
        }
    }

    /** A ring with completions before each call. */
    @State(Scope.Thread)
    public static class FullRing
    {
        private long sum;
        private final CompletionSink sink = (token, result, flags) -> sum += token + result + flags;
        private IoUring ring;
        private Submissions submissions;

        /** Sets the ring up on the thread that measures. */
        @Setup
        public void setUp()
        {
            ring = new IoUring(ENTRIES, 2 * ENTRIES, UringProbe.run().setupFlags());
            submissions = new Submissions(ring);
        }

        /** Fills it. */
        @Setup(Level.Invocation)
        public void fill()
        {
            for (int i = 0; i < ENTRIES; i++)
            {
                submissions.nop(i);
            }
            ring.enter(ENTRIES, -1);
        }

        /** Ends it. */
        @TearDown
        public void tearDown()
        {
            ring.close();
        }
    }

    /**
     * Writes entries of NOPs.
     *
     * @param state the ring.
     * @return entries waiting.
     */
    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    public int writeNop(final EmptyRing state)
    {
        for (int i = 0; i < ENTRIES; i++)
        {
            state.submissions.nop(i);
        }
        return state.ring.sqPending();
    }

    /**
     * Reads completions.
     *
     * @param state the ring.
     * @return entries read.
     */
    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    public int readCompletion(final FullRing state)
    {
        return state.ring.drain(state.sink, ENTRIES);
    }
}
