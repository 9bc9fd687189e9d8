package dev.ringway.engine.balance;

/**
 * Endpoints by hashes. Immutable, shared by all loops.
 */
sealed interface HashTable permits HashRing, MaglevTable
{
    /**
     * @param hash    of a request.
     * @param attempt 0, and one more for each other endpoint that is wanted.
     * @return index of an endpoint, or {@link Picker#NONE}.
     */
    int pick(long hash, int attempt);

    /**
     * @return points or entries.
     */
    int size();

    /**
     * @return of the endpoint that has the fewest.
     */
    int fewest();

    /**
     * @return of the endpoint that has the most.
     */
    int most();
}
