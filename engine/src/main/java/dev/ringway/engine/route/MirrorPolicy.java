package dev.ringway.engine.route;

/**
 * Copies of requests that another cluster gets. Envoy: {@code RouteAction.RequestMirrorPolicy}. Immutable.
 *
 * @param clusterId    {@code Cluster.id()}, or -1 when the cluster is not known or a field names it.
 * @param clusterField field of requests that names the cluster, or null.
 * @param names        of the clusters that it may name, null where there is no such field.
 * @param share        of the requests, or null for all.
 * @param isHostKept   {@code disable_shadow_host_suffix_append}: the host does not gain {@code -shadow}.
 * @param address      of this host, which x-forwarded-for gains; shared, not to be changed.
 */
public record MirrorPolicy(
    int clusterId,
    HeaderKey clusterField,
    ClusterNames names,
    FractionCondition share,
    boolean isHostKept,
    byte[] address)
{
    /** There are none. */
    public static final MirrorPolicy[] NONE = {};

    /**
     * Loop thread.
     *
     * @param view of the request.
     * @return id of the cluster that gets a copy, or -1 for none.
     */
    public int pick(final RequestView view)
    {
        if (share != null && !share.holds(view))
        {
            return -1;
        }
        if (clusterField == null || !view.select(clusterField))
        {
            return clusterId;
        }
        final int index = names.find(view.buffer(), view.offset(), view.length());
        return index == ClusterNames.NONE ? -1 : names.id(index);
    }
}
