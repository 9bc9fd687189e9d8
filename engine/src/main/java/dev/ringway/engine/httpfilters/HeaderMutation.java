package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterHead;
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
 */
public record HeaderMutation(
    List<HeadEdit> requestEdits, List<HeadEdit> responseEdits, boolean mostSpecificFirst) implements HttpFilterFactory
{
    /**
     * {@inheritDoc}
     */
    public HttpFilter create(final FilterLoop loop)
    {
        return new Editing(this);
    }

    /** Knows nothing of its request. */
    private record Editing(HeaderMutation own) implements HttpFilter
    {
        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            apply(exchange, exchange.request(), true);
            return Verdict.CONTINUE;
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            apply(exchange, exchange.response(), false);
            return Verdict.CONTINUE;
        }

        private void apply(final FilterExchange exchange, final FilterHead head, final boolean isRequest)
        {
            apply(isRequest ? own.requestEdits : own.responseEdits, head);
            for (int i = 0, count = exchange.settingsCount(); i < count; i++)
            {
                final int level = own.mostSpecificFirst ? i : count - 1 - i;
                final HeaderMutation given = (HeaderMutation)exchange.settings(level);
                apply(isRequest ? given.requestEdits : given.responseEdits, head);
            }
        }

        private static void apply(final List<HeadEdit> edits, final FilterHead head)
        {
            for (int i = 0; i < edits.size(); i++)
            {
                edits.get(i).apply(head);
            }
        }
    }
}
