package dev.ringway.engine.upstream;

import dev.ringway.engine.balance.PickRequest;

/**
 * What a request or a relay needs of the session that is acquired for it, beside an endpoint. Loop thread only.
 */
public interface SessionNeeds extends PickRequest
{
    /** Any session will do. */
    SessionNeeds NONE = new SessionNeeds()
    {
    };

    /**
     * @return whether the request asks for another protocol, which not every session takes.
     */
    default boolean asksUpgrade()
    {
        return false;
    }

    /**
     * @return whether a connection that is idle will not do, because another such has just failed it.
     */
    default boolean wantsFresh()
    {
        return false;
    }

    /**
     * Asked for clusters whose endpoints are what clients want (Envoy: ORIGINAL_DST).
     *
     * @param destination takes where the client wants to go, if that is known.
     */
    default void askDestination(final Destination destination)
    {
        // Not known.
    }
}
