package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterSettings;
import dev.ringway.engine.filter.HeadStore;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.Verdict;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * The filters of one exchange: shows them what passes, and does what they ask for once they have returned, so that none
 * is called while it is being called. Pooled with its filters, taken only where a connection manager has some. Loop
 * thread only.
 */
final class FilterRun
{
    private final Exchanges exchanges;
    private final FilterPool pool;
    private final HttpFilters chain;
    private final FilterTimers timers;
    private final FilterEnding ending = new FilterEnding();
    private final FilterView view;
    private final FilterCalls calls;
    private final FilterFlow up;
    private final FilterFlow down;
    private final ResponseStore responses;
    private final SentRequest sent;
    private Exchange exchange;
    private DownstreamSink downstream;
    private HeadBlock block;
    private Intake intake;
    private long use;
    private boolean keepsSent;
    private boolean hasSeenResponse;

    FilterRun(final Exchanges exchanges, final FilterPool pool, final HttpFilters chain)
    {
        final LoopMemory memory = exchanges.memory();
        this.exchanges = exchanges;
        this.pool = pool;
        this.chain = chain;
        timers = new FilterTimers(chain.places().size());
        view = new FilterView(this, exchanges);
        calls = new FilterCalls(this, view, chain, memory);
        up = new FilterFlow(this, calls, memory, true);
        down = new FilterFlow(this, calls, memory, false);
        responses = new ResponseStore(memory, exchanges.filterPools().line(), exchanges.filterPools().editor());
        sent = new SentRequest(memory, exchanges.filterPools().editor());
    }

    /** Takes part in an exchange that has its first route. */
    void begin(
        final Exchange owner,
        final DownstreamSink sink,
        final Outcome outcome,
        final Routing routing,
        final HeadBlock requestBlock)
    {
        exchange = owner;
        downstream = sink;
        block = requestBlock;
        view.begin(sink.connection(), outcome, routing);
        final FilterSettings settings = routing.filters();
        calls.begin(chain, settings);
    }

    /** The exchange is over. */
    void end()
    {
        calls.end();
        timers.clear();
        use++;
        ending.end();
        up.end();
        down.end();
        responses.end();
        sent.end();
        keepsSent = false;
        hasSeenResponse = false;
        exchange = null;
        downstream = null;
        pool.release(this);
    }

    /** A filter threw. */
    void onFailure(final int place, final Throwable error)
    {
        exchanges.counters().increment(chain.exceptions());
        pool.onFailure(place, error);
        ending.fail();
    }

    /** Grows with each exchange: tells whether the one is over for which something was begun. */
    long use()
    {
        return use;
    }

    /** Of the filter that is being called. */
    int place()
    {
        return calls.current();
    }

    /** What the caller of a flow finds done: answers or cuts, unless nothing is to be. */
    private void settle()
    {
        ending.settle(exchange, intake);
    }

    /** Whether the filter that was called wants an end of the exchange. */
    boolean isStopped()
    {
        return ending.isWanted();
    }

    /** Memory has run out. */
    void onOverload()
    {
        ending.overload();
    }

    /** More waits in a flow than its filters may gather. */
    void onTooMuch(final boolean isUp)
    {
        exchanges.counters().increment(isUp ? chain.requestsTooLarge() : chain.responsesTooLarge());
        ending.tooLarge(isUp);
    }

    /**
     * @return whether the head has passed all filters. Otherwise the exchange waits, or is over.
     */
    boolean onRequestHead(final Intake from, final RequestHead head, final boolean isEnd)
    {
        intake = from;
        view.request(head, block);
        if (up.onHead(isEnd))
        {
            return true;
        }
        if (!isStopped() && !block.keep(head))
        {
            ending.overload();
        }
        settle();
        return false;
    }

    boolean onRequestData(final int offset, final int length, final boolean isEnd)
    {
        final boolean passes = up.onData(offset, length, isEnd);
        settleAfter(passes);
        return passes;
    }

    boolean onRequestTrailers(final HeaderTable trailers)
    {
        final boolean passes = up.onTrailers(trailers);
        settleAfter(passes);
        return passes;
    }

    private void settleAfter(final boolean passes)
    {
        if (!passes && exchange != null)
        {
            settle();
        }
    }

    /** The request is refused before any filter saw it: they only see the answer. */
    void onRefused(final Intake from, final RequestHead head)
    {
        intake = from;
        view.request(head, block);
    }

