package dev.ringway.engine.route;

import com.google.re2j.Pattern;
import org.agrona.DirectBuffer;

/**
 * Demands that a regular expression covers a whole value. Bytes above ASCII are characters of their own. Envoy:
 * {@code type.matcher.v3.RegexMatcher}. Immutable; a comparison takes time linear in the value and allocates a few
 * dozen bytes.
 */
public final class RegexMatch implements TextMatch
{
    private final Pattern pattern;

    /**
     * @param pattern compiled.
     */
    public RegexMatch(final Pattern pattern)
    {
        this.pattern = pattern;
    }

    /**
     * {@inheritDoc}
     */
    public boolean matches(final RequestView view, final DirectBuffer buffer, final int offset, final int length)
    {
        return view.matchers().matcher(pattern, buffer, offset, length).matches();
    }
}
