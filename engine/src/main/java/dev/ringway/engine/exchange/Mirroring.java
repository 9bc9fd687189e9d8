package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.MirrorPolicy;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;

import java.util.Arrays;

/**
 * The mirrors of one request: they get what its endpoint gets, when it gets it for the first time, and are left alone
 * when it is over. Reused with its exchange. Loop thread only.
 */
final class Mirroring
{
    private static final Mirror[] NO_MIRRORS = {};

    private final Exchanges exchanges;
    private final ExchangeTimes times;
    private Mirror[] mirrors = NO_MIRRORS;
    private int count;
    private int abandonedId;

    Mirroring(final Exchanges exchanges, final ExchangeTimes times)
    {
        this.exchanges = exchanges;
        this.times = times;
    }

    /**
     * A head has been sent to the request's own cluster for the first time.
     *
     * @param head    of the request.
     * @param edits   that it was sent with; of no use to others from now on.
     * @param routing of the request.
     * @param origin  its cluster.
     * @param isWhole whether nothing follows.
     */
    void begin(
        final RequestHead head,
        final HeaderEdits edits,
        final Routing routing,
        final ClusterState origin,
        final boolean isWhole)
    {
        final MirrorPolicy[] policies = routing.route().forward().mirrors();
        // What upgrades has another side to talk to: a mirror has none.
        if (policies.length == 0 || edits.protocol() != null || head.tunnel())
        {
            return;
        }
        if (mirrors.length < policies.length)
        {
            mirrors = new Mirror[policies.length];
        }
        abandonedId = origin.cluster().counters().retryOrShadowAbandoned;
        final ShadowHead shadow = exchanges.shadowHead();
        shadow.begin(head, edits, routing.route().forward().hostRewrite(), policies[0].address());
        for (final MirrorPolicy policy : policies)
        {
            final ClusterState cluster = exchanges.upstreams().cluster(
                policy.pick(exchanges.view().of(head, 0, false, false, routing.random())));
            if (cluster != null)
            {
                shadow.host(policy.isHostKept(), edits);
                begin(cluster, head, edits, isWhole);
            }
        }
    }

    private void begin(
        final ClusterState cluster, final RequestHead head, final HeaderEdits edits, final boolean isWhole)
    {
        final Mirror mirror = exchanges.mirrors().acquire();
        mirrors[count++] = mirror;
        final boolean isBegun = mirror.begin(this, cluster, head, edits, isWhole);
        if (!isBegun)
        {
            exchanges.counters().increment(abandonedId);
        }
        else if (isWhole && count > 0 && mirrors[count - 1] == mirror)
        {
            mirror.await(exchanges.nowNs(), times.responseDeadlineNs());
        }
    }

    /**
     * More of the request has been sent.
     *
     * @param isEnd    whether that was its end.
     * @param trailers that came with it, or null.
     */
    void onSentMore(final int offset, final int length, final boolean isEnd, final HeaderTable trailers)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            final Mirror mirror = mirrors[i];
            if (!mirror.send(offset, length, isEnd, trailers))
            {
                exchanges.counters().increment(abandonedId);
            }
            else if (isEnd)
            {
                mirror.await(exchanges.nowNs(), times.responseDeadlineNs());
            }
        }
    }

    /** One has ended by itself. */
    void forget(final Mirror ended)
    {
        int at = 0;
        while (mirrors[at] != ended)
        {
            at++;
        }
        mirrors[at] = mirrors[--count];
        mirrors[count] = null;
    }

    /** The exchange is over. */
    void end()
    {
        for (int i = 0; i < count; i++)
        {
            mirrors[i].leave();
        }
        if (count > 0)
        {
            Arrays.fill(mirrors, 0, count, null);
            count = 0;
        }
    }
}
