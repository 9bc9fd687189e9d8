package dev.ringway.codecs.text;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

final class ShortCopyTest
{
    @Property
    void shouldCopyTheRangeAndNothingElse(
        @ForAll @IntRange(max = 80) final int count,
        @ForAll @IntRange(max = 9) final int from,
        @ForAll @IntRange(max = 9) final int to)
    {
        final byte[] source = new byte[from + count];
        for (int i = 0; i < source.length; i++)
        {
            source[i] = (byte)(i + 1);
        }
        final byte[] target = new byte[to + count + 9];
        Arrays.fill(target, (byte)-1);

        ShortCopy.copy(new UnsafeBuffer(source), from, new UnsafeBuffer(target), to, count);

        final byte[] expected = new byte[target.length];
        Arrays.fill(expected, (byte)-1);
        System.arraycopy(source, from, expected, to, count);
        assertArrayEquals(expected, target);
    }
}
