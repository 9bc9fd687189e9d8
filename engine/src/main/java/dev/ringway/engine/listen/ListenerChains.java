package dev.ringway.engine.listen;

import dev.ringway.engine.conn.DrainRamp;
import dev.ringway.engine.downstream.SessionFactory;
import dev.ringway.engine.snapshot.ChainQuery;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.FilterChains;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.tls.TlsContext;

import java.util.ArrayList;

/**
 * The filter chains of one listener on one loop. A chain stays the same over snapshots when it has the same name or,
 * without one, the same match, and the same transport; the connections of one that is gone end as soon as they can.
 * Loop thread only.
 */
final class ListenerChains
{
    private static final ChainSessions[] NONE = {};

    private final ListenContext context;
    private final Acceptor acceptor;
    private final ArrayList<Gone> gone = new ArrayList<>();
    private FilterChains chains;
    private ChainSessions[] sessions = NONE;
    private boolean isDraining;
    private long graceNs;
    private DrainRamp ramp = DrainRamp.NONE;

    ListenerChains(final ListenContext context, final Acceptor acceptor)
    {
        this.context = context;
        this.acceptor = acceptor;
    }

    /** A chain with connections that a snapshot took out. */
    private record Gone(ChainSessions sessions, long version)
    {
    }

    void adopt(final Listener fresh, final long version)
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
                sessions[i].drain(graceNs, ramp);
            }
        }
        for (final ChainSessions one : left)
        {
            if (one != null)
            {
                one.drain(ChainSessions.MOST_GRACE_NS, DrainRamp.NONE);
                if (one.active() > 0)
                {
                    gone.add(new Gone(one, version));
                }
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
                (isDefault || isSame(left[i].chain(), chains.get(number))) &&
                hasSameTransport(left[i].chain(), chains.get(number)))
            {
                final ChainSessions taken = left[i];
                left[i] = null;
                return taken;
            }
        }
        return new ChainSessions(context, acceptor);
    }

    private static boolean isSame(final FilterChain old, final FilterChain fresh)
    {
        return old.name().equals(fresh.name()) && (!old.name().isEmpty() || old.match().equals(fresh.match()));
    }

    /** Files that were read again change nothing: what was agreed on with them still holds. */
    private static boolean hasSameTransport(final FilterChain old, final FilterChain fresh)
    {
        final TlsContext tls = old.tls();
        return tls == fresh.tls() || tls != null && fresh.tls() != null && tls.lineage() == fresh.tls().lineage();
    }

    /** A connection of a chain, which may be one that is gone, has ended. */
    void onConnectionGone(final ChainSessions chain)
    {
        if (chain.active() == 0 && !gone.isEmpty())
        {
            gone.removeIf(one -> one.sessions == chain);
        }
    }

    /**
     * Ends connections that were asked to end.
     *
     * @param version of a snapshot: those of chains that it or an older one took out.
     * @param isAll   whether those of all chains are meant.
     */
    void cut(final long version, final boolean isAll)
    {
        if (isAll)
        {
            for (final ChainSessions chain : sessions)
            {
                context.connections().cut(chain);
            }
        }
        for (final Gone one : gone)
        {
            if (one.version <= version)
            {
                context.connections().cut(one.sessions);
            }
        }
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

    /** See {@link SessionFactory#drain}. */
    void drain(final long longestNs, final DrainRamp freshRamp)
    {
        if (isDraining && freshRamp != DrainRamp.NONE)
        {
            // A drain that goes on is not made slower.
            return;
        }
        isDraining = true;
        graceNs = longestNs;
        ramp = freshRamp;
        for (final ChainSessions chain : sessions)
        {
            chain.drain(longestNs, freshRamp);
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
