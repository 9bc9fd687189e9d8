package dev.ringway.engine.route;

/**
 * Demands something of a query parameter, as it stands, percent codes included. Of several with one name the first
 * counts. Envoy: {@code config.route.v3.QueryParameterMatcher}. Immutable.
 *
 * @param name      of the parameter; not changed afterwards.
 * @param match     of the value, or null when it is enough whether there is one.
 * @param isPresent without {@code match}: whether there must be one.
 */
public record QueryCondition(byte[] name, TextMatch match, boolean isPresent) implements Condition
{
    /**
     * {@inheritDoc}
     */
    public boolean holds(final RequestView view)
    {
        final boolean isThere = view.selectParameter(name);
        return match == null ? isThere == isPresent :
            isThere && match.matches(view, view.buffer(), view.offset(), view.length());
    }
}
