package dev.ringway.engine.loop;

import dev.ringway.ffi.libc.Memory;
import dev.ringway.ffi.uring.Submissions;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Message headers and vectors of the sends of one duty cycle. The kernel copies them at submission
 * (FEAT_SUBMIT_STABLE), so they are written over in the next cycle and idle connections own none. Loop thread only.
 */
public final class VectorArena
{
    /** Most vectors of one send. */
    public static final int MAX_VECTORS = 64;

    private static final int MSGHDR_LENGTH = 56;
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int IOVEC_LENGTH = 16;
    private static final int LENGTH = 256 * 1024;

    private final Submissions submissions;
    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private final long address;
    private int position;
    private int header;

    /**
     * @param submissions flushed when the arena is full.
     */
    VectorArena(final Submissions submissions)
    {
        this.submissions = submissions;
        address = Memory.allocate(LENGTH);
        buffer.wrap(address, LENGTH);
    }

    /**
     * Starts the next duty cycle: what was written before is submitted.
     */
    void reset()
    {
        position = 0;
    }

    /**
     * Starts a message header.
     */
    public void begin()
    {
        if (position + MSGHDR_LENGTH + MAX_VECTORS * IOVEC_LENGTH > LENGTH)
        {
            submissions.submit();
            position = 0;
        }
        header = position;
        position += MSGHDR_LENGTH;
        buffer.setMemory(header, MSGHDR_LENGTH, (byte)0);
        buffer.putLong(header + MSG_IOV, address + position);
    }

    /**
     * Adds a range, at most {@link #MAX_VECTORS} to one header.
     *
     * @param rangeAddress address of the bytes.
     * @param length       bytes.
     */
    public void add(final long rangeAddress, final int length)
    {
        buffer.putLong(position, rangeAddress);
        buffer.putLong(position + 8, length);
        position += IOVEC_LENGTH;
    }

    /**
     * Ends the header.
     *
     * @return its address for sendmsg.
     */
    public long end()
    {
        buffer.putLong(header + MSG_IOVLEN, (position - header - MSGHDR_LENGTH) / IOVEC_LENGTH);
        return address + header;
    }

    /**
     * Frees the memory.
     */
    void close()
    {
        Memory.unmap(address, LENGTH);
    }
}
