package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.tls.TlsContext;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * A reference to each TLS context that a loop may open a connection with: those of the newest snapshot, and those of
 * older ones until all loops have let go of them. Control thread only.
 */
final class HeldContexts
{
    private final ArrayDeque<Retired> retired = new ArrayDeque<>();
    private Set<TlsContext> current = Set.of();

    /** A context that no snapshot from this version on has. */
    private record Retired(TlsContext context, long version)
    {
    }

    /**
     * Before a snapshot is published.
     *
     * @param snapshot that loops are about to see.
     */
    void adopt(final Snapshot snapshot)
    {
        final Set<TlsContext> fresh = Collections.newSetFromMap(new IdentityHashMap<>());
        fresh.addAll(snapshot.tlsContexts());
        for (final TlsContext context : fresh)
        {
            if (!current.contains(context))
            {
                context.retain();
            }
        }
        for (final TlsContext context : current)
        {
            if (!fresh.contains(context))
            {
                retired.add(new Retired(context, snapshot.version()));
            }
        }
        current = fresh;
    }

    /**
     * @return whether contexts wait for loops to let go of them.
     */
    boolean isWaiting()
    {
        return !retired.isEmpty();
    }

    /**
     * @param settledVersion oldest version that a loop has settled on.
     */
    void release(final long settledVersion)
    {
        while (!retired.isEmpty() && retired.peek().version <= settledVersion)
        {
            retired.remove().context.release();
        }
    }

    /** When no loop runs any more. */
    void close()
    {
        release(Long.MAX_VALUE);
        current.forEach(TlsContext::release);
        current = Set.of();
    }
}
