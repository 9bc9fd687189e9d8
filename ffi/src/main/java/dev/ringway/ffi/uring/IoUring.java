package dev.ringway.ffi.uring;

import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.Memory;
import dev.ringway.ffi.libc.Syscall;
import dev.ringway.ffi.libc.SyscallNumber;
import org.agrona.concurrent.UnsafeBuffer;

import static dev.ringway.ffi.uring.UringConstants.*;

/**
 * One io_uring instance: its two rings mapped, and the calls on it. With SINGLE_ISSUER it belongs to the thread that
 * created it or, when set up disabled, to the one that called {@link #enable()}. Nothing here allocates after
 * construction.
 * <p>
 * SAFETY: {@link #close()} unmaps the rings. The kernel may still write into buffers of operations in flight until the
 * fd's last user is gone, so whoever owns buffers frees them after {@code close()} and only when all operations have
 * completed.
 */
public final class IoUring implements AutoCloseable
{
    private static final int PARAMS_LENGTH = 120;
    private static final int PARAMS_CQ_ENTRIES = 4;
    private static final int PARAMS_FLAGS = 8;
    private static final int PARAMS_FEATURES = 20;
    private static final int PARAMS_SQ_OFF = 40;
    private static final int PARAMS_CQ_OFF = 80;
    private static final long OFF_SQ_RING = 0;
    private static final long OFF_SQES = 0x10000000L;
    private static final int SCRATCH_LENGTH = 256;
    private static final int SCRATCH_MAPPING_LENGTH = 4096;
    private static final int ARG_OFFSET = 0;
    private static final int ARG_LENGTH = 24;
    private static final int TIMESPEC_OFFSET = 32;
    private static final int REGISTER_OFFSET = 64;
    private static final int SOCKET_OP_SETSOCKOPT = 3;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Syscall syscall = new Syscall();
    private final UnsafeBuffer scratch = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer ring = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer sqes = new UnsafeBuffer(0, 0);
    private final long scratchAddress;
    private final long ringAddress;
    private final long ringLength;
    private final long sqesAddress;
    private final long sqesLength;
    private final int fd;
    private final int setupFlags;
    private final int features;
    private final int sqHeadOffset;
    private final int sqTailOffset;
    private final int sqMask;
    private final int sqEntries;
    private final int cqHeadOffset;
    private final int cqTailOffset;
    private final int cqMask;
    private final int cqEntries;
    private final int cqOverflowOffset;
    private final int cqesOffset;
    private int enterFd;
    private int enterFdFlag;
    private int sqTail;
    private int sqSubmitted;
    private boolean isClosed;

    /**
     * Sets a ring up.
     *
     * @param sqEntries  submission entries, a power of two.
     * @param cqEntries  completion entries, a power of two, at least as many.
     * @param setupFlags {@code SETUP_*}; CQSIZE and CLAMP are added.
     * @throws UringException when the kernel refuses.
     */
    public IoUring(final int sqEntries, final int cqEntries, final int setupFlags)
    {
        scratchAddress = Memory.allocate(SCRATCH_MAPPING_LENGTH);
        scratch.wrap(scratchAddress, SCRATCH_LENGTH + PARAMS_LENGTH);
        final UnsafeBuffer params = new UnsafeBuffer(scratchAddress + SCRATCH_LENGTH, PARAMS_LENGTH);
        params.putInt(PARAMS_CQ_ENTRIES, cqEntries);
        params.putInt(PARAMS_FLAGS, setupFlags | SETUP_CQSIZE | SETUP_CLAMP);
        final long result = syscall.call(
            NR_IO_URING_SETUP, sqEntries, params.addressOffset(), 0, 0, 0, 0);
        if (result < 0)
        {
            Memory.unmap(scratchAddress, SCRATCH_MAPPING_LENGTH);
            throw new UringException(refusal((int)-result));
        }
        fd = (int)result;
        enterFd = fd;
        this.setupFlags = params.getInt(PARAMS_FLAGS);
        features = params.getInt(PARAMS_FEATURES);
        this.sqEntries = params.getInt(0);
        this.cqEntries = params.getInt(PARAMS_CQ_ENTRIES);
        sqMask = this.sqEntries - 1;
        cqMask = this.cqEntries - 1;
        sqHeadOffset = params.getInt(PARAMS_SQ_OFF);
        sqTailOffset = params.getInt(PARAMS_SQ_OFF + 4);
        final int sqArrayOffset = params.getInt(PARAMS_SQ_OFF + 24);
        cqHeadOffset = params.getInt(PARAMS_CQ_OFF);
        cqTailOffset = params.getInt(PARAMS_CQ_OFF + 4);
        cqOverflowOffset = params.getInt(PARAMS_CQ_OFF + 16);
        cqesOffset = params.getInt(PARAMS_CQ_OFF + 20);
        final boolean hasArray = (this.setupFlags & SETUP_NO_SQARRAY) == 0;
        ringLength = Math.max(
            cqesOffset + (long)this.cqEntries * CQE_LENGTH,
            hasArray ? sqArrayOffset + 4L * this.sqEntries : 0);
        sqesLength = (long)this.sqEntries * SQE_LENGTH;
        ringAddress = map(ringLength, OFF_SQ_RING);
        sqesAddress = map(sqesLength, OFF_SQES);
        if (ringAddress == -1 || sqesAddress == -1)
        {
            free();
            throw new UringException("mapping the io_uring rings failed: raise RLIMIT_MEMLOCK or free memory");
        }
        ring.wrap(ringAddress, (int)ringLength);
        sqes.wrap(sqesAddress, (int)sqesLength);
        if (hasArray)
        {
            for (int i = 0; i < this.sqEntries; i++)
            {
                ring.putInt(sqArrayOffset + 4 * i, i);
            }
        }
    }

