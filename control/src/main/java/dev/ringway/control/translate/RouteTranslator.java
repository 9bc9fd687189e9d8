package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.route.PathMatch;
import dev.ringway.engine.route.Redirect;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.RouteTable;
import dev.ringway.engine.route.StreamDuration;
import dev.ringway.engine.route.VirtualHost;
import dev.ringway.engine.route.VirtualHost.TlsRequirement;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Translates {@code config.route.v3.RouteConfiguration} into a compiled table.
 */
final class RouteTranslator
{
    private static final long DEFAULT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(15);
    private static final int DEFAULT_MAX_BODY = 4096;
    private static final int MAX_PART_LENGTH = 1024;
    /** A direct response leaves in one piece, which a chunk must hold. */
    private static final int MAX_PIECE_LENGTH = 60 * 1024;
    private static final byte[] NO_BODY = new byte[0];

    private final Checks checks;
    private final DataSources dataSources;
    private final UpgradeTranslator upgrades;
    private final Map<String, Integer> clusterIds;
    private final Set<String> telling;

    /**
     * @param checks     where faults go.
     * @param clusterIds ids of the clusters that exist, by name.
     * @param telling    names of those whose connections begin with the PROXY protocol.
     */
    RouteTranslator(final Checks checks, final Map<String, Integer> clusterIds, final Set<String> telling)
    {
        this.checks = checks;
        this.dataSources = new DataSources(checks);
        this.upgrades = new UpgradeTranslator(checks);
        this.clusterIds = clusterIds;
        this.telling = telling;
    }

