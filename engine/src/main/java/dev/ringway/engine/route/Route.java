package dev.ringway.engine.route;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.filter.FilterSettings;

/**
 * What to do with a matched request. Envoy: {@code config.route.v3.Route}. Immutable; made by {@link RouteBuilder}.
 *
 * @param name          of the route, may be empty.
 * @param kind          whether {@code forward} or {@code answer} counts.
 * @param matchedLength how many bytes of the path the match covered (for a rewrite), or {@link #WHOLE_PATH}.
 * @param forward       how requests go on, {@link Forward#NONE} when they do not.
 * @param answer        what is answered here, {@link Answer#NONE} when nothing is.
 * @param request       changes of request heads, or null.
 * @param response      changes of response heads, or null.
 * @param metadata      what is said of it and its virtual host, {@link Metadata#NONE} when nothing is.
 * @param filters       {@code typed_per_filter_config} of the route and what it belongs to, or null when there is none.
 */
public record Route(
    String name,
    Kind kind,
    int matchedLength,
    Forward forward,
    Answer answer,
    FieldChanges request,
    FieldChanges response,
    Metadata metadata,
    FilterSettings filters)
{
    /** The match covered the path, but for the query. */
    public static final int WHOLE_PATH = -1;

    /**
     * @param head of a request that it matched.
     * @return how many bytes of its path a rewrite replaces.
     */
    public int matchedLength(final RequestHead head)
    {
        return matchedLength == WHOLE_PATH ? wholeLength(head) : matchedLength;
    }

    /**
     * @param head of a request.
     * @return bytes of its path without the query.
     */
    public int wholeLength(final RequestHead head)
    {
        return head.queryOffset() < 0 ? head.pathLength() : head.queryOffset() - head.pathOffset();
    }

    /**
     * What is said for access logs, JSON objects by namespaces.
     *
     * @param route of the route, or null.
     * @param host  of its virtual host, or null.
     */
    public record Metadata(String route, String host)
    {
        /** Nothing. */
        public static final Metadata NONE = new Metadata(null, null);
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

    /**
     * Where requests go.
     *
     * @param clusterId     {@code Cluster.id()}, or -1 when the cluster is not known.
     * @param clusterName   its name, empty where a field names it.
     * @param clusterField  field of requests that names the cluster, or null.
     * @param metadataMatch what endpoints of a cluster with subsets must have, or null.
     * @param request       changes of its requests before all others, or null.
     * @param response      changes of its responses before all others, or null.
     * @param hostRewrite   host that its endpoints are asked for, or null for that of the route.
     */
    public record Target(
        int clusterId,
        String clusterName,
        HeaderKey clusterField,
        MetadataMatch metadataMatch,
        FieldChanges.Level request,
        FieldChanges.Level response,
        HostRewrite hostRewrite)
    {
        /** Nowhere. */
        public static final Target NONE = new Target(-1, "", null, null);

        /**
         * A target that changes no heads.
         *
         * @param clusterId     {@code Cluster.id()}, or -1 when the cluster is not known.
         * @param clusterName   its name, empty where a field names it.
         * @param clusterField  field of requests that names the cluster, or null.
         * @param metadataMatch what endpoints of a cluster with subsets must have, or null.
         */
        public Target(
            final int clusterId,
            final String clusterName,
            final HeaderKey clusterField,
            final MetadataMatch metadataMatch)
        {
            this(clusterId, clusterName, clusterField, metadataMatch, null, null, null);
        }
    }

    /**
     * How requests go on. Envoy: {@code config.route.v3.RouteAction}.
     *
     * @param target         where to.
     * @param split          over several targets, each with a route that takes this one's place, or null.
     * @param names          of the clusters where requests may name one.
     * @param notFoundStatus {@code cluster_not_found_response_code}, default 503.
     * @param hashPolicy     {@code hash_policy}, or null.
     * @param isHighPriority whether {@code priority} is HIGH.
     * @param timeoutNs      {@code timeout}, default 15 s; 0 means none.
     * @param idleTimeoutNs  {@code idle_timeout}, or -1 for the connection manager's.
     * @param duration       {@code max_stream_duration}, default {@link StreamDuration#NONE}.
     * @param prefixRewrite  new bytes for the matched prefix, or null.
     * @param regexRewrite   {@code regex_rewrite} of the path, or null.
     * @param hostRewrite    host that endpoints are asked for, or null for the client's.
     * @param upgrades       {@code upgrade_configs}, default none.
     * @param retry          {@code retry_policy}, or that of the virtual host.
     * @param mirrors        {@code request_mirror_policies}, or those of what the route belongs to; not to be changed.
     */
    public record Forward(
        Target target,
        ClusterSplit split,
        ClusterNames names,
        int notFoundStatus,
        HashPolicy hashPolicy,
        boolean isHighPriority,
        long timeoutNs,
        long idleTimeoutNs,
        StreamDuration duration,
        byte[] prefixRewrite,
        RegexRewrite regexRewrite,
        HostRewrite hostRewrite,
        Upgrades upgrades,
        RetryPolicy retry,
        MirrorPolicy[] mirrors)
    {
        /** Nowhere. */
        public static final Forward NONE = new Forward(Target.NONE, null, null, 503, null, false,
            RouteBuilder.DEFAULT_TIMEOUT_NS, -1, StreamDuration.NONE, null, null, null, Upgrades.NONE,
            RetryPolicy.NONE, MirrorPolicy.NONE);

        /**
         * @return id of the cluster, or -1.
         */
        public int clusterId()
        {
            return target.clusterId();
        }

        /**
         * @return name of the cluster, empty where a field names it.
         */
        public String clusterName()
        {
            return target.clusterName();
        }
    }

    /**
     * What is answered without an endpoint. Envoy: {@code config.route.v3.DirectResponseAction} and
     * {@code RedirectAction}.
     *
     * @param status   of the response.
     * @param body     may be empty, never null.
     * @param redirect parts of the location, or null.
     */
    public record Answer(int status, byte[] body, Redirect redirect)
    {
        /** Nothing. */
        public static final Answer NONE = new Answer(0, new byte[0], null);
    }
}
