package dev.ringway.control.config;

import java.util.Collection;
import java.util.Locale;

/**
 * Finds the name that somebody meant who wrote another. Any thread.
 */
public final class Spelling
{
    private static final int LETTERS_PER_SLIP = 4;
    private static final int MOST_SLIPS = 3;
    private static final int LONGEST = 200;

    private Spelling()
    {
    }

    /**
     * @param given a name that is not known.
     * @param known those that are.
     * @return what a message may end with: a question for the one that looks most like it, or nothing.
     */
    public static String hint(final String given, final Collection<String> known)
    {
        final String nearest = nearest(given, known);
        return nearest == null ? "" : "; did you mean " + nearest + "?";
    }

    /**
     * @param given a name that is not known.
     * @param known those that are.
     * @return the first of those that look most like it, whatever the case of their letters; null when none does.
     */
    static String nearest(final String given, final Collection<String> known)
    {
        if (given.length() > LONGEST)
        {
            return null;
        }
        final String plain = given.toLowerCase(Locale.ROOT);
        int least = Math.min(MOST_SLIPS, plain.length() / LETTERS_PER_SLIP) + 1;
        String nearest = null;
        for (final String name : known)
        {
            // Each letter that one has more is a slip at least.
            final int slips = Math.abs(plain.length() - name.length()) < least ?
                slips(plain, name.toLowerCase(Locale.ROOT)) : least;
            if (slips < least)
            {
                least = slips;
                nearest = name;
            }
        }
        return nearest;
    }

    /** Letters that are added, left out, taken for others, or change places with their neighbours. */
    private static int slips(final String one, final String other)
    {
        int[] beforeLast = new int[other.length() + 1];
        int[] last = new int[other.length() + 1];
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++)
        {
            last[j] = j;
        }
        for (int i = 1; i <= one.length(); i++)
        {
            row[0] = i;
            for (int j = 1; j <= other.length(); j++)
            {
                final int same = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(last[j - 1] + same, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2) && one.charAt(i - 2) == other.charAt(j - 1))
                {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            final int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[other.length()];
    }
}
