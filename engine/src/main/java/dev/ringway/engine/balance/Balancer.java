package dev.ringway.engine.balance;

/**
 * Picks among the endpoints of a cluster, or of one of its subsets. Loop thread only.
 */
sealed interface Balancer permits ListBalancer, HashBalancer, SubsetBalancer, NoBalancer
{
    /**
     * Allocates nothing, unless endpoints or their health have changed since.
     *
     * @param request what it is for.
     * @param attempt 0, and one more each time that the request {@link PickRequest#avoids} what was picked.
     * @param nowNs   monotonic.
     * @return index of an endpoint, or {@link Picker#NONE}.
     */
    int pick(PickRequest request, int attempt, long nowNs);
}
