package dev.ringway.engine.route;

import dev.ringway.engine.route.VirtualHost.TlsRequirement;
import org.agrona.DirectBuffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Routes of one virtual host, compiled into parallel arrays. Most routes are told apart by their first eight bytes,
 * so those stand ready as one word each and the path's are read once. Where there are many, a trie leads to those that
 * may apply. Immutable.
 */
final class RouteList
{
    private static final VarHandle WORD =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final byte PREFIX = 0;
    private static final byte EXACT = 1;
    private static final byte SEPARATED_PREFIX = 2;
    private static final byte REGEX = 3;
    private static final byte ANY_CASE = 4;
    /** From so many rules on a walk through the trie takes less time than a look at each. */
    private static final int MANY = 24;
    private static final int[] NO_RULES = {};

    private final long[] words;
    private final long[] masks;
    private final byte[] kinds;
    private final byte[][] patterns;
    private final RegexMatch[] regexes;
    private final Condition[][] conditions;
    private final Route[] routes;
    private final PathTrie trie;
    private final int[] outside;
    private final PathTrie.Test applies = this::applies;
    private final TlsRequirement tls;
    private final VirtualHost.Rule[] tunnels;

    /**
     * @param all in order.
     * @param tls which requests must come by HTTPS.
     */
    RouteList(final List<VirtualHost.Rule> all, final TlsRequirement tls)
    {
        this.tls = tls;
        tunnels = all.stream().filter(RouteList::isOfTunnels).toArray(VirtualHost.Rule[]::new);
        final List<VirtualHost.Rule> rules =
            tunnels.length == 0 ? all : all.stream().filter(rule -> !isOfTunnels(rule)).toList();
        final int count = rules.size();
        words = new long[count];
        masks = new long[count];
        kinds = new byte[count];
        patterns = new byte[count][];
        regexes = new RegexMatch[count];
        conditions = new Condition[count][];
        routes = new Route[count];
        for (int i = 0; i < count; i++)
        {
            final VirtualHost.Rule rule = rules.get(i);
            compile(i, rule.match());
            conditions[i] = rule.conditions().isEmpty() ? null : rule.conditions().toArray(Condition[]::new);
            routes[i] = rule.route();
        }
        final List<PathTrie.Entry> entries = count < MANY ? List.of() : IntStream.range(0, count)
            .filter(i -> isInTrie(rules.get(i).match()))
            .mapToObj(i -> new PathTrie.Entry(i, rules.get(i).match().kind(), patterns[i])).toList();
        trie = entries.isEmpty() ? null : new PathTrie(entries);
        outside = trie == null ? NO_RULES :
            IntStream.range(0, count).filter(i -> !isInTrie(rules.get(i).match())).toArray();
    }

    private void compile(final int index, final PathMatch match)
    {
        final byte[] pattern = match.pattern().clone();
        kinds[index] = switch (match.kind())
        {
            case PREFIX -> PREFIX;
            case EXACT -> EXACT;
            case SEPARATED_PREFIX -> SEPARATED_PREFIX;
            case REGEX -> REGEX;
            case CONNECT -> throw new IllegalArgumentException("stands among the tunnels");
        };
        if (match.kind() == PathMatch.Kind.REGEX)
        {
            regexes[index] = match.regex();
        }
        else if (match.caseSensitive())
        {
            masks[index] = Words.mask(pattern.length);
            words[index] = Words.load(pattern, 0);
        }
        else
        {
            kinds[index] |= ANY_CASE;
            for (int b = 0; b < pattern.length; b++)
            {
                pattern[b] = lower(pattern[b]);
            }
        }
        patterns[index] = pattern;
    }

    private static boolean isOfTunnels(final VirtualHost.Rule rule)
    {
        return rule.match().kind() == PathMatch.Kind.CONNECT;
    }

    private static boolean isInTrie(final PathMatch match)
    {
        return match.kind() != PathMatch.Kind.REGEX && match.caseSensitive() &&
            match.pattern().length <= PathTrie.MAX_PATTERN;
    }

