package dev.ringway.engine.http2;

import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.ffi.libc.Memory;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;

/**
 * What all HTTP/2 sessions of a loop share: room for one block of fields at a time, before and after decoding, and
 * streams that are not in use. Loop thread only.
 */
public final class Http2Context implements AutoCloseable
{
    /** Most bytes of a block of fields, encoded or decoded. */
    public static final int MAX_BLOCK_LENGTH = 64 * 1024;

    private final EventLoop loop;
    private final ArrayDeque<Http2Stream> free = new ArrayDeque<>(64);
    private final WindowRoom windowRoom;
    private final InputTurns turns;
    private final ByteMeter spareMeter = new ByteMeter();
    private final int firstId;
    private long address;
    private UnsafeBuffer joined;
    private UnsafeBuffer fields;

    /**
     * @param loop that owns it.
     */
    public Http2Context(final EventLoop loop)
    {
        this(loop, 1);
    }

    /**
     * With sessions that have fewer streams.
     *
     * @param loop    that owns it.
     * @param firstId number of the first stream that a client opens, odd.
     */
    public Http2Context(final EventLoop loop, final int firstId)
    {
        this.loop = loop;
        this.firstId = firstId;
        windowRoom = new WindowRoom(loop.memory().slab());
        turns = new InputTurns(loop);
        loop.addTask(turns);
    }

    EventLoop loop()
    {
        return loop;
    }

    int firstId()
    {
        return firstId;
    }

    LoopMemory memory()
    {
        return loop.memory();
    }

    /** Memory is taken when the first session opens: who never speaks HTTP/2 does not pay for it. */
    void open()
    {
        if (address == 0)
        {
            address = Memory.allocate(2L * MAX_BLOCK_LENGTH + 4096);
            joined = new UnsafeBuffer(address, MAX_BLOCK_LENGTH);
            fields = new UnsafeBuffer(address + MAX_BLOCK_LENGTH, MAX_BLOCK_LENGTH);
        }
    }

    /** Where the fragments of a block are put together. */
    UnsafeBuffer joined()
    {
        return joined;
    }

    /**
     * @return where fields are decoded to; they stay until the next block of any session of the loop.
     */
    public UnsafeBuffer fields()
    {
        return fields;
    }

    WindowRoom windowRoom()
    {
        return windowRoom;
    }

    /** Of streams without an owner, which nobody asks. */
    ByteMeter spareMeter()
    {
        return spareMeter;
    }

    InputTurns turns()
    {
        return turns;
    }

    Http2Stream acquire()
    {
        final Http2Stream stream = free.pollLast();
        return stream != null ? stream : new Http2Stream();
    }

    void release(final Http2Stream stream)
    {
        free.addLast(stream);
    }

    /**
     * Frees the memory, when the loop ends.
     */
    public void close()
    {
        if (address != 0)
        {
            Memory.unmap(address, 2L * MAX_BLOCK_LENGTH + 4096);
            address = 0;
        }
    }
}
