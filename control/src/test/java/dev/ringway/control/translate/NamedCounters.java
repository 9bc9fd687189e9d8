package dev.ringway.control.translate;

import dev.ringway.engine.counters.CounterRegistry;

import java.util.ArrayList;
import java.util.List;

/** Gives out ids and remembers the names. */
public final class NamedCounters implements CounterRegistry
{
    final List<String> names = new ArrayList<>();

    public int register(final String name, final int kind)
    {
        final int known = names.indexOf(name);
        if (known >= 0)
        {
            return known;
        }
        names.add(name);
        return names.size() - 1;
    }
}
