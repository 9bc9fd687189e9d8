package dev.ringway.engine.io;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class TokenTest
{
    private static final int[] EDGES = {0, 1, 0x7FFFFF, 0x800000, Token.LIMIT - 1};

    @Test
    void shouldGiveBackEveryOpAndSeqBesideExtremeSlots()
    {
        for (final int edge : EDGES)
        {
            for (int op = 0; op < 256; op++)
            {
                for (int seq = 0; seq < 256; seq++)
                {
                    check(edge, Token.LIMIT - 1 - edge, op, seq);
                }
            }
        }
    }

    @Property
    void shouldGiveBackAnySlotAndGeneration(
        @ForAll @IntRange(max = Token.LIMIT - 1) final int generation,
        @ForAll @IntRange(max = Token.LIMIT - 1) final int slot,
        @ForAll @IntRange(max = 255) final int op,
        @ForAll @IntRange(max = 255) final int seq)
    {
        check(generation, slot, op, seq);
    }

    private static void check(final int generation, final int slot, final int op, final int seq)
    {
        final long token = Token.encode(generation, slot, op, seq);
        assertEquals(generation, Token.generation(token));
        assertEquals(slot, Token.slot(token));
        assertEquals(op, Token.op(token));
        assertEquals(seq, Token.seq(token));
    }
}
