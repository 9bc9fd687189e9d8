package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.Verdict;

import java.util.List;

/**
 * Edits heads: first as the filter says, then as route configuration, virtual host and route say. Settings of the filter
 * or of one of these. Envoy: {@code extensions.filters.http.header_mutation.v3.HeaderMutation}.
 *
 * @param requestEdits      {@code mutations.request_mutations}.
 * @param responseEdits     {@code mutations.response_mutations}.
 * @param mostSpecificFirst whether routes come before what they belong to, so that the latter wins; without meaning in
 *                          what routes say: not {@code most_specific_header_mutations_wins}.
 * @param readsRequest      whether edits of the response ask for fields of the request.
 */
public record HeaderMutation(
    List<HeadEdit> requestEdits, List<HeadEdit> responseEdits, boolean mostSpecificFirst, boolean readsRequest)
    implements HttpFilterFactory
{
    /**
     * @param requestEdits      {@code mutations.request_mutations}.
     * @param responseEdits     {@code mutations.response_mutations}.
     * @param mostSpecificFirst not {@code most_specific_header_mutations_wins}.
     */
    public HeaderMutation(
        final List<HeadEdit> requestEdits, final List<HeadEdit> responseEdits, final boolean mostSpecificFirst)
    {
        this(requestEdits, responseEdits, mostSpecificFirst, HeadEdit.readRequest(responseEdits));
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilter create(final FilterLoop loop)
    {
        return new Editing(this, new HeadEditor());
    }

    /** Knows nothing of its request. */
    private record Editing(HeaderMutation own, HeadEditor editor) implements HttpFilter
    {
        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            boolean readsRequest = own.readsRequest;
            editor.editRequest(own.requestEdits, exchange);
            for (int i = 0, count = exchange.settingsCount(); i < count; i++)
            {
                final HeaderMutation given = given(exchange, i, count);
                editor.editRequest(given.requestEdits, exchange);
                readsRequest |= given.readsRequest;
            }
            if (readsRequest)
            {
                exchange.keepSentRequest();
            }
            return Verdict.CONTINUE;
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            editor.editResponse(own.responseEdits, exchange);
            for (int i = 0, count = exchange.settingsCount(); i < count; i++)
            {
                editor.editResponse(given(exchange, i, count).responseEdits, exchange);
            }
            return Verdict.CONTINUE;
        }

        private HeaderMutation given(final FilterExchange exchange, final int index, final int count)
        {
            return (HeaderMutation)exchange.settings(own.mostSpecificFirst ? index : count - 1 - index);
        }
    }
}
