package dev.ringway.engine.memory;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class ScratchTest
{
    @Test
    void shouldRefuseMoreThanAChunk()
    {
        try (BufferSlab slab = new BufferSlab(4))
        {
            final Scratch scratch = new Scratch(slab);
            assertEquals(-1, scratch.reserve(BufferSlab.CHUNK_LENGTH + 1));
            assertEquals(4, slab.freeCount());
        }
    }

    @Test
    void shouldPutNeighboursBehindEachOther()
    {
        try (BufferSlab slab = new BufferSlab(4))
        {
            final Scratch scratch = new Scratch(slab);
            final int first = scratch.reserve(500);
            scratch.commit(100);
            assertEquals(first + 100, scratch.reserve(10));
            assertEquals(first + 100, scratch.reserve(10), "nothing is taken before the commit");
        }
    }
}
