package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.PathMatch;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;

import java.nio.charset.StandardCharsets;

/**
 * Translates {@code config.route.v3.RouteMatch}.
 */
final class RouteMatches
{
    private final Checks checks;

    /**
     * @param checks where faults go.
     */
    RouteMatches(final Checks checks)
    {
        this.checks = checks;
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

    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
