package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * The client's side of an exchange. Loop thread only; must not throw.
 */
public interface DownstreamSink
{
    /**
     * Sends a response head.
     *
     * @param head  from the endpoint, read during the call.
     * @param edits what is dropped and added.
     * @param isEnd whether nothing follows.
     * @return false when memory has run out.
     */
    boolean sendHead(ResponseHead head, HeaderEdits edits, boolean isEnd);

    /**
     * Tells the client that the endpoint speaks the other protocol from now on. Who is returned is the client's side
     * then: what {@link #sendData} is given and what the exchange is told are bytes of that protocol. Those that came
     * early are told when this side's {@link #resumeRequest} is called, which must follow.
     *
     * @param head  of the answer, read during the call.
     * @param edits what is dropped and added.
     * @return the client's side, or null when memory has run out.
     */
    DownstreamSink upgrade(ResponseHead head, HeaderEdits edits);

    /**
     * Sends a whole response made here.
     *
     * @param status HTTP status.
     * @param body   text, may be empty.
     * @param edits  what is added.
     * @return false when memory has run out.
     */
    boolean sendLocalReply(int status, byte[] body, HeaderEdits edits);

    /**
     * Sends a whole response made here to a request of gRPC: HTTP status 200, a head, nothing behind it.
     *
     * @param status HTTP status that the answer would have had otherwise.
     * @param edits  all fields of the head, those of gRPC among them.
     * @return false when memory has run out.
     */
    boolean sendGrpcReply(int status, HeaderEdits edits);

    /**
     * Sends a whole response made here whose head filters have seen.
     *
     * @param head   with all that tells of the body; it says HTTP/2.
     * @param edits  what is dropped and added.
     * @param status that a request of HTTP alone would have got.
     * @param body   text, may be empty.
     * @return false when memory has run out.
     */
    boolean sendReply(ResponseHead head, HeaderEdits edits, int status, byte[] body);

    /**
     * Sends a piece of a response body, or of the bytes of a TCP relay.
     *
     * @param offset in the slab; the caller's lease is untouched.
     * @param length may be 0 with the end.
     * @param isEnd  whether nothing follows.
     * @return false when memory has run out.
     */
    boolean sendData(int offset, int length, boolean isEnd);

    /**
     * Ends the response with trailers.
     *
     * @param trailers read during the call.
     * @return false when memory has run out.
     */
    boolean sendTrailers(HeaderTable trailers);

    /**
     * The exchange is over and goes back to its pool after the call.
     *
     * @param isComplete whether request and response went through whole; otherwise the connection cannot be kept.
     * @param isReset    whether the client is to see a reset.
     */
    void onExchangeEnded(boolean isComplete, boolean isReset);

    /**
     * Asked once for each request.
     *
     * @return whether it may begin now; otherwise it waits for its turn.
     */
    default boolean mayBegin()
    {
        return true;
    }

    /**
     * Stops reading the request.
     */
    void pauseRequest();

    /**
     * Reads on.
     */
    void resumeRequest();

    /**
     * The deadline of the exchange has come closer.
     */
    void awaitDeadline();

    /**
     * @return whether more is queued to the client than should be.
     */
    boolean isAboveHighWater();

    /**
     * @return counts what goes over the wire for the exchange on this side.
     */
    ByteMeter meter();

    /**
     * @return the client's connection.
     */
    Connection connection();

    /**
     * @return the client's connection when the content of a response is sent on it as it is; or null.
     */
    default Connection bodyConnection()
    {
        return null;
    }

    /**
     * @return the client's connection when its bytes are those of the exchange, all of them and as they are; or null.
     */
    default Connection relayConnection()
    {
        return null;
    }
}
