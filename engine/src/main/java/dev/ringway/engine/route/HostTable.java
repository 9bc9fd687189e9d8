package dev.ringway.engine.route;

import org.agrona.DirectBuffer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Finds the routes of a lower-case name by bytes in a buffer in any case. Open addressing, at most half full. Immutable.
 */
final class HostTable
{
    private static final int HASH_FACTOR = 0x9E3779B1;

    private final int mask;
    private final byte[][] names;
    private final RouteList[] values;
    private final boolean empty;

    /**
     * @param entries lower-case names and their routes.
     */
    HostTable(final List<Map.Entry<String, RouteList>> entries)
    {
        final int capacity = Integer.highestOneBit(Math.max(1, entries.size())) << 2;
        mask = capacity - 1;
        names = new byte[capacity][];
        values = new RouteList[capacity];
        empty = entries.isEmpty();
        for (final Map.Entry<String, RouteList> entry : entries)
        {
            final byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
            int hash = 0;
            for (final byte b : name)
            {
                hash = next(hash, b);
            }
            int slot = slot(hash);
            while (names[slot] != null)
            {
                slot = (slot + 1) & mask;
            }
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
        int hash = 0;
        for (int i = 0; i < length; i++)
        {
            hash = next(hash, lower(buffer.getByte(offset + i)));
        }
        for (int slot = slot(hash); names[slot] != null; slot = (slot + 1) & mask)
        {
            if (matches(names[slot], buffer, offset, length))
            {
                return values[slot];
            }
        }
        return null;
    }

    private static boolean matches(final byte[] name, final DirectBuffer buffer, final int offset, final int length)
    {
        if (name.length != length)
        {
            return false;
        }
        for (int i = 0; i < length; i++)
        {
            if (name[i] != lower(buffer.getByte(offset + i)))
            {
                return false;
            }
        }
        return true;
    }

    private int slot(final int hash)
    {
        final int spread = hash * HASH_FACTOR;
        return (spread ^ spread >>> 16) & mask;
    }

    private static int next(final int hash, final byte b)
    {
        return hash * 31 + b;
    }

    static byte lower(final byte b)
    {
        return b >= 'A' && b <= 'Z' ? (byte)(b | 0x20) : b;
    }
}
