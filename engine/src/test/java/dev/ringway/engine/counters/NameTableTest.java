package dev.ringway.engine.counters;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(180)
final class NameTableTest
{
    /** Each four of them share a hash code. */
    private static final int NAMES = 64;

    private final Map<Integer, String> texts = new HashMap<>();
    private final NameTable table = new NameTable(texts::get);

    private static String name(final int number)
    {
        return (number >> 2) + ((number & 1) == 0 ? "Aa" : "BB") + ((number & 2) == 0 ? "Aa" : "BB");
    }

    private void toggle(final int number)
    {
        final String name = name(number);
        if (table.find(name) == NameTable.NONE)
        {
            texts.put(number, name);
            table.add(name, number);
        }
        else
        {
            table.remove(number);
            texts.remove(number);
        }
    }

    private void check(final int names)
    {
        assertEquals(texts.size(), table.count());
        for (int number = 0; number < names; number++)
        {
            assertEquals(texts.containsKey(number) ? number : NameTable.NONE, table.find(name(number)));
        }
    }

    @Property
    void shouldFindWhatIsThere(@ForAll @Size(max = 300) final List<@IntRange(max = NAMES - 1) Integer> toggled)
    {
        for (final int number : toggled)
        {
            toggle(number);
            check(NAMES);
        }
    }

    @Test
    void shouldFindWhatIsThereWhenItHasGrown()
    {
        final int names = 10_000;
        for (int number = 0; number < names; number++)
        {
            toggle(number);
        }
        check(names);
        for (int number = 0; number < names; number += 3)
        {
            toggle(number);
        }
        check(names);
    }
}
