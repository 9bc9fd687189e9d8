package dev.ringway.engine.snapshot;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What is said of an endpoint. Envoy: {@code LbEndpoint.metadata}; but for access logs only what is in {@code envoy.lb}.
 *
 * @param values   by their keys, as texts that are equal when the values are.
 * @param lists    of the values that are lists their elements, written in the same way.
 * @param hashKey  what ring and Maglev know it by instead of its address, or null.
 * @param isCanary shown in {@code /clusters}.
 * @param told     all of it for access logs, a JSON object by namespaces; or null when there is none.
 */
public record EndpointMetadata(
    SortedMap<String, String> values, Map<String, List<String>> lists, String hashKey, boolean isCanary, String told)
{
    /** Nothing is said. */
    public static final EndpointMetadata NONE =
        new EndpointMetadata(Collections.emptySortedMap(), Map.of(), null, false);

    /**
     * Of which access logs tell nothing.
     *
     * @param values   by their keys.
     * @param lists    of the values that are lists their elements.
     * @param hashKey  what ring and Maglev know it by instead of its address, or null.
     * @param isCanary shown in {@code /clusters}.
     */
    public EndpointMetadata(
        final SortedMap<String, String> values,
        final Map<String, List<String>> lists,
        final String hashKey,
        final boolean isCanary)
    {
        this(values, lists, hashKey, isCanary, null);
    }
}