    /** Whether a filter that takes part looks at the heads of responses. */
    boolean seesResponse()
    {
        return calls.seesResponse();
    }

    /** Whether one did, which got the head as it becomes before that. */
    boolean hasSeenResponse()
    {
        return hasSeenResponse;
    }

    /** The head of the response is that of an upgrade, and no filter sees what comes behind it. */
    void onUpgraded()
    {
        down.hideContent();
    }

    /** The client's side of the relay that the exchange has become. */
    void downstream(final DownstreamSink relay)
    {
        downstream = relay;
    }

    /**
     * @param edits what becomes of the head before filters see it, or null where none looks at it.
     * @return whether the head has passed all filters. Otherwise the exchange waits, or is over.
     */
    boolean onResponseHead(final ResponseHead head, final boolean isEnd, final HeaderEdits edits)
    {
        view.response(responses.show(head), responses, false);
        hasSeenResponse = edits != null;
        if (hasSeenResponse && !responses.take(edits))
        {
            onOverload();
            settle();
            return false;
        }
        if (down.onHead(isEnd))
        {
            return true;
        }
        if (!isStopped())
        {
            keepResponse();
        }
        settle();
        return false;
    }

    private void keepResponse()
    {
        if (!responses.keep())
        {
            ending.overload();
            return;
        }
        view.response(responses.head(), responses, false);
    }

    boolean onResponseData(final int offset, final int length, final boolean isEnd)
    {
        final long before = use;
        final boolean passes = down.onData(offset, length, isEnd);
        if (!passes && use == before)
        {
            if (down.isFull())
            {
                pauseResponse();
            }
            settle();
        }
        return passes;
    }

    /** Whether the content of the response need not be shown. */
    boolean letsContentPass()
    {
        return !down.isBlocked() && !calls.readsResponse();
    }

    boolean onResponseTrailers(final HeaderTable trailers)
    {
        final boolean passes = down.onTrailers(trailers);
        settleAfter(passes);
        return passes;
    }

    /**
     * An answer made here passes the filters, unless one of an endpoint has begun to.
     *
     * @param status     of HTTP.
     * @param body       may be empty.
     * @param grpcStatus that a call gets, or {@link Exchanges#NOT_GRPC}.
     * @param edits      what the answer has besides, which filters see.
     * @return false when a filter failed by it.
     */
    boolean onReply(final int status, final byte[] body, final int grpcStatus, final HeaderEdits edits)
    {
        if (down.isBegun() || !responses.write(status, body, grpcStatus, edits))
        {
            down.skip();
            return true;
        }
        view.response(responses.head(), responses, true);
        final boolean isEnd = body.length == 0 || grpcStatus != Exchanges.NOT_GRPC;
        boolean isGood = ending.answerer() < 0 || calls.answered(ending.answerer());
        for (int i = 0; i < calls.count() && isGood; i++)
        {
            isGood = calls.head(false, i, isEnd) != FilterFlow.STOPPED;
        }
        down.skip();
        if (!isGood)
        {
            responses.end();
        }
        ending.drop();
        return isGood;
    }

    /**
     * Sends what {@link #onReply} was told.
     *
     * @param sink  the client's side.
     * @param edits of the head, after what filters did to it.
     * @return false when memory has run out.
     */
    boolean sendReply(final DownstreamSink sink, final HeaderEdits edits, final int status, final byte[] body)
    {
        return sink.sendReply(responses.head(), edits, status, body);
    }

    /** Fields of what {@link #onReply} was told, or null. */
    HeaderTable replyFields()
    {
        return responses.isWritten() ? responses.head().headers() : null;
    }

    /** Whether more of the request's content can be taken. */
    boolean takesRequestData()
    {
        return !up.isHeld();
    }

    /** Whether the request that is sent on is its head alone. */
    boolean isHeadOnly()
    {
        return up.isHeadEnd();
    }

    /** Whether the request is not what it was. */
    boolean hasChangedRequest()
    {
        return view.request().isChanged();
    }

    /** Whether an endpoint's response has come to the filters. */
    boolean hasResponse()
    {
        return down.isBegun();
    }

    /** Whether filters hold the response. */
    boolean holdsResponse()
    {
        return down.isHeld();
    }

    boolean isOpen(final boolean isUp)
    {
        return !isUp || exchange.phase() != Phase.ACQUIRE;
    }

