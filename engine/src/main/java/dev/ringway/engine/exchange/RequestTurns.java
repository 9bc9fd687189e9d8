package dev.ringway.engine.exchange;

import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.loop.LoopTask;

/**
 * Requests that wait for their turn to begin. A client of HTTP/2 may ask for a hundred things in one receive, and all
 * others would wait until the last is on its way: so few of them begin in a duty cycle, in proportion to what else it
 * did, and what has come for others meanwhile is served between. What the client takes back before its turn costs no
 * endpoint anything. Loop thread only.
 */
final class RequestTurns implements LoopTask
{
    /** So many completions in a duty cycle let one more request begin. */
    private static final int COMPLETIONS_PER_TURN = 4;

    private final EventLoop loop;
    private Intake first;
    private Intake last;

    /**
     * @param loop to whose duty cycle it is added, behind the completions that bring requests.
     */
    RequestTurns(final EventLoop loop)
    {
        this.loop = loop;
        loop.addTask(this);
    }

    /** Gives a turn: {@link Intake#onTurn} follows, in this duty cycle or a later one, unless it is removed before. */
    void await(final Intake intake)
    {
        intake.previous = last;
        if (last == null)
        {
            first = intake;
        }
        else
        {
            last.next = intake;
        }
        last = intake;
    }

    /** Takes one out that waits. */
    void remove(final Intake intake)
    {
        if (intake.previous == null)
        {
            first = intake.next;
        }
        else
        {
            intake.previous.next = intake.next;
        }
        if (intake.next == null)
        {
            last = intake.previous;
        }
        else
        {
            intake.next.previous = intake.previous;
        }
        intake.next = null;
        intake.previous = null;
    }

    /**
     * {@inheritDoc}
     */
    public int onDutyCycle(final long nowNs)
    {
        if (first == null)
        {
            return 0;
        }
        final int budget = loop.turns(COMPLETIONS_PER_TURN);
        int turns = 0;
        while (first != null && turns < budget)
        {
            final Intake intake = first;
            remove(intake);
            intake.onTurn();
            turns++;
        }
        if (first != null)
        {
            loop.stayAwake();
        }
        return turns;
    }
}
