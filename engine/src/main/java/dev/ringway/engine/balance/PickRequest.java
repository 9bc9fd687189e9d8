package dev.ringway.engine.balance;

import dev.ringway.engine.route.MetadataMatch;
import dev.ringway.engine.snapshot.Endpoint;

/**
 * What a request says of the endpoint that is picked for it: each question is asked anew for each pick. Loop thread
 * only.
 */
public interface PickRequest
{
    /** Nothing of the request is hashed: a balancer that goes by hashes picks by chance. */
    long NO_HASH = 0;

    /**
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
}
