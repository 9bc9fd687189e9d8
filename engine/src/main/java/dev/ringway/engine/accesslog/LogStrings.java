package dev.ringway.engine.accesslog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Strings that access records name by number: response code details, cluster and route names. A string keeps its number
 * for the life of the process, or as long as somebody holds it. Any thread; {@link #idOf} and {@link #text} take no lock
 * and allocate nothing, so loops may call them, but a number that is needed for each request is better kept.
 */
public final class LogStrings
{
    /** Number of no string at all, printed as {@code -}. */
    public static final int NONE = 0;

    private static final Map<String, Integer> IDS = new ConcurrentHashMap<>();
    /** How many hold a string; those that are not in here stay. */
    private static final Map<String, Integer> HOLDERS = new HashMap<>();
    private static final ArrayDeque<Integer> FREE = new ArrayDeque<>();
    /** Numbers that records may still have: of strings dropped last, before, and before that. */
    private static final ArrayDeque<List<Integer>> DROPPED =
        new ArrayDeque<>(List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
    private static volatile String[] texts = new String[256];
    private static int count = 1;

    private LogStrings()
    {
    }

    /**
     * Gives a string its number for ever. Not on a loop: allocates and takes a lock.
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
            HOLDERS.remove(text);
            return give(text);
        }
    }

    /**
     * Gives a string its number until it is dropped as often as it was held. Not on a loop.
     *
     * @param text to be named; empty is {@link #NONE}.
     * @return its number.
     */
    public static int hold(final String text)
    {
        if (text.isEmpty())
        {
            return NONE;
        }
        synchronized (IDS)
        {
            if (!IDS.containsKey(text) || HOLDERS.containsKey(text))
            {
                HOLDERS.merge(text, 1, Integer::sum);
            }
            return give(text);
        }
    }

    /**
     * Takes a {@link #hold} back. Not on a loop.
     *
     * @param text that was held.
     */
    public static void drop(final String text)
    {
        synchronized (IDS)
        {
            final Integer holders = HOLDERS.get(text);
            if (holders != null && holders > 1)
            {
                HOLDERS.put(text, holders - 1);
            }
            else if (holders != null)
            {
                HOLDERS.remove(text);
                DROPPED.peekFirst().add(IDS.remove(text));
            }
        }
    }

    /**
     * All records have been read that were there at the last call, or before the first: what was dropped two calls ago is
     * in none of them. Not on a loop.
     */
    public static void onRead()
    {
        synchronized (IDS)
        {
            FREE.addAll(DROPPED.pollLast());
            DROPPED.addFirst(new ArrayList<>());
        }
    }

    private static int give(final String text)
    {
        final Integer known = IDS.get(text);
        if (known != null)
        {
            return known;
        }
        final Integer again = FREE.poll();
        final int id = again == null ? count++ : again;
        final String[] grown = id < texts.length ? texts : Arrays.copyOf(texts, texts.length * 2);
        grown[id] = text;
        texts = grown;
        IDS.put(text, id);
        return id;
    }

    /**
     * @param text that has a number.
     * @return its number, {@link #NONE} when it has none.
     */
    public static int idOf(final String text)
    {
        final Integer id = IDS.get(text);
        return id == null ? NONE : id;
    }

    /**
     * @param id from {@link #register} or {@link #hold}.
     * @return the string, null for {@link #NONE} and for numbers not given out.
     */
    public static String text(final int id)
    {
        final String[] all = texts;
        return id > 0 && id < all.length ? all[id] : null;
    }
}
