package dev.ringway.engine.httpfilters;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterPeer;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.TextMatch;
import dev.ringway.engine.snapshot.CidrRanges;

import java.util.List;

/**
 * A permission or a principal. Envoy: {@code config.rbac.v3.Permission} and {@code Principal}. Immutable.
 */
public interface AccessRule
{
    /** Holds always. */
    AccessRule ANY = (exchange, view, scratch) -> true;

    /**
     * Loop thread.
     *
     * @param exchange asked about.
     * @param view     of its request.
     * @param scratch  {@link FilterPeer#MAX_ADDRESS_LENGTH} bytes.
     * @return whether it holds.
     */
    boolean holds(FilterExchange exchange, RequestView view, byte[] scratch);

    /**
     * Holds when all, or one of several, hold.
     *
     * @param rules of the set.
     * @param isAll {@code and_rules}, otherwise {@code or_rules}.
     */
    record Several(List<AccessRule> rules, boolean isAll) implements AccessRule
    {
        public boolean holds(final FilterExchange exchange, final RequestView view, final byte[] scratch)
        {
            for (int i = 0; i < rules.size(); i++)
            {
                if (rules.get(i).holds(exchange, view, scratch) != isAll)
                {
                    return !isAll;
                }
            }
            return isAll;
        }
    }

    /**
     * Holds when another does not.
     *
     * @param rule the other.
     */
    record Not(AccessRule rule) implements AccessRule
    {
        public boolean holds(final FilterExchange exchange, final RequestView view, final byte[] scratch)
        {
            return !rule.holds(exchange, view, scratch);
        }
    }

    /**
     * Demands something of a field.
     *
     * @param condition {@code header}.
     */
    record Field(Condition condition) implements AccessRule
    {
        public boolean holds(final FilterExchange exchange, final RequestView view, final byte[] scratch)
        {
            return condition.holds(view);
        }
    }

    /**
     * Demands something of the path, without its query.
     *
     * @param match {@code url_path}.
     */
    record Path(TextMatch match) implements AccessRule
    {
        public boolean holds(final FilterExchange exchange, final RequestView view, final byte[] scratch)
        {
            final RequestHead head = view.head();
            final int length =
                head.queryOffset() < 0 ? head.pathLength() : head.queryOffset() - head.pathOffset();
            return match.matches(view, head.headers().buffer(), head.pathOffset(), length);
        }
    }

    /**
     * Demands that the other end of the connection has an address of a range.
     *
     * @param range {@code direct_remote_ip}.
     */
    record DirectAddress(CidrRanges range) implements AccessRule
    {
        public boolean holds(final FilterExchange exchange, final RequestView view, final byte[] scratch)
        {
            final int length = exchange.peer().directAddress(scratch);
            return length > 0 && range.contains(scratch, length);
        }
    }
}
