package dev.ringway.engine.route;

import org.agrona.DirectBuffer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the rules of a long list whose patterns fit a path: walks down the path once, whatever the number of rules.
 * A node stands for what its rules have in common; where rules end their numbers lie, in order. Immutable.
 */
final class PathTrie
{
    /** Longest pattern that is put in: bounds the depth. */
    static final int MAX_PATTERN = 256;
    private static final int[] NO_RULES = {};

    private final byte[] label;
    private final byte[] firsts;
    private final PathTrie[] children;
    private final int[] prefixes;
    private final int[] exacts;
    private final int[] separated;

    /**
     * One rule.
     *
     * @param rule    number of it.
     * @param kind    PREFIX, EXACT or SEPARATED_PREFIX.
     * @param pattern compared byte by byte.
     */
    record Entry(int rule, PathMatch.Kind kind, byte[] pattern)
    {
    }

    /** Says of a rule whose pattern fits whether it applies. */
    interface Test
    {
        boolean applies(RequestView view, int rule);
    }

    /**
     * @param entries in the order of their numbers, at least one.
     */
    PathTrie(final List<Entry> entries)
    {
        this(entries, 0);
    }

    private PathTrie(final List<Entry> entries, final int from)
    {
        final int to = commonEnd(entries, from);
        final Map<Integer, List<Entry>> byNext = new TreeMap<>();
        final List<Entry> own = new ArrayList<>();
        for (final Entry entry : entries)
        {
            if (entry.pattern.length == to)
            {
                own.add(entry);
            }
            else
            {
                byNext.computeIfAbsent((int)entry.pattern[to], key -> new ArrayList<>()).add(entry);
            }
        }
        label = Arrays.copyOfRange(entries.getFirst().pattern, from, to);
        firsts = new byte[byNext.size()];
        children = new PathTrie[byNext.size()];
        int at = 0;
        for (final Map.Entry<Integer, List<Entry>> next : byNext.entrySet())
        {
            firsts[at] = next.getKey().byteValue();
            children[at++] = new PathTrie(next.getValue(), to);
        }
        prefixes = rules(own, PathMatch.Kind.PREFIX);
        exacts = rules(own, PathMatch.Kind.EXACT);
        separated = rules(own, PathMatch.Kind.SEPARATED_PREFIX);
    }

    private static int commonEnd(final List<Entry> entries, final int from)
    {
        final byte[] first = entries.getFirst().pattern;
        int end = first.length;
        for (final Entry entry : entries)
        {
            final int mismatch = Arrays.mismatch(first, from, end, entry.pattern, from,
                Math.min(end, entry.pattern.length));
            end = mismatch < 0 ? end : from + mismatch;
        }
        return end;
    }

    private static int[] rules(final List<Entry> own, final PathMatch.Kind kind)
    {
        final int[] rules = own.stream().filter(entry -> entry.kind == kind).mapToInt(Entry::rule).toArray();
        return rules.length == 0 ? NO_RULES : rules;
    }

    /**
     * @param view   of the request.
     * @param buffer that holds the path.
     * @param offset where it starts.
     * @param length its bytes.
     * @param test   asked of rules whose patterns fit.
     * @param none   returned when no rule applies; larger than all their numbers.
     * @return number of the first rule that applies.
     */
    int find(
        final RequestView view,
        final DirectBuffer buffer,
        final int offset,
        final int length,
        final Test test,
        final int none)
    {
        int best = none;
        int at = 0;
        PathTrie node = this;
        while (node != null && node.isAt(buffer, offset + at, length - at))
        {
            at += node.label.length;
            best = first(node.prefixes, best, view, test);
            if (at == length)
            {
                best = first(node.exacts, best, view, test);
                return first(node.separated, best, view, test);
            }
            final byte next = buffer.getByte(offset + at);
            if (next == '/')
            {
                best = first(node.separated, best, view, test);
            }
            node = node.child(next);
        }
        return best;
    }

    private boolean isAt(final DirectBuffer buffer, final int offset, final int length)
    {
        if (label.length > length)
        {
            return false;
        }
        for (int i = 0; i < label.length; i++)
        {
            if (label[i] != buffer.getByte(offset + i))
            {
                return false;
            }
        }
        return true;
    }

    private static int first(final int[] rules, final int best, final RequestView view, final Test test)
    {
        for (final int rule : rules)
        {
            if (rule >= best)
            {
                break;
            }
            if (test.applies(view, rule))
            {
                return rule;
            }
        }
        return best;
    }

    private PathTrie child(final byte next)
    {
        int low = 0;
        int high = firsts.length - 1;
        while (low <= high)
        {
            final int middle = low + high >>> 1;
            if (firsts[middle] == next)
            {
                return children[middle];
            }
            if (firsts[middle] < next)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }
        return null;
    }
}
