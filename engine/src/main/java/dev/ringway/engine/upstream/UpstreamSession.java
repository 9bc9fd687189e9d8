package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.snapshot.Endpoint;

/**
 * Protocol state on one upstream connection, as an exchange sees it. Loop thread only.
 */
public interface UpstreamSession
{
    /**
     * Sends a request head.
     *
     * @param head  of the request, read during the call.
     * @param edits what is dropped and added.
     * @param isEnd whether no body follows.
     * @return false when memory has run out.
     */
    boolean sendHead(RequestHead head, HeaderEdits edits, boolean isEnd);

    /**
     * Sends a piece of the request body, or of the bytes of a TCP relay.
     *
     * @param offset in the slab; the caller's lease is untouched.
     * @param length may be 0 with the end.
     * @param isEnd  whether nothing follows.
     * @return false when memory has run out.
     */
    boolean sendData(int offset, int length, boolean isEnd);

    /**
     * Ends the request with trailers, which are left out where the cluster does not take any.
     *
     * @param trailers read during the call, not empty.
     * @return false when memory has run out.
     */
    boolean sendTrailers(HeaderTable trailers);

    /**
     * The response did not come in time; {@link #cancel} follows.
     *
     * @param isQuiet whether the client asks to be told of no error.
     */
    void onTimeout(boolean isQuiet);

    /**
     * The exchange gives up: it is told nothing any more.
     *
     * @param isReset whether a relay's endpoint is to see a reset.
     */
    void cancel(boolean isReset);

    /**
     * Stops reading from the endpoint.
     */
    void pauseReading();

    /**
     * Reads on.
     */
    void resumeReading();

    /**
     * @return whether more is queued than should be.
     */
    boolean isAboveHighWater();

    /**
     * @return whether a failure may come that says that the endpoint has not looked at the request, or may not have, so
     *         that it is worth keeping.
     */
    default boolean mayGoUnseen()
    {
        return false;
    }

    /**
     * @return address of the endpoint as text, shared, not to be changed.
     */
    byte[] hostText();

    /**
     * @return endpoint that it speaks to.
     */
    Endpoint endpoint();

    /**
     * @return its connection.
     */
    Connection connection();

    /**
     * @return its connection when its bytes are those of the exchange, all of them and as they are; or null.
     */
    default Connection relayConnection()
    {
        return null;
    }
}
