package dev.ringway.engine.route;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Which host an endpoint is asked for. Envoy: {@code host_rewrite_literal}, {@code host_rewrite_header},
 * {@code host_rewrite_path_regex} and {@code auto_host_rewrite} of {@code RouteAction}. Immutable.
 *
 * @param literal          that one, or null.
 * @param field            the value of this field, where a request has it, or null.
 * @param path             what this makes of the path without its query, or null.
 * @param isAutomatic      the endpoint's own name, where it has one.
 * @param appendsForwarded {@code append_x_forwarded_host}: x-forwarded-host gains the host that the client said.
 * @param isTold           whether x-envoy-original-host tells the host that the client said.
 */
public record HostRewrite(
    UnsafeBuffer literal,
    HeaderKey field,
    RegexRewrite path,
    boolean isAutomatic,
    boolean appendsForwarded,
    boolean isTold)
{
    /**
     * One of a route.
     *
     * @param literal          that one, or null.
     * @param field            the value of this field, where a request has it, or null.
     * @param path             what this makes of the path without its query, or null.
     * @param isAutomatic      the endpoint's own name, where it has one.
     * @param appendsForwarded x-forwarded-host gains the host that the client said.
     */
    public HostRewrite(
        final UnsafeBuffer literal,
        final HeaderKey field,
        final RegexRewrite path,
        final boolean isAutomatic,
        final boolean appendsForwarded)
    {
        this(literal, field, path, isAutomatic, appendsForwarded, true);
    }

    /**
     * @param literal {@code ClusterWeight.host_rewrite_literal}.
     * @return that of a share, of which nothing is told.
     */
    public static HostRewrite ofShare(final UnsafeBuffer literal)
    {
        return new HostRewrite(literal, null, null, false, false, false);
    }
}
