package dev.ringway.engine.http2;

import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.LoopTask;

import java.util.ArrayDeque;

/**
 * Turns of connections that have sent more requests than a duty cycle should read of one of them: all others would wait
 * until the last is read. What has come for others meanwhile is served between. Loop thread only.
 */
final class InputTurns implements LoopTask
{
    /** So many completions in a duty cycle let one more connection go on. */
    private static final int COMPLETIONS_PER_TURN = 8;

    private final EventLoop loop;
    private final ArrayDeque<Http2Life> waiting = new ArrayDeque<>(64);

    InputTurns(final EventLoop loop)
    {
        this.loop = loop;
    }

    /** Gives a turn in a later duty cycle: {@link Http2Life#onTurn} follows, once for each call. */
    void await(final Http2Life life)
    {
        waiting.addLast(life);
        loop.stayAwake();
    }

    /**
     * {@inheritDoc}
     */
    public int onDutyCycle(final long nowNs)
    {
        int budget = loop.turns(COMPLETIONS_PER_TURN);
        int turns = 0;
        for (int left = waiting.size(); left > 0 && budget > 0; left--)
        {
            budget -= waiting.pollFirst().onTurn() ? 1 : 0;
            turns++;
        }
        if (!waiting.isEmpty())
        {
            loop.stayAwake();
        }
        return turns;
    }
}
