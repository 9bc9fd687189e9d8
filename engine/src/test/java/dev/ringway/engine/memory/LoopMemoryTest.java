package dev.ringway.engine.memory;

import dev.ringway.ffi.uring.IoUring;
import dev.ringway.ffi.uring.UringProbe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class LoopMemoryTest
{
    private static final int MOST_VISIBLE = 64;
    private static final int PIECE = 1000;

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 8, 10, 16, 64, 100, 128, 1024})
    void shouldLeaveRoomForWhatIsWrittenHoweverShortMemoryWas(final int chunks)
    {
        try (IoUring uring = new IoUring(8, 16, UringProbe.run().setupFlags()))
        {
            final LoopMemory memory = new LoopMemory(uring, chunks, MOST_VISIBLE);
            try
            {
                write(memory);
                exhaust(memory);
                while (memory.blocks().take(1) >= 0)
                {
                    // Cut for good.
                }
                for (int i = 0; i < 3 * BufferSlab.CHUNK_LENGTH / PIECE; i++)
                {
                    write(memory);
                    memory.receiveBuffers().refill();
                }
                assertEquals(0, memory.chunksHeldByTraffic());
            }
            finally
            {
                memory.close();
            }
        }
    }

    /** A piece that is sent at once. */
    private static void write(final LoopMemory memory)
    {
        final int at = memory.scratch().reserve(PIECE);
        assertTrue(at >= 0, () -> "no room, the kernel has " + memory.receiveBuffers().visible());
        memory.scratch().commit(PIECE);
        memory.slab().release(at);
    }

    private static void exhaust(final LoopMemory memory)
    {
        for (int i = 0; i < 10; i++)
        {
            memory.receiveBuffers().onExhausted();
            memory.receiveBuffers().refill();
        }
    }
}