    void headOut(final boolean isUp)
    {
        if (isUp)
        {
            intake.routeLate();
        }
        else
        {
            exchange.client().sendHead(responses.head(), down.isHeadEnd());
        }
    }

    /** Content or, where there are some, trailers. */
    void out(final boolean isUp, final int offset, final int length, final boolean isEnd, final HeaderTable trailers)
    {
        if (isUp)
        {
            exchange.sendUp(offset, length, isEnd, trailers);
        }
        else
        {
            exchange.client().send(offset, length, isEnd, trailers);
        }
    }

    /** There is somebody to send the request to: what has waited for that leaves. False when the exchange is over then. */
    boolean onUpstreamReady()
    {
        final long before = use;
        up.pump();
        if (use == before)
        {
            settle();
        }
        return use == before;
    }

    /** When the first of the filters' timers is due. */
    long deadlineNs()
    {
        return timers.nextNs();
    }

    void timer(final int place, final long delayNs)
    {
        checkOpen();
        timers.set(place, exchanges.nowNs(), delayNs);
        downstream.awaitDeadline();
    }

    /**
     * Wakes the filters that asked for this time.
     *
     * @return false when the exchange is over by that.
     */
    boolean onDeadline(final long nowNs)
    {
        final long before = use;
        if (nowNs < timers.nextNs())
        {
            return true;
        }
        for (int place = timers.take(nowNs, 0); place >= 0; )
        {
            wake(place, true);
            place = use == before ? timers.take(nowNs, place + 1) : -1;
        }
        return use == before;
    }

    void onSignal(final long of, final int place)
    {
        if (of == use && exchange != null)
        {
            wake(place, false);
        }
    }

    private void wake(final int place, final boolean isTimer)
    {
        final long before = use;
        final int verdict = calls.wake(place, isTimer);
        if (verdict == Verdict.CONTINUE)
        {
            letGo(place, before);
        }
        if (use == before)
        {
            settle();
        }
    }

    private void letGo(final int place, final long before)
    {
        if (up.letGo(place))
        {
            up.pump();
            if (use == before && !ending.hasAnswer() && up.isHeadOut() && !up.isHeld())
            {
                downstream.resumeRequest();
            }
        }
        if (use == before && down.letGo(calls.count() - 1 - place))
        {
            down.pump();
            if (use == before && !ending.hasAnswer() && !down.isHeld())
            {
                resumeResponse();
            }
        }
    }

    private void pauseResponse()
    {
        if (exchange.upstream() != null)
        {
            exchange.upstream().pauseReading();
        }
    }

    private void resumeResponse()
    {
        if (exchange.upstream() != null && !downstream.isAboveHighWater())
        {
            exchange.upstream().resumeReading();
        }
    }

    /** Keeps the request's head to the end. */
    void keepRequest(final RequestHead head)
    {
        if (!block.pin(head))
        {
            onOverload();
        }
    }

    /** Keeps the request's head, then as it goes on. */
    void keepSent(final RequestHead head)
    {
        keepsSent = true;
        keepRequest(head);
    }

    /** The request goes on. Without memory for that filters see what came. */
    void onSent(final RequestHead head, final HeaderEdits edits)
    {
        if (keepsSent)
        {
            final RequestHead copy = sent.take(head, block, edits);
            view.request(copy == null ? head : copy, copy == null ? block : sent.store());
        }
    }

    /** What a filter says that has kept an exchange which is over must not be taken for the next one's. */
    private void checkOpen()
    {
        if (exchange == null)
        {
            throw new IllegalStateException("the exchange is over");
        }
    }

    int answer(final FilterAnswer given)
    {
        checkOpen();
        ending.answer(given, calls.current());
        return Verdict.ANSWERED;
    }

    int cut(final String detail)
    {
        checkOpen();
        ending.cut(detail);
        return Verdict.ANSWERED;
    }

    /** Bounds what the filter that is called gathers. */
    void limit(final int bytes)
    {
        checkOpen();
        up.limit(bytes);
        down.limit(bytes);
    }

    /** Bytes of the request's content when all of it waits, otherwise -1. */
    int gatheredLength()
    {
        return up.gatheredLength();
    }

    /** Where the head of the request may grow into as long as it has not gone on. */
    HeadStore requestStore()
    {
        return block;
    }

    void clearRoute()
    {
        checkOpen();
        intake.findRoute();
    }
}