    /**
     * @param isInternal whether a request is.
     * @return whether it must come by HTTPS.
     */
    boolean requiresTls(final boolean isInternal)
    {
        return tls == TlsRequirement.ALL || tls == TlsRequirement.EXTERNAL_ONLY && !isInternal;
    }

    /**
     * @param view of a CONNECT, which has no path.
     * @return the first route that applies, or null.
     */
    Route matchTunnel(final RequestView view)
    {
        for (final VirtualHost.Rule rule : tunnels)
        {
            if (hold(rule.conditions(), view))
            {
                return rule.route();
            }
        }
        return null;
    }

    private static boolean hold(final List<Condition> conditions, final RequestView view)
    {
        for (int i = 0; i < conditions.size(); i++)
        {
            if (!conditions.get(i).holds(view))
            {
                return false;
            }
        }
        return true;
    }

    /**
     * @param view   of the request; may be null where no rule has a condition or a regular expression.
     * @param buffer that holds the path.
     * @param offset where it starts.
     * @param length its bytes, without the query.
     * @return the first route that applies, or null.
     */
    Route match(final RequestView view, final DirectBuffer buffer, final int offset, final int length)
    {
        if (trie != null)
        {
            return search(view, buffer, offset, length);
        }
        final long word = Words.load(buffer, offset, length);
        for (int i = 0; i < words.length; i++)
        {
            if ((word & masks[i]) == words[i] && matches(i, view, buffer, offset, length) && applies(view, i))
            {
                return routes[i];
            }
        }
        return null;
    }

    private Route search(final RequestView view, final DirectBuffer buffer, final int offset, final int length)
    {
        int best = trie.find(view, buffer, offset, length, applies, routes.length);
        for (final int rule : outside)
        {
            if (rule >= best)
            {
                break;
            }
            if (matches(rule, view, buffer, offset, length) && applies(view, rule))
            {
                best = rule;
            }
        }
        return best == routes.length ? null : routes[best];
    }

    private boolean applies(final RequestView view, final int rule)
    {
        return conditions[rule] == null || hold(conditions[rule], view);
    }

    private static boolean hold(final Condition[] conditions, final RequestView view)
    {
        for (final Condition condition : conditions)
        {
            if (!condition.holds(view))
            {
                return false;
            }
        }
        return true;
    }

    private boolean matches(
        final int rule, final RequestView view, final DirectBuffer buffer, final int offset, final int length)
    {
        final byte kind = kinds[rule];
        final byte[] pattern = patterns[rule];
        final int covered = pattern.length;
        if (kind == REGEX)
        {
            return regexes[rule].matches(view, buffer, offset, length);
        }
        if (covered > length)
        {
            return false;
        }
        final boolean fits = switch (kind & ~ANY_CASE)
        {
            case EXACT -> covered == length;
            case SEPARATED_PREFIX -> covered == length || buffer.getByte(offset + covered) == '/';
            default -> true;
        };
        return fits && ((kind & ANY_CASE) == 0 ?
            startsWith(pattern, buffer, offset) : startsWithAnyCase(pattern, buffer, offset));
    }

    private static boolean startsWith(final byte[] pattern, final DirectBuffer buffer, final int offset)
    {
        int i = 0;
        for (; i + Long.BYTES <= pattern.length; i += Long.BYTES)
        {
            if ((long)WORD.get(pattern, i) != buffer.getLong(offset + i, ByteOrder.LITTLE_ENDIAN))
            {
                return false;
            }
        }
        for (; i < pattern.length; i++)
        {
            if (pattern[i] != buffer.getByte(offset + i))
            {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWithAnyCase(final byte[] pattern, final DirectBuffer buffer, final int offset)
    {
        for (int i = 0; i < pattern.length; i++)
        {
            if (pattern[i] != lower(buffer.getByte(offset + i)))
            {
                return false;
            }
        }
        return true;
    }

    private static byte lower(final byte b)
    {
        return b >= 'A' && b <= 'Z' ? (byte)(b | 0x20) : b;
    }
}
