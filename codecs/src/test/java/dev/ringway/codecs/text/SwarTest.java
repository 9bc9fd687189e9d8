package dev.ringway.codecs.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.IntPredicate;
import java.util.function.LongUnaryOperator;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

class SwarTest
{
    private static final long BASE = UnsafeApi.arrayBaseOffset(byte[].class);

    @Test
    void shouldFindFirstMatchForEachByteInEachPlace()
    {
        for (final int other : new int[]{ 'x', 0, 0x7F, 0x80, 0xFF, ' ' })
        {
            for (int index = 0; index < 8; index++)
            {
                for (int b = 0; b < 256; b++)
                {
                    final long word = Swar.ONES * other & ~(0xFFL << 8 * index) | (long)b << 8 * index;
                    assertFirst(word, w -> Swar.below(w, ' '), c -> c < ' ');
                    assertFirst(word, w -> Swar.below(w, '!'), c -> c < '!');
                    assertFirst(word, w -> Swar.below(w, 128), c -> c < 128);
                    assertFirst(word, w -> Swar.equal(w, 0x7F), c -> c == 0x7F);
                    assertFirst(word, w -> Swar.equal(w, 0), c -> c == 0);
                    assertFirst(word, w -> Swar.equal(w, '#'), c -> c == '#');
                    assertExact(word, Swar.letters(word), c -> c < 128 && Character.isLetter(c));
                    assertExact(word, Swar.digitsAndHyphens(word), c -> c >= '0' && c <= '9' || c == '-');
                }
            }
        }
    }

    @Test
    void shouldReadAndWriteFirstByteLowest()
    {
        final byte[] bytes = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
        assertEquals(0x0908_0706_0504_0302L, Swar.word(bytes, BASE + 1));
        assertEquals(0x04_0302L, Swar.shortWord(bytes, BASE + 1, 3));
        assertEquals(0, Swar.shortWord(bytes, BASE, 0));
        assertEquals(0x0807_0605_0403_0201L, Swar.shortWord(bytes, BASE, 8));
        assertEquals(0x6261L, Swar.wordOf("ab"));
        Swar.putWord(bytes, BASE, 0x0807_0605_0403_02FFL);
        assertEquals(-1, bytes[0]);
        assertEquals(8, bytes[7]);
    }

    private static void assertFirst(final long word, final LongUnaryOperator test, final IntPredicate naive)
    {
        final long matches = test.applyAsLong(word);
        int expected = 8;
        for (int i = 7; i >= 0; i--)
        {
            expected = naive.test((int)(word >>> 8 * i) & 0xFF) ? i : expected;
        }
        assertEquals(expected, matches == 0 ? 8 : Swar.first(matches), Long.toHexString(word));
    }

    private static void assertExact(final long word, final long matches, final IntPredicate naive)
    {
        for (int i = 0; i < 8; i++)
        {
            final long expected = naive.test((int)(word >>> 8 * i) & 0xFF) ? 0x80 : 0;
            assertEquals(expected, matches >>> 8 * i & 0xFF, Long.toHexString(word));
        }
    }
}
