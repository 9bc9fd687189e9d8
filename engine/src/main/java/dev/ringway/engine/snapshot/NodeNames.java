package dev.ringway.engine.snapshot;

import java.util.Arrays;

/**
 * Numbers by a node and a name. Open addressing, at most half full. Filled by one thread, then read by any; reading
 * allocates nothing.
 */
final class NodeNames
{
    static final int NONE = -1;

    private static final int INITIAL = 16;
    private static final int FACTOR = 0x9E37_79B9;

    private int[] nodes = new int[INITIAL];
    private byte[][] names = new byte[INITIAL][];
    private int[] values = new int[INITIAL];
    private int count;

    /**
     * Adds a name that the node does not have yet.
     *
     * @param node  its node.
     * @param name  kept.
     * @param value not negative.
     */
    void put(final int node, final byte[] name, final int value)
    {
        if (++count > names.length >> 1)
        {
            grow();
        }
        final int slot = slot(node, name, 0, name.length);
        nodes[slot] = node;
        names[slot] = name;
        values[slot] = value;
    }

    private void grow()
    {
        final int[] oldNodes = nodes;
        final byte[][] oldNames = names;
        final int[] oldValues = values;
        nodes = new int[oldNodes.length << 1];
        names = new byte[oldNames.length << 1][];
        values = new int[oldValues.length << 1];
        for (int i = 0; i < oldNames.length; i++)
        {
            if (oldNames[i] != null)
            {
                final int slot = slot(oldNodes[i], oldNames[i], 0, oldNames[i].length);
                nodes[slot] = oldNodes[i];
                names[slot] = oldNames[i];
                values[slot] = oldValues[i];
            }
        }
    }

    /**
     * @param node   where to look.
     * @param bytes  hold the name.
     * @param offset where it starts.
     * @param length its bytes.
     * @return its value, or NONE.
     */
    int find(final int node, final byte[] bytes, final int offset, final int length)
    {
        final int slot = slot(node, bytes, offset, length);
        return names[slot] == null ? NONE : values[slot];
    }

    /** Where the name is or would be put. */
    private int slot(final int node, final byte[] bytes, final int offset, final int length)
    {
        final int mask = names.length - 1;
        int hash = node;
        for (int i = 0; i < length; i++)
        {
            hash = 31 * hash + bytes[offset + i];
        }
        hash *= FACTOR;
        int slot = hash >>> 16 & mask;
        while (names[slot] != null && !isAt(slot, node, bytes, offset, length))
        {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private boolean isAt(final int slot, final int node, final byte[] bytes, final int offset, final int length)
    {
        return nodes[slot] == node &&
            Arrays.equals(names[slot], 0, names[slot].length, bytes, offset, offset + length);
    }
}
