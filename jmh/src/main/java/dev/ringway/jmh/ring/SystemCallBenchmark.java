package dev.ringway.jmh.ring;

import dev.ringway.ffi.libc.Syscall;
import dev.ringway.ffi.libc.SyscallNumber;
import dev.ringway.ffi.libc.ThreadCalls;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * The cheapest system calls there are, through the downcalls in use: one fails (errno is captured), one succeeds.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class SystemCallBenchmark
{
    private final Syscall syscall = new Syscall();

    /**
     * Through a downcall that may block: two changes of the thread's state.
     *
     * @return -EBADF.
     */
    @Benchmark
    public long blocking()
    {
        return syscall.call(SyscallNumber.CLOSE.value(), -1, 0, 0, 0, 0, 0);
    }

    /**
     * Through a downcall that keeps the thread in Java.
     *
     * @return -EBADF.
     */
    @Benchmark
    public long critical()
    {
        return syscall.callCritical(SyscallNumber.CLOSE.value(), -1, 0, 0, 0, 0, 0);
    }

    /**
     * The same, with the look-up of the thread's own calls that sockets and options use.
     *
     * @return -EBADF.
     */
    @Benchmark
    public int criticalOfCurrentThread()
    {
        return ThreadCalls.current().callCritical(SyscallNumber.CLOSE, -1, 0, 0, 0, 0);
    }
}
