package dev.ringway.engine.route;

/**
 * What to do with a matched request. Envoy: {@code config.route.v3.Route}. Immutable.
 *
 * @param name          of the route, may be empty.
 * @param kind          which of the groups of fields below counts.
 * @param clusterId     {@code Cluster.id()} for {@link Kind#CLUSTER}, or -1 when the cluster is not known.
 * @param clusterName   its name.
 * @param timeoutNs     {@code RouteAction.timeout}, default 15 s; 0 means none.
 * @param idleTimeoutNs {@code RouteAction.idle_timeout}, or -1 for the connection manager's.
 * @param prefixRewrite new bytes for the matched prefix, or null.
 * @param matchedLength how many bytes of the path the match covered (for a rewrite).
 * @param status        of a direct response or redirect.
 * @param body          of a direct response, may be empty, never null.
 * @param redirect      of a redirect, or null.
 * @param upgrades      {@code RouteAction.upgrade_configs}, default none.
 * @param duration      {@code RouteAction.max_stream_duration}, default {@link StreamDuration#NONE}.
 */
public record Route(
    String name,
    Kind kind,
    int clusterId,
    String clusterName,
    long timeoutNs,
    long idleTimeoutNs,
    byte[] prefixRewrite,
    int matchedLength,
    int status,
    byte[] body,
    Redirect redirect,
    Upgrades upgrades,
    StreamDuration duration)
{
    /**
     * A route that says nothing of upgrades and durations.
     *
     * @param name          of the route, may be empty.
     * @param kind          which of the groups of fields below counts.
     * @param clusterId     id of the cluster, or -1.
     * @param clusterName   its name.
     * @param timeoutNs     time for a response; 0 means none.
     * @param idleTimeoutNs of its streams, or -1 for the connection manager's.
     * @param prefixRewrite new bytes for the matched prefix, or null.
     * @param matchedLength how many bytes of the path the match covered.
     * @param status        of a direct response or redirect.
     * @param body          of a direct response, may be empty, never null.
     * @param redirect      of a redirect, or null.
     */
    public Route(
        final String name,
        final Kind kind,
        final int clusterId,
        final String clusterName,
        final long timeoutNs,
        final long idleTimeoutNs,
        final byte[] prefixRewrite,
        final int matchedLength,
        final int status,
        final byte[] body,
        final Redirect redirect)
    {
        this(name, kind, clusterId, clusterName, timeoutNs, idleTimeoutNs, prefixRewrite, matchedLength, status, body,
            redirect, Upgrades.NONE, StreamDuration.NONE);
    }

    /** The three things a route can do. */
    public enum Kind
    {
        /** Forward to a cluster. */
        CLUSTER,
        /** Answer with status and body. */
        DIRECT_RESPONSE,
        /** Answer with a location. */
        REDIRECT
    }
}
