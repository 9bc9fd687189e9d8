package dev.ringway.engine.snapshot;

import java.util.List;
import java.util.SortedMap;

/**
 * Which groups of endpoints by metadata there are, and what a request gets that names none of them.
 * Envoy: {@code Cluster.LbSubsetConfig}.
 *
 * @param fallback       of requests that match no group.
 * @param defaultSubset  what endpoints must have for {@link Fallback#DEFAULT_SUBSET}; empty for all endpoints.
 * @param selectors      keys whose values make groups.
 * @param panicModeAny   whether any endpoint is taken when the fallback finds none.
 * @param listAsAny      whether an endpoint with a list is in the group of each of its elements.
 */
public record SubsetRules(
    Fallback fallback,
    SortedMap<String, String> defaultSubset,
    List<Selector> selectors,
    boolean panicModeAny,
    boolean listAsAny)
{
    /** What a request gets that matches no group. */
    public enum Fallback
    {
        /** What the cluster says; for selectors alone. */
        NOT_DEFINED,
        /** Nothing. */
        NO_FALLBACK,
        /** Any endpoint. */
        ANY_ENDPOINT,
        /** One that has what is the default. */
        DEFAULT_SUBSET,
        /** One by fewer of its keys; for selectors alone. */
        KEYS_SUBSET
    }

    /**
     * Groups by some keys.
     *
     * @param keys         sorted, each once, not empty.
     * @param fallback     of requests with these keys whose values no group has.
     * @param fallbackKeys some of the keys, sorted, for {@link Fallback#KEYS_SUBSET}.
     * @param isSingle     whether a group has one endpoint at most ({@code single_host_per_subset}).
     */
    public record Selector(List<String> keys, Fallback fallback, List<String> fallbackKeys, boolean isSingle)
    {
    }
}
