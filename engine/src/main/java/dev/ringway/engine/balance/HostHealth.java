package dev.ringway.engine.balance;

import dev.ringway.engine.balance.ErrorWatch.Kind;
import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.EndpointStatus;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is found out about one endpoint of one cluster, and what is counted for it. Survives snapshots that have its
 * address. Any thread, but for what says otherwise.
 */
public final class HostHealth
{
    /** Active health checks have failed. Envoy: {@code /failed_active_hc}. */
    public static final int FAILED_ACTIVE_CHECK = 1;
    /** Ejected for what its answers were. Envoy: {@code /failed_outlier_check}. */
    public static final int FAILED_OUTLIER_CHECK = 2;
    /** Active health checks are answered with {@code x-envoy-degraded}. Envoy: {@code /degraded_active_hc}. */
    public static final int DEGRADED_ACTIVE_CHECK = 4;
    /** Not checked for the first time yet. Envoy: {@code /pending_active_hc}. */
    public static final int PENDING_ACTIVE_CHECK = 8;
    /** It asked to be left out while it fails. Envoy: {@code /excluded_via_immediate_hc_fail}. */
    public static final int EXCLUDED = 16;
    /** The last active check was not answered in time. Envoy: {@code /active_hc_timeout}. */
    public static final int ACTIVE_CHECK_TIMEOUT = 32;

    private static final int OK = 200;
    private static final int SERVER_ERROR = 500;
    private static final int UNAVAILABLE = 503;
    private static final int NO_CONTENT = 204;
    private static final int FIRST_GATEWAY_ERROR = 502;
    private static final int LAST_GATEWAY_ERROR = 504;

    /** All that active checks find. */
    public static final int ACTIVE_CHECKS =
        FAILED_ACTIVE_CHECK | DEGRADED_ACTIVE_CHECK | PENDING_ACTIVE_CHECK | EXCLUDED | ACTIVE_CHECK_TIMEOUT;

    private static final int UNHEALTHY = FAILED_ACTIVE_CHECK | FAILED_OUTLIER_CHECK;

    private final ClusterHosts owner;
    private final EndpointCounters counters;
    private final AtomicInteger flags = new AtomicInteger();
    /** Answers 5xx in a row, and of gateways alone; all loops together. */
    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicInteger gatewayErrors = new AtomicInteger();
    /** Times without an answer in a row, where they count by themselves. */
    private final AtomicInteger localErrors = new AtomicInteger();
    private volatile Runnable leaving;
    private volatile long healthySinceNs;
    private volatile double successRate = -1;
    private volatile double localSuccessRate = -1;

    HostHealth(final ClusterHosts owner, final EndpointCounters counters, final long nowNs)
    {
        this.owner = owner;
        this.counters = counters;
        healthySinceNs = nowNs;
    }

    /**
     * @return what is counted for it.
     */
    public EndpointCounters counters()
    {
        return counters;
    }

    /**
     * It has answered a request.
     *
     * @param status of the answer.
     */
    public void onStatus(final int status)
    {
        final ErrorWatch watch = owner.watch();
        if (watch == null)
        {
            return;
        }
        // In Envoy's order: who is ejected for the first is not looked at for the second.
        count(gatewayErrors, status >= FIRST_GATEWAY_ERROR && status <= LAST_GATEWAY_ERROR, watch.mostGatewayErrors(),
            watch.listener(), Kind.GATEWAY);
        count(errors, status >= SERVER_ERROR, watch.mostErrors(), watch.listener(), Kind.ANSWERS);
    }

    /**
     * It asks to be left out until a check finds it healthy; nobody minds where it is not checked.
     */
    public void onLeaving()
    {
        final Runnable told = leaving;
        if (told != null)
        {
            // It may say so with each answer, and a change allocates.
            if (!has(EXCLUDED))
            {
                set(EXCLUDED);
            }
            told.run();
        }
    }

    /**
     * @param told when it asks to be left out, on the thread that saw it; must not wait. Null for nobody.
     */
    public void whenLeaving(final Runnable told)
    {
        leaving = told;
    }

    /**
     * It has a connection for a request.
     *
     * @param loop that has it.
     */
    public void onReady(final int loop)
    {
        final ErrorWatch watch = owner.watch();
        if (watch != null && watch.isSplit())
        {
            counters.loop(loop).increment(EndpointCounters.LOCAL_SUCCESS);
            count(localErrors, false, watch.mostLocalErrors(), watch.listener(), Kind.LOCAL);
        }
    }

