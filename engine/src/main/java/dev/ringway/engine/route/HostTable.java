package dev.ringway.engine.route;

import org.agrona.DirectBuffer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Finds the routes of a lower-case name by bytes in a buffer in any case. Open addressing, at most half full; names are
 * hashed and compared eight bytes at a time. Immutable.
 */
final class HostTable
{
    private static final long HASH_FACTOR = 0x9E37_79B9_7F4A_7C15L;

    private final int mask;
    private final int[] lengths;
    private final long[][] names;
    private final RouteList[] values;
    private final boolean empty;

    /**
     * @param entries lower-case names, not empty, and their routes.
     */
    HostTable(final List<Map.Entry<String, RouteList>> entries)
    {
        final int capacity = Integer.highestOneBit(Math.max(1, entries.size())) << 2;
        mask = capacity - 1;
        lengths = new int[capacity];
        names = new long[capacity][];
        values = new RouteList[capacity];
        empty = entries.isEmpty();
        for (final Map.Entry<String, RouteList> entry : entries)
        {
            final byte[] bytes = entry.getKey().getBytes(StandardCharsets.UTF_8);
            final long[] name = new long[(bytes.length + 7) >> 3];
            long hash = bytes.length;
            for (int i = 0; i < name.length; i++)
            {
                name[i] = Words.load(bytes, i << 3);
                hash = mix(hash, name[i]);
            }
            int slot = slot(hash);
            while (names[slot] != null)
            {
                slot = (slot + 1) & mask;
            }
            lengths[slot] = bytes.length;
            names[slot] = name;
            values[slot] = entry.getValue();
        }
    }

    /**
     * @param buffer that holds the name.
     * @param offset where it starts.
     * @param length its bytes.
     * @return the routes, or null.
     */
    RouteList find(final DirectBuffer buffer, final int offset, final int length)
    {
        if (empty)
        {
            return null;
        }
        long hash = length;
        for (int i = 0; i < length; i += Long.BYTES)
        {
            hash = mix(hash, Words.lower(Words.load(buffer, offset + i, length - i)));
        }
        for (int slot = slot(hash); names[slot] != null; slot = (slot + 1) & mask)
        {
            if (lengths[slot] == length && matches(names[slot], buffer, offset, length))
            {
                return values[slot];
            }
        }
        return null;
    }

    private static boolean matches(final long[] name, final DirectBuffer buffer, final int offset, final int length)
    {
        for (int i = 0; i < name.length; i++)
        {
            final int at = i << 3;
            if (name[i] != Words.lower(Words.load(buffer, offset + at, length - at)))
            {
                return false;
            }
        }
        return true;
    }

    private int slot(final long hash)
    {
        return (int)(hash >>> 32) & mask;
    }

    private static long mix(final long hash, final long word)
    {
        final long product = (hash ^ word) * HASH_FACTOR;
        return product ^ product >>> 29;
    }
}
