package dev.ringway.engine.downstream;

/**
 * The sessions of a factory that have a connection, newest first. Loop thread only.
 */
final class OpenSessions
{
    private OpenSession newest;

    void add(final OpenSession session)
    {
        session.previous = null;
        session.next = newest;
        if (newest != null)
        {
            newest.previous = session;
        }
        newest = session;
    }

    void remove(final OpenSession session)
    {
        if (session.previous != null)
        {
            session.previous.next = session.next;
        }
        else
        {
            newest = session.next;
        }
        if (session.next != null)
        {
            session.next.previous = session.previous;
        }
        session.next = null;
        session.previous = null;
    }

    /** Drains all; each may leave the list meanwhile. */
    void drain()
    {
        OpenSession session = newest;
        while (session != null)
        {
            final OpenSession following = session.next;
            session.drain();
            session = following;
        }
    }
}
