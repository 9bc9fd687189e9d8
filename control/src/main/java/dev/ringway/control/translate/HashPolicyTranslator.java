package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.HashPolicy;
import dev.ringway.engine.route.HeaderKey;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy.CookieAttribute;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Translates {@code RouteAction.HashPolicy}. Control thread only.
 */
final class HashPolicyTranslator
{
    private final Checks checks;

    /**
     * @param checks where faults go.
     */
    HashPolicyTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param configs messages.
     * @param path    of their field.
     * @return what is hashed, or null when nothing is.
     */
    HashPolicy translate(final List<RouteAction.HashPolicy> configs, final FieldPath path)
    {
        final List<HashPolicy.Step> steps = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            final HashPolicy.Step step = step(configs.get(i), path.at(i));
            if (step != null)
            {
                steps.add(step);
            }
        }
        return steps.isEmpty() ? null : new HashPolicy(steps);
    }

    private HashPolicy.Step step(final RouteAction.HashPolicy config, final FieldPath path)
    {
        final boolean isTerminal = config.getTerminal();
        return switch (config.getPolicySpecifierCase())
        {
            case HEADER ->
            {
                final String name = config.getHeader().getHeaderName();
                checks.required(name, path.field("header").field("header_name"));
                yield new HashPolicy.Field(new HeaderKey(name.isEmpty() ? "-" : name), isTerminal);
            }
            case COOKIE -> cookie(config.getCookie(), isTerminal, path.field("cookie"));
            case CONNECTION_PROPERTIES -> config.getConnectionProperties().getSourceIp() ?
                new HashPolicy.SourceAddress(isTerminal) : null;
            case QUERY_PARAMETER ->
            {
                final String name = config.getQueryParameter().getName();
                checks.required(name, path.field("query_parameter").field("name"));
                yield new HashPolicy.Parameter(name.getBytes(StandardCharsets.UTF_8), isTerminal);
            }
            default ->
            {
                checks.fault(path, "needs header, cookie, connection_properties or query_parameter");
                yield null;
            }
        };
    }

    private HashPolicy.Step cookie(
        final RouteAction.HashPolicy.Cookie config, final boolean isTerminal, final FieldPath path)
    {
        checks.required(config.getName(), path.field("name"));
        final StringBuilder made = new StringBuilder();
        final long seconds = TimeUnit.NANOSECONDS.toSeconds(
            checks.duration(config.hasTtl(), config.getTtl(), path.field("ttl"), 0));
        if (seconds > 0)
        {
            made.append("; Max-Age=").append(seconds);
        }
        if (!config.getPath().isEmpty())
        {
            made.append("; Path=").append(config.getPath());
        }
        for (final CookieAttribute attribute : config.getAttributesList())
        {
            made.append("; ").append(attribute.getName());
            if (!attribute.getValue().isEmpty())
            {
                made.append('=').append(attribute.getValue());
            }
        }
        made.append("; HttpOnly");
        if (made.chars().anyMatch(c -> c < 0x20 || c > 0x7E) || !config.getName().matches("[!-:<>-~]*"))
        {
            checks.fault(path, "must be of visible ASCII");
        }
        return new HashPolicy.Cookie(config.getName().getBytes(StandardCharsets.US_ASCII),
            config.hasTtl() ? made.toString().getBytes(StandardCharsets.US_ASCII) : null, isTerminal);
    }
}
