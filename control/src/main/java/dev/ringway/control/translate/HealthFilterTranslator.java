package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.httpfilters.HealthCache;
import dev.ringway.engine.httpfilters.HealthCheck;
import dev.ringway.engine.httpfilters.ServiceHealth;
import io.envoyproxy.envoy.type.v3.Percent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Translates {@code extensions.filters.http.health_check.v3.HealthCheck}.
 */
final class HealthFilterTranslator implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "envoy.extensions.filters.http.health_check.v3.HealthCheck";

    private final Checks checks;
    private final ServiceHealth health;
    private final String ownCluster;
    private final Map<String, Integer> clusterIds;
    private final ConditionTranslator conditions;

    /**
     * @param checks     where faults go.
     * @param health     of the process.
     * @param ownCluster {@code node.cluster}.
     * @param clusterIds ids of the clusters that exist, by name.
     * @param runtime    values that conditions may depend on.
     */
    HealthFilterTranslator(
        final Checks checks,
        final ServiceHealth health,
        final String ownCluster,
        final Map<String, Integer> clusterIds,
        final RuntimeValues runtime)
    {
        this.checks = checks;
        this.health = health;
        this.ownCluster = ownCluster;
        this.clusterIds = clusterIds;
        conditions = new ConditionTranslator(checks, runtime);
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilterFactory factory(final Any any, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        final var config =
            io.envoyproxy.envoy.extensions.filters.http.health_check.v3.HealthCheck.parseFrom(any.getValue());
        checks.required(config.hasPassThroughMode(), path.field("pass_through_mode"));
        final boolean passesOn = config.getPassThroughMode().getValue();
        final long cacheNs = checks.duration(config.hasCacheTime(), config.getCacheTime(), path.field("cache_time"), 0);
        if (!passesOn && cacheNs > 0)
        {
            checks.fault(path.field("cache_time"), "must not be set without pass_through_mode");
        }
        if (ownCluster.chars().anyMatch(c -> c < 0x20 || c == 0x7f))
        {
            checks.fault(path, "sends node.cluster in a field, which must not hold control characters");
        }
        return new HealthCheck(health, ownCluster.getBytes(StandardCharsets.UTF_8), passesOn,
            cacheNs > 0 ? new HealthCache(cacheNs) : null,
            List.copyOf(conditions.headers(config.getHeadersList(), path.field("headers"))),
            minimums(config.getClusterMinHealthyPercentagesMap(), path.field("cluster_min_healthy_percentages")));
    }

    private List<HealthCheck.Minimum> minimums(final Map<String, Percent> config, final FieldPath path)
    {
        final List<HealthCheck.Minimum> minimums = new ArrayList<>(config.size());
        new TreeMap<>(config).forEach((name, percent) -> minimums.add(new HealthCheck.Minimum(
            clusterIds.getOrDefault(name, -1), (int)checks.percent(true, percent, path.field(name), 0))));
        return List.copyOf(minimums);
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
