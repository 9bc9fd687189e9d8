package dev.ringway.engine.memory;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Chunks are counted about right whatever is added, removed and put back, when two of them are used in turn. */
final class RangeQueuePropertyTest
{
    private static final int LENGTH = 100;
    private static final int INACCURACY = 2;

    private final RangeQueue queue = new RangeQueue(4);
    private final List<Integer> model = new ArrayList<>();
    private final int[] current = {0, 1};
    private int fresh = 2;

    @Property(tries = 300)
    void shouldCountChunks(@ForAll final long seed)
    {
        final Random random = new Random(seed);
        for (int i = 0; i < 400; i++)
        {
            step(random);
            final int distinct = (int)model.stream().distinct().count();
            assertTrue(queue.chunks() <= 2 * distinct, () -> queue.chunks() + " counted, " + distinct + " there");
            assertTrue(queue.chunks() >= distinct - INACCURACY, () -> queue.chunks() + " counted of " + distinct);
            assertEquals(model.isEmpty(), queue.chunks() == 0);
        }
    }

    private void step(final Random random)
    {
        final int kind = random.nextInt(20);
        if (kind < 10 || model.isEmpty())
        {
            add(random.nextInt(2), random.nextInt(4) == 0);
        }
        else if (kind < 17)
        {
            queue.removeFirst();
            model.remove(0);
        }
        else if (kind < 19)
        {
            queue.removeFirst();
            queue.addFirst(offset(model.get(0)) + 1, LENGTH - 1);
        }
        else
        {
            drop(random.nextInt(model.size() + 1));
        }
    }

    private void add(final int kind, final boolean isFull)
    {
        if (isFull)
        {
            current[kind] = fresh++;
        }
        queue.addLast(offset(current[kind]), LENGTH);
        model.add(current[kind]);
    }

    private void drop(final int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.removeLast();
            model.remove(model.size() - 1);
        }
        queue.recount();
    }

    private static int offset(final int chunk)
    {
        return chunk << BufferSlab.CHUNK_SHIFT;
    }
}
