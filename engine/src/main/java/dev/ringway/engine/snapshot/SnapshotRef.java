package dev.ringway.engine.snapshot;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The newest snapshot. The control thread publishes with one release store; each loop loads it once per duty cycle.
 */
public final class SnapshotRef
{
    private final AtomicReference<Snapshot> reference = new AtomicReference<>();

    /**
     * @param snapshot newest from now on.
     */
    public void publishRelease(final Snapshot snapshot)
    {
        reference.setRelease(snapshot);
    }

    /**
     * @return the newest snapshot, or null before the first.
     */
    public Snapshot acquire()
    {
        return reference.getAcquire();
    }
}
