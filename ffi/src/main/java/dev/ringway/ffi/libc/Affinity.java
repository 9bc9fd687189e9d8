package dev.ringway.ffi.libc;

import org.agrona.concurrent.UnsafeBuffer;

import java.util.BitSet;

/**
 * On which CPUs the calling thread may run, sched_setaffinity(2). For start-up: a thread pins itself first, because
 * threads it starts inherit its mask.
 */
public final class Affinity
{
    private static final int MASK_LENGTH = ThreadCalls.SCRATCH_LENGTH;
    private static final int THIS_THREAD = 0;

    private Affinity()
    {
    }

    /**
     * @return CPUs on which the calling thread may run: what taskset, cpusets and containers left of the machine.
     * @throws IllegalStateException when the machine has more than 8192 CPUs.
     */
    public static BitSet allowed()
    {
        final ThreadCalls calls = ThreadCalls.current();
        final int length = calls.callCritical(
            SyscallNumber.SCHED_GETAFFINITY, THIS_THREAD, MASK_LENGTH, calls.scratchAddress(), 0, 0);
        if (length < 0)
        {
            throw new IllegalStateException("sched_getaffinity failed: " + Errno.name(-length));
        }
        final long[] words = new long[length / Long.BYTES];
        for (int i = 0; i < words.length; i++)
        {
            words[i] = calls.scratch().getLong(i * Long.BYTES);
        }
        return BitSet.valueOf(words);
    }

    /**
     * Binds the calling thread to one CPU.
     *
     * @param cpu its number.
     * @return 0, or -errno; -EINVAL when the CPU is not there or not allowed.
     */
    public static int pin(final int cpu)
    {
        final BitSet cpus = new BitSet();
        cpus.set(cpu);
        return allow(cpus);
    }

    /**
     * Binds the calling thread to a set of CPUs.
     *
     * @param cpus their numbers, below 8192.
     * @return 0, or -errno; -EINVAL when none of them is there and allowed.
     */
    public static int allow(final BitSet cpus)
    {
        if (cpus.length() > MASK_LENGTH * Byte.SIZE)
        {
            return -Errno.EINVAL;
        }
        final ThreadCalls calls = ThreadCalls.current();
        final UnsafeBuffer mask = calls.scratch();
        mask.setMemory(0, MASK_LENGTH, (byte)0);
        final long[] words = cpus.toLongArray();
        for (int i = 0; i < words.length; i++)
        {
            mask.putLong(i * Long.BYTES, words[i]);
        }
        return calls.call(SyscallNumber.SCHED_SETAFFINITY, THIS_THREAD, MASK_LENGTH, calls.scratchAddress(), 0, 0);
    }

    /**
     * @return CPU the calling thread runs on at this moment, or -errno.
     */
    public static int current()
    {
        final ThreadCalls calls = ThreadCalls.current();
        final int result = calls.callCritical(SyscallNumber.GETCPU, calls.scratchAddress(), 0, 0, 0, 0);
        return result < 0 ? result : calls.scratch().getInt(0);
    }
}
