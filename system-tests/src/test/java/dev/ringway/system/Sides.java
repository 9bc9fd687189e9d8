package dev.ringway.system;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Envoy and Ringway for all tests of a class: started before the first of them, stopped behind the last.
 *
 * @param <T> one of the two.
 */
final class Sides<T extends AutoCloseable> implements BeforeAllCallback, AfterAllCallback
{
    private final Pair.Start<T> start;
    private Pair<T> pair;

    /** What starts a side may use the directory of the class, which is there by then. */
    Sides(final Pair.Start<T> start)
    {
        this.start = start;
    }

    T envoy()
    {
        return pair.envoy();
    }

    T ringway()
    {
        return pair.ringway();
    }

    public void beforeAll(final ExtensionContext context) throws Exception
    {
        pair = Pair.start(start);
    }

    public void afterAll(final ExtensionContext context) throws Exception
    {
        Pair.stop(pair);
        pair = null;
    }
}
