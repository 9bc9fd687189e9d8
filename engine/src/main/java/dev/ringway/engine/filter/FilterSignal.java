package dev.ringway.engine.filter;

/**
 * Tells a filter on its loop that another thread is done. Any thread.
 */
public interface FilterSignal
{
    /**
     * Has {@link HttpFilter#onSignal} called on the loop, once for each call of this, unless the exchange is over by then.
     *
     * @return false when the loop has no room for more commands for now; try again later.
     */
    boolean send();
}
