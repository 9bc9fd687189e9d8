package dev.ringway.control.health;

import dev.ringway.engine.balance.HostHealth;
import dev.ringway.engine.counters.HealthCheckCounters;
import dev.ringway.engine.counters.SharedCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.ConnectRules;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsCounting;

import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Checks one endpoint again and again, one check at a time, each on a virtual thread.
 */
final class HostCheck
{
    private static final int WHOLE = 100;
    /** A first check ends at its time-out, or somewhat later where the machine is busy. */
    private static final long GRACE_NS = 5_000_000_000L;

    private final Target target;
    private final HostHealth health;
    private final SharedCounters counters;
    private final HealthCheckCounters ids;
    private final ScheduledExecutorService clock;
    private final BooleanSupplier hasTraffic;
    private final Consumer<String> log;
    private TlsContext context;
    private LinkTls tls;
    private Link link;
    private boolean isAsking;
    private int successes;
    private int failures;
    private boolean isFirst = true;
    private Runnable onFirst = () -> { };
    private boolean isCountedHealthy;
    private boolean isCountedDegraded;
    private volatile boolean isStopped;

    /**
     * What is checked; equal where a check can go on in a new configuration.
     *
     * @param cluster  its name.
     * @param shown    address of the endpoint.
     * @param address  that is connected to.
     * @param host     that it is asked for, or the empty string.
     * @param names    how its connections are encrypted, or null when they are not.
     * @param rules    how its connections are opened.
     * @param settings of the cluster.
     */
    record Target(
        String cluster, Address shown, Address address, String host, CheckTls.Names names, ConnectRules rules,
        HealthCheck settings)
    {
    }

    HostCheck(
        final Target target,
        final HostHealth health,
        final SharedCounters counters,
        final HealthCheckCounters ids,
        final ScheduledExecutorService clock,
        final BooleanSupplier hasTraffic,
        final Consumer<String> log)
    {
        this.target = target;
        this.health = health;
        this.counters = counters;
        this.ids = ids;
        this.clock = clock;
        this.hasTraffic = hasTraffic;
        this.log = log;
    }

    /**
     * Connections are encrypted with this context from now on; it is held until the check ends or has another one. A
     * thread that holds it, before {@link #stop}.
     */
    synchronized void use(final TlsContext fresh)
    {
        if (fresh != context)
        {
            fresh.retain();
            release();
            context = fresh;
        }
    }

    private void release()
    {
        if (context != null)
        {
            context.release();
            context = null;
        }
    }

    /** Begins it. Any thread. */
    synchronized void start()
    {
        count();
        health.whenLeaving(this::onLeaving);
        schedule(random(target.settings.times().initialJitterNs()));
    }

    /** Ends it; what it has found stays, but is counted no more. Any thread. */
    synchronized void stop()
    {
        isStopped = true;
        health.whenLeaving(null);
        counters.add(ids.healthy, isCountedHealthy ? -1 : 0);
        counters.add(ids.degraded, isCountedDegraded ? -1 : 0);
        release();
        if (!isAsking)
        {
            close();
        }
        else if (link != null)
        {
            // Whoever asks closes it.
            link.cut();
        }
    }

    /**
     * Any thread.
     *
     * @param done run at the end of the first check, on its thread, or now when that was before.
     */
    synchronized void whenFirst(final Runnable done)
    {
        if (isFirst)
        {
            onFirst = done;
            return;
        }
        done.run();
    }

    /** Each time that it asks to be left out; a loop's thread. */
    private void onLeaving()
    {
        counters.increment(ids.failure);
        counters.increment(ids.passiveFailure);
        if (!health.has(HostHealth.FAILED_ACTIVE_CHECK) && health.set(HostHealth.FAILED_ACTIVE_CHECK) &&
            !clock.isShutdown())
        {
            clock.execute(this::settleLeaving);
        }
    }

    private synchronized void settleLeaving()
    {
        successes = 0;
        if (!isStopped)
        {
            count();
            log.accept(text("is unhealthy: it asked to be left out"));
        }
    }

    /** What the first check takes at most. */
    long firstNs()
    {
        return target.settings.times().initialJitterNs() + target.settings.times().timeoutNs() + GRACE_NS;
    }

    private void count()
    {
        final boolean isHealthy = !health.has(HostHealth.FAILED_ACTIVE_CHECK);
        final boolean isDegraded = health.has(HostHealth.DEGRADED_ACTIVE_CHECK);
        counters.add(ids.healthy, (isHealthy ? 1 : 0) - (isCountedHealthy ? 1 : 0));
        counters.add(ids.degraded, (isDegraded ? 1 : 0) - (isCountedDegraded ? 1 : 0));
        isCountedHealthy = isHealthy;
        isCountedDegraded = isDegraded;
    }

    private void schedule(final long delayNs)
    {
        if (!isStopped)
        {
            clock.schedule(() -> Thread.ofVirtual().start(this::check), delayNs, TimeUnit.NANOSECONDS);
        }
    }

    private static long random(final long bound)
    {
        return bound <= 0 ? 0 : ThreadLocalRandom.current().nextLong(bound);
    }

    private void check()
    {
        if (begin())
        {
            counters.increment(ids.attempt);
            settle(ask());
        }
    }

    private synchronized boolean begin()
    {
        isAsking = !isStopped;
        return isAsking;
    }

    private synchronized void settle(final Verdict verdict)
    {
        isAsking = false;
        if (isStopped)
        {
            close();
            return;
        }
        final boolean isSuccess = verdict == Verdict.HEALTHY || verdict == Verdict.DEGRADED;
        final boolean isPending = isSuccess ? onSuccess(verdict == Verdict.DEGRADED) : onFailure(verdict);
        count();
        if (isFirst)
        {
            isFirst = false;
            onFirst.run();
            onFirst = null;
        }
        schedule(pauseNs(isSuccess, isPending));
    }

