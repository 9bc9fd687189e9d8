package dev.ringway.ffi.uring;

import dev.ringway.ffi.libc.Syscall;
import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.Arena;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Runs code on a thread for which the kernel refuses certain system calls, as a container's seccomp profile or an
 * older kernel would; seccomp(2).
 */
final class SystemCallFilter
{
    private static final boolean IS_X86 = "amd64".equals(System.getProperty("os.arch"));
    private static final int NR_PRCTL = IS_X86 ? 157 : 167;
    private static final int NR_SECCOMP = IS_X86 ? 317 : 277;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int RETURN_ERRNO = 0x0005_0000;
    private static final int RETURN_ALLOW = 0x7FFF_0000;
    private static final int NUMBER_OFFSET = 0;
    private static final int ARGUMENTS_OFFSET = 16;
    private static final int ANY = -1;

    private SystemCallFilter()
    {
    }

    /** Refuses all calls with a number. */
    static void refusing(final int number, final int errno, final Runnable action) throws Exception
    {
        refusing(number, ANY, 0, errno, action);
    }

    /** Refuses calls with a number and a second argument. */
    static void refusing(final int number, final int second, final int errno, final Runnable action) throws Exception
    {
        refusing(number, 1, second, errno, action);
    }

    /** Refuses calls with a number and an argument, counted from 0, whose lower half has a value. */
    static void refusing(
        final int number, final int argument, final int value, final int errno, final Runnable action) throws Exception
    {
        final FutureTask<Void> task = new FutureTask<>(() ->
        {
            install(number, argument, value, errno);
            action.run();
        }, null);
        final Thread thread = new Thread(task, "filtered");
        thread.start();
        task.get(30, TimeUnit.SECONDS);
        thread.join();
    }

    private static void install(final int number, final int argument, final int value, final int errno)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final long address = arena.allocate(128, 16).address();
            final UnsafeBuffer memory = new UnsafeBuffer(address, 128);
            int at = 16;
            at = instruction(memory, at, LOAD_WORD, 0, 0, NUMBER_OFFSET);
            at = instruction(memory, at, JUMP_IF_EQUAL, 0, argument == ANY ? 1 : 3, number);
            if (argument != ANY)
            {
                at = instruction(memory, at, LOAD_WORD, 0, 0, ARGUMENTS_OFFSET + 8 * argument);
                at = instruction(memory, at, JUMP_IF_EQUAL, 0, 1, value);
            }
            at = instruction(memory, at, RETURN, 0, 0, RETURN_ERRNO | errno);
            at = instruction(memory, at, RETURN, 0, 0, RETURN_ALLOW);
            memory.putShort(0, (short)((at - 16) / 8));
            memory.putLong(8, address + 16);
            final Syscall syscall = new Syscall();
            assertEquals(0, syscall.call(NR_PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0));
            assertEquals(0, syscall.call(NR_SECCOMP, SECCOMP_SET_MODE_FILTER, 0, address, 0, 0, 0));
        }
    }

    private static int instruction(
        final UnsafeBuffer memory, final int at, final int code, final int ifTrue, final int ifFalse, final int value)
    {
        memory.putShort(at, (short)code);
        memory.putByte(at + 2, (byte)ifTrue);
        memory.putByte(at + 3, (byte)ifFalse);
        memory.putInt(at + 4, value);
        return at + 8;
    }
}