    private long map(final long length, final long offset)
    {
        return Memory.map(
            length, Memory.PROT_READ | Memory.PROT_WRITE, Memory.MAP_SHARED | Memory.MAP_POPULATE, fd, offset);
    }

    private static String refusal(final int errno)
    {
        return switch (errno)
        {
            case Errno.ENOSYS -> "this kernel has no io_uring: Ringway needs Linux 6.12 or later";
            case Errno.EPERM, Errno.EACCES ->
                "io_uring is forbidden here (sysctl kernel.io_uring_disabled or a seccomp profile): " +
                    "allow io_uring_setup";
            case Errno.EINVAL -> "this kernel's io_uring lacks a set-up flag: Ringway needs Linux 6.12 or later";
            case Errno.ENOMEM -> "no memory for io_uring: raise RLIMIT_MEMLOCK or free memory";
            default -> "io_uring_setup failed: " + Errno.name(errno);
        };
    }

    /**
     * @return file descriptor of the ring, the address for MSG_RING from other rings.
     */
    public int fd()
    {
        return fd;
    }

    /**
     * @return {@code FEAT_*} as the kernel gave them.
     */
    public int features()
    {
        return features;
    }

    /**
     * @return {@code SETUP_*} in force.
     */
    public int setupFlags()
    {
        return setupFlags;
    }

    /**
     * @return number of submission entries.
     */
    public int sqEntries()
    {
        return sqEntries;
    }

    /**
     * @return number of completion entries.
     */
    public int cqEntries()
    {
        return cqEntries;
    }

    /**
     * @return entries that can be prepared before the next {@link #enter}.
     */
    public int sqSpace()
    {
        return sqEntries - (sqTail - ring.getIntVolatile(sqHeadOffset));
    }

    /**
     * @return entries prepared and not yet submitted.
     */
    public int sqPending()
    {
        return sqTail - sqSubmitted;
    }

    /**
     * @return completions that were lost since the start, because the ring was full and the kernel had no memory to
     *         keep them; with FEAT_NODROP this stays 0 while there is memory. Those it keeps come with the next
     *         {@link #enter}.
     */
    public int cqOverflow()
    {
        return ring.getIntVolatile(cqOverflowOffset);
    }

    /**
     * @return whether a completion can be drained without a call.
     */
    public boolean hasCompletions()
    {
        return ring.getIntVolatile(cqTailOffset) != ring.getInt(cqHeadOffset);
    }

    /**
     * Writes one submission entry. The caller has made sure that {@link #sqSpace()} is positive. What the entry points
     * to must stay as it is until the entry is submitted (FEAT_SUBMIT_STABLE) or, for buffers, until its completion.
     *
     * @param opcode    {@code OP_*}.
     * @param flags     {@code SQE_*}.
     * @param ioprio    operation's own upper flags.
     * @param fileIndex fd, or direct descriptor with {@link UringConstants#SQE_FIXED_FILE}.
     * @param offset    field {@code off} or {@code addr2}.
     * @param address   field {@code addr}.
     * @param length    field {@code len}.
     * @param opFlags   field {@code rw_flags} and its kin.
     * @param userData  token.
     * @param group     field {@code buf_group}.
     * @param target    field {@code file_index} or {@code splice_fd_in}.
     */
    void put(
        final int opcode,
        final int flags,
        final int ioprio,
        final int fileIndex,
        final long offset,
        final long address,
        final int length,
        final int opFlags,
        final long userData,
        final int group,
        final int target)
    {
        final int at = (sqTail & sqMask) * SQE_LENGTH;
        final UnsafeBuffer sqes = this.sqes;
        sqes.putLong(at, opcode | (flags << 8) | ((long)ioprio << 16) | ((long)fileIndex << 32));
        sqes.putLong(at + 8, offset);
        sqes.putLong(at + 16, address);
        sqes.putLong(at + 24, (length & 0xFFFF_FFFFL) | ((long)opFlags << 32));
        sqes.putLong(at + 32, userData);
        sqes.putLong(at + 40, group | ((long)target << 32));
        sqes.putLong(at + 48, 0);
        sqes.putLong(at + 56, 0);
        sqTail++;
    }

