package dev.ringway.engine.http2;

import org.agrona.collections.Int2ObjectHashMap;

/**
 * The streams of a session: by number, and in a list, newest first. Remembers of streams that are gone what their number
 * alone does not tell. Loop thread only.
 */
final class Http2Streams
{
    private static final int INITIAL = 8;
    private static final float LOAD_FACTOR = 0.6f;
    private static final int RESETS = 64;

    private final Int2ObjectHashMap<Http2Stream> byId = new Int2ObjectHashMap<>(INITIAL, LOAD_FACTOR);
    private int[] resets;
    private int resetCount;
    private Http2Stream newest;
    private long openedMask;
    private int lastPeerId;

    void open()
    {
        resetCount = 0;
        openedMask = 0;
        lastPeerId = 0;
        newest = null;
    }

    void add(final Http2Stream stream)
    {
        byId.put(stream.id(), stream);
        stream.previous = null;
        stream.next = newest;
        if (newest != null)
        {
            newest.previous = stream;
        }
        newest = stream;
    }

    void remove(final Http2Stream stream)
    {
        byId.remove(stream.id());
        if (stream.previous != null)
        {
            stream.previous.next = stream.next;
        }
        else
        {
            newest = stream.next;
        }
        if (stream.next != null)
        {
            stream.next.previous = stream.previous;
        }
        stream.next = null;
        stream.previous = null;
    }

    Http2Stream get(final int id)
    {
        return byId.get(id);
    }

    Http2Stream newest()
    {
        return newest;
    }

    int count()
    {
        return byId.size();
    }

    /** Highest number that the peer has opened. */
    int lastPeerId()
    {
        return lastPeerId;
    }

    /** The peer opens a stream; numbers between are closed without ever having been open (RFC 9113, 5.1.1). */
    void onPeerOpened(final int id)
    {
        final int steps = (id - lastPeerId + 1) / 2;
        openedMask = (steps < Long.SIZE ? openedMask << steps : 0) | 1;
        lastPeerId = id;
    }

    /** Whether a number not above the highest was opened, as far as is remembered. */
    boolean wasOpened(final int id)
    {
        final int steps = (lastPeerId - id) / 2;
        return steps >= Long.SIZE || (openedMask >>> steps & 1) != 0;
    }

    /** A reset was sent or came; what the peer sent before it heard of ours may still follow. */
    void onReset(final int id, final boolean isByPeer)
    {
        if (resets == null)
        {
            resets = new int[RESETS];
        }
        resets[resetCount++ & RESETS - 1] = isByPeer ? -id : id;
    }

    /** Whether there were more resets than are remembered: any stream that is gone may have been reset then. */
    boolean forgetsResets()
    {
        return resetCount > RESETS;
    }

    boolean wasReset(final int id)
    {
        return isRemembered(id);
    }

    boolean wasResetByPeer(final int id)
    {
        return isRemembered(-id);
    }

    private boolean isRemembered(final int entry)
    {
        for (int i = 0, count = Math.min(resetCount, RESETS); i < count; i++)
        {
            if (resets[i] == entry)
            {
                return true;
            }
        }
        return false;
    }
}
