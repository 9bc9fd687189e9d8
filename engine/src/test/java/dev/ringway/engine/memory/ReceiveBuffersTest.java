package dev.ringway.engine.memory;

import dev.ringway.ffi.uring.IoUring;
import dev.ringway.ffi.uring.UringProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.ringway.engine.memory.BufferSlab.CHUNK_LENGTH;
import static org.junit.jupiter.api.Assertions.assertEquals;

final class ReceiveBuffersTest
{
    private static final int BUFFER_SHIFT = 16;

    private final IoUring uring = new IoUring(8, 16, UringProbe.run().setupFlags());
    private final BufferSlab slab = new BufferSlab(128);
    private final ReceiveBuffers buffers = new ReceiveBuffers(uring, slab, 64, 8, 8);

    @AfterEach
    void tearDown()
    {
        buffers.close();
        slab.close();
        uring.close();
    }

    /** Takes a completion as the kernel fills chunks: one after the other. */
    private String received(final int chunk, final int length)
    {
        final StringBuilder ranges = new StringBuilder();
        for (int at = buffers.first(length, chunk << BUFFER_SHIFT); at >= 0; at = buffers.next())
        {
            ranges.append(at / CHUNK_LENGTH).append('+').append(at % CHUNK_LENGTH).append(':')
                .append(buffers.length()).append(' ');
        }
        return ranges.toString().strip();
    }

    @Test
    void shouldFillOneChunkBitByBit()
    {
        assertEquals("0+0:100", received(0, 100));
        assertEquals("0+100:65436", received(0, CHUNK_LENGTH - 100));
        assertEquals("1+0:1", received(1, 1));
        assertEquals(16, buffers.visible());
    }

    @Test
    void shouldWalkOverTheChunksOfOneReceive()
    {
        assertEquals("0+0:65000", received(0, 65_000));
        assertEquals("0+65000:536 1+0:65536 2+0:10", received(0, 536 + CHUNK_LENGTH + 10));
        assertEquals("2+10:5", received(2, 5));
        assertEquals(16, buffers.visible());
    }

    @Test
    void shouldFollowTheOrderOfLendingWhenChunksComeBack()
    {
        final int[] order = new int[200];
        for (int i = 0; i < 16; i++)
        {
            order[i] = i;
        }
        // Chunks that nobody leases are lent again at once, behind those that are lent already, the last one first.
        for (int i = 16; i < order.length; i += 2)
        {
            order[i] = order[i - 15];
            order[i + 1] = order[i - 16];
        }
        for (int i = 0; i + 1 < order.length; i += 2)
        {
            assertEquals(order[i] + "+0:65536 " + order[i + 1] + "+0:65536", received(order[i], 2 * CHUNK_LENGTH));
        }
    }

    @Test
    void shouldKeepALeasedChunkOutOfReach()
    {
        slab.retain(0);
        received(0, CHUNK_LENGTH);
        assertEquals(16, buffers.visible());
        assertEquals(128 - 17, slab.freeCount());
        slab.release(0);
        assertEquals(128 - 16, slab.freeCount());
    }

    @Test
    void shouldShowMoreWhenExhaustedAndFewerAgainWhenCalm()
    {
        buffers.onExhausted();
        buffers.refill();
        assertEquals(32, buffers.visible());
        for (int i = 0; i < 5; i++)
        {
            buffers.onExhausted();
        }
        buffers.refill();
        assertEquals(64, buffers.visible());

        final int[] lent = new int[64];
        for (int i = 0; i < 64; i++)
        {
            lent[i] = i;
        }
        int head = 0;
        while (buffers.visible() == 64)
        {
            received(lent[head % 64], CHUNK_LENGTH);
            head++;
        }
        assertEquals(8192, head);
        assertEquals(63, buffers.visible());
    }

    @Test
    void shouldLeaveTheReserve()
    {
        while (slab.freeCount() > 8)
        {
            slab.take();
        }
        buffers.onExhausted();
        buffers.refill();
        assertEquals(16, buffers.visible());
        assertEquals(8, slab.freeCount());
    }
}
