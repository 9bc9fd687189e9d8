package dev.ringway.engine.loop;

import java.util.ArrayDeque;

/**
 * What a constructor has made so far and must free when one of its later steps fails: closed without
 * {@link #keep()}, it frees all, the newest first. The thread that constructs only.
 */
final class Undo implements AutoCloseable
{
    private final ArrayDeque<Runnable> steps = new ArrayDeque<>();

    /**
     * @param step frees what was made last.
     */
    void add(final Runnable step)
    {
        steps.push(step);
    }

    /**
     * All went well: nothing is freed.
     */
    void keep()
    {
        steps.clear();
    }

    /**
     * {@inheritDoc}
     */
    public void close()
    {
        while (!steps.isEmpty())
        {
            steps.pop().run();
        }
    }
}