    /**
     * Writes an entry of {@code SOCKET_URING_OP_SETSOCKOPT}, whose fields lie elsewhere than those of the others.
     *
     * @param flags    {@code SQE_*}.
     * @param slot     direct descriptor.
     * @param level    of the option.
     * @param option   its number.
     * @param value    memory of the value, borrowed until completion.
     * @param length   bytes of the value.
     * @param userData token.
     */
    void putSocketOption(
        final int flags,
        final int slot,
        final int level,
        final int option,
        final long value,
        final int length,
        final long userData)
    {
        final int at = (sqTail & sqMask) * SQE_LENGTH;
        final long levelAndOption = level | ((long)option << 32);
        put(OP_URING_CMD, flags, 0, slot, SOCKET_OP_SETSOCKOPT, levelAndOption, 0, 0, userData, 0, length);
        sqes.putLong(at + 48, value);
    }

    /**
     * Submits what was prepared, runs task work and waits.
     *
     * @param minComplete completions to wait for; 0 fetches what is there.
     * @param timeoutNs   longest wait; negative waits without bound.
     * @return as {@link #enter(int, long, int)}.
     */
    public int enter(final int minComplete, final long timeoutNs)
    {
        return enter(minComplete, timeoutNs, 0);
    }

    /**
     * Submits what was prepared, runs task work and waits.
     *
     * @param minComplete completions to wait for; 0 fetches what is there.
     * @param timeoutNs   longest wait; negative waits without bound.
     * @param minWaitUs   time after which one completion is enough (FEAT_MIN_TIMEOUT); 0 for none.
     * @return entries submitted when there were any, whatever became of the wait, or else 0 or -errno: -ETIME or
     *         -EINTR when time or a signal ended the wait, whichever of the two it was, -EBUSY when completions must be
     *         drained first. A wait without bound goes on after a signal.
     */
    public int enter(final int minComplete, final long timeoutNs, final int minWaitUs)
    {
        ring.putIntRelease(sqTailOffset, sqTail);
        final int toSubmit = sqTail - sqSubmitted;
        final boolean isTimed = minComplete > 0 && timeoutNs >= 0;
        final int flags = ENTER_GETEVENTS | enterFdFlag | (isTimed ? ENTER_EXT_ARG : 0);
        final long argument = isTimed ? scratchAddress + ARG_OFFSET : 0;
        final long length = isTimed ? ARG_LENGTH : 0;
        if (isTimed)
        {
            putTimeout(timeoutNs, minWaitUs);
        }
        long result = Syscall.callWithoutReason(
            NR_IO_URING_ENTER, enterFd, toSubmit, minComplete, flags, argument, length);
        if (result == -1 && isTimed && toSubmit == 0 && Syscall.callWithoutReason(
            NR_IO_URING_ENTER, enterFd, 0, 0, ENTER_GETEVENTS | enterFdFlag, 0, 0) >= 0)
        {
            // The ring is well, so it was the wait that ended. This happens often, and must not make an object either.
            result = -Errno.ETIME;
        }
        else if (result == -1)
        {
            // Nothing was submitted then. The same again says why, and does not wait again for what did not come.
            if (isTimed)
            {
                putTimeout(0, 0);
            }
            result = syscall.call(NR_IO_URING_ENTER, enterFd, toSubmit, minComplete, flags, argument, length);
        }
        // The kernel moves the head also when the wait itself failed (ETIME, EINTR), so the head is what counts.
        sqSubmitted = ring.getIntVolatile(sqHeadOffset);
        return (int)result;
    }

    private void putTimeout(final long timeoutNs, final int minWaitUs)
    {
        scratch.putLong(TIMESPEC_OFFSET, timeoutNs / NANOS_PER_SECOND);
        scratch.putLong(TIMESPEC_OFFSET + 8, timeoutNs % NANOS_PER_SECOND);
        scratch.putLong(ARG_OFFSET, 0);
        scratch.putInt(ARG_OFFSET + 8, 0);
        scratch.putInt(ARG_OFFSET + 12, minWaitUs);
        scratch.putLong(ARG_OFFSET + 16, scratchAddress + TIMESPEC_OFFSET);
    }

