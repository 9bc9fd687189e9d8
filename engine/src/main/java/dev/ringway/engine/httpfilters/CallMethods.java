package dev.ringway.engine.httpfilters;

import org.agrona.DirectBuffer;

import java.nio.charset.StandardCharsets;

/**
 * Methods by their names in the path of a call. Those that are there are found without allocating. One thread at a time.
 */
final class CallMethods
{
    /** There is none of that name. */
    static final int NONE = -1;

    private static final int FACTOR = 31;

    private final byte[][] services;
    private final byte[][] methods;
    private final int[] slots;
    private int count;

    /**
     * @param most that there may be.
     */
    CallMethods(final int most)
    {
        services = new byte[most][];
        methods = new byte[most][];
        // Never more than half full, so that each search ends.
        slots = new int[Integer.highestOneBit(Math.max(1, most)) << 2];
    }

    /**
     * @param path   with service and method.
     * @param buffer holds the path.
     * @return number of the method, or {@link #NONE}.
     */
    int find(final CallPath path, final DirectBuffer buffer)
    {
        return slots[slot(path, buffer)] - 1;
    }

    private int slot(final CallPath path, final DirectBuffer buffer)
    {
        int hash = 0;
        for (int i = path.serviceStart(); i < path.serviceEnd(); i++)
        {
            hash = hash * FACTOR + buffer.getByte(i);
        }
        for (int i = path.methodStart(); i < path.methodEnd(); i++)
        {
            hash = hash * FACTOR + buffer.getByte(i);
        }
        int slot = (hash ^ hash >>> 16) & slots.length - 1;
        while (slots[slot] != 0 &&
            !(is(services[slots[slot] - 1], buffer, path.serviceStart(), path.serviceEnd()) &&
            is(methods[slots[slot] - 1], buffer, path.methodStart(), path.methodEnd())))
        {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private static boolean is(final byte[] name, final DirectBuffer buffer, final int start, final int end)
    {
        boolean isSame = name.length == end - start;
        for (int i = 0; isSame && i < name.length; i++)
        {
            isSame = name[i] == buffer.getByte(start + i);
        }
        return isSame;
    }

    /**
     * Adds one, unless it is there.
     *
     * @param path   with service and method.
     * @param buffer holds the path.
     * @return its number, or {@link #NONE} when there is no room.
     */
    int add(final CallPath path, final DirectBuffer buffer)
    {
        final int slot = slot(path, buffer);
        if (slots[slot] == 0 && count < services.length)
        {
            services[count] = bytes(buffer, path.serviceStart(), path.serviceEnd());
            methods[count] = bytes(buffer, path.methodStart(), path.methodEnd());
            slots[slot] = ++count;
        }
        return slots[slot] - 1;
    }

    private static byte[] bytes(final DirectBuffer buffer, final int start, final int end)
    {
        final byte[] bytes = new byte[end - start];
        buffer.getBytes(start, bytes);
        return bytes;
    }

    /**
     * @param method       number of one.
     * @param replacesDots whether dots in the name of the service become underscores.
     * @return service and method, each with a dot behind it.
     */
    String name(final int method, final boolean replacesDots)
    {
        final String service = new String(services[method], StandardCharsets.ISO_8859_1);
        return (replacesDots ? service.replace('.', '_') : service) + '.' +
            new String(methods[method], StandardCharsets.ISO_8859_1) + '.';
    }
}
