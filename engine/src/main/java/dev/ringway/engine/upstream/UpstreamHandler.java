package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.route.MetadataMatch;
import dev.ringway.engine.snapshot.Endpoint;

/**
 * What the upstream side tells an exchange. Loop thread only; must not throw. When {@link #onUpstreamFailed} or the
 * end of an HTTP response is told, the session is no longer the exchange's.
 */
public interface UpstreamHandler
{
    /** Nothing of the request is hashed: a balancer that goes by hashes picks by chance. */
    long NO_HASH = 0;

    /**
     * Asked each time an endpoint is picked, as are those below.
     *
     * @return what balancers that go by hashes pick by (Envoy: {@code RouteAction.hash_policy}), or {@link #NO_HASH}.
     */
    default long hash()
    {
        return NO_HASH;
    }

    /**
     * @return what endpoints of a cluster with subsets must have (Envoy: {@code RouteAction.metadata_match}), or null.
     */
    default MetadataMatch metadataMatch()
    {
        return null;
    }

    /**
     * @return whether the bounds for priority HIGH hold for it (Envoy: {@code RouteAction.priority}).
     */
    default boolean isHighPriority()
    {
        return false;
    }

    /**
     * @return how often an endpoint that it {@link #avoids} is left for another pick (Envoy:
     *         {@code RetryPolicy.host_selection_retry_max_attempts}); the last pick stands in any case.
     */
    default int morePicks()
    {
        return 0;
    }

    /**
     * @param endpoint just picked; the same one may be another object later, with the same address.
     * @return whether another were better (Envoy: {@code RetryPolicy.retry_host_predicate}).
     */
    default boolean avoids(final Endpoint endpoint)
    {
        return false;
    }

    /**
     * @return head of the request, while it waits for a session; of no meaning for a relay.
     */
    RequestHead request();

    /**
     * A session is the exchange's own until the response has ended, fails or is cancelled.
     *
     * @param session to send to; it may still be connecting, what is sent then waits.
     */
    void onUpstreamReady(UpstreamSession session);

    /**
     * @return whether the request asks for another protocol, which not every session takes.
     */
    boolean asksUpgrade();

    /**
     * Asked while it acquires a session.
     *
     * @return whether a connection that is idle will not do, because another such has just failed it.
     */
    default boolean wantsFresh()
    {
        return false;
    }

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