    private Verdict ask()
    {
        final long endNs = System.nanoTime() + target.settings.times().timeoutNs();
        final Verdict verdict = ask(endNs);
        return verdict == null ? ask(endNs) : verdict;
    }

    /** What came of it, or null when a link of an earlier check broke: it may have been closed as idle since. */
    private Verdict ask(final long endNs)
    {
        final boolean[] isLate = new boolean[1];
        boolean isOld = false;
        try
        {
            final Link asked = open();
            isOld = asked.isConnected();
            final Future<?> deadline = clock.schedule(() ->
            {
                isLate[0] = true;
                asked.cut();
            }, endNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            try
            {
                asked.isReusable(false);
                asked.connect(target.address);
                return target.settings.probe().ask(asked, target.host);
            }
            finally
            {
                deadline.cancel(false);
                if (!asked.isReusable() || !target.settings.reusesConnection())
                {
                    close();
                }
            }
        }
        catch (final IOException | RuntimeException e)
        {
            close();
            if (isLate[0])
            {
                return Verdict.LATE;
            }
            return isOld && !isStopped ? null : Verdict.BROKEN;
        }
    }

    /** The link that is left of the last check, or a new one. */
    private synchronized Link open() throws IOException
    {
        if (link != null && link.isOpen())
        {
            return link;
        }
        close();
        if (isStopped)
        {
            throw new IOException("the check is over");
        }
        if (context != null && tls == null)
        {
            tls = new LinkTls(new TlsCounting(counters::increment));
        }
        link = new Link(target.address, tls, target.rules);
        if (tls != null)
        {
            tls.open(context, target.names.serverName(), target.names.peerName());
        }
        return link;
    }

    private synchronized void close()
    {
        if (link != null)
        {
            link.close();
            link = null;
        }
    }

    /** Whether more successes are needed. */
    private boolean onSuccess(final boolean isDegraded)
    {
        counters.increment(ids.success);
        failures = 0;
        boolean isPending = false;
        if (health.has(HostHealth.FAILED_ACTIVE_CHECK))
        {
            isPending = ++successes < target.settings.healthyThreshold() && !isFirst;
            if (!isPending)
            {
                health.healthySince(System.nanoTime());
                health.clear(
                    HostHealth.FAILED_ACTIVE_CHECK | HostHealth.ACTIVE_CHECK_TIMEOUT | HostHealth.EXCLUDED);
                log.accept(text("is healthy"));
            }
        }
        if (target.settings.unejects() && !health.has(HostHealth.FAILED_ACTIVE_CHECK))
        {
            health.clear(HostHealth.FAILED_OUTLIER_CHECK);
        }
        if (isDegraded && health.set(HostHealth.DEGRADED_ACTIVE_CHECK))
        {
            log.accept(text("is degraded"));
        }
        else if (!isDegraded && health.clear(HostHealth.DEGRADED_ACTIVE_CHECK))
        {
            log.accept(text("is degraded no more"));
        }
        return isPending;
    }

    /** Whether more failures are needed. */
    private boolean onFailure(final Verdict verdict)
    {
        counters.increment(ids.failure);
        if (verdict == Verdict.LEAVING)
        {
            health.set(HostHealth.EXCLUDED);
        }
        if (verdict == Verdict.BROKEN || verdict == Verdict.LATE)
        {
            counters.increment(ids.networkFailure);
        }
        successes = 0;
        failures++;
        if (health.has(HostHealth.FAILED_ACTIVE_CHECK))
        {
            tellTimeout(verdict);
            if (isFirst)
            {
                // It was unhealthy before anybody asked. Nothing else would name one that never answers.
                logUnhealthy(verdict);
            }
            return false;
        }
        if (verdict != Verdict.REFUSED && verdict != Verdict.LEAVING && failures < target.settings.unhealthyThreshold())
        {
            return true;
        }
        health.set(HostHealth.FAILED_ACTIVE_CHECK);
        tellTimeout(verdict);
        logUnhealthy(verdict);
        return false;
    }

    private void logUnhealthy(final Verdict verdict)
    {
        log.accept(text("is unhealthy: " + switch (verdict)
        {
            case LATE -> "no answer in time";
            case BROKEN -> "no connection";
            default -> "wrong answer";
        }));
    }

    /** Of an unhealthy one: whether the last check was late. */
    private void tellTimeout(final Verdict verdict)
    {
        if (verdict == Verdict.LATE)
        {
            health.set(HostHealth.ACTIVE_CHECK_TIMEOUT);
        }
        else
        {
            health.clear(HostHealth.ACTIVE_CHECK_TIMEOUT);
        }
    }

    private String text(final String what)
    {
        return "cluster '" + target.cluster + "': endpoint " + target.shown + " " + what;
    }

    private long pauseNs(final boolean isSuccess, final boolean isPending)
    {
        final HealthCheck.Times times = target.settings.times();
        final long base;
        if (!hasTraffic.getAsBoolean())
        {
            base = isSuccess && !isPending ? times.noTrafficHealthyNs() : times.noTrafficNs();
        }
        else if (isSuccess)
        {
            base = isPending ? times.healthyEdgeNs() : times.intervalNs();
        }
        else
        {
            base = isPending ? times.unhealthyEdgeNs() : times.unhealthyNs();
        }
        return base + random(times.jitterNs()) + random(base / WHOLE * times.jitterPercent());
    }
}
