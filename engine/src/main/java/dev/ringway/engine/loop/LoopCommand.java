package dev.ringway.engine.loop;

/**
 * Something another thread wants done on a loop. Runs on the loop thread; must neither block nor throw.
 */
public interface LoopCommand
{
    /**
     * @param loop on whose thread it runs.
     */
    void run(EventLoop loop);
}
