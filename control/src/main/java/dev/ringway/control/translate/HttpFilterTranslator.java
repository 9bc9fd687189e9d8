package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.filter.FilterErrors;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.HttpFilters.Place;
import dev.ringway.engine.httpfilters.CallNames;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Translates {@code http_filters} of a connection manager.
 */
final class HttpFilterTranslator
{
    private static final String ROUTER = "envoy.extensions.filters.http.router.v3.Router";

    private final Checks checks;
    private final CounterRegistry counters;
    private final FilterErrors errors;
    private final Map<String, HttpFilterType> types = new HashMap<>();

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     * @param errors   where what filters throw is noted.
     * @param calls    has counters made for calls of gRPC.
     * @param runtime  values that settings may depend on.
     * @param limits   translates what is said of requests for limits.
     */
    HttpFilterTranslator(
        final Checks checks,
        final CounterRegistry counters,
        final FilterErrors errors,
        final CallNames calls,
        final RuntimeValues runtime,
        final RateLimitRules limits)
    {
        this.checks = checks;
        this.counters = counters;
        this.errors = errors;
        types.put(CustomFilters.TYPE, new CustomFilters(checks, counters));
        types.put(BufferTranslator.TYPE, new BufferTranslator(checks));
        types.put(CorsTranslator.TYPE, new CorsTranslator(checks, counters, runtime));
        types.put(FaultTranslator.TYPE, new FaultTranslator(checks, counters, runtime));
        types.put(RbacTranslator.TYPE, new RbacTranslator(checks, counters, runtime));
        types.put(GrpcStatsTranslator.TYPE, new GrpcStatsTranslator(checks, counters, calls));
        types.put(HeaderMutationTranslator.TYPE, new HeaderMutationTranslator(checks));
        types.put(LocalRateLimitTranslator.TYPE, new LocalRateLimitTranslator(checks, counters, runtime, limits));
    }

    /**
     * @param name of the settings of a kind of filter.
     * @param type translates them.
     * @return this.
     */
    HttpFilterTranslator with(final String name, final HttpFilterType type)
    {
        types.put(name, type);
        return this;
    }

    /**
     * The filters of a connection manager.
     *
     * @param filters              before the router, or null when it stands alone.
     * @param suppressEnvoyHeaders what the router says.
     * @param routeFilters         reads what routes say to them.
     */
    record Chain(HttpFilters filters, boolean suppressEnvoyHeaders, RouteFilters routeFilters)
    {
    }

    /**
     * @param filters    messages.
     * @param path       where they stand.
     * @param statPrefix of the connection manager.
     * @return the chain; of no use when faults were noted.
     */
    Chain translate(final List<HttpFilter> filters, final FieldPath path, final String statPrefix)
    {
        final List<Place> places = new ArrayList<>();
        final List<HttpFilterType> ofPlaces = new ArrayList<>();
        final int faults = checks.errors().count();
        Boolean suppresses = null;
        for (int i = 0; i < filters.size(); i++)
        {
            final HttpFilter filter = filters.get(i);
            final String type = ExtensionTypes.nameOf(filter.getTypedConfig().getTypeUrl());
            checks.required(filter.getName(), path.at(i).field("name"));
            if (suppresses != null)
            {
                checks.fault(path.at(i), "comes after the router, which must be the last filter");
            }
            else if (type.equals(ROUTER))
            {
                suppresses = router(filter.getTypedConfig(), path.at(i).field("typed_config"));
                if (filter.getDisabled())
                {
                    checks.fault(path.at(i).field("disabled"), "cannot be set for the router");
                }
            }
            else
            {
                final HttpFilterType found = add(filter, path.at(i), statPrefix, places);
                if (found != null)
                {
                    ofPlaces.add(found);
                }
            }
        }
        if (suppresses == null && checks.errors().count() == faults)
        {
            checks.fault(path, "needs the router as its last filter; its type is " + ROUTER);
        }
        return new Chain(places.isEmpty() ? null : new HttpFilters(counters, StatName.of(statPrefix), places, errors),
            suppresses != null && suppresses, new RouteFilters(checks, places, ofPlaces, types, StatName.of(statPrefix)));
    }

    private HttpFilterType add(
        final HttpFilter filter, final FieldPath path, final String statPrefix, final List<Place> places)
    {
        final FieldPath configPath = path.field("typed_config");
        if (!checks.required(filter.hasTypedConfig(), configPath))
        {
            return null;
        }
        final String name = ExtensionTypes.nameOf(filter.getTypedConfig().getTypeUrl());
        final HttpFilterType type = types.get(name);
        if (type == null)
        {
            checks.fault(configPath, name + " is not an HTTP filter");
            return null;
        }
        try
        {
            final HttpFilterFactory factory =
                type.factory(filter.getTypedConfig(), configPath, StatName.of(statPrefix));
            places.add(new Place(filter.getName(), factory, filter.getDisabled()));
            return type;
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(configPath, "cannot be decoded: " + ex.getMessage());
            return null;
        }
    }

    private boolean router(final Any config, final FieldPath path)
    {
        try
        {
            return Router.parseFrom(config.getValue()).getSuppressEnvoyHeaders();
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(path, "cannot be decoded: " + ex.getMessage());
            return false;
        }
    }
}
