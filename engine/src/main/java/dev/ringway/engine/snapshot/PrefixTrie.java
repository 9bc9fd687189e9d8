package dev.ringway.engine.snapshot;

import org.agrona.collections.IntArrayList;

/**
 * Values of address prefixes; an address has that of its longest one. Filled by one thread, then read by any; reading
 * allocates nothing.
 */
final class PrefixTrie
{
    static final int NONE = -1;

    private static final int INET4_LENGTH = 4;
    private static final int INET4_ROOT = 0;
    private static final int INET6_ROOT = 1;

    /** Two children a node, by the next bit; 0 stands for none, as a root is nobody's child. */
    private final IntArrayList children = new IntArrayList();
    private final IntArrayList values = new IntArrayList();
    /** Of what has no prefix. */
    private int other = NONE;

    PrefixTrie()
    {
        addNode();
        addNode();
    }

    private int addNode()
    {
        children.addInt(0);
        children.addInt(0);
        values.addInt(NONE);
        return values.size() - 1;
    }

    /**
     * @param address 4 or 16 bytes.
     * @param bits    of it that count.
     * @return value of exactly this prefix, or NONE.
     */
    int value(final byte[] address, final int bits)
    {
        return values.getInt(node(address, bits));
    }

    void put(final byte[] address, final int bits, final int value)
    {
        values.setInt(node(address, bits), value);
    }

    /** Value of what has no prefix here, or no address. */
    int anyValue()
    {
        return other;
    }

    void putAny(final int value)
    {
        other = value;
    }

    private int node(final byte[] address, final int bits)
    {
        int node = root(address.length);
        for (int i = 0; i < bits; i++)
        {
            final int child = (node << 1) + bit(address, i);
            int next = children.getInt(child);
            if (next == 0)
            {
                next = addNode();
                children.setInt(child, next);
            }
            node = next;
        }
        return node;
    }

    /**
     * @param address holds the address at its start.
     * @param length  4 or 16; 0 when there is none.
     * @return value of the longest prefix, or of what has none.
     */
    int find(final byte[] address, final int length)
    {
        if (length == 0)
        {
            return other;
        }
        int node = root(length);
        int best = values.getInt(node);
        for (int i = 0; i < length << 3; i++)
        {
            node = children.getInt((node << 1) + bit(address, i));
            if (node == 0)
            {
                break;
            }
            final int value = values.getInt(node);
            best = value == NONE ? best : value;
        }
        return best == NONE ? other : best;
    }

    private static int root(final int length)
    {
        return length == INET4_LENGTH ? INET4_ROOT : INET6_ROOT;
    }

    private static int bit(final byte[] address, final int index)
    {
        return address[index >> 3] >> 7 - (index & 7) & 1;
    }
}
