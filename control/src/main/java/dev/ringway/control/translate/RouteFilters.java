package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.filter.FilterSettings;
import dev.ringway.engine.filter.FilterSettings.State;
import dev.ringway.engine.filter.HttpFilters.Place;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Translates {@code typed_per_filter_config} for the filters of one connection manager.
 */
final class RouteFilters
{
    private static final String WRAPPER = "envoy.config.route.v3.FilterConfig";

    private final Checks checks;
    private final List<Place> places;
    private final List<HttpFilterType> ofPlaces;
    private final Map<String, HttpFilterType> types;
    private final String statPrefix;

    /**
     * @param checks     where faults go.
     * @param places     the filters.
     * @param ofPlaces   what each of them is.
     * @param types      all there are, by the type of their settings.
     * @param statPrefix of the connection manager.
     */
    RouteFilters(
        final Checks checks,
        final List<Place> places,
        final List<HttpFilterType> ofPlaces,
        final Map<String, HttpFilterType> types,
        final String statPrefix)
    {
        this.checks = checks;
        this.places = places;
        this.ofPlaces = ofPlaces;
        this.types = types;
        this.statPrefix = statPrefix;
    }

    /** What a weighted cluster, a route, a virtual host or a route configuration says, one entry for each filter. */
    record Level(List<Said> said)
    {
        /** What is said to one filter. */
        record Said(Object settings, State state)
        {
            private static final Said NOTHING = new Said(null, State.AS_CHAIN);
        }
    }

    /**
     * @param configs {@code typed_per_filter_config}.
     * @param path    where it stands.
     * @return what it says; shared by all that belongs to what says it.
     */
    Level level(final Map<String, Any> configs, final FieldPath path)
    {
        final List<Level.Said> said = new ArrayList<>(places.size());
        for (int i = 0; i < places.size(); i++)
        {
            final String name = places.get(i).name();
            said.add(configs.containsKey(name) ?
                said(configs.get(name), path.field(name), ofPlaces.get(i)) : Level.Said.NOTHING);
        }
        for (final Map.Entry<String, Any> entry : configs.entrySet())
        {
            if (places.stream().noneMatch(place -> place.name().equals(entry.getKey())))
            {
                checkUnused(entry.getValue(), path.field(entry.getKey()));
            }
        }
        return new Level(said);
    }

    /** As Envoy: settings for a filter that the chain does not have must be right all the same. */
    private void checkUnused(final Any config, final FieldPath path)
    {
        checks.errors().warn(path, "no filter of the connection manager has this name");
        final String name = ExtensionTypes.nameOf(config.getTypeUrl());
        if (!name.equals(WRAPPER) &&
            types.values().stream().noneMatch(type -> name.equals(type.routeType())))
        {
            checks.fault(path, name + " is not what a route can say to an HTTP filter");
        }
    }

    private Level.Said said(final Any config, final FieldPath path, final HttpFilterType type)
    {
        try
        {
            if (!ExtensionTypes.nameOf(config.getTypeUrl()).equals(WRAPPER))
            {
                return new Level.Said(settings(config, path, type), State.ENABLED);
            }
            final FilterConfig wrapper = FilterConfig.parseFrom(config.getValue());
            if (wrapper.getDisabled())
            {
                return new Level.Said(null, State.DISABLED);
            }
            if (!wrapper.hasConfig())
            {
                return new Level.Said(null, State.ENABLED);
            }
            return new Level.Said(settings(wrapper.getConfig(), path.field("config"), type), State.ENABLED);
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(path, "cannot be decoded: " + ex.getMessage());
            return Level.Said.NOTHING;
        }
    }

    private Object settings(final Any config, final FieldPath path, final HttpFilterType type)
        throws InvalidProtocolBufferException
    {
        final String name = ExtensionTypes.nameOf(config.getTypeUrl());
        if (!name.equals(type.routeType()))
        {
            checks.fault(path, type.routeType() == null ? "the filter takes no settings from routes" :
                "must be a " + type.routeType() + ", not a " + name);
            return null;
        }
        return type.routeSettings(config, path, statPrefix);
    }

    /**
     * @param limits {@code rate_limits} of the route and its virtual host.
     * @param levels from the most specific to the least.
     * @return what a route says to the filters, or null when that is nothing.
     */
    FilterSettings settings(final RateLimitRules.OfRoute limits, final List<Level> levels)
    {
        final List<FilterSettings.Place> all = new ArrayList<>(places.size());
        boolean isEmpty = true;
        for (int i = 0; i < places.size(); i++)
        {
            List<Object> settings = new ArrayList<>();
            State state = State.AS_CHAIN;
            for (final Level level : levels)
            {
                final Level.Said said = level.said().get(i);
                state = state == State.AS_CHAIN ? said.state() : state;
                if (said.settings() != null)
                {
                    settings.add(said.settings());
                }
            }
            final Object specific = settings.isEmpty() ? null : settings.getFirst();
            final Object last = ofPlaces.get(i).ofRoute(places.get(i).factory(), specific, limits);
            settings = last == specific ? settings : List.of(last);
            isEmpty &= settings.isEmpty() && state == State.AS_CHAIN;
            all.add(new FilterSettings.Place(settings, state));
        }
        return isEmpty ? null : new FilterSettings(all);
    }
}
