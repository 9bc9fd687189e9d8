package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.GrpcCondition;
import dev.ringway.engine.route.PathMatch;
import dev.ringway.engine.route.RegexMatch;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Translates {@code config.route.v3.RouteMatch}.
 */
final class RouteMatches
{
    private static final String ROOT = "/";
    /** The path of OPTIONS for the server as a whole. */
    private static final String ANY_PATH = "*";

    private final Checks checks;
    private final ConditionTranslator conditions;
    private final MetadataMatchers metadata;

    /**
     * @param checks     where faults go.
     * @param conditions translates what routes demand beside their path.
     */
    RouteMatches(final Checks checks, final ConditionTranslator conditions)
    {
        this.checks = checks;
        this.conditions = conditions;
        metadata = new MetadataMatchers(checks, conditions);
    }

    /**
     * @param match of a route.
     * @param path  of it.
     * @return what it demands beside the path.
     */
    List<Condition> conditions(final RouteMatch match, final FieldPath path)
    {
        final List<Condition> result = new ArrayList<>();
        if (match.hasGrpc())
        {
            result.add(new GrpcCondition());
        }
        if (match.hasRuntimeFraction())
        {
            result.add(conditions.fraction(match.getRuntimeFraction(), path.field("runtime_fraction")));
        }
        result.addAll(conditions.headers(match.getHeadersList(), path.field("headers")));
        result.addAll(conditions.parameters(match.getQueryParametersList(), path.field("query_parameters")));
        result.addAll(metadata.ofRequests(match.getDynamicMetadataList(), path.field("dynamic_metadata")));
        return result;
    }

    /**
     * @param match of a route.
     * @return whether it takes each request that has a path.
     */
    static boolean takesAll(final RouteMatch match)
    {
        return match.hasPrefix() && ROOT.startsWith(match.getPrefix()) &&
            match.equals(RouteMatch.newBuilder().setPrefix(match.getPrefix()).build());
    }

    /**
     * @param match of a route.
     * @return whether it takes none but such as have a path that begins with {@code /}.
     */
    static boolean isBelowRoot(final RouteMatch match)
    {
        return literal(match).startsWith(ROOT);
    }

    private static String literal(final RouteMatch match)
    {
        return match.getPrefix() + match.getPath() + match.getPathSeparatedPrefix();
    }

    /** A slip of the pen that Envoy takes, too, and that nobody finds by its effect. */
    private void warnOfPath(final RouteMatch match, final FieldPath path)
    {
        final String text = literal(match);
        if (!text.isEmpty() && !text.startsWith(ROOT) && !text.startsWith(ANY_PATH))
        {
            checks.errors().warn(path, "'" + text + "' matches no request: paths begin with /");
        }
        else if (text.contains("?"))
        {
            checks.errors().warn(path, "'" + text + "' matches no request: a path ends before its ?, and " +
                "query_parameters matches what follows");
        }
    }

    /**
     * @param config route.
     * @param path   of its {@code match}.
     * @return when it applies, or null when that is faulty, which is then noted.
     */
    PathMatch translate(final Route config, final FieldPath path)
    {
        if (!checks.required(config.hasMatch(), path))
        {
            return null;
        }
        final RouteMatch match = config.getMatch();
        warnOfPath(match, path);
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
            case SAFE_REGEX ->
            {
                final RegexMatch regex = conditions.regex(match.getSafeRegex(), path.field("safe_regex"));
                yield regex == null ? null : new PathMatch(regex);
            }
            case CONNECT_MATCHER -> new PathMatch(PathMatch.Kind.CONNECT, new byte[0], true);
            default ->
            {
                checks.fault(path, "needs prefix, path, path_separated_prefix, safe_regex or connect_matcher");
                yield null;
            }
        };
    }

    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
