package dev.ringway.engine.listen;

import dev.ringway.engine.snapshot.ChainQuery;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.FilterChains;
import dev.ringway.engine.snapshot.Listener;

/**
 * The filter chains of one listener on one loop. A chain stays the same over snapshots when it has the same name or,
 * without one, the same match; the connections of one that is gone end as soon as they can. Loop thread only.
 */
final class ListenerChains
{
    private static final ChainSessions[] NONE = {};

    private final ListenContext context;
    private FilterChains chains;
    private ChainSessions[] sessions = NONE;
    private boolean isDraining;

    ListenerChains(final ListenContext context)
    {
        this.context = context;
    }

    void adopt(final Listener fresh)
    {
        final FilterChains old = chains;
        final ChainSessions[] left = sessions;
        chains = fresh.filterChains();
        sessions = new ChainSessions[chains.all().size()];
        for (int i = 0; i < sessions.length; i++)
        {
            sessions[i] = take(old, left, i);
            sessions[i].adopt(fresh, chains.get(i));
            if (isDraining)
            {
                sessions[i].drain();
            }
        }
        for (final ChainSessions gone : left)
        {
            if (gone != null)
            {
                gone.drain();
            }
        }
    }

    /** Sessions of a chain that was there before, taken out of those left, or new ones. */
    private ChainSessions take(final FilterChains old, final ChainSessions[] left, final int number)
    {
        final boolean isDefault = number == chains.defaultChain();
        for (int i = 0; i < left.length; i++)
        {
            if (left[i] != null && isDefault == (i == old.defaultChain()) &&
                (isDefault || isSame(left[i].chain(), chains.get(number))))
            {
                final ChainSessions taken = left[i];
                left[i] = null;
                return taken;
            }
        }
        return new ChainSessions(context);
    }

    private static boolean isSame(final FilterChain old, final FilterChain fresh)
    {
        return old.name().equals(fresh.name()) && (!old.name().isEmpty() || old.match().equals(fresh.match()));
    }

    /**
     * @param query what is known of a connection.
     * @return what takes it, or null.
     */
    ChainSessions find(final ChainQuery query)
    {
        final int number = chains.find(query);
        return number == FilterChains.NONE ? null : sessions[number];
    }

    void drain()
    {
        isDraining = true;
        for (final ChainSessions chain : sessions)
        {
            chain.drain();
        }
    }

    void endDrain()
    {
        isDraining = false;
        for (final ChainSessions chain : sessions)
        {
            chain.endDrain();
        }
    }
}
