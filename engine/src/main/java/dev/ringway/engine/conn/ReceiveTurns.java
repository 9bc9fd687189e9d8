package dev.ringway.engine.conn;

import java.util.ArrayDeque;

/**
 * Turns of connections that bring much. The kernel runs the armed receives of up to 20 sockets before the loop sees the
 * first of them, and when they take much, the first bytes have left the processor's cache by the time they are sent. So
 * where many connections bring much at once, each only hears that there is something, and few receive in a duty cycle:
 * what they bring is on its way before the next ones receive. Loop thread only.
 */
final class ReceiveTurns
{
    /** A receive that takes so much is large. */
    static final int LARGE = 16 * 1024;
    /** One that takes less is small. */
    static final int SMALL = 4 * 1024;

    /** Receives in one duty cycle. */
    private static final int AT_ONCE = 2;
    /** Duty cycles without a crowd after which there is none. */
    private static final int CALM = 4096;
    /** Chunks that each connection may hold where turns are taken: with less memory, all are served evenly. */
    private static final int ROOM = 8;

    private final int crowd;
    private final ArrayDeque<Receiver> waiting = new ArrayDeque<>(64);
    private int large;
    private int calm = CALM;
    private boolean isCrowded;

    /** Connections that bring much in one duty cycle or wait for a turn make a crowd from the given number on. */
    ReceiveTurns(final int crowd)
    {
        this.crowd = crowd;
    }

    /** A connection brought much; to be called once for it in a duty cycle. */
    void onLarge()
    {
        large++;
    }

    /** Whether connections that bring much should take turns. */
    boolean isCrowded()
    {
        return isCrowded;
    }

    /** Gives a turn: {@link Receiver#onTurn} follows, once for each call. */
    void await(final Receiver receiver)
    {
        waiting.addLast(receiver);
    }

    /**
     * Once a duty cycle, behind its completions.
     *
     * @param share chunks that each connection may hold.
     * @return turns given.
     */
    int onDutyCycle(final int share)
    {
        calm = large + waiting.size() >= crowd ? 0 : Math.min(calm + 1, CALM);
        isCrowded = calm < CALM && share >= ROOM;
        large = 0;
        int given = 0;
        while (given < AT_ONCE && !waiting.isEmpty())
        {
            given += waiting.pollFirst().onTurn() ? 1 : 0;
        }
        return given;
    }

    /** Whether some wait for a turn. */
    boolean isWanted()
    {
        return !waiting.isEmpty();
    }
}
