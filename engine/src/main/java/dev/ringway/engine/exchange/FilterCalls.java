package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.filter.FilterData;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterSettings;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.Verdict;
import dev.ringway.engine.memory.LoopMemory;

import java.util.Objects;

/**
 * The filters of one {@link FilterRun}, and the only place where they are called: what they throw ends here. Loop thread
 * only.
 */
final class FilterCalls
{
    private final FilterRun run;
    private final FilterView view;
    private final LoopMemory memory;
    private final HttpFilter[] filters;
    private final boolean[] leftOut;
    private final boolean[] readsResponse;
    private final boolean[] seesResponse;
    private final FilterData data = new FilterData();
    private int current;

    FilterCalls(final FilterRun run, final FilterView view, final HttpFilters chain, final LoopMemory memory)
    {
        this.run = run;
        this.view = view;
        this.memory = memory;
        filters = new HttpFilter[chain.places().size()];
        leftOut = new boolean[filters.length];
        readsResponse = new boolean[filters.length];
        seesResponse = new boolean[filters.length];
        for (int i = 0; i < filters.length; i++)
        {
            make(i, chain.places().get(i).factory());
        }
    }

    private void make(final int place, final HttpFilterFactory factory)
    {
        try
        {
            filters[place] = Objects.requireNonNull(factory.create(view), "no filter was made");
            final Class<? extends HttpFilter> type = filters[place].getClass();
            readsResponse[place] =
                has(type, "onResponseData", FilterExchange.class, FilterData.class, boolean.class);
            seesResponse[place] = has(type, "onResponseHead", FilterExchange.class, boolean.class);
        }
        catch (final Throwable e)
        {
            run.onFailure(place, e);
        }
    }

    /** Whether a filter has a method of its own. */
    private static boolean has(
        final Class<? extends HttpFilter> type, final String name, final Class<?>... parameters)
    {
        try
        {
            return type.getMethod(name, parameters).getDeclaringClass() != HttpFilter.class;
        }
        catch (final NoSuchMethodException e)
        {
            return true;
        }
    }

    /** Whether a filter that takes part looks at the content of responses. */
    boolean readsResponse()
    {
        return takesPart(readsResponse);
    }

    /** Whether a filter that takes part looks at the heads of responses. */
    boolean seesResponse()
    {
        return takesPart(seesResponse);
    }

    private boolean takesPart(final boolean[] asked)
    {
        for (int i = 0; i < filters.length; i++)
        {
            if (asked[i] && !leftOut[i])
            {
                return true;
            }
        }
        return false;
    }

    /** Which filters take part in an exchange. */
    void begin(final HttpFilters chain, final FilterSettings settings)
    {
        for (int i = 0; i < filters.length; i++)
        {
            final boolean isDisabled = chain.places().get(i).disabled();
            leftOut[i] = settings == null ? isDisabled : settings.isLeftOut(i, isDisabled);
        }
    }

    int count()
    {
        return filters.length;
    }

    /** Place of the filter that is being called. */
    int current()
    {
        return current;
    }

    private int fail(final int place, final Throwable error)
    {
        run.onFailure(place, error);
        return FilterFlow.STOPPED;
    }

    private int verdict(final int verdict)
    {
        return run.isStopped() ? FilterFlow.STOPPED :
            verdict == Verdict.HOLD || verdict == Verdict.GATHER ? verdict : Verdict.CONTINUE;
    }

    private boolean enter(final boolean isUp, final int position)
    {
        current = isUp ? position : filters.length - 1 - position;
        return !leftOut[current];
    }

    int head(final boolean isUp, final int position, final boolean isEnd)
    {
        if (!enter(isUp, position))
        {
            return Verdict.CONTINUE;
        }
        final int place = current;
        try
        {
            return verdict(isUp ? filters[place].onRequestHead(view, isEnd) : filters[place].onResponseHead(view, isEnd));
        }
        catch (final Throwable e)
        {
            return fail(place, e);
        }
    }

    int data(final boolean isUp, final int position, final int offset, final int length, final boolean isEnd)
    {
        if (!enter(isUp, position))
        {
            return Verdict.CONTINUE;
        }
        final int place = current;
        data.wrap(memory.slab().buffer(), offset, length);
        try
        {
            return verdict(isUp ? filters[place].onRequestData(view, data, isEnd) :
                filters[place].onResponseData(view, data, isEnd));
        }
        catch (final Throwable e)
        {
            return fail(place, e);
        }
    }

    int trailers(final boolean isUp, final int position, final HeaderTable table)
    {
        if (!enter(isUp, position))
        {
            return Verdict.CONTINUE;
        }
        final int place = current;
        try
        {
            return verdict(isUp ? filters[place].onRequestTrailers(view, table) :
                filters[place].onResponseTrailers(view, table));
        }
        catch (final Throwable e)
        {
            return fail(place, e);
        }
    }

    int wake(final int place, final boolean isTimer)
    {
        current = place;
        try
        {
            return verdict(isTimer ? filters[place].onTimer(view) : filters[place].onSignal(view));
        }
        catch (final Throwable e)
        {
            return fail(place, e);
        }
    }

    /** The answer that a filter gave is about to pass all of them; false when it threw. */
    boolean answered(final int place)
    {
        current = place;
        try
        {
            filters[place].onAnswer(view);
            return true;
        }
        catch (final Throwable e)
        {
            run.onFailure(place, e);
            return false;
        }
    }

    /** The exchange is over. */
    void end()
    {
        for (int i = 0; i < filters.length; i++)
        {
            current = i;
            try
            {
                if (!leftOut[i])
                {
                    filters[i].onEnd(view);
                }
            }
            catch (final Throwable e)
            {
                run.onFailure(i, e);
            }
        }
    }
}
