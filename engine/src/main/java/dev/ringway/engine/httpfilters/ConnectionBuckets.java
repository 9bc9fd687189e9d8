package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterPeer;

import java.util.Arrays;

/**
 * Buckets that each connection of a loop has for itself. Those of a connection that is gone serve the next one in its
 * slot, so there are never more than connections at once. Loop thread only.
 */
final class ConnectionBuckets
{
    private final LimitBuckets model;
    private LimitBuckets[] ofSlots = new LimitBuckets[64];
    private long[] ids = new long[64];

    /**
     * @param model what those of each connection begin as.
     */
    ConnectionBuckets(final LimitBuckets model)
    {
        this.model = model;
    }

    /** Those of a connection. */
    LimitBuckets of(final FilterPeer peer)
    {
        final int slot = peer.slot();
        if (slot >= ofSlots.length)
        {
            ofSlots = Arrays.copyOf(ofSlots, Math.max(slot + 1, ofSlots.length << 1));
            ids = Arrays.copyOf(ids, ofSlots.length);
        }
        if (ofSlots[slot] == null)
        {
            ofSlots[slot] = model.copy();
        }
        else if (ids[slot] != peer.connectionId())
        {
            ofSlots[slot].fill();
        }
        ids[slot] = peer.connectionId();
        return ofSlots[slot];
    }
}
