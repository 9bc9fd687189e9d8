package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterPeer;
import dev.ringway.engine.filter.FilterRequest;
import dev.ringway.engine.filter.FilterResponse;
import dev.ringway.engine.filter.FilterSettings;
import dev.ringway.engine.filter.FilterSignal;
import dev.ringway.engine.filter.HeadStore;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.LoopCommand;

/**
 * An exchange as its filters see it, and what they can ask of it. Reused with its {@link FilterRun}. Loop thread only.
 */
final class FilterView implements FilterExchange
{
    private final FilterRun run;
    private final Exchanges exchanges;
    private final FilterRequest request = new FilterRequest();
    private final FilterResponse response = new FilterResponse();
    private final ConnectionPeer peer;
    private Outcome outcome;
    private Routing routing;
    private boolean isAnswered;

    FilterView(final FilterRun run, final Exchanges exchanges)
    {
        this.run = run;
        this.exchanges = exchanges;
        peer = new ConnectionPeer(exchanges.slotAddresses());
    }

    void begin(final Connection connection, final Outcome of, final Routing by)
    {
        outcome = of;
        routing = by;
        isAnswered = false;
        peer.wrap(connection).forwarded(by.client());
    }

    void request(final RequestHead head, final HeadStore store)
    {
        request.wrap(head, store);
    }

    void response(final ResponseHead head, final HeadStore store, final boolean isOwn)
    {
        response.wrap(head, store);
        isAnswered = isOwn;
    }

    /**
     * {@inheritDoc}
     */
    public long nowNs()
    {
        return exchanges.nowNs();
    }

    /**
     * {@inheritDoc}
     */
    public LoopCounters counters()
    {
        return exchanges.counters();
    }

    /**
     * {@inheritDoc}
     */
    public int index()
    {
        return exchanges.loop().index();
    }

    /**
     * {@inheritDoc}
     */
    public FilterRequest request()
    {
        return request;
    }

    /**
     * {@inheritDoc}
     */
    public void keepRequest()
    {
        run.keepRequest(request.head());
    }

    /**
     * {@inheritDoc}
     */
    public void keepSentRequest()
    {
        run.keepSent(request.head());
    }

    /**
     * {@inheritDoc}
     */
    public FilterResponse response()
    {
        return response;
    }

    /**
     * {@inheritDoc}
     */
    public boolean isAnswered()
    {
        return isAnswered;
    }

    /**
     * {@inheritDoc}
     */
    public int answer(final int status, final byte[] body)
    {
        return run.answer(FilterAnswer.of(status, body, 0, FilterAnswer.DETAIL));
    }

    /**
     * {@inheritDoc}
     */
    public int answer(final FilterAnswer answer)
    {
        return run.answer(answer);
    }

    /**
     * {@inheritDoc}
     */
    public int cut(final String detail)
    {
        return run.cut(detail);
    }

    /**
     * {@inheritDoc}
     */
    public void timer(final long delayNs)
    {
        run.timer(run.place(), delayNs);
    }

    /**
     * {@inheritDoc}
     */
    public FilterSignal signal()
    {
        return new Signal(exchanges.loop(), run, run.use(), run.place());
    }

    /** Says nothing once its exchange is over. */
    private record Signal(EventLoop owner, FilterRun target, long use, int place) implements FilterSignal, LoopCommand
    {
        public boolean send()
        {
            return owner.proxy().offer(this);
        }

        public void run(final EventLoop loop)
        {
            target.onSignal(use, place);
        }
    }

    /**
     * {@inheritDoc}
     */
    public void limit(final int bytes)
    {
        run.limit(bytes);
    }

    /**
     * {@inheritDoc}
     */
    public void tellLength()
    {
        if (run.gatheredLength() >= 0)
        {
            request.contentLength(run.requestStore(), run.gatheredLength());
        }
    }

    /**
     * {@inheritDoc}
     */
    public void flag(final int flags)
    {
        outcome.flag(flags);
    }

    /**
     * {@inheritDoc}
     */
    public void healthCheck()
    {
        outcome.healthCheck();
    }

    /**
     * {@inheritDoc}
     */
    public void clearRoute()
    {
        run.clearRoute();
    }

    /**
     * {@inheritDoc}
     */
    public boolean hasRoute()
    {
        return routing.route() != null;
    }

    /**
     * {@inheritDoc}
     */
    public String routeName()
    {
        return routing.routeName();
    }

    /**
     * {@inheritDoc}
     */
    public String clusterName()
    {
        return routing.clusterName();
    }

    /**
     * {@inheritDoc}
     */
    public boolean isForwarded()
    {
        return routing.isForwarded();
    }

    private FilterSettings all()
    {
        return routing.filters();
    }

    /**
     * {@inheritDoc}
     */
    public Object settings()
    {
        final FilterSettings all = all();
        return all == null ? null : all.at(run.place());
    }

    /**
     * {@inheritDoc}
     */
    public int settingsCount()
    {
        final FilterSettings all = all();
        return all == null ? 0 : all.count(run.place());
    }

    /**
     * {@inheritDoc}
     */
    public Object settings(final int level)
    {
        return all().at(run.place(), level);
    }

    /**
     * {@inheritDoc}
     */
    public FilterPeer peer()
    {
        return peer;
    }

    /**
     * {@inheritDoc}
     */
    public int status()
    {
        return outcome.status();
    }

    /**
     * {@inheritDoc}
     */
    public int flags()
    {
        return outcome.flags();
    }

    /**
     * {@inheritDoc}
     */
    public String detail()
    {
        return outcome.detail();
    }
}
