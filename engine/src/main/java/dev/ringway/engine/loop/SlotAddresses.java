package dev.ringway.engine.loop;

import dev.ringway.ffi.libc.Memory;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Socket addresses of a loop's slots. What a slot may have lies in three regions, by how many connections have it: the
 * internet address of the peer, the three others, the name of a unix socket. Pages that no slot writes to take no
 * memory. Loop thread only.
 */
public final class SlotAddresses implements AutoCloseable
{
    /** Each of these is a sockaddr_in6 or less, and four bytes. */
    private static final int LENGTH = 32;
    private static final int OTHERS = 3;
    private static final int NAME_LENGTH = (SockAddr.UNIX_LENGTH + 7) & -8;
    private static final int PAGE = 4096;

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private final int othersStart;
    private final int namesStart;
    private final int length;
    private final long start;

    /**
     * @param slotLimit most slots, at most 8 million.
     * @throws IllegalStateException when there is no address space.
     */
    SlotAddresses(final int slotLimit)
    {
        othersStart = pages(slotLimit, LENGTH);
        namesStart = othersStart + pages(slotLimit, OTHERS * LENGTH);
        length = namesStart + pages(slotLimit, NAME_LENGTH);
        start = Memory.allocate(length);
        buffer.wrap(start, length);
    }

    private static int pages(final int slotLimit, final int each)
    {
        return (slotLimit * each + PAGE - 1) & -PAGE;
    }

    /**
     * @return all of them; a slot that was never used has zeroes.
     */
    public UnsafeBuffer buffer()
    {
        return buffer;
    }

    /**
     * @param offset in {@link #buffer}.
     * @return its address, for the kernel.
     */
    public long address(final int offset)
    {
        return start + offset;
    }

    /**
     * @param slot whose.
     * @return offset of the internet address of its peer.
     */
    public int peer(final int slot)
    {
        return slot * LENGTH;
    }

    /**
     * @param slot whose.
     * @return offset of four bytes for how long the address of its peer is.
     */
    public int peerLength(final int slot)
    {
        return peer(slot) + LENGTH - Integer.BYTES;
    }

    /**
     * @param slot whose.
     * @return offset of the name of the unix socket that is its peer, {@link SockAddr#UNIX_LENGTH} bytes.
     */
    public int name(final int slot)
    {
        return namesStart + slot * NAME_LENGTH;
    }

    /**
     * @param slot  whose.
     * @param index 0 to 2.
     * @return offset of one more internet address.
     */
    public int other(final int slot, final int index)
    {
        return othersStart + (slot * OTHERS + index) * LENGTH;
    }

    /**
     * {@inheritDoc}
     */
    public void close()
    {
        Memory.unmap(start, length);
    }
}
