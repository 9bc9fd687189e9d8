package dev.ringway.engine.memory;

import dev.ringway.ffi.uring.IoUring;
import dev.ringway.ffi.uring.ProvidedBufferRing;

import static dev.ringway.ffi.uring.UringConstants.CQE_BUFFER_SHIFT;
import static dev.ringway.ffi.uring.UringConstants.CQE_F_BUF_MORE;

/**
 * Chunks lent to the kernel for receiving. Few are visible at a time, so that the same warm ones are filled again and
 * again; each serves many receives, one behind the other (incremental consumption). The kernel's hold is a lease like
 * any other. Loop thread only.
 */
public final class ReceiveBuffers implements AutoCloseable
{
    /** Buffer group of all receives. */
    public static final int GROUP = 0;

    private final BufferSlab slab;
    private final ProvidedBufferRing ring;
    private final int[] positions;
    private final int visibleTarget;
    private final int reserve;
    private int visible;

    /**
     * @param uring         ring to register with.
     * @param slab          where the chunks come from.
     * @param visibleTarget chunks visible to the kernel, a power of two.
     * @param reserve       free chunks that are left to other uses.
     */
    public ReceiveBuffers(final IoUring uring, final BufferSlab slab, final int visibleTarget, final int reserve)
    {
        this.slab = slab;
        this.visibleTarget = visibleTarget;
        this.reserve = reserve;
        positions = new int[slab.chunkCount()];
        ring = new ProvidedBufferRing(uring, GROUP, visibleTarget, true);
        refill();
    }

    /**
     * Lends chunks to the kernel until the target is reached or the reserve is touched.
     *
     * @return whether the kernel has at least one.
     */
    public boolean refill()
    {
        boolean added = false;
        while (visible < visibleTarget && slab.freeCount() > reserve)
        {
            final int offset = slab.take();
            final int chunk = offset >>> BufferSlab.CHUNK_SHIFT;
            positions[chunk] = 0;
            ring.add(slab.address(offset), BufferSlab.CHUNK_LENGTH, chunk);
            visible++;
            added = true;
        }
        if (added)
        {
            ring.publish();
        }
        return visible > 0;
    }

    /**
     * Finds the bytes of a completion. They are leased until {@link #end} of the same completion.
     *
     * @param length received bytes, positive.
     * @param flags  of the completion.
     * @return offset of the bytes in the slab.
     */
    public int begin(final int length, final int flags)
    {
        final int chunk = flags >>> CQE_BUFFER_SHIFT;
        final int offset = (chunk << BufferSlab.CHUNK_SHIFT) + positions[chunk];
        positions[chunk] += length;
        return offset;
    }

    /**
     * Ends the lease that {@link #begin} gave; when the kernel is done with the chunk its hold ends too.
     *
     * @param flags of the completion.
     */
    public void end(final int flags)
    {
        if ((flags & CQE_F_BUF_MORE) == 0)
        {
            visible--;
            slab.release((flags >>> CQE_BUFFER_SHIFT) << BufferSlab.CHUNK_SHIFT);
            refill();
        }
    }

    /**
     * @return chunks the kernel holds.
     */
    public int visible()
    {
        return visible;
    }

    /**
     * Ends the registration. No receive may be in flight.
     */
    public void close()
    {
        ring.close();
    }
}
