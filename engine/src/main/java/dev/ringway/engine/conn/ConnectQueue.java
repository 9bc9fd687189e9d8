package dev.ringway.engine.conn;

import dev.ringway.engine.loop.EventLoop;

import java.util.ArrayDeque;

/**
 * Connections that are to be opened. One costs the loop more than a request does, and a client that asks for a hundred at
 * once would have all others wait for them: so few begin in a duty cycle, in proportion to what else it did, and the next
 * cycle comes at once. What is closed before its turn, as the requests of a client are that resets them in the same
 * breath, costs no system call. Loop thread only.
 */
final class ConnectQueue
{
    /** So many completions in a duty cycle let one more connection begin. */
    private static final int COMPLETIONS_PER_CONNECT = 8;

    private final ArrayDeque<ConnectionLife> waiting = new ArrayDeque<>(64);

    /** Gives a turn: {@link ConnectionLife#onConnectTurn} follows, once for each call. */
    void await(final ConnectionLife life)
    {
        waiting.addLast(life);
    }

    boolean isEmpty()
    {
        return waiting.isEmpty();
    }

    /**
     * Once a duty cycle, behind its completions.
     *
     * @param loop of the cycle.
     * @return turns given.
     */
    int onDutyCycle(final EventLoop loop)
    {
        int budget = loop.turns(COMPLETIONS_PER_CONNECT);
        int turns = 0;
        while (!waiting.isEmpty() && (budget > 0 || waiting.peekFirst().isClosing()))
        {
            budget -= waiting.pollFirst().onConnectTurn() ? 1 : 0;
            turns++;
        }
        return turns;
    }
}
