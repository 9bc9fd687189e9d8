package dev.ringway.jmh.time;

import dev.ringway.engine.time.SlotTimers;
import dev.ringway.engine.time.TimerHandler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * What a request does to the timers of its connection: its deadline moves. And what a duty cycle does: it asks for those
 * that are due and for how long it may wait. {@code slots} connections have a timer, in the next ten seconds.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class TimerBenchmark
{
    private static final long SPREAD_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long CYCLE_NS = TimeUnit.MICROSECONDS.toNanos(20);

    /** Connections. */
    @Param({"64", "10000"})
    public int slots;

    private SlotTimers timers;
    private TimerHandler again;
    private long nowNs;
    private int slot;

    /** Arms all. */
    @Setup(Level.Iteration)
    public void arm()
    {
        nowNs = 0;
        timers = new SlotTimers(slots, nowNs);
        again = (due, atNs) -> timers.arm(due, atNs + SPREAD_NS);
        for (int i = 0; i < slots; i++)
        {
            timers.arm(i, nowNs + SPREAD_NS * i / slots);
        }
    }

    /** @return slots that were armed, moved by one. */
    @Benchmark
    public int move()
    {
        slot = slot + 1 == slots ? 0 : slot + 1;
        timers.arm(slot, nowNs + SPREAD_NS + slot);
        return timers.armedCount();
    }

    /** @return how long a duty cycle may wait, one after the other. */
    @Benchmark
    public long cycle()
    {
        nowNs += CYCLE_NS;
        timers.poll(nowNs, again);
        return timers.waitNs(nowNs);
    }
}
