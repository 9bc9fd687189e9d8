package dev.ringway.engine.route;

/**
 * What a request must have besides its path for a route to apply. Immutable, shared by all loops; allocates nothing
 * but what {@link RegexMatch} says.
 */
public interface Condition
{
    /**
     * Loop thread.
     *
     * @param view of the request.
     * @return whether it has that.
     */
    boolean holds(RequestView view);
}
