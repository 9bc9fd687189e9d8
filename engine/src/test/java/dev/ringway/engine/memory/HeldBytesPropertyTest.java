package dev.ringway.engine.memory;

import dev.ringway.ffi.uring.IoUring;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import java.io.ByteArrayOutputStream;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Bytes that wait come out as they went in, whatever their pieces, and leave nothing behind.
 */
final class HeldBytesPropertyTest
{
    private static IoUring uring;
    private static LoopMemory memory;

    @BeforeContainer
    static void setUp()
    {
        uring = new IoUring(8, 16, 0);
        memory = new LoopMemory(uring, 64, 2);
    }

    @AfterContainer
    static void tearDown()
    {
        uring.close();
        memory.close();
    }

    @Property(tries = 300)
    void shouldGiveBackWhatItWasGiven(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        final HeldBytes held = new HeldBytes();
        final ByteArrayOutputStream in = new ByteArrayOutputStream();
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final int free = memory.slab().freeCount() + memory.blocks().chunks();
        for (int i = 0; i < 100; i++)
        {
            if (random.nextInt(3) > 0)
            {
                receive(random, held, in);
            }
            else if (random.nextBoolean())
            {
                takeOver(random, held, in);
            }
            else if (!held.isEmpty())
            {
                use(random, held, out);
            }
            assertEquals(in.size() - out.size(), held.length());
        }
        if (random.nextBoolean())
        {
            while (!held.isEmpty())
            {
                use(random, held, out);
            }
            assertArrayEquals(in.toByteArray(), out.toByteArray());
        }
        held.release(memory);
        held.release(memory);
        assertEquals(0, held.length());
        assertEquals(0, memory.blocks().inUse());
        assertEquals(free, memory.slab().freeCount() + memory.blocks().chunks());
    }

    /** One to three pieces behind each other in a receive buffer of which nothing else is kept. */
    private static void receive(final Random random, final HeldBytes held, final ByteArrayOutputStream in)
    {
        final int chunk = memory.slab().take();
        if (chunk == -1)
        {
            return;
        }
        int at = chunk;
        for (int piece = 0; piece <= random.nextInt(3); piece++)
        {
            final int length = 1 + random.nextInt(random.nextBoolean() ? 60 : 9000);
            for (int i = 0; i < length; i++)
            {
                final byte value = (byte)random.nextInt();
                memory.slab().buffer().putByte(at + i, value);
                in.write(value);
            }
            held.add(memory, at, length);
            at += length;
        }
        memory.slab().release(chunk);
    }

    /** What has waited in a block and waits again. */
    private static void takeOver(final Random random, final HeldBytes held, final ByteArrayOutputStream in)
    {
        final int block = memory.blocks().take(Blocks.SMALL_LENGTH);
        final byte[] bytes = new byte[1 + random.nextInt(Blocks.SMALL_LENGTH)];
        random.nextBytes(bytes);
        in.writeBytes(bytes);
        memory.slab().buffer().putBytes(block, bytes);
        assertTrue(held.add(memory, block, bytes.length));
        memory.blocks().release(block, Blocks.SMALL_LENGTH);
    }

    private static void use(final Random random, final HeldBytes held, final ByteArrayOutputStream out)
    {
        final int offset = held.rangeOffset();
        final int length = held.rangeLength();
        final int used = random.nextInt(3) == 0 ? length : random.nextInt(length);
        held.removeFirst();
        for (int i = 0; i < used; i++)
        {
            out.write(memory.slab().buffer().getByte(offset + i));
        }
        if (used < length)
        {
            held.putBack(offset + used, length - used);
        }
        else
        {
            HeldBytes.free(memory, offset);
        }
    }

    @Property(tries = 20)
    void shouldKeepNoChunkForSmallPieces(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        final HeldBytes held = new HeldBytes();
        final int free = memory.slab().freeCount() + memory.blocks().chunks();
        int bytes = 0;
        for (int i = 0; i < 40; i++)
        {
            final int chunk = memory.slab().take();
            final int length = 1 + random.nextInt(HeldBytes.COPY_LIMIT - 1);
            held.add(memory, chunk, length);
            bytes += length;
            memory.slab().release(chunk);
        }
        assertEquals(free, memory.slab().freeCount() + memory.blocks().chunks());
        assertTrue(memory.blocks().inUse() <= 2 + bytes / (Blocks.SMALL_LENGTH - HeldBytes.COPY_LIMIT));
        held.release(memory);
        assertEquals(0, memory.blocks().inUse());
    }
}
