package dev.ringway.engine.http2;

import dev.ringway.engine.conn.Connection;
import org.agrona.DirectBuffer;

/**
 * The side of a session that knows what its streams mean: requests of clients, or responses of endpoints. Loop thread
 * only; must not throw.
 */
public interface Http2SessionHandler
{
    /**
     * A block of fields is whole. It must be decoded in any case, or both sides' tables part: see
     * {@link Http2Session#decode}.
     *
     * @param streamId of the stream.
     * @param stream   that it belongs to, or null where a client opens one.
     * @param source   holds the block.
     * @param offset   of the block there.
     * @param length   of it, may be 0.
     * @param isEnd    whether the peer says no more on the stream.
     * @return 0, or a negative {@link dev.ringway.codecs.http2.ErrorCode} that ends the connection.
     */
    int onFields(int streamId, Http2Stream stream, DirectBuffer source, int offset, int length, boolean isEnd);

    /**
     * The connection is open.
     *
     * @param connection of the session.
     */
    void onOpened(Connection connection);

    /**
     * A stream has ended and its place is free.
     */
    void onStreamEnded();

    /**
     * The peer's settings have changed, or it goes away: what may be opened is another number now.
     */
    void onCapacity();

    /**
     * The connection is to end: all streams have been told.
     *
     * @param cause one of the constants of {@link Http2Cause}.
     */
    void onEnding(int cause);

    /**
     * No stream is open and the idle time has passed.
     */
    void onIdleTimeout();

    /**
     * Deadlines of what the streams carry are looked at.
     *
     * @param nowNs time of the duty cycle.
     * @return when to look next, or {@link Long#MAX_VALUE}.
     */
    long onDeadline(long nowNs);

    /**
     * The socket is closed; the session goes back to its pool after this call.
     *
     * @param connection that is gone.
     */
    void onClosed(Connection connection);
}
