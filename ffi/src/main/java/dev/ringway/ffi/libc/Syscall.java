package dev.ringway.ffi.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * Raw system calls through {@code syscall(2)}. One instance holds the memory into which errno is captured, so an
 * instance belongs to one thread. The calls allocate nothing once the optimizing compiler had them;
 * {@link #callWithoutReason} allocates nothing before either.
 */
public final class Syscall
{
    private static final StructLayout CAPTURE_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
        CAPTURE_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option ERRNO_OPTION = Linker.Option.captureCallState("errno");
    private static final MethodHandle BLOCKING = handle(ERRNO_OPTION);
    private static final MethodHandle NON_BLOCKING = handle(ERRNO_OPTION, Linker.Option.critical(false));
    private static final MethodHandle WITHOUT_REASON = handle();

    private final MemorySegment captured = Arena.global().allocate(CAPTURE_LAYOUT);

    private static MethodHandle handle(final Linker.Option... options)
    {
        final Linker linker = Linker.nativeLinker();
        final FunctionDescriptor descriptor = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        final MemorySegment symbol = linker.defaultLookup().findOrThrow("syscall");
        final Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.firstVariadicArg(1);
        return linker.downcallHandle(symbol, descriptor, all);
    }

    /**
     * Makes a call that may block; the thread can be brought to a safepoint meanwhile.
     * SAFETY: whatever the arguments point to must stay valid until the call returns.
     *
     * @param number of the system call.
     * @param a0     first argument.
     * @param a1     second argument.
     * @param a2     third argument.
     * @param a3     fourth argument.
     * @param a4     fifth argument.
     * @param a5     sixth argument.
     * @return the call's result, or -errno.
     */
    public long call(
        final long number, final long a0, final long a1, final long a2, final long a3, final long a4, final long a5)
    {
        try
        {
            final long result = (long)BLOCKING.invokeExact(captured, number, a0, a1, a2, a3, a4, a5);
            return result == -1 ? -(long)(int)ERRNO.get(captured, 0L) : result;
        }
        catch (final Throwable t)
        {
            throw new AssertionError(t);
        }
    }

    /**
     * The same for a call that cannot block: no thread-state transition, so no safepoint until it returns.
     *
     * @param number of the system call.
     * @param a0     first argument.
     * @param a1     second argument.
     * @param a2     third argument.
     * @param a3     fourth argument.
     * @param a4     fifth argument.
     * @param a5     sixth argument.
     * @return the call's result, or -errno.
     */
    public long callCritical(
        final long number, final long a0, final long a1, final long a2, final long a3, final long a4, final long a5)
    {
        try
        {
            final long result = (long)NON_BLOCKING.invokeExact(captured, number, a0, a1, a2, a3, a4, a5);
            return result == -1 ? -(long)(int)ERRNO.get(captured, 0L) : result;
        }
        catch (final Throwable t)
        {
            throw new AssertionError(t);
        }
    }

    /**
     * The same as {@link #call}, but does not say why a call failed, and so needs no memory for that. To capture errno
     * the JDK makes an object for each call, which only the optimizing compiler leaves out; this one allocates nothing
     * when a thread falls back to code that is not optimized. Any thread.
     * SAFETY: as {@link #call}.
     *
     * @param number of the system call.
     * @param a0     first argument.
     * @param a1     second argument.
     * @param a2     third argument.
     * @param a3     fourth argument.
     * @param a4     fifth argument.
     * @param a5     sixth argument.
     * @return the call's result, -1 for any failure.
     */
    public static long callWithoutReason(
        final long number, final long a0, final long a1, final long a2, final long a3, final long a4, final long a5)
    {
        try
        {
            return (long)WITHOUT_REASON.invokeExact(number, a0, a1, a2, a3, a4, a5);
        }
        catch (final Throwable t)
        {
            throw new AssertionError(t);
        }
    }
}
