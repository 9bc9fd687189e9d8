package dev.ringway.ffi.uring;

import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.Memory;
import org.agrona.concurrent.UnsafeBuffer;

import static dev.ringway.ffi.uring.UringConstants.*;

/**
 * A ring of buffers from which the kernel takes one for each receive ({@code struct io_uring_buf_ring}). With
 * incremental consumption a buffer serves several receives, one behind the other, until it is full; the completion's
 * {@code CQE_F_BUF_MORE} says that it will be used again. Owner: the ring's thread.
 * <pre>
 *   entry (16 bytes)   0 address (u64)   8 length (u32)   12 buffer id (u16)   14 tail of the ring (entry 0 only)
 * </pre>
 */
public final class ProvidedBufferRing implements AutoCloseable
{
    private static final int ENTRY_LENGTH = 16;
    private static final int TAIL_OFFSET = 14;
    private static final int REG_LENGTH = 40;
    private static final int PAGE = 4096;

    private final IoUring ring;
    private final UnsafeBuffer entries;
    private final long address;
    private final long mappedLength;
    private final int group;
    private final int mask;
    private short tail;

    /**
     * Registers an empty ring of buffers.
     *
     * @param ring          to which it belongs.
     * @param group         buffer group id.
     * @param entryCount    power of two, at most 32768.
     * @param isIncremental whether buffers are consumed in pieces.
     * @throws UringException when the kernel refuses.
     */
    public ProvidedBufferRing(
        final IoUring ring, final int group, final int entryCount, final boolean isIncremental)
    {
        this.ring = ring;
        this.group = group;
        mask = entryCount - 1;
        mappedLength = ((long)entryCount * ENTRY_LENGTH + REG_LENGTH + PAGE - 1) & -PAGE;
        address = Memory.allocate(mappedLength);
        entries = new UnsafeBuffer(address, entryCount * ENTRY_LENGTH);
        final UnsafeBuffer reg = new UnsafeBuffer(address + mappedLength - REG_LENGTH, REG_LENGTH);
        reg.putLong(0, address);
        reg.putInt(8, entryCount);
        reg.putShort(12, (short)group);
        reg.putShort(14, (short)(isIncremental ? PBUF_RING_INC : 0));
        final int result = ring.register(REGISTER_PBUF_RING, reg.addressOffset(), 1);
        if (result < 0)
        {
            Memory.unmap(address, mappedLength);
            throw new UringException(isIncremental && result == -Errno.EINVAL ?
                "this kernel has no incremental provided buffers: Ringway needs Linux 6.12 or later" :
                "registering a provided buffer ring failed: " + Errno.name(-result));
        }
    }

    /**
     * Puts a buffer behind the others; the kernel sees it after {@link #publish()}.
     *
     * @param bufferAddress memory, the kernel's from the publication until a completion ends it.
     * @param length        bytes.
     * @param bufferId      0 to 65535, comes back in completions.
     */
    public void add(final long bufferAddress, final int length, final int bufferId)
    {
        final int at = (tail & mask) * ENTRY_LENGTH;
        entries.putLong(at, bufferAddress);
        entries.putInt(at + 8, length);
        entries.putShort(at + 12, (short)bufferId);
        tail++;
    }

    /**
     * Makes added buffers visible to the kernel.
     */
    public void publish()
    {
        entries.putShortVolatile(TAIL_OFFSET, tail);
    }

    /**
     * Takes the ring from the kernel and frees it. No receive of the group may be in flight.
     */
    public void close()
    {
        final UnsafeBuffer reg = new UnsafeBuffer(address + mappedLength - REG_LENGTH, REG_LENGTH);
        reg.setMemory(0, REG_LENGTH, (byte)0);
        reg.putShort(12, (short)group);
        ring.register(UNREGISTER_PBUF_RING, reg.addressOffset(), 1);
        Memory.unmap(address, mappedLength);
    }
}
