package dev.ringway.engine.accesslog;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Strings that access records name by number: response code details, cluster and route names. A string keeps its number
 * for the life of the process. Any thread; {@link #idOf} and {@link #text} take no lock and allocate nothing, so loops
 * may call them, but a number that is needed for each request is better kept.
 */
public final class LogStrings
{
    /** Number of no string at all, printed as {@code -}. */
    public static final int NONE = 0;

    private static final Map<String, Integer> IDS = new ConcurrentHashMap<>();
    private static volatile String[] texts = new String[256];
    private static int count = 1;

    private LogStrings()
    {
    }

    /**
     * Gives a string its number. Not on a loop: allocates and takes a lock.
     *
     * @param text to be named; empty or null is {@link #NONE}.
     * @return its number.
     */
    public static int register(final String text)
    {
        if (text == null || text.isEmpty())
        {
            return NONE;
        }
        synchronized (IDS)
        {
            final Integer known = IDS.get(text);
            if (known != null)
            {
                return known;
            }
            final int id = count++;
            final String[] grown = id < texts.length ? texts : Arrays.copyOf(texts, texts.length * 2);
            grown[id] = text;
            texts = grown;
            IDS.put(text, id);
            return id;
        }
    }

    /**
     * @param text that was registered.
     * @return its number, {@link #NONE} when it was not.
     */
    public static int idOf(final String text)
    {
        final Integer id = IDS.get(text);
        return id == null ? NONE : id;
    }

    /**
     * @param id from {@link #register}.
     * @return the string, null for {@link #NONE} and for numbers not given out.
     */
    public static String text(final int id)
    {
        final String[] all = texts;
        return id > 0 && id < all.length ? all[id] : null;
    }
}
