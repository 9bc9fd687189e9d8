package dev.ringway.engine.memory;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class BufferSlabPropertyTest
{
    private static final int CHUNKS = 8;
    private static final int STEPS = 300;

    private static int free(final int[] model)
    {
        int count = 0;
        for (final int leases : model)
        {
            count += leases == 0 ? 1 : 0;
        }
        return count;
    }

    @Property(tries = 200)
    void shouldFreeAChunkWithItsLastLease(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        final int[] model = new int[CHUNKS];
        final List<Integer> leases = new ArrayList<>();
        int lowest = CHUNKS;
        try (BufferSlab slab = new BufferSlab(CHUNKS))
        {
            for (int step = 0; step < STEPS; step++)
            {
                final int action = random.nextInt(3);
                if (action == 0)
                {
                    final int offset = slab.take();
                    assertEquals(free(model) == 0, offset == -1);
                    if (offset != -1)
                    {
                        final int chunk = offset >>> BufferSlab.CHUNK_SHIFT;
                        assertEquals(0, offset & BufferSlab.CHUNK_LENGTH - 1);
                        assertEquals(0, model[chunk]++, "a chunk was given twice");
                        leases.add(offset);
                    }
                }
                else if (!leases.isEmpty())
                {
                    final int at = random.nextInt(leases.size());
                    // Any offset inside the chunk names it.
                    final int offset = leases.get(at) + random.nextInt(BufferSlab.CHUNK_LENGTH);
                    final int chunk = offset >>> BufferSlab.CHUNK_SHIFT;
                    if (action == 1)
                    {
                        slab.retain(offset);
                        model[chunk]++;
                        leases.add(chunk << BufferSlab.CHUNK_SHIFT);
                    }
                    else
                    {
                        slab.release(offset);
                        model[chunk]--;
                        leases.remove(at);
                    }
                }
                lowest = Math.min(lowest, free(model));
                assertEquals(free(model), slab.freeCount());
                assertEquals(lowest, slab.lowestFreeCount());
            }
            leases.forEach(slab::release);
            assertEquals(CHUNKS, slab.freeCount());
        }
    }

    @Property(tries = 100)
    void shouldKeepScratchPiecesApartAndReturnTheirChunks(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        final List<int[]> pieces = new ArrayList<>();
        try (BufferSlab slab = new BufferSlab(CHUNKS))
        {
            final Scratch scratch = new Scratch(slab);
            for (int step = 0; step < STEPS; step++)
            {
                if (random.nextInt(3) > 0)
                {
                    final int wanted = 1 + random.nextInt(random.nextInt(10) == 0 ? BufferSlab.CHUNK_LENGTH : 3000);
                    final int offset = scratch.reserve(wanted);
                    if (offset == -1)
                    {
                        assertEquals(0, slab.freeCount());
                        continue;
                    }
                    assertEquals(offset >>> BufferSlab.CHUNK_SHIFT, offset + wanted - 1 >>> BufferSlab.CHUNK_SHIFT);
                    final int length = 1 + random.nextInt(wanted);
                    final byte mark = (byte)step;
                    slab.buffer().setMemory(offset, length, mark);
                    scratch.commit(length);
                    pieces.add(new int[]{offset, length, mark});
                }
                else if (!pieces.isEmpty())
                {
                    final int[] piece = pieces.remove(random.nextInt(pieces.size()));
                    for (int i = 0; i < piece[1]; i++)
                    {
                        assertEquals((byte)piece[2], slab.buffer().getByte(piece[0] + i), "piece written over");
                    }
                    slab.release(piece[0]);
                }
            }
            pieces.forEach(piece -> slab.release(piece[0]));
            assertEquals(CHUNKS - scratch.held(), slab.freeCount());
            scratch.reset();
            assertEquals(CHUNKS, slab.freeCount());
        }
    }

    @Property(tries = 100)
    void shouldBoundBlocksAndNeverOverlapThem(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        final int maxChunks = 3;
        final List<int[]> taken = new ArrayList<>();
        try (BufferSlab slab = new BufferSlab(CHUNKS))
        {
            final Blocks blocks = new Blocks(slab, maxChunks);
            for (int step = 0; step < STEPS; step++)
            {
                if (random.nextInt(5) > 1)
                {
                    final int wanted = 1 + random.nextInt(random.nextInt(8) == 0 ? BufferSlab.CHUNK_LENGTH : 4096);
                    final int capacity = Blocks.capacity(wanted);
                    assertTrue(capacity >= wanted);
                    final int offset = blocks.take(wanted);
                    if (offset != -1)
                    {
                        assertTrue(slab.isBlock(offset));
                        for (final int[] other : taken)
                        {
                            assertTrue(offset + capacity <= other[0] || other[0] + other[1] <= offset, "overlap");
                        }
                        taken.add(new int[]{offset, capacity});
                    }
                    else
                    {
                        assertEquals(maxChunks, blocks.chunks());
                    }
                }
                else if (!taken.isEmpty())
                {
                    final int[] block = taken.remove(random.nextInt(taken.size()));
                    blocks.release(block[0], block[1]);
                    if (block[1] == BufferSlab.CHUNK_LENGTH)
                    {
                        assertTrue(!slab.isBlock(block[0]));
                    }
                }
                assertEquals(taken.size(), blocks.inUse());
                assertTrue(blocks.chunks() <= maxChunks);
                assertEquals(CHUNKS - blocks.chunks(), slab.freeCount());
            }
        }
    }
}
