package dev.ringway.engine.memory;

import dev.ringway.ffi.uring.IoUring;
import dev.ringway.ffi.uring.ProvidedBufferRing;

import static dev.ringway.ffi.uring.UringConstants.CQE_BUFFER_SHIFT;

/**
 * Chunks lent to the kernel for receiving. Few are visible at a time, so that the same warm ones are filled again and
 * again; each serves many receives, one behind the other (incremental consumption), and one receive may run over several
 * (bundle). The kernel's hold is a lease like any other. Loop thread only.
 */
public final class ReceiveBuffers implements AutoCloseable
{
    /** Buffer group of all receives. */
    public static final int GROUP = 0;

    private static final int FEWEST = 16;
    private static final int CALM = 8192;
    private static final int SHARE_SHIFT = 3;

    private final BufferSlab slab;
    private final ProvidedBufferRing ring;
    private final int[] positions;
    private final int[] order;
    private final int[] places;
    private final int most;
    private final int reserve;
    private final int fewest;
    private int target;
    private int calm;
    private int lent;
    private int visible;
    private int chunk;
    private int left;

    /**
     * @param uring         ring to register with.
     * @param slab          where the chunks come from.
     * @param mostVisible   most chunks visible to the kernel, a power of two.
     * @param reserve       free chunks that are left to other uses.
     * @param kept          chunks that are never visible, however many are free: what the kernel has comes back only by
     *                      being filled, and the loop itself needs some when no traffic gives any back.
     */
    public ReceiveBuffers(
        final IoUring uring, final BufferSlab slab, final int mostVisible, final int reserve, final int kept)
    {
        this.slab = slab;
        most = Math.clamp(slab.chunkCount() - kept, 1, mostVisible);
        fewest = Math.min(FEWEST, most);
        target = fewest;
        this.reserve = reserve;
        positions = new int[slab.chunkCount()];
        places = new int[slab.chunkCount()];
        order = new int[mostVisible];
        ring = new ProvidedBufferRing(uring, GROUP, mostVisible, true);
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
        while (visible < target && slab.freeCount() > reserve)
        {
            final int offset = slab.take();
            final int fresh = offset >>> BufferSlab.CHUNK_SHIFT;
            positions[fresh] = 0;
            places[fresh] = lent;
            order[lent & order.length - 1] = fresh;
            ring.add(slab.address(offset), BufferSlab.CHUNK_LENGTH, fresh);
            lent++;
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
     * Finds the first range of a completion's bytes. Each range is leased until {@link #next}, which must be called
     * until there is none left.
     *
     * @param result received bytes, positive.
     * @param flags  of the completion.
     * @return offset of the range in the slab.
     */
    public int first(final int result, final int flags)
    {
        assert left == 0;
        chunk = flags >>> CQE_BUFFER_SHIFT;
        left = result;
        return offset();
    }

    /**
     * @return bytes of the current range: those up to the end of its chunk.
     */
    public int length()
    {
        return Math.min(left, BufferSlab.CHUNK_LENGTH - positions[chunk]);
    }

    /**
     * Ends the lease of the current range; the kernel's hold ends too when it has filled the chunk.
     *
     * @return offset of the next range of the same completion, or -1 when there is none.
     */
    public int next()
    {
        final int length = length();
        left -= length;
        positions[chunk] += length;
        if (positions[chunk] == BufferSlab.CHUNK_LENGTH)
        {
            final int following = order[places[chunk] + 1 & order.length - 1];
            visible--;
            slab.release(chunk << BufferSlab.CHUNK_SHIFT);
            chunk = following;
            calm();
        }
        if (left > 0)
        {
            return offset();
        }
        if (visible < target)
        {
            refill();
        }
        return -1;
    }

    /**
     * A receive found no chunk: more will be visible, until there were enough for a while.
     */
    public void onExhausted()
    {
        target = Math.min(target << 1, most);
        calm = 0;
    }

    /** Few chunks stay in the processor's cache, many let one turn take more: so many as the load asks for. */
    private void calm()
    {
        if (++calm == CALM)
        {
            calm = 0;
            target = Math.max(target >> 1, fewest);
        }
    }

    private int offset()
    {
        return (chunk << BufferSlab.CHUNK_SHIFT) + positions[chunk];
    }

    /**
     * @return chunks that one connection may hold: an eighth of those that no other holds and receives may use. As many
     * as hold that much each leave some for all others, however many they are.
     */
    public int share()
    {
        return Math.max(0, slab.freeCount() + visible - reserve) >> SHARE_SHIFT;
    }

    /**
     * @return whether few chunks are left for the kernel, so that receives cannot go on as they should.
     */
    public boolean isShort()
    {
        return visible <= fewest >> 2;
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
