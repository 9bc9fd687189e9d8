package dev.ringway.engine.counters;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which bytes of the room for names are free. The smallest free range that is large enough is given first, and what
 * comes back is joined with what is free beside it. One thread at a time.
 */
final class NameRoom
{
    /** Returned when there is no room. */
    static final int NONE = -1;

    private final int length;
    private final TreeMap<Integer, Integer> byOffset = new TreeMap<>();
    private final TreeSet<Long> bySize = new TreeSet<>();
    private int used;

    NameRoom(final int length)
    {
        this.length = length;
    }

    /** Offset of so many bytes, or {@link #NONE}. */
    int take(final int size)
    {
        final Long fit = bySize.ceiling((long)size << Integer.SIZE);
        if (fit != null)
        {
            final int offset = fit.intValue();
            final int free = (int)(fit >> Integer.SIZE);
            remove(offset, free);
            if (free > size)
            {
                add(offset + size, free - size);
            }
            return offset;
        }
        if (size > length - used)
        {
            return NONE;
        }
        used += size;
        return used - size;
    }

    void giveBack(final int offset, final int size)
    {
        int from = offset;
        int to = offset + size;
        final Map.Entry<Integer, Integer> before = byOffset.lowerEntry(offset);
        if (before != null && before.getKey() + before.getValue() == offset)
        {
            from = before.getKey();
            remove(from, before.getValue());
        }
        final Integer behind = byOffset.get(to);
        if (behind != null)
        {
            remove(to, behind);
            to += behind;
        }
        if (to == used)
        {
            used = from;
        }
        else
        {
            add(from, to - from);
        }
    }

    /** End of what was ever given and is not free to the end. */
    int used()
    {
        return used;
    }

    private void add(final int offset, final int size)
    {
        byOffset.put(offset, size);
        bySize.add((long)size << Integer.SIZE | offset);
    }

    private void remove(final int offset, final int size)
    {
        byOffset.remove(offset);
        bySize.remove((long)size << Integer.SIZE | offset);
    }
}
