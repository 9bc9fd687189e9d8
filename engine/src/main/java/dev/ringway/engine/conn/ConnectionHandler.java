package dev.ringway.engine.conn;

/**
 * What a connection tells its session. Loop thread only; must not throw. After {@link Connection#close} nothing is
 * told any more but {@link #onClosed}.
 */
public interface ConnectionHandler
{
    /**
     * The socket is connected.
     *
     * @param connection that was accepted or has connected.
     */
    void onOpened(Connection connection);

    /**
     * Accepting or connecting failed; the connection is closing.
     *
     * @param connection that failed.
     * @param errno      positive.
     */
    void onOpenFailed(Connection connection, int errno);

    /**
     * The handshake that {@link ConnectionTls} began is over: bytes may be sent and come from now on.
     *
     * @param connection that is encrypted.
     */
    default void onSecured(final Connection connection)
    {
    }

    /**
     * The address is known that {@link ConnectionAddresses#lookUpLocal} asked for, or never will be.
     *
     * @param connection that is open.
     */
    default void onLocalAddress(final Connection connection)
    {
    }

    /**
     * Bytes came. Whoever needs them after the call retains their chunk or copies them.
     *
     * @param connection they came from.
     * @param offset     in the slab.
     * @param length     positive.
     */
    void onBytes(Connection connection, int offset, int length);

    /**
     * Bytes came and are on their way to where {@link Connection#passTo} said.
     *
     * @param connection they came from.
     * @param length     positive.
     */
    default void onPassed(final Connection connection, final int length)
    {
    }

    /**
     * Asked before bytes pass, and when those before have left.
     *
     * @param connection they come from.
     * @return how many of those that come next may pass; at 0 {@link #onPassedAll} follows and bytes are told again.
     */
    default long passable(final Connection connection)
    {
        return Long.MAX_VALUE;
    }

    /**
     * All that {@link #passable} told of have left.
     *
     * @param connection they came from.
     */
    default void onPassedAll(final Connection connection)
    {
    }

    /**
     * Where {@link Connection#passTo} said cannot take more: nothing comes until its {@link #onDrained}.
     *
     * @param connection they came from.
     */
    default void onBlocked(final Connection connection)
    {
    }

    /**
     * The peer sends no more.
     *
     * @param connection whose peer.
     */
    void onEof(Connection connection);

    /**
     * @return whether {@link #onEof} counts ahead of what the peer sent before and reading has not come to, because it is
     *         paused.
     */
    default boolean endsWithPeer()
    {
        return false;
    }

    /**
     * The socket failed in either direction.
     *
     * @param connection that failed; still to be closed by the handler.
     * @param errno      positive.
     */
    void onError(Connection connection, int errno);

    /**
     * The send queue has fallen below its low-water mark after having been above the high one.
     *
     * @param connection that can take more.
     */
    void onDrained(Connection connection);

    /**
     * Memory has run out, and this connection holds much of it and makes no progress: it is reset after this call.
     *
     * @param connection that ends.
     */
    void onOverload(Connection connection);

    /**
     * @return chunks of the slab under received bytes that the session keeps until their turn comes.
     */
    default int heldChunks()
    {
        return 0;
    }

    /**
     * The deadline set with {@link Connection#deadline} has passed.
     *
     * @param connection whose deadline.
     * @param nowNs      time of the duty cycle.
     */
    void onDeadline(Connection connection, long nowNs);

    /**
     * The socket is closed and the connection goes back to its pool after this call.
     *
     * @param connection that is gone.
     */
    void onClosed(Connection connection);
}
