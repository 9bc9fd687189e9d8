package dev.ringway.engine.io;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class SlotTablePropertyTest
{
    private static final class Owner implements CompletionHandler
    {
        public void onCompletion(final int op, final int seq, final int result, final int flags)
        {
        }

        public void onTimer(final long nowNs)
        {
        }

        public void onFlush()
        {
        }
    }

    @Property(tries = 200)
    void shouldKnowOwnersAndRefuseFormerOnes(
        @ForAll final long seed,
        @ForAll @IntRange(min = 1, max = 9) final int initial,
        @ForAll @IntRange(min = 1, max = 40) final int limit)
    {
        final Random random = new Random(seed);
        final SlotTable table = new SlotTable(initial, limit);
        final Map<Integer, Owner> model = new HashMap<>();
        final List<Long> stale = new ArrayList<>();
        for (int step = 0; step < 300; step++)
        {
            if (random.nextInt(5) > 1)
            {
                final Owner owner = new Owner();
                final int slot = table.acquire(owner);
                assertEquals(model.size() == limit, slot == -1);
                if (slot != -1)
                {
                    assertTrue(slot < limit);
                    assertNull(model.put(slot, owner), "slot given twice");
                }
            }
            else if (!model.isEmpty())
            {
                final int slot = new ArrayList<>(model.keySet()).get(random.nextInt(model.size()));
                stale.add(Token.encode(table.generation(slot), slot, Op.SEND, 0));
                table.release(slot);
                model.remove(slot);
            }
            assertEquals(model.size(), table.inUse());
            assertTrue(table.capacity() <= limit);
            model.forEach((slot, owner) ->
            {
                assertSame(owner, table.owner(Token.encode(table.generation(slot), slot, Op.RECV, 3)));
                assertSame(owner, table.handler(slot));
            });
        }
        for (final long token : stale)
        {
            assertNull(table.owner(token), "a completion of a former owner was let in");
        }
    }

    @Test
    void shouldDropTokensOfSlotsThereAreNot()
    {
        final SlotTable table = new SlotTable(2, 4);
        assertNull(table.owner(Token.encode(0, 3, Op.RECV, 0)));
        assertNull(table.owner(Token.encode(Token.LIMIT - 1, Token.LIMIT - 1, Op.WAKEUP, 0)));
        assertNull(table.owner(-1L));
    }

    @Test
    void shouldTellGenerationsApartUntilTheyWrap()
    {
        final SlotTable table = new SlotTable(1, 1);
        final Owner owner = new Owner();
        for (int i = 0; i < Token.LIMIT; i++)
        {
            assertEquals(i, table.generation(table.acquire(owner)));
            table.release(0);
        }
        assertEquals(0, table.generation(0));
    }
}
