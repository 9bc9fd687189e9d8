package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which listeners have sockets, and what a snapshot changes about that. The descriptors are closed by the loops, which
 * are asked to by commands: so one that is here is open. Control thread only.
 */
final class Listening
{
    private final Map<Integer, Sockets> current = new HashMap<>();

    /** A listener and its sockets, one for each loop; none once it has stopped listening. */
    record Sockets(Listener listener, int[] fds)
    {
        boolean isOpen()
        {
            return fds != null;
        }

        /** Whether a listener of a new snapshot is served by these sockets. */
        boolean areFor(final Listener fresh)
        {
            return fresh.address().equals(listener.address()) && fresh.reusePort() == listener.reusePort() &&
                fresh.transparent() == listener.transparent();
        }
    }

    /**
     * @param snapshot about to be published.
     * @return its listeners that have no socket yet or other ones.
     */
    List<Listener> unopened(final Snapshot snapshot)
    {
        final List<Listener> result = new ArrayList<>();
        for (final Listener listener : snapshot.listeners())
        {
            final Sockets sockets = current.get(listener.id());
            if (sockets == null || !sockets.areFor(listener))
            {
                result.add(listener);
            }
        }
        return result;
    }

    /**
     * Connections wait at a socket until they are accepted, so one whose address stays in use under another name is
     * handed on.
     *
     * @param address of a listener without sockets.
     * @return open sockets at that address, or null. A port that the system picks is nobody else's.
     */
    Sockets at(final Address address)
    {
        if (address.inet() != null && address.inet().getPort() == 0)
        {
            return null;
        }
        for (final Sockets sockets : current.values())
        {
            if (sockets.isOpen() && sockets.listener.address().equals(address))
            {
                return sockets;
            }
        }
        return null;
    }

    /**
     * @param snapshot that was published.
     * @param opened   new sockets of its listeners.
     * @return ids of listeners whose sockets are to be closed.
     */
    Collection<Integer> adopt(final Snapshot snapshot, final Map<Listener, int[]> opened)
    {
        final Map<Integer, Sockets> fresh = new HashMap<>();
        for (final Listener listener : snapshot.listeners())
        {
            final int[] fds = opened.get(listener);
            fresh.put(listener.id(), new Sockets(listener, fds != null ? fds : current.get(listener.id()).fds));
        }
        final List<Integer> gone = new ArrayList<>();
        for (final Map.Entry<Integer, Sockets> old : current.entrySet())
        {
            final Sockets kept = fresh.get(old.getKey());
            if (old.getValue().isOpen() && (kept == null || kept.fds != old.getValue().fds))
            {
                gone.add(old.getKey());
            }
        }
        current.clear();
        current.putAll(fresh);
        return gone;
    }

    /** Those listeners listen no more, until they get other sockets. */
    void stop(final Predicate<Listener> isMeant)
    {
        current.replaceAll((id, sockets) ->
            isMeant.test(sockets.listener) ? new Sockets(sockets.listener, null) : sockets);
    }

    /** What a listener had before, or null. */
    Sockets of(final int id)
    {
        return current.get(id);
    }
}
