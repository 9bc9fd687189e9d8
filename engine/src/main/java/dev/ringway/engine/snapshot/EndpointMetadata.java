package dev.ringway.engine.snapshot;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What is said of an endpoint for balancing. Envoy: {@code envoy.lb} in {@code LbEndpoint.metadata}.
 *
 * @param values   by their keys, as texts that are equal when the values are.
 * @param lists    of the values that are lists their elements, written in the same way.
 * @param hashKey  what ring and Maglev know it by instead of its address, or null.
 * @param isCanary shown in {@code /clusters}.
 */
public record EndpointMetadata(
    SortedMap<String, String> values, Map<String, List<String>> lists, String hashKey, boolean isCanary)
{
    /** Nothing is said. */
    public static final EndpointMetadata NONE =
        new EndpointMetadata(Collections.emptySortedMap(), Map.of(), null, false);
}
