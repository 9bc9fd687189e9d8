package dev.ringway.engine.route;

/**
 * Demands something of a field. Envoy: {@code config.route.v3.HeaderMatcher}. Immutable.
 *
 * @param key            name of the field; one of several values is enough.
 * @param match          of the value, or null when it is enough whether there is one.
 * @param isPresent      without {@code match}: whether there must be one.
 * @param isInverted     {@code invert_match}.
 * @param missingIsEmpty {@code treat_missing_header_as_empty}; without it a {@code match} never holds for a field that
 *                       is not there, inverted or not.
 */
public record HeaderCondition(
    HeaderKey key, TextMatch match, boolean isPresent, boolean isInverted, boolean missingIsEmpty)
    implements Condition
{
    /**
     * {@inheritDoc}
     */
    public boolean holds(final RequestView view)
    {
        final boolean isThere = view.select(key);
        if (match == null)
        {
            return ((isThere || missingIsEmpty) == isPresent) != isInverted;
        }
        return (isThere || missingIsEmpty) && fits(view, isThere) != isInverted;
    }

    private boolean fits(final RequestView view, final boolean isThere)
    {
        boolean fits = match.matches(view, view.buffer(), view.offset(), view.length());
        while (!fits && isThere && view.selectNext(key))
        {
            fits = match.matches(view, view.buffer(), view.offset(), view.length());
        }
        return fits;
    }
}