    /**
     * It has not answered, or not to be connected to.
     *
     * @param loop that it has not answered.
     */
    public void onFailed(final int loop)
    {
        final ErrorWatch watch = owner.watch();
        if (watch == null || !watch.isSplit())
        {
            onStatus(UNAVAILABLE);
            return;
        }
        counters.loop(loop).increment(EndpointCounters.LOCAL_ERROR);
        count(localErrors, true, watch.mostLocalErrors(), watch.listener(), Kind.LOCAL);
    }

    /**
     * It did not answer in time, and the client is told of no error: as it answered, unless errors of its connections are
     * told apart.
     *
     * @param loop that met it.
     */
    public void onQuietTimeout(final int loop)
    {
        final ErrorWatch watch = owner.watch();
        if (watch != null && watch.isSplit())
        {
            onFailed(loop);
        }
        else
        {
            onStatus(NO_CONTENT);
        }
    }

    /**
     * A relay has a connection to it.
     *
     * @param loop that has it.
     */
    public void onRelay(final int loop)
    {
        final ErrorWatch watch = owner.watch();
        if (watch == null || !watch.isSplit())
        {
            onStatus(OK);
            return;
        }
        onReady(loop);
    }

    private void count(
        final AtomicInteger inARow,
        final boolean isError,
        final int most,
        final ErrorWatch.Listener listener,
        final Kind kind)
    {
        if (isError)
        {
            if (inARow.incrementAndGet() == most)
            {
                listener.onErrors(this, kind);
            }
        }
        else if (inARow.getPlain() != 0)
        {
            inARow.set(0);
        }
    }

    /**
     * Counts errors in a row anew.
     *
     * @param kind of them.
     */
    public void forgetErrors(final Kind kind)
    {
        (switch (kind)
        {
            case ANSWERS -> errors;
            case GATEWAY -> gatewayErrors;
            case LOCAL -> localErrors;
        }).set(0);
    }

    /**
     * @param wanted one of the flags, or several.
     * @return whether any of them is set.
     */
    public boolean has(final int wanted)
    {
        return (flags.getOpaque() & wanted) != 0;
    }

    /**
     * Sets a flag; loops go by it from their next pick on.
     *
     * @param flag one of the flags, or several.
     * @return whether that was new.
     */
    public boolean set(final int flag)
    {
        return change(flags.getAndUpdate(before -> before | flag), flag, flag);
    }

    /**
     * Takes a flag away.
     *
     * @param flag one of the flags, or several.
     * @return whether it was set.
     */
    public boolean clear(final int flag)
    {
        return change(flags.getAndUpdate(before -> before & ~flag), flag, 0);
    }

    private boolean change(final int before, final int flag, final int now)
    {
        final boolean isChanged = (before & flag) != now;
        if (isChanged)
        {
            owner.onHealthChanged();
        }
        return isChanged;
    }

    /**
     * It is new from now on, for slow start.
     *
     * @param nowNs monotonic.
     */
    public void healthySince(final long nowNs)
    {
        healthySinceNs = nowNs;
    }

    /**
     * @param percent of its answers that were good in the last interval of outlier detection, or -1.
     */
    public void successRate(final double percent)
    {
        successRate = percent;
    }

    /**
     * @return percent of its answers that were good in the last interval of outlier detection; -1 when there were too
     *         few.
     */
    public double successRate()
    {
        return successRate;
    }

    /**
     * @param percent of times that it could be asked at all in the last interval of outlier detection, or -1.
     */
    public void localSuccessRate(final double percent)
    {
        localSuccessRate = percent;
    }

    /**
     * @return percent of times that it could be asked at all in the last interval of outlier detection; -1 when there
     *         were too few, or that is not counted by itself.
     */
    public double localSuccessRate()
    {
        return localSuccessRate;
    }

    long healthySinceNs()
    {
        return healthySinceNs;
    }

    /**
     * @param endpoint as configured.
     * @return whether it may be picked among the healthy ones.
     */
    public boolean isHealthy(final Endpoint endpoint)
    {
        return endpoint.status().isUsable() && endpoint.status() != EndpointStatus.DEGRADED &&
            !has(UNHEALTHY | DEGRADED_ACTIVE_CHECK);
    }

    /**
     * @param endpoint as configured.
     * @return whether it may be picked when there are too few healthy ones.
     */
    public boolean isDegraded(final Endpoint endpoint)
    {
        return endpoint.status().isUsable() && !has(UNHEALTHY) &&
            (endpoint.status() == EndpointStatus.DEGRADED || has(DEGRADED_ACTIVE_CHECK));
    }

    /**
     * @param endpoint as configured.
     * @return whether it counts as not there where health is measured.
     */
    public boolean isExcluded(final Endpoint endpoint)
    {
        return endpoint.status() == EndpointStatus.DRAINING || has(PENDING_ACTIVE_CHECK | EXCLUDED);
    }
}
