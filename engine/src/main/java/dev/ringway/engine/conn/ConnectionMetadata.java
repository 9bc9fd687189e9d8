package dev.ringway.engine.conn;

import dev.ringway.codecs.text.Utf8Text;
import dev.ringway.engine.memory.Blocks;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.LoopMemory;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Values by key that connections of a loop carry as long as they last. Those of one connection lie in one block; a
 * connection without values costs nothing. Loop thread only.
 * <pre>
 *   0        4        8        12                12 + length, rounded up to 4
 *  +--------+--------+--------+-----------------+--------+--------+---
 *  | length | key    | length | value, UTF-8    | key    | length | ...
 *  +--------+--------+--------+-----------------+--------+--------+---
 * </pre>
 * The first length is that of all that stands behind it.
 */
public final class ConnectionMetadata
{
    /** Most bytes of all values of a connection, with {@link #HEAD_LENGTH} for each. */
    public static final int MAX_LENGTH = Blocks.SMALL_LENGTH - Integer.BYTES;
    /** Bytes in front of a value. */
    public static final int HEAD_LENGTH = 2 * Integer.BYTES;

    private static final long NONE = -1;

    private final LoopMemory memory;
    private final Long2LongHashMap blocks = new Long2LongHashMap(NONE);

    ConnectionMetadata(final LoopMemory memory)
    {
        this.memory = memory;
    }

    /**
     * Keeps a copy of a value, unless there is one of the same key. Bytes that are not UTF-8 are replaced.
     *
     * @param connection that carries it.
     * @param key        not 0.
     * @param offset     of the value in the slab.
     * @param length     its bytes, may be 0.
     * @return false when there is no room; the connection must not go on as if it had no such value.
     */
    public boolean put(final Connection connection, final int key, final int offset, final int length)
    {
        if (find(connection, key) >= 0)
        {
            return true;
        }
        final int block = block(connection.id());
        final UnsafeBuffer buffer = memory.slab().buffer();
        final int used = block < 0 ? 0 : buffer.getInt(block);
        if (block < 0 || used + HEAD_LENGTH + length > MAX_LENGTH)
        {
            return false;
        }
        final int at = block + Integer.BYTES + used;
        buffer.putInt(at, key);
        buffer.putInt(at + Integer.BYTES, length);
        buffer.putBytes(at + HEAD_LENGTH, buffer, offset, length);
        Utf8Text.replaceFaulty(buffer, at + HEAD_LENGTH, length);
        buffer.putInt(block, used + HEAD_LENGTH + padded(length));
        return true;
    }

    private int block(final long id)
    {
        int block = (int)blocks.get(id);
        if (block < 0)
        {
            block = memory.blocks().take(Blocks.SMALL_LENGTH);
            if (block >= 0)
            {
                memory.slab().buffer().putInt(block, 0);
                blocks.put(id, block);
            }
        }
        return block;
    }

    /**
     * @param connection that may carry it.
     * @param key        not 0.
     * @return where the value starts in the slab, or -1 when there is none.
     */
    public int find(final Connection connection, final int key)
    {
        final int block = blocks.isEmpty() ? (int)NONE : (int)blocks.get(connection.id());
        if (block < 0)
        {
            return (int)NONE;
        }
        final UnsafeBuffer buffer = memory.slab().buffer();
        final int end = block + Integer.BYTES + buffer.getInt(block);
        int at = block + Integer.BYTES;
        while (at < end && buffer.getInt(at) != key)
        {
            at += HEAD_LENGTH + padded(buffer.getInt(at + Integer.BYTES));
        }
        return at < end ? at + HEAD_LENGTH : (int)NONE;
    }

    /**
     * @param connection that may carry values.
     * @return whether it does.
     */
    public boolean isAny(final Connection connection)
    {
        return !blocks.isEmpty() && blocks.containsKey(connection.id());
    }

    /**
     * @param value from {@link #find}.
     * @return its bytes.
     */
    public int length(final int value)
    {
        return memory.slab().buffer().getInt(value - Integer.BYTES);
    }

    /**
     * @return holds the values.
     */
    public BufferSlab slab()
    {
        return memory.slab();
    }

    /** Keeps what follows where numbers are read fast. */
    private static int padded(final int length)
    {
        return length + 3 & -Integer.BYTES;
    }

    void release(final Connection connection)
    {
        final int block = blocks.isEmpty() ? (int)NONE : (int)blocks.remove(connection.id());
        if (block >= 0)
        {
            memory.blocks().release(block, Blocks.SMALL_LENGTH);
        }
    }
}
