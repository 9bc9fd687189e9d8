package dev.ringway.engine.counters;

/**
 * Ids of the counters {@code listener_manager.*}; names and meaning as in Envoy's listener manager statistics. Control
 * thread only.
 */
public final class ListenerManagerCounters
{
    /** Listeners added. */
    public final int listenerAdded;

    /** Listeners changed. */
    public final int listenerModified;

    /** Listeners removed. */
    public final int listenerRemoved;

    /** Listeners stopped. */
    public final int listenerStopped;

    /** Listeners that came up on a loop. */
    public final int listenerCreateSuccess;

    /** Listeners that did not come up on a loop. */
    public final int listenerCreateFailure;

    /** Listeners that accept. */
    public final int totalListenersActive;

    /** Listeners that no longer accept but have connections. */
    public final int totalListenersDraining;

    /** 1 once all loops run. */
    public final int workersStarted;

    /**
     * @param registry gives out the ids.
     */
    public ListenerManagerCounters(final CounterRegistry registry)
    {
        listenerAdded = registry.counter("listener_manager.listener_added");
        listenerModified = registry.counter("listener_manager.listener_modified");
        listenerRemoved = registry.counter("listener_manager.listener_removed");
        listenerStopped = registry.counter("listener_manager.listener_stopped");
        listenerCreateSuccess = registry.counter("listener_manager.listener_create_success");
        listenerCreateFailure = registry.counter("listener_manager.listener_create_failure");
        totalListenersActive = registry.gauge("listener_manager.total_listeners_active");
        totalListenersDraining = registry.gauge("listener_manager.total_listeners_draining");
        workersStarted = registry.gauge("listener_manager.workers_started");
    }
}
