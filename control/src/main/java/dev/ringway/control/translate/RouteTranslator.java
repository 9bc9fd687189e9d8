package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.filter.FilterSettings;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.MirrorPolicy;
import dev.ringway.engine.route.PathMatch;
import dev.ringway.engine.route.RetryPolicy;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.route.RouteTable;
import dev.ringway.engine.route.VirtualHost;
import dev.ringway.engine.route.VirtualHost.TlsRequirement;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Translates {@code config.route.v3.RouteConfiguration} into a compiled table.
 */
final class RouteTranslator
{
    private static final int DEFAULT_MAX_BODY = 4096;
    private static final String PER_FILTER = "typed_per_filter_config";
    private static final String MIRRORS = "request_mirror_policies";
    private static final String RATE_LIMITS = "rate_limits";

    private final Checks checks;
    private final RouteMatches matches;
    private final RouteActions actions;
    private final RetryPolicyTranslator retries;
    private final FieldChangeTranslator changes;
    private final MirrorTranslator mirrors;
    private final RateLimitRules limits;

    /**
     * @param checks     where faults go.
     * @param clusterIds ids of the clusters that exist, by name.
     * @param telling    names of those whose connections begin with the PROXY protocol.
     * @param runtime    values that shares of requests depend on.
     * @param limits     translates what is said of requests for limits.
     */
    RouteTranslator(
        final Checks checks,
        final Map<String, Integer> clusterIds,
        final Set<String> telling,
        final RuntimeValues runtime,
        final RateLimitRules limits)
    {
        this.limits = limits;
        this.checks = checks;
        final ConditionTranslator conditions = new ConditionTranslator(checks, runtime);
        matches = new RouteMatches(checks, conditions);
        final RouteTargets targets = new RouteTargets(checks, clusterIds, telling, runtime);
        actions = new RouteActions(checks, targets, conditions);
        mirrors = new MirrorTranslator(checks, targets, runtime);
        retries = new RetryPolicyTranslator(checks, conditions);
        changes = new FieldChangeTranslator(checks);
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @param filters reads what routes say to filters.
     * @return the table; when faults were noted it is of no use.
     */
    RouteTable translate(final RouteConfiguration config, final FieldPath path, final RouteFilters filters)
    {
        final boolean mustExist = !config.hasValidateClusters() || config.getValidateClusters().getValue();
        final RouteActions.Rules rules = new RouteActions.Rules(mustExist,
            checks.count(config.hasMaxDirectResponseBodySizeBytes(), config.getMaxDirectResponseBodySizeBytes(),
                path.field("max_direct_response_body_size_bytes"), DEFAULT_MAX_BODY, 0, Integer.MAX_VALUE),
            changes.of(config, path), config.getMostSpecificHeaderMutationsWins(), mirrors.translate(
                config.getRequestMirrorPoliciesList(), path.field(MIRRORS), mustExist, MirrorPolicy.NONE));
        final RouteFilters.Level level =
            filters.level(config.getTypedPerFilterConfigMap(), path.field(PER_FILTER));
        final List<VirtualHost> hosts = new ArrayList<>(config.getVirtualHostsCount());
        final Map<String, FieldPath> seenDomains = new HashMap<>();
        final Map<String, FieldPath> seenNames = new HashMap<>();
        for (int i = 0; i < config.getVirtualHostsCount(); i++)
        {
            final io.envoyproxy.envoy.config.route.v3.VirtualHost host = config.getVirtualHosts(i);
            final FieldPath hostPath = path.field("virtual_hosts").at(i);
            if (checks.required(host.getName(), hostPath.field("name")) &&
                seenNames.putIfAbsent(host.getName(), hostPath) != null)
            {
                checks.fault(hostPath.field("name"),
                    "'" + host.getName() + "' is already the name of " + seenNames.get(host.getName()));
            }
            final List<String> domains = domains(host, hostPath.field("domains"), seenDomains);
            hosts.add(new VirtualHost(host.getName(), domains, routes(host, hostPath, rules, filters, level),
                switch (host.getRequireTls())
                {
                    case EXTERNAL_ONLY -> TlsRequirement.EXTERNAL_ONLY;
                    case ALL -> TlsRequirement.ALL;
                    default -> TlsRequirement.NONE;
                }));
        }
        return RouteTable.compile(hosts, config.getIgnorePortInHostMatching());
    }

    private List<String> domains(
        final io.envoyproxy.envoy.config.route.v3.VirtualHost host, final FieldPath path,
        final Map<String, FieldPath> seen)
    {
        checks.required(host.getDomainsCount() > 0, path);
        final List<String> domains = new ArrayList<>(host.getDomainsCount());
        for (int i = 0; i < host.getDomainsCount(); i++)
        {
            final String domain = host.getDomains(i);
            if (!checks.required(domain, path.at(i)))
            {
                continue;
            }
            final FieldPath first = seen.putIfAbsent(domain.toLowerCase(Locale.ROOT), path.at(i));
            if (first == null)
            {
                domains.add(domain);
            }
            else
            {
                checks.fault(path.at(i), "'" + domain + "' is given before, in " + first);
            }
        }
        return domains;
    }

    private List<VirtualHost.Rule> routes(
        final io.envoyproxy.envoy.config.route.v3.VirtualHost host, final FieldPath hostPath,
        final RouteActions.Rules rules, final RouteFilters filters, final RouteFilters.Level table)
    {
        final FieldPath path = hostPath.field("routes");
        final RouteFilters.Level level =
            filters.level(host.getTypedPerFilterConfigMap(), hostPath.field(PER_FILTER));
        final RetryPolicy retry = retries.ofHost(host, hostPath);
        final MirrorPolicy[] hostMirrors = mirrors.translate(host.getRequestMirrorPoliciesList(),
            hostPath.field(MIRRORS), rules.validateClusters(), rules.mirrors());
        final List<RateLimitRules.Rule> hostLimits =
            limits.translate(host.getRateLimitsList(), hostPath.field(RATE_LIMITS));
        final FieldChangeTranslator.Both hostChanges = changes.of(host, hostPath);
        warnOfCovered(host, path);
        final List<VirtualHost.Rule> result = new ArrayList<>(host.getRoutesCount());
        for (int i = 0; i < host.getRoutesCount(); i++)
        {
            final io.envoyproxy.envoy.config.route.v3.Route config = host.getRoutes(i);
            final FieldPath matchPath = path.at(i).field("match");
            final PathMatch match = matches.translate(config, matchPath);
            final List<Condition> conditions = matches.conditions(config.getMatch(), matchPath);
            final RouteBuilder route = actions.translate(config, path.at(i), rules);
            if (match != null && route != null)
            {
                FieldChangeTranslator.apply(List.of(changes.of(config, path.at(i)), hostChanges, rules.changes()),
                    rules.mostSpecificWins(), route);
                route.retry(retries.ofRoute(config.getRoute(), path.at(i).field("route"), retry)
                    .keeping(retries.limit(config, path.at(i), host, hostPath)));
                route.mirrors(mirrors.translate(config.getRoute().getRequestMirrorPoliciesList(),
                    path.at(i).field("route").field(MIRRORS), rules.validateClusters(), hostMirrors));
                final RouteFilters.Level own =
                    filters.level(config.getTypedPerFilterConfigMap(), path.at(i).field(PER_FILTER));
                route.matchedLength(match.covered());
                route.metadata(MetadataValues.told(config.getMetadata(), host.getMetadata()));
                tellFilters(config, route, path.at(i), filters, new Heard(
                    limits(config, path.at(i).field("route"), hostLimits), List.of(own, level, table)));
                result.add(new VirtualHost.Rule(match, conditions, route.build()));
            }
        }
        return result;
    }

    /** Routes that another takes all requests from. The first says enough. */
    private void warnOfCovered(final io.envoyproxy.envoy.config.route.v3.VirtualHost host, final FieldPath path)
    {
        int all = 0;
        while (all < host.getRoutesCount() && !RouteMatches.takesAll(host.getRoutes(all).getMatch()))
        {
            all++;
        }
        for (int i = all + 1; i < host.getRoutesCount(); i++)
        {
            if (RouteMatches.isBelowRoot(host.getRoutes(i).getMatch()))
            {
                checks.errors().warn(path.at(i).field("match"),
                    "is never reached: " + path.at(all) + " takes all requests before");
                return;
            }
        }
    }

    /** What filters hear of a route and what it belongs to. */
    private record Heard(RateLimitRules.OfRoute limits, List<RouteFilters.Level> levels)
    {
    }

    /** Shares of a split come before the route. */
    private static void tellFilters(
        final io.envoyproxy.envoy.config.route.v3.Route config,
        final RouteBuilder route,
        final FieldPath path,
        final RouteFilters filters,
        final Heard heard)
    {
        route.filters(filters.settings(heard.limits, heard.levels));
        final List<WeightedCluster.ClusterWeight> clusters = config.getRoute().getWeightedClusters().getClustersList();
        final FieldPath clustersPath = path.field("route").field("weighted_clusters").field("clusters");
        final List<FilterSettings> settings = new ArrayList<>(clusters.size());
        for (int i = 0; i < clusters.size(); i++)
        {
            final List<RouteFilters.Level> levels = new ArrayList<>(heard.levels);
            levels.addFirst(
                filters.level(clusters.get(i).getTypedPerFilterConfigMap(), clustersPath.at(i).field(PER_FILTER)));
            settings.add(filters.settings(heard.limits, levels));
        }
        route.filtersOfShares(settings);
    }

    @SuppressWarnings("deprecation")
    private RateLimitRules.OfRoute limits(
        final io.envoyproxy.envoy.config.route.v3.Route config,
        final FieldPath path,
        final List<RateLimitRules.Rule> ofHost)
    {
        return !config.hasRoute() ? RateLimitRules.OfRoute.NONE : new RateLimitRules.OfRoute(
            limits.translate(config.getRoute().getRateLimitsList(), path.field(RATE_LIMITS)), ofHost,
            config.getRoute().getIncludeVhRateLimits().getValue());
    }
}
