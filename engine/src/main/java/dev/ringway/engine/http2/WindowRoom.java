package dev.ringway.engine.http2;

import dev.ringway.engine.memory.BufferSlab;

/**
 * By how much the windows of all streams of a loop may grow: together a share of the memory that nobody holds. Loop
 * thread only.
 */
final class WindowRoom
{
    private static final int SHARE = 8;

    private final BufferSlab slab;
    private long taken;

    WindowRoom(final BufferSlab slab)
    {
        this.slab = slab;
    }

    /** False when there is not so much room; nothing changes then. */
    boolean take(final int length)
    {
        final boolean isRoom = taken + length <= (long)slab.freeCount() * BufferSlab.CHUNK_LENGTH / SHARE;
        taken += isRoom ? length : 0;
        return isRoom;
    }

    void giveBack(final int length)
    {
        taken -= length;
    }
}
