package dev.ringway.engine.filter;

import java.util.Map;

/**
 * A filter that others have written, found by {@link java.util.ServiceLoader} in the jars that the configuration names:
 * {@code META-INF/services/dev.ringway.engine.filter.HttpFilterProvider}. Control thread only.
 */
public interface HttpFilterProvider
{
    /**
     * @return what configurations call it: the last part of the {@code type_url} in a {@code TypedStruct}.
     */
    String type();

    /**
     * Makes what stands at one place of a chain.
     *
     * @param settings {@code value} of the {@code TypedStruct}: text as {@link String}, numbers as {@link Double},
     *                 truth as {@link Boolean}, {@code null}, lists and maps of these.
     * @param context  what it may ask for.
     * @return factory of the filters.
     * @throws IllegalArgumentException when the settings are wrong; its message is shown with their place.
     */
    HttpFilterFactory factory(Map<String, Object> settings, FilterContext context);

    /**
     * Reads what a route says to the filter, which {@link FilterExchange#settings()} then shows.
     *
     * @param settings {@code value} of the {@code TypedStruct} in {@code typed_per_filter_config}.
     * @return settings, not null.
     * @throws IllegalArgumentException when they are wrong; its message is shown with their place.
     */
    default Object routeSettings(final Map<String, Object> settings)
    {
        throw new IllegalArgumentException(type() + " takes no settings from routes");
    }
}
