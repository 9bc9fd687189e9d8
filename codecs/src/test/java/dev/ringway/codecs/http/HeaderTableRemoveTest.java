package dev.ringway.codecs.http;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Fields taken out of a table: what is left is as if they had never been there. */
final class HeaderTableRemoveTest
{
    private static final int IDS = 4;

    @Property
    void shouldBeAsIfTheyHadNeverBeenThere(
        @ForAll @Size(max = 20) final List<@IntRange(min = 0, max = IDS - 1) Integer> names,
        @ForAll @Size(max = 10) final List<@IntRange(min = 0, max = 100) Integer> removals)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[1]);
        final HeaderTable table = new HeaderTable(32);
        table.reset(buffer);
        final List<Integer> left = new ArrayList<>();
        for (int i = 0; i < names.size(); i++)
        {
            table.add(i, 1, i, 0, names.get(i));
            left.add(i);
        }
        for (final int removal : removals)
        {
            if (!left.isEmpty())
            {
                final int index = removal % left.size();
                table.remove(index);
                left.remove(index);
            }
        }
        final HeaderTable expected = new HeaderTable(32);
        expected.reset(buffer);
        left.forEach(i -> expected.add(i, 1, i, 0, names.get(i)));
        assertEquals(expected.count(), table.count());
        assertEquals(expected.presentMask(), table.presentMask());
        for (int id = 0; id < IDS; id++)
        {
            assertEquals(expected.find(id), table.find(id));
        }
        for (int i = 0; i < table.count(); i++)
        {
            assertEquals(expected.nameOffset(i), table.nameOffset(i));
            assertEquals(expected.nameId(i), table.nameId(i));
        }
    }
}
