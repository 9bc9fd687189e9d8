package dev.ringway.engine.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import org.agrona.DirectBuffer;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Compares bytes with regular expressions, with one matcher for each of these. Loop thread only.
 */
final class Matchers
{
    private final Map<Pattern, Matcher> matchers = new IdentityHashMap<>();
    private final Text text = new Text();

    /**
     * A matcher that reads bytes, until the next one is asked for. Allocates the first time.
     *
     * @param pattern compiled.
     * @param bytes   hold a value.
     * @param at      where it starts.
     * @param count   its bytes, each of which is a character of its own.
     */
    Matcher matcher(final Pattern pattern, final DirectBuffer bytes, final int at, final int count)
    {
        Matcher matcher = matchers.get(pattern);
        text.set(bytes, at, count);
        if (matcher == null)
        {
            matcher = pattern.matcher(text);
            matchers.put(pattern, matcher);
        }
        return matcher.reset();
    }

    /** What belongs to routes that there were is forgotten. */
    void forget()
    {
        matchers.clear();
    }

    /** Bytes as characters. */
    private static final class Text implements CharSequence
    {
        private DirectBuffer buffer;
        private int offset;
        private int length;

        private void set(final DirectBuffer bytes, final int at, final int count)
        {
            buffer = bytes;
            offset = at;
            length = count;
        }

        public int length()
        {
            return length;
        }

        public char charAt(final int index)
        {
            return (char)(buffer.getByte(offset + index) & 0xFF);
        }

        public CharSequence subSequence(final int start, final int end)
        {
            return toString().substring(start, end);
        }

        public String toString()
        {
            return buffer.getStringWithoutLengthAscii(offset, length);
        }
    }
}
