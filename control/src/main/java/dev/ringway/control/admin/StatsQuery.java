package dev.ringway.control.admin;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Which stats are wanted.
 *
 * @param filter     found somewhere in the name, or null for all; RE2, so its time is linear in the name.
 * @param isInverted whether names that match are left out instead.
 * @param usedOnly   whether only stats are wanted that ever had another value than 0.
 * @param type       kinds.
 */
record StatsQuery(Pattern filter, boolean isInverted, boolean usedOnly, StatType type)
{
    /** Longest expression: its program grows with its length. */
    static final int MAX_FILTER_LENGTH = 1024;

    /**
     * Compiles an expression.
     *
     * @param text of a query; empty for none.
     * @return the expression, or null for none.
     * @throws IllegalArgumentException when it is no RE2 expression or too long; the message is the answer.
     */
    static Pattern pattern(final String text)
    {
        if (text.isEmpty())
        {
            return null;
        }
        if (text.length() > MAX_FILTER_LENGTH)
        {
            throw new IllegalArgumentException(
                "regex of " + text.length() + " characters, " + MAX_FILTER_LENGTH + " are the most");
        }
        try
        {
            return Pattern.compile(text);
        }
        catch (final PatternSyntaxException e)
        {
            throw new IllegalArgumentException("Invalid re2 regex: " + e.getDescription() + ": " + e.getPattern(), e);
        }
    }

    boolean matches(final String name)
    {
        return filter == null || filter.matcher(name).find() != isInverted;
    }
}
