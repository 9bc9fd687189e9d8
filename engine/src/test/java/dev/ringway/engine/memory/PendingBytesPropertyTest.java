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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Bytes cut anywhere must come to the consumer in order and once, whatever it leaves over each time. */
final class PendingBytesPropertyTest
{
    private static IoUring uring;
    private static LoopMemory memory;

    @BeforeContainer
    static void setUp()
    {
        uring = new IoUring(8, 16, 0);
        memory = new LoopMemory(uring, 32, 2);
    }

    @AfterContainer
    static void tearDown()
    {
        uring.close();
        memory.close();
    }

    /** Takes whole records: a length of two bytes, then that many. Like a head, it takes nothing of a part. */
    private static final class Records implements ByteConsumer
    {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private int limit = Integer.MAX_VALUE;

        public int process(final int offset, final int length)
        {
            assertTrue(length > 0);
            int at = 0;
            for (int records = 0; records < limit; records++)
            {
                if (length - at < 2)
                {
                    break;
                }
                final int record = 2 + (memory.slab().buffer().getShort(offset + at) & 0xFFFF);
                if (length - at < record)
                {
                    break;
                }
                for (int i = 0; i < record; i++)
                {
                    taken.write(memory.slab().buffer().getByte(offset + at + i));
                }
                at += record;
            }
            return length - at;
        }
    }

    @Property(tries = 300)
    void shouldDeliverWholeRecordsInOrder(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        final byte[] stream = records(random, 1 + random.nextInt(40));
        final Records consumer = new Records();
        final PendingBytes pending = new PendingBytes();
        final int free = memory.slab().freeCount() + memory.blocks().chunks();
        final int receive = memory.slab().take();
        int at = 0;
        while (at < stream.length)
        {
            final int slice = Math.min(stream.length - at, 1 + random.nextInt(random.nextBoolean() ? 7 : 9000));
            memory.slab().buffer().putBytes(receive, stream, at, slice);
            // Now and then the consumer does not want to go on, as with a pipelined request.
            consumer.limit = random.nextInt(4) == 0 ? random.nextInt(3) : Integer.MAX_VALUE;
            assertEquals(0, pending.feed(memory, consumer, receive, slice));
            at += slice;
            assertEquals(at, consumer.taken.size() + pending.length());
            // What is held must be a copy: the receive buffer is written over at once.
            memory.slab().buffer().setMemory(receive, slice, (byte)0xEE);
            assertEquals(pending.length() == 0 ? 0 : 1, memory.blocks().inUse());
        }
        consumer.limit = Integer.MAX_VALUE;
        pending.drain(memory, consumer);
        assertArrayEquals(stream, consumer.taken.toByteArray());
        assertEquals(0, pending.length());
        assertEquals(0, memory.blocks().inUse());
        memory.slab().release(receive);
        assertEquals(free, memory.slab().freeCount() + memory.blocks().chunks());
    }

    @Property(tries = 50)
    void shouldStandAConsumerThatGivesUp(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        final PendingBytes pending = new PendingBytes();
        final int receive = memory.slab().take();
        memory.slab().buffer().setMemory(receive, BufferSlab.CHUNK_LENGTH, (byte)1);
        assertTrue(pending.append(memory, receive, 1 + random.nextInt(5000)));
        final ByteConsumer quitter = (offset, length) ->
        {
            // A session that closes its connection lets go of what is held and uses up the rest.
            pending.release(memory);
            return 0;
        };
        assertEquals(0, pending.feed(memory, quitter, receive, 1 + random.nextInt(6000)));
        assertEquals(0, pending.length());
        assertEquals(0, memory.blocks().inUse());
        memory.slab().release(receive);
    }

    @Property(tries = 20)
    void shouldRefuseMoreThanAChunkAndKeepWhatItHeld(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        final PendingBytes pending = new PendingBytes();
        final int receive = memory.slab().take();
        final int held = 1 + random.nextInt(BufferSlab.CHUNK_LENGTH - 1);
        assertTrue(pending.append(memory, receive, held));
        assertFalse(pending.append(memory, receive, BufferSlab.CHUNK_LENGTH - held + 1));
        assertEquals(held, pending.length());
        assertTrue(pending.append(memory, receive, BufferSlab.CHUNK_LENGTH - held));
        pending.release(memory);
        pending.release(memory);
        assertEquals(0, memory.blocks().inUse());
        memory.slab().release(receive);
    }

    private static byte[] records(final Random random, final int count)
    {
        final ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++)
        {
            final int length = random.nextInt(random.nextInt(6) == 0 ? 9000 : 60);
            stream.write(length & 0xFF);
            stream.write(length >> 8);
            for (int k = 0; k < length; k++)
            {
                stream.write(random.nextInt());
            }
        }
        return stream.toByteArray();
    }
}
