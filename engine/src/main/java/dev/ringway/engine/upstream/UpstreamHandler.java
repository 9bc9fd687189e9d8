package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;

/**
 * What the upstream side tells an exchange. Loop thread only; must not throw. When {@link #onUpstreamFailed} or the
 * end of an HTTP response is told, the session is no longer the exchange's.
 */
public interface UpstreamHandler
{
    /**
     * @return what it needs of the session that it acquires.
     */
    SessionNeeds needs();

    /**
     * @return counts what goes over the wire for it, on whatever session.
     */
    ByteMeter meter();

    /**
     * Asked for requests whose host names the endpoint (Envoy: {@code auto_sni}).
     *
     * @param host takes the authority that the endpoint is asked for.
     */
    void askHost(RequestHost host);

    /**
     * A session is the exchange's own until the response has ended, fails or is cancelled.
     *
     * @param session to send to; it may still be connecting, what is sent then waits.
     */
    void onUpstreamReady(UpstreamSession session);

    /**
     * There is no session, or it failed before the response ended.
     *
     * @param failure from {@link UpstreamFailure}.
     */
    void onUpstreamFailed(int failure);

    /**
     * A response head came; interim ones (1xx) come before the final one.
     *
     * @param head  valid during the call.
     * @param isEnd whether nothing follows.
     */
    void onResponseHead(ResponseHead head, boolean isEnd);

    /**
     * The endpoint has agreed to the protocol that the request asked for: what follows in both directions are bytes of
     * that, told and sent as those of a TCP relay.
     *
     * @param head  of the answer, valid during the call.
     * @param relay session from now on; the exchange's own until it is cancelled or fails.
     */
    void onUpgraded(ResponseHead head, UpstreamSession relay);

    /**
     * A piece of the response body, or of the bytes of a TCP relay.
     *
     * @param offset in the slab, leased during the call.
     * @param length may be 0 with the end.
     * @param isEnd  whether nothing follows.
     */
    void onResponseData(int offset, int length, boolean isEnd);

    /**
     * @return the client's connection when the content of the response goes there as it is and nobody else sees it, so
     *         that it may pass: {@link Connection#passBody}; or null.
     */
    default Connection bodyConnection()
    {
        return null;
    }

    /**
     * Bytes have come and are on their way to the client: {@link Connection#passTo}, {@link Connection#passBody}.
     *
     * @param length positive.
     */
    default void onResponsePassed(final int length)
    {
    }

    /**
     * The client cannot take what was passed, and nothing more comes for now.
     */
    default void onResponseBlocked()
    {
    }

    /**
     * The response ends with trailers.
     *
     * @param trailers valid during the call.
     */
    void onResponseTrailers(HeaderTable trailers);

    /**
     * The session can take more after having been above its high-water mark.
     */
    void onUpstreamDrained();
}
