package dev.ringway.engine.conn;

import dev.ringway.engine.memory.BufferSlab;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import java.io.ByteArrayOutputStream;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whatever is added, merged and sent in parts leaves in order and gives its leases back. */
final class SendQueuePropertyTest
{
    private static final int CHUNKS = 16;

    @Property(tries = 300)
    void shouldSendAllInOrderAndReturnEveryLease(@ForAll final long seed)
    {
        run(new Random(seed), false);
    }

    @Property(tries = 300)
    void shouldReturnEveryLeaseWhenItIsDropped(@ForAll final long seed)
    {
        run(new Random(seed), true);
    }

    private static void run(final Random random, final boolean isDropped)
    {
        try (BufferSlab slab = new BufferSlab(CHUNKS))
        {
            final Writer writer = new Writer(slab, random);
            final ByteArrayOutputStream sent = new ByteArrayOutputStream();
            final SendQueue queue = new SendQueue(slab);
            int inFlight = 0;
            for (int step = 0; step < 300; step++)
            {
                if (random.nextInt(3) > 0)
                {
                    writer.add(queue);
                }
                else if (inFlight == 0 && !queue.isEmpty())
                {
                    final int most = 1 + random.nextInt(1 << 1 + random.nextInt(18));
                    final int ranges = queue.launch(1 + random.nextInt(64), most);
                    assertTrue(ranges > 0);
                    assertTrue(queue.inFlightBytes() <= most);
                    inFlight = queue.inFlightBytes();
                    int bytes = 0;
                    for (int i = 0; i < ranges; i++)
                    {
                        bytes += queue.launched(i);
                    }
                    assertEquals(inFlight, bytes);
                }
                else if (inFlight > 0)
                {
                    send(slab, queue, random.nextInt(3) == 0 ? inFlight : random.nextInt(inFlight + 1), sent);
                    inFlight = 0;
                }
                assertEquals(writer.written.size() - sent.size(), queue.bytes());
                assertEquals(queue.isEmpty(), queue.bytes() == 0);
            }
            if (isDropped)
            {
                queue.dropWaiting();
                assertEquals(inFlight, queue.bytes(), "what is in flight stays");
                queue.complete(inFlight == 0 ? 0 : random.nextInt(inFlight + 1));
                queue.dropWaiting();
            }
            else
            {
                queue.complete(0);
                while (!queue.isEmpty())
                {
                    queue.launch(64, 1 + random.nextInt(100_000));
                    send(slab, queue, queue.inFlightBytes(), sent);
                }
                assertArrayEquals(writer.written.toByteArray(), sent.toByteArray());
            }
            assertTrue(queue.isEmpty());
            assertEquals(0, queue.bytes());
            writer.end();
            assertEquals(CHUNKS, slab.freeCount());
        }
    }

    private static void send(
        final BufferSlab slab, final SendQueue queue, final int bytes, final ByteArrayOutputStream sent)
    {
        int left = bytes;
        for (int i = 0; left > 0; i++)
        {
            final int length = Math.min(left, queue.launched(i));
            final byte[] range = new byte[length];
            slab.buffer().getBytes(queue.offset(i), range);
            sent.writeBytes(range);
            left -= length;
        }
        queue.complete(bytes);
    }

    /** Fills chunks front to back, so that ranges are often neighbours, also across the border of two chunks. */
    private static final class Writer
    {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final BufferSlab slab;
        private final Random random;
        private int chunk = -1;
        private int position;

        private Writer(final BufferSlab slab, final Random random)
        {
            this.slab = slab;
            this.random = random;
        }

        private void add(final SendQueue queue)
        {
            if (chunk == -1 || position == BufferSlab.CHUNK_LENGTH)
            {
                final int fresh = slab.take();
                if (fresh == -1)
                {
                    return;
                }
                end();
                chunk = fresh;
                position = 0;
            }
            final int room = BufferSlab.CHUNK_LENGTH - position;
            final int length = Math.min(room, 1 + random.nextInt(random.nextInt(10) == 0 ? room : 300));
            final int offset = chunk + position;
            for (int i = 0; i < length; i++)
            {
                final byte b = (byte)random.nextInt();
                slab.buffer().putByte(offset + i, b);
                written.write(b);
            }
            slab.retain(offset);
            queue.add(offset, length);
            position += length;
            if (position < BufferSlab.CHUNK_LENGTH && random.nextBoolean())
            {
                position++;
            }
        }

        private void end()
        {
            if (chunk != -1)
            {
                slab.release(chunk);
                chunk = -1;
            }
        }
    }
}
