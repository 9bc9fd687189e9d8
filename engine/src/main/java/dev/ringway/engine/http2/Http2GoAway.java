package dev.ringway.engine.http2;

import dev.ringway.codecs.http2.ErrorCode;

/**
 * How far a connection is on its way to a graceful end (RFC 9113, 6.8). A server announces it, waits until the client must
 * have heard of that or has had the time to, says which stream was the last, and ends after it; a client opens no more
 * streams. Loop thread only.
 */
final class Http2GoAway
{
    private static final long NEVER = Long.MAX_VALUE;
    private static final int LAST_ID = Integer.MAX_VALUE;
    /** Opaque data of the ping whose answer says that the announcement has been seen. */
    private static final long PING = 0x7269_6e67_7761_7931L;

    private final boolean isServer;
    private long tellAtNs;
    private int lastId;
    private boolean isTold;
    private boolean isBegun;
    private boolean isByPeer;

    Http2GoAway(final boolean isServer)
    {
        this.isServer = isServer;
    }

    void open()
    {
        tellAtNs = NEVER;
        lastId = LAST_ID;
        isTold = false;
        isBegun = false;
        isByPeer = false;
    }

    /** Begins, and waits no longer than that for a client; false when it has begun before. */
    boolean begin(final Http2Output output, final long nowNs, final long mostNs)
    {
        if (isBegun)
        {
            return false;
        }
        isBegun = true;
        if (isServer)
        {
            tellAtNs = nowNs + mostNs;
            output.sendGoAway(LAST_ID, ErrorCode.NO_ERROR);
            output.sendPing(PING, false);
        }
        return true;
    }

    /** Whether the answer to a ping is the one that is waited for. */
    boolean isAwaited(final long opaque)
    {
        return isBegun && opaque == PING && !isTold;
    }

    /** When the last stream is told though the client has not answered; {@link Long#MAX_VALUE} once it has been. */
    long tellAtNs()
    {
        return tellAtNs;
    }

    /** Tells which stream was the last. */
    void tell(final int lastPeerId, final Http2Output output)
    {
        tellAtNs = NEVER;
        isTold = true;
        lastId = lastPeerId;
        output.sendGoAway(lastId, ErrorCode.NO_ERROR);
    }

    void onPeer()
    {
        isByPeer = true;
    }

    /** Whether this side may open streams. */
    boolean takesStreams()
    {
        return !isBegun && !isByPeer;
    }

    /** Whether the end has come when no stream is open. */
    boolean isDue()
    {
        return isByPeer || isBegun && (!isServer || isTold);
    }

    /** Whether the last stream has been told. */
    boolean isTold()
    {
        return isTold;
    }

    /** Whether a stream of the peer comes too late. */
    boolean isBeyond(final int streamId)
    {
        return streamId > lastId;
    }
}
