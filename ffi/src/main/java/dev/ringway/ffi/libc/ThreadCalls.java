package dev.ringway.ffi.libc;

import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a thread needs for system calls outside a ring: its {@link Syscall} and a little scratch memory for arguments.
 * Each thread has its own, made at the first use and collected with the thread; later uses allocate nothing.
 * <p>
 * The scratch memory belongs to whoever makes the next call on this thread: nothing stays in it.
 */
public final class ThreadCalls
{
    /** Bytes of {@link #scratch()}. */
    public static final int SCRATCH_LENGTH = 1024;

    private static final ThreadLocal<ThreadCalls> CURRENT = ThreadLocal.withInitial(ThreadCalls::new);

    private final Syscall syscall = new Syscall();
    private final MemorySegment memory = Arena.ofAuto().allocate(SCRATCH_LENGTH, 16);
    private final UnsafeBuffer scratch = new UnsafeBuffer(memory.address(), SCRATCH_LENGTH);

    private ThreadCalls()
    {
    }

    /**
     * @return those of the calling thread.
     */
    public static ThreadCalls current()
    {
        return CURRENT.get();
    }

    /**
     * @return scratch memory, off-heap, 16-byte aligned, with whatever the last call left in it.
     */
    public UnsafeBuffer scratch()
    {
        return scratch;
    }

    /**
     * @return address of {@link #scratch()}.
     */
    public long scratchAddress()
    {
        return scratch.addressOffset();
    }

    /**
     * Makes a call that may block. SAFETY: memory behind the arguments must stay valid until it returns.
     *
     * @param number which call.
     * @param a0     first argument.
     * @param a1     second argument.
     * @param a2     third argument.
     * @param a3     fourth argument.
     * @param a4     fifth argument.
     * @return the call's result, or -errno.
     */
    public int call(
        final SyscallNumber number, final long a0, final long a1, final long a2, final long a3, final long a4)
    {
        return (int)syscall.call(number.value(), a0, a1, a2, a3, a4, 0);
    }

    /**
     * Makes a call of six arguments whose result may be an address. SAFETY: as {@link #call}.
     *
     * @param number which call.
     * @param a0     first argument.
     * @param a1     second argument.
     * @param a2     third argument.
     * @param a3     fourth argument.
     * @param a4     fifth argument.
     * @param a5     sixth argument.
     * @return the call's result, or -errno.
     */
    public long callLong(
        final SyscallNumber number,
        final long a0, final long a1, final long a2, final long a3, final long a4, final long a5)
    {
        return syscall.call(number.value(), a0, a1, a2, a3, a4, a5);
    }

    /**
     * Makes a call that cannot block. SAFETY: as {@link #call}.
     *
     * @param number which call.
     * @param a0     first argument.
     * @param a1     second argument.
     * @param a2     third argument.
     * @param a3     fourth argument.
     * @param a4     fifth argument.
     * @return the call's result, or -errno.
     */
    public int callCritical(
        final SyscallNumber number, final long a0, final long a1, final long a2, final long a3, final long a4)
    {
        return (int)syscall.callCritical(number.value(), a0, a1, a2, a3, a4, 0);
    }
}