    /** What all routes of one configuration share. */
    private record Rules(boolean validateClusters, int maxBody)
    {
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @return the table; when faults were noted it is of no use.
     */
    RouteTable translate(final RouteConfiguration config, final FieldPath path)
    {
        final Rules rules = new Rules(
            !config.hasValidateClusters() || config.getValidateClusters().getValue(),
            checks.count(config.hasMaxDirectResponseBodySizeBytes(), config.getMaxDirectResponseBodySizeBytes(),
                path.field("max_direct_response_body_size_bytes"), DEFAULT_MAX_BODY, 0, Integer.MAX_VALUE));
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
            hosts.add(new VirtualHost(host.getName(), domains, routes(host, hostPath.field("routes"), rules),
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
        final io.envoyproxy.envoy.config.route.v3.VirtualHost host, final FieldPath path, final Rules rules)
    {
        final List<VirtualHost.Rule> result = new ArrayList<>(host.getRoutesCount());
        for (int i = 0; i < host.getRoutesCount(); i++)
        {
            final io.envoyproxy.envoy.config.route.v3.Route config = host.getRoutes(i);
            final PathMatch match = match(config, path.at(i).field("match"));
            if (match != null)
            {
                final Route route = route(config, match.pattern().length, path.at(i), rules);
                if (route != null)
                {
                    result.add(new VirtualHost.Rule(match, route));
                }
            }
        }
        return result;
    }

    private PathMatch match(final io.envoyproxy.envoy.config.route.v3.Route config, final FieldPath path)
    {
        if (!checks.required(config.hasMatch(), path))
        {
            return null;
        }
        final RouteMatch match = config.getMatch();
        final boolean caseSensitive = !match.hasCaseSensitive() || match.getCaseSensitive().getValue();
        return switch (match.getPathSpecifierCase())
        {
            case PREFIX -> new PathMatch(PathMatch.Kind.PREFIX, bytes(match.getPrefix()), caseSensitive);
            case PATH -> new PathMatch(PathMatch.Kind.EXACT, bytes(match.getPath()), caseSensitive);
            case PATH_SEPARATED_PREFIX ->
            {
                final String prefix = match.getPathSeparatedPrefix();
                if (!prefix.matches("[^?#]+[^?#/]"))
                {
                    checks.fault(path.field("path_separated_prefix"),
                        "'" + prefix + "' must have no ? or # and must not end with /");
                }
                yield new PathMatch(PathMatch.Kind.SEPARATED_PREFIX, bytes(prefix), caseSensitive);
            }
            default ->
            {
                checks.fault(path, "needs prefix, path or path_separated_prefix");
                yield null;
            }
        };
    }

    private Route route(
        final io.envoyproxy.envoy.config.route.v3.Route config, final int matched, final FieldPath path,
        final Rules rules)
    {
        LogStrings.register(config.getName());
        return switch (config.getActionCase())
        {
            case ROUTE -> forward(config, matched, path.field("route"), rules);
            case DIRECT_RESPONSE -> direct(config, matched, path.field("direct_response"), rules);
            case REDIRECT -> redirect(config, matched, path.field("redirect"));
            default ->
            {
                checks.fault(path, "needs route, redirect or direct_response");
                yield null;
            }
        };
    }

    private Route forward(
        final io.envoyproxy.envoy.config.route.v3.Route config, final int matched, final FieldPath path,
        final Rules rules)
    {
        final RouteAction action = config.getRoute();
        final Integer id = clusterIds.get(action.getCluster());
        if (checks.required(action.getCluster(), path.field("cluster")) && id == null && rules.validateClusters)
        {
            checks.fault(path.field("cluster"), "there is no cluster '" + action.getCluster() + "'");
        }
        if (telling.contains(action.getCluster()))
        {
            checks.fault(path.field("cluster"), "'" + action.getCluster() +
                "' begins connections with the PROXY protocol, which requests of several clients could not share; " +
                "it can serve a tcp_proxy only");
        }
        return new Route(config.getName(), Route.Kind.CLUSTER, id == null ? -1 : id, action.getCluster(),
            checks.duration(action.hasTimeout(), action.getTimeout(), path.field("timeout"), DEFAULT_TIMEOUT_NS),
            checks.duration(action.hasIdleTimeout(), action.getIdleTimeout(), path.field("idle_timeout"), -1),
            bytesOrNull(action.getPrefixRewrite(), path.field("prefix_rewrite")), matched, 0, NO_BODY, null,
            upgrades.ofRoute(action.getUpgradeConfigsList(), path.field("upgrade_configs")),
            duration(action, path.field("max_stream_duration")));
    }

    private StreamDuration duration(final RouteAction action, final FieldPath path)
    {
        if (!action.hasMaxStreamDuration())
        {
            return StreamDuration.NONE;
        }
        final RouteAction.MaxStreamDuration config = action.getMaxStreamDuration();
        return new StreamDuration(
            checks.duration(config.hasMaxStreamDuration(), config.getMaxStreamDuration(),
                path.field("max_stream_duration"), StreamDuration.UNSET),
            checks.duration(config.hasGrpcTimeoutHeaderMax(), config.getGrpcTimeoutHeaderMax(),
                path.field("grpc_timeout_header_max"), StreamDuration.UNSET),
            checks.duration(config.hasGrpcTimeoutHeaderOffset(), config.getGrpcTimeoutHeaderOffset(),
                path.field("grpc_timeout_header_offset"), 0));
    }

    private Route direct(
        final io.envoyproxy.envoy.config.route.v3.Route config, final int matched, final FieldPath path,
        final Rules rules)
    {
        final DirectResponseAction action = config.getDirectResponse();
        if (action.getStatus() < 200 || action.getStatus() > 599)
        {
            checks.fault(path.field("status"), "must be from 200 to 599, not " +
                Integer.toUnsignedString(action.getStatus()));
        }
        final byte[] body = action.hasBody() ? dataSources.bytes(action.getBody(), path.field("body")) : NO_BODY;
        if (body.length > rules.maxBody)
        {
            checks.fault(path.field("body"), "is " + body.length + " bytes long, more than the " + rules.maxBody +
                " that max_direct_response_body_size_bytes of the route configuration allows");
        }
        if (body.length > MAX_PIECE_LENGTH)
        {
            checks.fault(path.field("body"), "is " + body.length + " bytes long; at most " + MAX_PIECE_LENGTH +
                " are supported");
        }
        return new Route(config.getName(), Route.Kind.DIRECT_RESPONSE, -1, "", DEFAULT_TIMEOUT_NS, -1, null, matched,
            action.getStatus(), body, null);
    }

    private Route redirect(
        final io.envoyproxy.envoy.config.route.v3.Route config, final int matched, final FieldPath path)
    {
        final RedirectAction action = config.getRedirect();
        final String scheme = switch (action.getSchemeRewriteSpecifierCase())
        {
            case HTTPS_REDIRECT -> action.getHttpsRedirect() ? "https" : null;
            case SCHEME_REDIRECT -> header(action.getSchemeRedirect(), path.field("scheme_redirect"));
            default -> null;
        };
        final int port = action.getPortRedirect();
        if (port < 0 || port > 65535)
        {
            checks.fault(path.field("port_redirect"), "must be from 0 to 65535");
        }
        final int status = switch (action.getResponseCode())
        {
            case FOUND -> 302;
            case SEE_OTHER -> 303;
            case TEMPORARY_REDIRECT -> 307;
            case PERMANENT_REDIRECT -> 308;
            default -> 301;
        };
        final Redirect redirect = Redirect.of(scheme,
            action.getHostRedirect().isEmpty() ? null : header(action.getHostRedirect(), path.field("host_redirect")),
            port == 0 ? -1 : port,
            bytesOrNull(action.getPathRedirect(), path.field("path_redirect")),
            bytesOrNull(action.getPrefixRewrite(), path.field("prefix_rewrite")),
            action.getStripQuery());
        return new Route(config.getName(), Route.Kind.REDIRECT, -1, "", DEFAULT_TIMEOUT_NS, -1, null, matched, status,
            NO_BODY, redirect);
    }

    private byte[] bytesOrNull(final String text, final FieldPath path)
    {
        return text.isEmpty() ? null : bytes(header(text, path));
    }

    /** The text goes into a start line or a header field: a line break in it would forge another. */
    private String header(final String text, final FieldPath path)
    {
        if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7f))
        {
            checks.fault(path, "must not hold control characters");
        }
        if (text.length() > MAX_PART_LENGTH)
        {
            checks.fault(
                path, "is " + text.length() + " characters long; at most " + MAX_PART_LENGTH + " are supported");
        }
        return text;
    }

    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
