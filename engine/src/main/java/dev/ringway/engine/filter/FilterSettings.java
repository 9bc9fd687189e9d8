package dev.ringway.engine.filter;

import java.util.List;

/**
 * What a route has to say to the filters of its connection manager: its own settings, those of its virtual host and those
 * of the route configuration, put together when the configuration is read. Envoy: {@code typed_per_filter_config}.
 * Immutable.
 */
public final class FilterSettings
{
    private final Object[][] levels;
    private final byte[] states;

    /**
     * @param places one for each filter of the chain, in its order.
     */
    public FilterSettings(final List<Place> places)
    {
        levels = new Object[places.size()][];
        states = new byte[places.size()];
        for (int i = 0; i < levels.length; i++)
        {
            levels[i] = places.get(i).levels().toArray();
            states[i] = (byte)places.get(i).state().ordinal();
        }
    }

    /** Whether a filter takes part. */
    public enum State
    {
        /** As the chain says. */
        AS_CHAIN,
        /** It does, whatever the chain says. */
        ENABLED,
        /** It does not. */
        DISABLED
    }

    /**
     * What is said to one filter.
     *
     * @param levels settings from the most specific level to the least, only of levels that have some.
     * @param state  of the most specific level that says anything.
     */
    public record Place(List<Object> levels, State state)
    {
        /** Nothing. */
        public static final Place NONE = new Place(List.of(), State.AS_CHAIN);
    }

    /**
     * @param place of a filter in the chain.
     * @return settings of the most specific level, or null.
     */
    public Object at(final int place)
    {
        return levels[place].length == 0 ? null : levels[place][0];
    }

    /**
     * @param place of a filter in the chain.
     * @return how many levels have settings for it.
     */
    public int count(final int place)
    {
        return levels[place].length;
    }

    /**
     * @param place of a filter in the chain.
     * @param level 0 for the most specific.
     * @return settings.
     */
    public Object at(final int place, final int level)
    {
        return levels[place][level];
    }

    /**
     * @param place    of a filter in the chain.
     * @param disabled whether the chain has it disabled.
     * @return whether it is left out.
     */
    public boolean isLeftOut(final int place, final boolean disabled)
    {
        return states[place] == State.DISABLED.ordinal() || disabled && states[place] == State.AS_CHAIN.ordinal();
    }
}
