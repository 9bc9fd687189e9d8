package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.Destination;
import dev.ringway.engine.upstream.EditedTarget;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.RequestHost;
import dev.ringway.engine.upstream.SessionNeeds;
import dev.ringway.engine.upstream.UpstreamHandler;
import dev.ringway.engine.upstream.UpstreamSession;

/**
 * The copy of one request on its way to another cluster. Nobody waits for it: what it is answered is dropped, and when it
 * falls too far behind it is given up. Outlives the exchange once the request is whole. Pooled. Loop thread only.
 */
final class Mirror implements UpstreamHandler
{
    /** How far it may fall behind: as much as Envoy buffers by default. */
    private static final int MOST_BEHIND = 1 << 20;
    /** And so much less than what nobody holds. */
    private static final int SHARE_SHIFT = 3;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final int GATEWAY_TIMEOUT = 504;
    private static final long NEVER = Long.MAX_VALUE;

    private final Mirrors mirrors;
    private final Exchanges exchanges;
    private final SessionNeeds needs = new SessionNeeds()
    {
        public void askDestination(final Destination destination)
        {
            if (destination.rules().header() != null)
            {
                Needs.ask(Needs.changed(exchanges, request, edits), destination);
            }
        }
    };
    /** Nobody asks it. */
    private final ByteMeter meter = new ByteMeter();
    private Mirroring origin;
    private ClusterState cluster;
    private UpstreamSession session;
    private RequestHead request;
    private HeaderEdits edits;
    private boolean isWhole;
    private boolean isSent;
    private long wholeNs;
    private long deadlineNs;
    private int behind;
    private int place;

    Mirror(final Mirrors mirrors, final Exchanges exchanges)
    {
        this.mirrors = mirrors;
        this.exchanges = exchanges;
    }

    /**
     * Sends a head.
     *
     * @param exchange  whose request it is, told when this has ended.
     * @param to        cluster.
     * @param head      read during the call.
     * @param changes   of it, read during the call.
     * @param isHeadAll whether nothing follows.
     * @return false when it could not be sent for want of a connection or memory; it has ended then.
     */
    boolean begin(
        final Mirroring exchange,
        final ClusterState to,
        final RequestHead head,
        final HeaderEdits changes,
        final boolean isHeadAll)
    {
        origin = exchange;
        cluster = to;
        request = head;
        edits = changes;
        isWhole = isHeadAll;
        isSent = false;
        behind = 0;
        deadlineNs = NEVER;
        final int result = to.acquireHttp(this);
        request = null;
        edits = null;
        if (result != ClusterState.ACQUIRED)
        {
            onUpstreamFailed(result);
            return true;
        }
        if (session == null && cluster != null)
        {
            // To wait for a connection it would have to keep a head and content of its own.
            cluster.cancelWaiting(this);
        }
        else if (isSent || session == null)
        {
            return true;
        }
        giveUp();
        return false;
    }

    /**
     * More of the request.
     *
     * @param trailers that end it, or null.
     * @return false when it was given up.
     */
    boolean send(final int offset, final int length, final boolean isEnd, final HeaderTable trailers)
    {
        if (session.isAboveHighWater())
        {
            behind += length;
        }
        final long free = (long)exchanges.memory().slab().freeCount() * BufferSlab.CHUNK_LENGTH >> SHARE_SHIFT;
        if (behind > Math.min(free, MOST_BEHIND) ||
            !(trailers == null ? session.sendData(offset, length, isEnd) : session.sendTrailers(trailers)))
        {
            giveUp();
            return false;
        }
        return true;
    }

    /**
     * All of the request has been sent.
     *
     * @param nowNs time of the duty cycle.
     * @param byNs  when the response has to be whole.
     */
    void await(final long nowNs, final long byNs)
    {
        isWhole = true;
        wholeNs = nowNs;
        deadlineNs = byNs;
        if (!mirrors.await(byNs))
        {
            giveUp();
        }
    }

    /** The exchange is over, and does not want to hear of it any more. */
    void leave()
    {
        origin = null;
        if (!isWhole)
        {
            giveUp();
        }
    }

    private void giveUp()
    {
        if (session != null)
        {
            session.cancel(false);
        }
        end();
    }

    private void end()
    {
        final Mirroring exchange = origin;
        origin = null;
        session = null;
        cluster = null;
        mirrors.release(this);
        if (exchange != null)
        {
            exchange.forget(this);
        }
    }

    void onTimeout()
    {
        final ClusterCounters ids = cluster.cluster().counters();
        session.onTimeout(false);
        exchanges.counters().increment(ids.upstreamRqTimeout);
        exchanges.countUpstreamResponse(ids, GATEWAY_TIMEOUT, true);
        giveUp();
    }

    long deadlineNs()
    {
        return deadlineNs;
    }

    /** Where it stands among those that live. */
    int place()
    {
        return place;
    }

    void place(final int index)
    {
        place = index;
    }

    /**
     * {@inheritDoc}
     */
    public SessionNeeds needs()
    {
        return needs;
    }

    /**
     * {@inheritDoc}
     */
    public ByteMeter meter()
    {
        return meter;
    }

    /**
     * {@inheritDoc}
     */
    public void askHost(final RequestHost host)
    {
        final EditedTarget target = edits.target();
        host.of(target.hostBuffer(request), target.hostOffset(request), target.hostLength(request));
    }

    /**
     * {@inheritDoc}
     */
    public void onUpstreamReady(final UpstreamSession ready)
    {
        session = ready;
        isSent = ready.sendHead(request, edits, isWhole);
    }

    /**
     * {@inheritDoc}
     */
    public void onUpstreamFailed(final int failure)
    {
        session = null;
        exchanges.countUpstreamResponse(cluster.cluster().counters(), LocalReply.of(failure).status(), true);
        end();
    }

    /**
     * {@inheritDoc}
     */
    public void onResponseHead(final ResponseHead head, final boolean isEnd)
    {
        if (head.status() >= 200)
        {
            exchanges.countUpstreamResponse(cluster.cluster().counters(), head.status(), true);
            onAnswered(isEnd);
        }
    }

    /**
     * {@inheritDoc} Not for what asks for nothing.
     */
    public void onUpgraded(final ResponseHead head, final UpstreamSession relay)
    {
        relay.cancel(false);
        session = null;
        end();
    }

    /**
     * {@inheritDoc}
     */
    public void onResponseData(final int offset, final int length, final boolean isEnd)
    {
        onAnswered(isEnd);
    }

    /**
     * {@inheritDoc}
     */
    public void onResponseTrailers(final HeaderTable trailers)
    {
        onAnswered(true);
    }

    private void onAnswered(final boolean isEnd)
    {
        if (!isEnd)
        {
            return;
        }
        if (isWhole)
        {
            exchanges.counters().record(
                cluster.cluster().counters().upstreamRqTime, (exchanges.nowNs() - wholeNs) / NANOS_PER_MILLI);
        }
        session = null;
        end();
    }

    /**
     * {@inheritDoc}
     */
    public void onUpstreamDrained()
    {
        behind = 0;
    }
}
