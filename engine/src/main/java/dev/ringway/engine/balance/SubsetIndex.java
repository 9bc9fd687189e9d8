package dev.ringway.engine.balance;

import dev.ringway.engine.route.MetadataMatch;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.EndpointMetadata;
import dev.ringway.engine.snapshot.SubsetRules;
import dev.ringway.engine.snapshot.SubsetRules.Selector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which endpoints of a cluster are in which of its subsets. Immutable, shared by all loops.
 */
final class SubsetIndex
{
    /** Stands for the endpoints that have what is the default. */
    static final Object DEFAULT = "default";

    private final SubsetRules rules;
    private final Map<Object, int[]> members = new HashMap<>();
    private final Map<List<String>, Selector> selectors = new LinkedHashMap<>();
    private final int count;

    SubsetIndex(final SubsetRules rules, final List<Endpoint> endpoints)
    {
        this.rules = rules;
        rules.selectors().forEach(selector -> selectors.putIfAbsent(selector.keys(), selector));
        final Map<MetadataMatch, List<Integer>> groups = new LinkedHashMap<>();
        for (final Selector selector : selectors.values())
        {
            for (int i = 0; i < endpoints.size(); i++)
            {
                add(i, endpoints.get(i), selector, groups);
            }
        }
        groups.forEach((match, group) -> members.put(match, group.stream().mapToInt(Integer::intValue).toArray()));
        count = groups.size();
        members.put(DEFAULT, IntStream.range(0, endpoints.size())
            .filter(i -> isDefault(endpoints.get(i).metadata())).toArray());
    }

    private void add(
        final int index, final Endpoint endpoint, final Selector selector, final Map<MetadataMatch, List<Integer>> groups)
    {
        for (final MetadataMatch match : matches(endpoint.metadata(), selector.keys()))
        {
            final List<Integer> group = groups.computeIfAbsent(match, key -> new ArrayList<>());
            if (group.isEmpty() || !selector.isSingle())
            {
                group.add(index);
            }
        }
    }

    /** The groups of an endpoint by some keys: none when it lacks one, more than one where it has lists. */
    private List<MetadataMatch> matches(final EndpointMetadata metadata, final List<String> keys)
    {
        List<TreeMap<String, String>> found = List.of(new TreeMap<>());
        for (final String key : keys)
        {
            final List<TreeMap<String, String>> longer = new ArrayList<>();
            for (final String value : values(metadata, key))
            {
                for (final TreeMap<String, String> before : found)
                {
                    final TreeMap<String, String> next = new TreeMap<>(before);
                    next.put(key, value);
                    longer.add(next);
                }
            }
            found = longer;
        }
        return found.stream().map(MetadataMatch::new).toList();
    }

    private List<String> values(final EndpointMetadata metadata, final String key)
    {
        final String whole = metadata.values().get(key);
        if (whole == null)
        {
            return List.of();
        }
        final List<String> elements = rules.listAsAny() ? metadata.lists().get(key) : null;
        return elements == null ? List.of(whole) : elements.stream().distinct().toList();
    }

    private boolean isDefault(final EndpointMetadata metadata)
    {
        return rules.defaultSubset().entrySet().stream()
            .allMatch(wanted -> values(metadata, wanted.getKey()).contains(wanted.getValue()));
    }

    SubsetRules rules()
    {
        return rules;
    }

    /**
     * @param key a {@link MetadataMatch} or {@link #DEFAULT}.
     * @return endpoints of that group, or null when there is none.
     */
    int[] members(final Object key)
    {
        return members.get(key);
    }

    /** All groups. */
    Map<Object, int[]> all()
    {
        return members;
    }

    /** The selector of exactly these keys, or null. */
    Selector selector(final MetadataMatch match)
    {
        return selectors.get(Arrays.asList(match.values().keySet().toArray(new String[0])));
    }

    /** How many groups there are beside the default. */
    int count()
    {
        return count;
    }
}
