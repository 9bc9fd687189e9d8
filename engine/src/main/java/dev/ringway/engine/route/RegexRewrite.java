package dev.ringway.engine.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import org.agrona.DirectBuffer;

import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Replaces each match of a regular expression. Envoy: {@code type.matcher.v3.RegexMatchAndSubstitute}. Immutable; costs
 * what a {@link RegexMatch} does for each match.
 */
public final class RegexRewrite
{
    /** The result has no room. */
    public static final int TOO_LONG = -1;

    private final Pattern pattern;
    private final byte[][] texts;
    /** Number of the group in front of each text but the first. */
    private final int[] groups;

    /**
     * @param pattern      compiled.
     * @param substitution text in which {@code \0} to {@code \9} stand for groups and {@code \\} for a backslash.
     * @throws IllegalArgumentException when it is anything else or there is no such group; says why.
     */
    public RegexRewrite(final Pattern pattern, final String substitution)
    {
        this.pattern = pattern;
        final List<byte[]> pieces = new ArrayList<>();
        final List<Integer> numbers = new ArrayList<>();
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < substitution.length(); i++)
        {
            final char c = substitution.charAt(i);
            if (c != '\\')
            {
                text.append(c);
                continue;
            }
            final char next = ++i < substitution.length() ? substitution.charAt(i) : 0;
            if (next == '\\')
            {
                text.append(next);
                continue;
            }
            if (next < '0' || next > '9' || next - '0' > pattern.groupCount())
            {
                throw new IllegalArgumentException("'\\" + (next == 0 ? "" : next) + "' stands for no group");
            }
            pieces.add(text.toString().getBytes(UTF_8));
            text.setLength(0);
            numbers.add(next - '0');
        }
        pieces.add(text.toString().getBytes(UTF_8));
        texts = pieces.toArray(byte[][]::new);
        groups = numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Loop thread.
     *
     * @param view   of the loop.
     * @param buffer holds a value.
     * @param offset where it starts.
     * @param length its bytes.
     * @param to     where the result goes.
     * @return bytes of the result, or {@link #TOO_LONG}.
     */
    public int rewrite(
        final RequestView view, final DirectBuffer buffer, final int offset, final int length, final byte[] to)
    {
        final Matcher matcher = view.matchers().matcher(pattern, buffer, offset, length);
        int end = 0;
        int copied = 0;
        int last = -1;
        while (end >= 0 && matcher.find())
        {
            final int start = matcher.start();
            // As RE2: nothing is not found once more right behind a match.
            if (start == matcher.end() && start == last)
            {
                continue;
            }
            end = copy(buffer, offset + copied, start - copied, to, end);
            end = substitute(matcher, buffer, offset, to, end);
            copied = matcher.end();
            last = copied;
        }
        return copy(buffer, offset + copied, length - copied, to, end);
    }

    private int substitute(
        final Matcher matcher, final DirectBuffer buffer, final int offset, final byte[] to, final int at)
    {
        int end = copy(texts[0], to, at);
        for (int i = 0; i < groups.length; i++)
        {
            final int start = matcher.start(groups[i]);
            if (start >= 0)
            {
                end = copy(buffer, offset + start, matcher.end(groups[i]) - start, to, end);
            }
            end = copy(texts[i + 1], to, end);
        }
        return end;
    }

    private static int copy(final byte[] text, final byte[] to, final int at)
    {
        if (at < 0 || text.length > to.length - at)
        {
            return TOO_LONG;
        }
        System.arraycopy(text, 0, to, at, text.length);
        return at + text.length;
    }

    private static int copy(
        final DirectBuffer buffer, final int offset, final int length, final byte[] to, final int at)
    {
        if (at < 0 || length > to.length - at)
        {
            return TOO_LONG;
        }
        buffer.getBytes(offset, to, at, length);
        return at + length;
    }
}
