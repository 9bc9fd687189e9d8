package dev.ringway.engine.route;

import dev.ringway.codecs.http.RequestHead;

/**
 * Compiled virtual hosts and routes of one {@code RouteConfiguration}. Immutable, shared by all loops; matching
 * allocates nothing.
 */
public interface RouteTable
{
    /**
     * @param head with method, authority and path decoded.
     * @return the first route of the best virtual host that matches, or null.
     */
    Route match(RequestHead head);
}
