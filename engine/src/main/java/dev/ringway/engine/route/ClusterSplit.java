package dev.ringway.engine.route;

import java.util.List;

/**
 * Spreads requests over clusters by weights. Each share is a route of its own, so that whatever else depends on the
 * cluster comes with it. Envoy: {@code config.route.v3.WeightedCluster}. Immutable; picking allocates nothing.
 */
public final class ClusterSplit
{
    private final Route[] routes;
    private final long[] ends;
    private final HeaderKey numberField;

    /**
     * One share.
     *
     * @param weight not negative.
     * @param target where its requests go.
     */
    public record Share(long weight, Route.Target target)
    {
    }

    /**
     * @param routes      of the shares.
     * @param shares      weights; their sum is more than 0.
     * @param numberField {@code header_name}: a field with the number that picks, or null for the request's own.
     */
    ClusterSplit(final List<Route> routes, final List<Share> shares, final HeaderKey numberField)
    {
        this.routes = routes.toArray(Route[]::new);
        ends = new long[shares.size()];
        this.numberField = numberField;
        long end = 0;
        for (int i = 0; i < ends.length; i++)
        {
            end += shares.get(i).weight();
            ends[i] = end;
        }
    }

    /**
     * Loop thread.
     *
     * @param view of the request.
     * @return the share that its number falls in.
     */
    public Route pick(final RequestView view)
    {
        final long drawn = numberField == null ? -1 : numberOf(view);
        final long place = drawn >= 0 ? drawn % ends[ends.length - 1] :
            Long.remainderUnsigned(view.random(), ends[ends.length - 1]);
        int share = 0;
        while (place >= ends[share])
        {
            share++;
        }
        return routes[share];
    }

    /** Whether it looks at a field that requests gain on their way to their route. */
    boolean asksCompleted()
    {
        return numberField != null && numberField.isCompleted();
    }

    private long numberOf(final RequestView view)
    {
        if (!view.select(numberField))
        {
            return -1;
        }
        final long value = RangeMatch.parse(view.buffer(), view.offset(), view.length());
        return view.selectNext(numberField) ? -1 : value;
    }
}
