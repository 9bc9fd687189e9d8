package dev.ringway.engine.route;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the endpoints of a cluster with subsets must have. Compiled with the route, so that it need not be compared
 * anew for each request; equal ones are equal objects to a map. Envoy: {@code envoy.lb} in
 * {@code RouteAction.metadata_match}. Immutable.
 */
public final class MetadataMatch
{
    private final SortedMap<String, String> values;
    private final int hash;

    /**
     * @param values by their keys, not empty; written as the metadata of endpoints is.
     */
    public MetadataMatch(final SortedMap<String, String> values)
    {
        this.values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        hash = this.values.hashCode();
    }

    /**
     * @return values by their keys.
     */
    public SortedMap<String, String> values()
    {
        return values;
    }

    /**
     * Allocates.
     *
     * @param keys which values are wanted.
     * @return those alone, or null when one is missing.
     */
    public MetadataMatch only(final Collection<String> keys)
    {
        final SortedMap<String, String> wanted = new TreeMap<>();
        for (final String key : keys)
        {
            final String value = values.get(key);
            if (value == null)
            {
                return null;
            }
            wanted.put(key, value);
        }
        return new MetadataMatch(wanted);
    }

    public int hashCode()
    {
        return hash;
    }

    public boolean equals(final Object other)
    {
        return other == this ||
            other instanceof final MetadataMatch match && match.hash == hash && match.values.equals(values);
    }

    public String toString()
    {
        return values.toString();
    }
}
