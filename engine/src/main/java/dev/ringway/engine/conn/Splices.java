package dev.ringway.engine.conn;

import dev.ringway.ffi.libc.Pipe;

import java.util.ArrayDeque;

/**
 * What is spliced: directions of relays and contents of responses, and how much of that there may be. Loop thread only.
 */
final class Splices
{
    /** Each takes two descriptors, and its sockets one each. */
    private static final int LIMIT = 256;
    private static final int CAPACITY = 256 * 1024;
    /** A pipe that holds less, because the process has many, is not worth its calls. */
    private static final int LEAST = 64 * 1024;
    /** Connections that have a plain descriptor besides their own: the process needs some for other things. */
    private static final int MOST_PLAIN = 512;

    private final ArrayDeque<Splice> free = new ArrayDeque<>(LIMIT);
    private final int after;
    private int inUse;
    private int plain;
    private long bytes;
    private long refused;

    /** What is spliced is what has brought the given number of bytes. */
    Splices(final int after)
    {
        this.after = after;
    }

    /** Bytes after which what comes should be spliced. */
    int after()
    {
        return after;
    }

    /** Has what comes from a connection leave on the other one; null when there is no room for that. */
    Splice acquire(final ConnectionLife source, final ConnectionLife sink)
    {
        Splice splice = free.pollLast();
        if (splice == null)
        {
            splice = inUse < LIMIT ? open() : null;
            if (splice == null)
            {
                refused++;
                return null;
            }
        }
        inUse++;
        splice.begin(source, sink);
        return splice;
    }

    private Splice open()
    {
        final Pipe pipe = Pipe.open(CAPACITY);
        if (pipe == null)
        {
            return null;
        }
        if (pipe.capacity() < LEAST)
        {
            pipe.close();
            return null;
        }
        return new Splice(this, pipe);
    }

    void release(final Splice splice, final boolean isEmpty)
    {
        inUse--;
        if (isEmpty)
        {
            free.addLast(splice);
        }
        else
        {
            splice.close();
        }
    }

    /** Takes room for a plain descriptor of a connection. */
    boolean takePlain()
    {
        if (plain == MOST_PLAIN)
        {
            refused++;
            return false;
        }
        plain++;
        return true;
    }

    void releasePlain()
    {
        plain--;
    }

    void onMoved(final int length)
    {
        bytes += length;
    }

    /** Those in use. */
    int inUse()
    {
        return inUse;
    }

    /** Pipes that are open. */
    int pipes()
    {
        return inUse + free.size();
    }

    /** Bytes that passed so. */
    long bytes()
    {
        return bytes;
    }

    /** Times a direction that moved much was not spliced. */
    long refused()
    {
        return refused;
    }

    void close()
    {
        free.forEach(Splice::close);
        free.clear();
    }
}
