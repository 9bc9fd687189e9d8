package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.GrpcStatsCounters;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.httpfilters.CallNames;
import dev.ringway.engine.httpfilters.GrpcStats;
import io.envoyproxy.envoy.config.core.v3.GrpcMethodList;
import io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig;

import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Translates {@code extensions.filters.http.grpc_stats.v3.FilterConfig}.
 */
final class GrpcStatsTranslator implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig";

    private final Checks checks;
    private final CounterRegistry counters;
    private final CallNames names;

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     * @param names    has counters made for methods that are seen.
     */
    GrpcStatsTranslator(final Checks checks, final CounterRegistry counters, final CallNames names)
    {
        this.checks = checks;
        this.counters = counters;
        this.names = names;
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilterFactory factory(final Any any, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        final FilterConfig config = FilterConfig.parseFrom(any.getValue());
        return new GrpcStats(config.getStatsForAllMethods().getValue(),
            listed(config.getIndividualMethodStatsAllowlist(), path.field("individual_method_stats_allowlist")),
            config.getEnableUpstreamStats(), config.getReplaceDotsInGrpcServiceName(), names,
            new GrpcStatsCounters(counters, statPrefix).overflow);
    }

    private List<byte[]> listed(final GrpcMethodList config, final FieldPath path)
    {
        final List<byte[]> methods = new ArrayList<>();
        for (int i = 0; i < config.getServicesCount(); i++)
        {
            final GrpcMethodList.Service service = config.getServices(i);
            final FieldPath at = path.field("services").at(i);
            checks.required(service.getName(), at.field("name"));
            if (service.getMethodNamesCount() == 0)
            {
                checks.fault(at.field("method_names"), "must have at least one");
            }
            service.getMethodNamesList().forEach(
                method -> methods.add(('/' + service.getName() + '/' + method).getBytes(UTF_8)));
        }
        return methods;
    }

    /**
     * {@inheritDoc}
     */
    public String routeType()
    {
        return null;
    }

    /**
     * {@inheritDoc}
     */
    public Object routeSettings(final Any config, final FieldPath path, final String statPrefix)
    {
        return null;
    }
}
