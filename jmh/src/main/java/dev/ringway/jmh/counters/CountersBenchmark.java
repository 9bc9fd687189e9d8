package dev.ringway.jmh.counters;

import dev.ringway.engine.counters.Histograms;
import dev.ringway.engine.counters.LoopCounters;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One counter, one value of a histogram, and the two values that a request records. {@code mostMs} is the largest value;
 * values are spread evenly below it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class CountersBenchmark
{
    private static final int VALUES = 1 << 12;

    /** Largest value. */
    @Param({"50", "5000000"})
    public int mostMs;

    private final long[] values = new long[VALUES];
    private Histograms histograms;
    private LoopCounters counters;
    private int downstream;
    private int upstream;
    private int next;

    /** Makes counters and values. */
    @Setup
    public void create()
    {
        histograms = new Histograms(1);
        counters = new LoopCounters(new UnsafeBuffer(ByteBuffer.allocateDirect(4096)), histograms, 0);
        downstream = histograms.register("downstream");
        upstream = histograms.register("upstream");
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < VALUES; i++)
        {
            values[i] = random.nextInt(mostMs) * 1_000_000L;
        }
    }

    /** Gives the memory back. */
    @TearDown
    public void free()
    {
        histograms.free();
    }

    private long nextNs()
    {
        return values[next++ & VALUES - 1];
    }

    /** One counter. */
    @Benchmark
    public void increment()
    {
        counters.increment(7);
    }

    /** One value. */
    @Benchmark
    public void record()
    {
        counters.record(downstream, nextNs() / 1_000_000L);
    }

    /** What a request records. */
    @Benchmark
    public void request()
    {
        counters.record(downstream, nextNs() / 1_000_000L);
        counters.record(upstream, nextNs() / 1_000_000L);
    }
}