    /**
     * Hands waiting completions to the sink and gives their entries back to the kernel.
     *
     * @param sink  called for each.
     * @param limit most to hand over.
     * @return how many.
     */
    public int drain(final CompletionSink sink, final int limit)
    {
        final UnsafeBuffer ring = this.ring;
        int head = ring.getInt(cqHeadOffset);
        final int available = ring.getIntVolatile(cqTailOffset) - head;
        final int count = Math.min(available, limit);
        for (int i = 0; i < count; i++)
        {
            final int at = cqesOffset + ((head & cqMask) << 4);
            final long userData = ring.getLong(at);
            final long resultAndFlags = ring.getLong(at + 8);
            head++;
            sink.onCompletion(userData, (int)resultAndFlags, (int)(resultAndFlags >>> 32));
        }
        if (count > 0)
        {
            ring.putIntRelease(cqHeadOffset, head);
        }
        return count;
    }

    /**
     * Enables a ring that was set up with {@link UringConstants#SETUP_R_DISABLED}: the calling thread becomes the only
     * one that may use it.
     *
     * @return 0 or -errno.
     */
    public int enable()
    {
        return register(REGISTER_ENABLE_RINGS, 0, 0);
    }

    /**
     * Registers the ring's own fd so that {@link #enter} need not look it up. Must run on the thread that will enter.
     *
     * @return 0 or -errno (the ring works either way).
     */
    public int registerRingFd()
    {
        scratch.putInt(REGISTER_OFFSET, -1);
        scratch.putInt(REGISTER_OFFSET + 4, 0);
        scratch.putLong(REGISTER_OFFSET + 8, fd);
        final int result = register(REGISTER_RING_FDS, scratchAddress + REGISTER_OFFSET, 1);
        if (result == 1)
        {
            enterFd = scratch.getInt(REGISTER_OFFSET);
            enterFdFlag = ENTER_REGISTERED_RING;
            return 0;
        }
        return result;
    }

    /**
     * Registers an empty table of direct descriptors.
     *
     * @param count entries, at most the process's RLIMIT_NOFILE.
     * @return 0 or -errno.
     */
    public int registerSparseFiles(final int count)
    {
        scratch.setMemory(REGISTER_OFFSET, 32, (byte)0);
        scratch.putInt(REGISTER_OFFSET, count);
        scratch.putInt(REGISTER_OFFSET + 4, RSRC_REGISTER_SPARSE);
        return register(REGISTER_FILES2, scratchAddress + REGISTER_OFFSET, 32);
    }

    /**
     * Puts an open file into the table of direct descriptors, or empties an entry.
     *
     * @param index  entry.
     * @param fileFd fd, borrowed for the call (the table takes its own reference), or -1 to empty the entry.
     * @return entries updated (1) or -errno.
     */
    public int updateFile(final int index, final int fileFd)
    {
        scratch.putInt(REGISTER_OFFSET, index);
        scratch.putInt(REGISTER_OFFSET + 4, 0);
        scratch.putLong(REGISTER_OFFSET + 8, scratchAddress + REGISTER_OFFSET + 16);
        scratch.putInt(REGISTER_OFFSET + 16, fileFd);
        return register(REGISTER_FILES_UPDATE, scratchAddress + REGISTER_OFFSET, 1);
    }

    /**
     * io_uring_register(2) on this ring.
     *
     * @param opcode  {@code REGISTER_*}.
     * @param address of the argument, borrowed for the call.
     * @param count   number of arguments.
     * @return result or -errno.
     */
    int register(final int opcode, final long address, final int count)
    {
        return (int)syscall.call(NR_IO_URING_REGISTER, fd, opcode, address, count, 0, 0);
    }

    /**
     * Closes the fd and unmaps the rings. Idempotent.
     */
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            // With bounds checks on, use after close throws instead of touching memory that is gone.
            ring.wrap(0, 0);
            sqes.wrap(0, 0);
            free();
        }
    }

    private void free()
    {
        syscall.call(SyscallNumber.CLOSE.value(), fd, 0, 0, 0, 0, 0);
        unmap(ringAddress, ringLength);
        unmap(sqesAddress, sqesLength);
        unmap(scratchAddress, SCRATCH_MAPPING_LENGTH);
    }

    private static void unmap(final long address, final long length)
    {
        if (address != -1)
        {
            Memory.unmap(address, length);
        }
    }
}
