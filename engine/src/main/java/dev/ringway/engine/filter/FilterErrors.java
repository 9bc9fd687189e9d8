package dev.ringway.engine.filter;

/**
 * Where what a filter throws is noted. Any loop thread; called a bounded number of times.
 */
public interface FilterErrors
{
    /**
     * @param name  of the filter in the configuration.
     * @param error what it threw.
     */
    void onFilterError(String name, Throwable error);
}
