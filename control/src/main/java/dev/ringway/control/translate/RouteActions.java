package dev.ringway.control.translate;

import com.google.re2j.Pattern;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.HostRewrite;
import dev.ringway.engine.route.MirrorPolicy;
import dev.ringway.engine.route.Redirect;
import dev.ringway.engine.route.RegexRewrite;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.route.StreamDuration;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;

/**
 * Translates what routes do: {@code config.route.v3.RouteAction}, {@code RedirectAction} and
 * {@code DirectResponseAction}.
 */
final class RouteActions
{
    private static final int MAX_PART_LENGTH = 1024;
    /** A direct response leaves in one piece, which a chunk must hold. */
    private static final int MAX_PIECE_LENGTH = 60 * 1024;
    private static final byte[] NO_BODY = new byte[0];

    private final Checks checks;
    private final DataSources dataSources;
    private final UpgradeTranslator upgrades;
    private final RouteTargets targets;
    private final ConditionTranslator conditions;
    private final HashPolicyTranslator hashPolicies;

    /**
     * @param checks  where faults go.
     * @param targets translates where routes send requests.
     * @param conditions translates regular expressions.
     */
    RouteActions(final Checks checks, final RouteTargets targets, final ConditionTranslator conditions)
    {
        this.conditions = conditions;
        this.checks = checks;
        this.dataSources = new DataSources(checks);
        this.upgrades = new UpgradeTranslator(checks);
        this.targets = targets;
        hashPolicies = new HashPolicyTranslator(checks);
    }

    /** What all routes of one configuration share. */
    record Rules(
        boolean validateClusters,
        int maxBody,
        FieldChangeTranslator.Both changes,
        boolean mostSpecificWins,
        MirrorPolicy[] mirrors)
    {
    }

    /**
     * @param config route.
     * @param path   of it.
     * @param rules  of its configuration.
     * @return a route that does what this one says, or null when that is faulty, which is then noted.
     */
    RouteBuilder translate(final Route config, final FieldPath path, final Rules rules)
    {
        checks.noteName(config.getName());
        final RouteBuilder route = new RouteBuilder(config.getName());
        switch (config.getActionCase())
        {
            case ROUTE -> forward(config.getRoute(), route, path.field("route"), rules);
            case DIRECT_RESPONSE -> direct(config.getDirectResponse(), route, path.field("direct_response"), rules);
            case REDIRECT -> redirect(config.getRedirect(), route, path.field("redirect"));
            default ->
            {
                checks.fault(path, "needs route, redirect or direct_response");
                return null;
            }
        }
        return route;
    }

    /** Where a route bounds the whole stream, Envoy has no other bound for the response. */
    private long timeoutNs(final RouteAction action, final FieldPath path)
    {
        final long timeoutNs =
            checks.duration(action.hasTimeout(), action.getTimeout(), path, RouteBuilder.DEFAULT_TIMEOUT_NS);
        return action.hasMaxStreamDuration() ? 0 : timeoutNs;
    }

    private void forward(
        final RouteAction action, final RouteBuilder route, final FieldPath path, final Rules rules)
    {
        targets.translate(action, route, path, rules.validateClusters);
        route.hashPolicy(hashPolicies.translate(action.getHashPolicyList(), path.field("hash_policy")))
            .highPriority(action.getPriority() == RoutingPriority.HIGH)
            .timeoutNs(timeoutNs(action, path.field("timeout")))
            .idleTimeoutNs(
                checks.duration(action.hasIdleTimeout(), action.getIdleTimeout(), path.field("idle_timeout"), -1))
            .duration(duration(action, path.field("max_stream_duration")))
            .prefixRewrite(bytesOrNull(action.getPrefixRewrite(), path.field("prefix_rewrite")))
            .regexRewrite(regexRewrite(action, path))
            .hostRewrite(hostRewrite(action, path))
            .upgrades(upgrades.ofRoute(action.getUpgradeConfigsList(), path.field("upgrade_configs")));
    }

    private RegexRewrite regexRewrite(final RouteAction action, final FieldPath path)
    {
        if (action.hasRegexRewrite() && !action.getPrefixRewrite().isEmpty())
        {
            checks.fault(path.field("regex_rewrite"), "cannot be set beside prefix_rewrite");
        }
        return rewrite(action.hasRegexRewrite(), action.getRegexRewrite(), path.field("regex_rewrite"));
    }

    private RegexRewrite rewrite(
        final boolean isSet, final RegexMatchAndSubstitute config, final FieldPath path)
    {
        if (!isSet)
        {
            return null;
        }
        checks.required(config.hasPattern(), path.field("pattern"));
        final Pattern pattern = conditions.pattern(config.getPattern(), path.field("pattern"));
        try
        {
            return pattern == null ? null :
                new RegexRewrite(pattern, header(config.getSubstitution(), path.field("substitution")));
        }
        catch (final IllegalArgumentException ex)
        {
            checks.fault(path.field("substitution"), ex.getMessage());
            return null;
        }
    }

    private HostRewrite hostRewrite(final RouteAction action, final FieldPath path)
    {
        final byte[] literal = bytesOrNull(action.getHostRewriteLiteral(), path.field("host_rewrite_literal"));
        final String field = header(action.getHostRewriteHeader(), path.field("host_rewrite_header"));
        final boolean isAutomatic = action.getAutoHostRewrite().getValue();
        final RegexRewrite ofPath = rewrite(
            action.hasHostRewritePathRegex(), action.getHostRewritePathRegex(), path.field("host_rewrite_path_regex"));
        return literal == null && field.isEmpty() && ofPath == null && !isAutomatic ? null : new HostRewrite(
            literal == null ? null : new UnsafeBuffer(literal), field.isEmpty() ? null : new HeaderKey(field), ofPath,
            isAutomatic, action.getAppendXForwardedHost());
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

    private void direct(
        final DirectResponseAction action, final RouteBuilder route, final FieldPath path, final Rules rules)
    {
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
        route.directResponse(action.getStatus(), body);
    }

    private void redirect(final RedirectAction action, final RouteBuilder route, final FieldPath path)
    {
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
        route.redirect(status, redirect.rewriting(
            rewrite(action.hasRegexRewrite(), action.getRegexRewrite(), path.field("regex_rewrite"))));
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
