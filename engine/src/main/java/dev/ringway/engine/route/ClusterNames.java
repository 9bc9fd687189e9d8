package dev.ringway.engine.route;

import dev.ringway.codecs.text.AsciiScan;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Finds clusters by names that requests bring. Open addressing, at most half full. Immutable, any thread; finding
 * allocates nothing.
 */
public final class ClusterNames
{
    /** There is no such cluster. */
    public static final int NONE = -1;

    private final int mask;
    private final byte[][] bytes;
    private final String[] names;
    private final int[] ids;

    /**
     * @param clusters {@code Cluster.id()} by name.
     */
    public ClusterNames(final Map<String, Integer> clusters)
    {
        final int capacity = Integer.highestOneBit(Math.max(1, clusters.size())) << 2;
        mask = capacity - 1;
        bytes = new byte[capacity][];
        names = new String[capacity];
        ids = new int[capacity];
        clusters.forEach((name, id) ->
        {
            final byte[] text = name.getBytes(StandardCharsets.UTF_8);
            int slot = slot(new UnsafeBuffer(text), 0, text.length);
            while (bytes[slot] != null)
            {
                slot = slot + 1 & mask;
            }
            bytes[slot] = text;
            names[slot] = name;
            ids[slot] = id;
        });
    }

    private int slot(final DirectBuffer buffer, final int offset, final int length)
    {
        return (int)XxHash64.hash(buffer, offset, length, 0) & mask;
    }

    /**
     * @param buffer holds a name.
     * @param offset where it starts.
     * @param length its bytes.
     * @return index of the cluster here, or {@link #NONE}.
     */
    public int find(final DirectBuffer buffer, final int offset, final int length)
    {
        for (int slot = slot(buffer, offset, length); bytes[slot] != null; slot = slot + 1 & mask)
        {
            if (AsciiScan.equal(buffer, offset, length, bytes[slot]))
            {
                return slot;
            }
        }
        return NONE;
    }

    /**
     * @param index from {@link #find}.
     * @return id of the cluster.
     */
    public int id(final int index)
    {
        return ids[index];
    }

    /**
     * @param index from {@link #find}.
     * @return its name.
     */
    public String name(final int index)
    {
        return names[index];
    }
}
