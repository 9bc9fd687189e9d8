package dev.ringway.engine.http2;

/**
 * What a session tells the owner of a stream. Loop thread only; must not throw. After {@link #onReset} and after the
 * owner's own {@link Http2Stream#reset} or {@link Http2Stream#release} nothing is told any more.
 */
public interface Http2StreamHandler
{
    /**
     * A piece of content came. What is not used at once is counted back with {@link Http2Stream#consumed} later.
     *
     * @param offset in the slab, leased during the call.
     * @param length may be 0 with the end.
     * @param isEnd  whether the peer says no more on the stream.
     */
    void onData(int offset, int length, boolean isEnd);

    /**
     * The stream is over: the peer reset it, broke a rule on it, or its connection ended.
     *
     * @param cause one of the constants of {@link Http2Cause}.
     */
    void onReset(int cause);

    /**
     * What was queued has fallen below the low-water mark, after {@link Http2Stream#isAboveHighWater} was true.
     */
    void onDrained();
}
