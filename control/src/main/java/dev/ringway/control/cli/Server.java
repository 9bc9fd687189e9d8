package dev.ringway.control.cli;

import dev.ringway.control.accesslog.AccessLogs;
import dev.ringway.control.admin.AdminServer;
import dev.ringway.control.admin.ServerView;
import dev.ringway.control.config.ConfigException;
import dev.ringway.control.log.FileFault;
import dev.ringway.control.log.LogSetup;
import dev.ringway.control.reload.ConfigSource;
import dev.ringway.control.reload.Configuration;
import dev.ringway.control.reload.Refusal;
import dev.ringway.control.translate.TlsContexts;
import dev.ringway.control.translate.Translation;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.CountersReader;
import dev.ringway.engine.counters.Histograms;
import dev.ringway.engine.counters.LoopHealthCounters;
import dev.ringway.engine.counters.ServerCounters;
import dev.ringway.engine.httpfilters.ServiceHealth;
import dev.ringway.engine.runtime.Engine;
import dev.ringway.engine.runtime.EngineContext;
import dev.ringway.engine.runtime.ListenException;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.ffi.libc.Affinity;
import dev.ringway.ffi.libc.Limits;
import dev.ringway.ffi.libc.Signals;
import dev.ringway.engine.upstream.ClusterUses;
import dev.ringway.ffi.uring.UringProbe;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The life of the process: configuration, loops, admin, signals, drain. All state changes on one control thread.
 */
final class Server implements ServerView
{
    private static final int SLOT_RESERVE = 256;
    private static final int MAX_SLOTS = 65_536;
    private static final int CHUNKS = 1024;
    private static final int SIGTERM_DRAIN_S = 10;
    private static final int ADMIN_DRAIN_S = 600;
    /** Connections without a request may keep a drain waiting for this part of its time. */
    private static final int IDLE_SHARE = 10;
    private static final long DRAIN_POLL_MS = 20;
    /** As Envoy's stats_flush_interval. Rare enough that it is interpreted, so it costs more than it looks. */
    private static final long GAUGES_MS = 5000;
    private static final Snapshot NOTHING = new Snapshot(0, List.of(), List.of(), List.of());
    private static final Path MEMORY = Path.of("/proc/self/statm");
    private static final int PAGE = 4096;
    private static final int LIVE = 0;
    private static final int DRAINING = 1;
    private static final int PRE_INITIALIZING = 2;
    private static final int INITIALIZING = 3;
    private static final int FAILING = 4;

    private final Logger logger = LogSetup.logger("main");
    private final Options options;
    private final int concurrency;
    private final int handshakeWorkers;
    private final int[] cpus;
    private final CountersFile counters;
    private final ServerCounters ids;
    private final LoopHealthCounters health;
    private final ServiceHealth serviceHealth = new ServiceHealth();
    private final Configuration configuration;
    private final MembershipCounters membership;
    private final BreakerGauges breakers;
    private final PlanGauges planGauges;
    private final AccessLogs accessLogs;
    // Else it is as the thread that has the first task for it, and the process may end while it closes files.
    private final ScheduledThreadPoolExecutor control =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon(false).name("control").factory());
    private final long startNs = System.nanoTime();
    private Engine engine;
    private AdminServer admin;
    private volatile int state = PRE_INITIALIZING;
    /** What was asked for before the start was over. Control thread only. */
    private final List<Runnable> deferred = new ArrayList<>();
    private int stopSignals;

    Server(final Options options) throws IOException
    {
        this.options = options;
        // What waits for a time that nobody waits for any more may hold a whole configuration.
        control.setRemoveOnCancelPolicy(true);
        final BitSet allowed = Affinity.allowed();
        concurrency = options.loops(allowed.cardinality());
        cpus = concurrency <= allowed.cardinality() ? allowed.stream().limit(concurrency).toArray() : new int[0];
        handshakeWorkers = options.handshakeWorkers;
        counters = CountersFile.create(concurrency);
        ids = new ServerCounters(counters);
        health = new LoopHealthCounters(counters);
        membership = new MembershipCounters(counters.shared());
        breakers = new BreakerGauges(counters.shared());
        planGauges = new PlanGauges(counters.shared());
        accessLogs = new AccessLogs(concurrency, options.fileFlushIntervalMsec, counters);
        configuration = new Configuration(
            new ConfigSource(options.configPath, options.configYaml, options.allowUnknownStaticFields,
                options.serviceNode, options.serviceCluster, options.serviceZone),
            accessLogs, counters, serviceHealth, control, adminDrainS());
    }

    void validate() throws ConfigException
    {
        configuration.load();
    }

    void run() throws ConfigException, IOException, ListenException
    {
        handleSignals();
        try
        {
            validate();
            final long files = Limits.raiseOpenFiles();
            final int slots = (int)Math.min(MAX_SLOTS, Math.max(SLOT_RESERVE, files - SLOT_RESERVE));
            // Before anything listens: a second process on the same file must not take connections for a moment.
            if (translation().admin() != null)
            {
                AdminServer.check(translation().admin());
            }
            accessLogs.adopt(translation().accessLogs());
            engine = Engine.launch(new EngineContext(
                concurrency, cpus, counters::loop, accessLogs::ring, slots, CHUNKS, this::onLoopFailed,
                handshakeWorkers, EngineContext.SPLICE_AFTER));
            engine.uses().builder(control);
            counters.shared().set(ids.state, PRE_INITIALIZING);
            counters.shared().set(ids.concurrency, concurrency);
            if (configuration.isAwaited())
            {
                // Else there is nothing to see before: whoever finds the administration finds the listeners too.
                startAdmin();
            }
            configuration.prepare(engine);
            state(INITIALIZING);
            configuration.start();
            startAdmin();
        }
        catch (final ConfigException | ListenException | IOException | RuntimeException e)
        {
            close();
            throw e;
        }
        configuration.watch(options.watchesConfig);
        control.scheduleWithFixedDelay(this::refreshGauges, 0, GAUGES_MS, TimeUnit.MILLISECONDS);
        counters.shared().set(ids.live, 1);
        state(LIVE);
        counters.shared().set(ids.initializationTimeMs, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
        control.execute(() -> deferred.forEach(Runnable::run));
        logger.info("serving with " + concurrency + (concurrency == 1 ? " loop" : " loops"));
    }

    private void state(final int fresh)
    {
        state = fresh;
        counters.shared().set(ids.state, fresh);
    }

    private boolean isStarting()
    {
        return state == PRE_INITIALIZING || state == INITIALIZING;
    }

    /** Now, or as soon as the start is over. Control thread only. */
    private void onceStarted(final Runnable task)
    {
        if (isStarting())
        {
            deferred.add(task);
            return;
        }
        task.run();
    }

    private void startAdmin() throws IOException
    {
        if (admin == null && translation().admin() != null)
        {
            admin = new AdminServer(translation().admin(), this);
            if (options.adminAddressPath != null)
            {
                writeAdminAddress();
            }
        }
    }

    private void writeAdminAddress() throws IOException
    {
        try
        {
            Files.writeString(Path.of(options.adminAddressPath), admin.address());
        }
        catch (final IOException e)
        {
            throw new IOException("--admin-address-path " + options.adminAddressPath + ": cannot be written: " +
                FileFault.reason(e), e);
        }
    }

    private void handleSignals() throws IOException
    {
        Signals.TERM.handle(control, this::onStop);
        Signals.INT.handle(control, this::onStop);
        Signals.HUP.handle(control, () -> onceStarted(this::onReload));
        Signals.USR1.handle(control, this::reopen);
        if (Signals.HUP.isIgnored())
        {
            logger.warning("SIGHUP was ignored when this process was started (nohup does so), so it reloads nothing");
        }
    }

    private void onReload()
    {
        if (state == DRAINING)
        {
            logger.warning("SIGHUP: draining, so nothing is reloaded");
            return;
        }
        logger.info("SIGHUP: reloading");
        configuration.reload();
    }

    private void reopen()
    {
        try
        {
            accessLogs.reopen();
            LogSetup.reopen();
        }
        catch (final IOException e)
        {
            logger.warning("not reopened: " + e.getMessage());
        }
    }

    /** The first signal drains, the second ends at once. */
    private void onStop()
    {
        if (++stopSignals > 1)
        {
            exit(0);
            return;
        }
        if (!endsBeforeStart())
        {
            // Clients may be there already, though the start is not quite over.
            onceStarted(this::drainAndEnd);
        }
    }

    /** Nothing is served yet, and what is half built on another thread must not be taken apart here. */
    private boolean endsBeforeStart()
    {
        final boolean isEarly = state == PRE_INITIALIZING;
        if (isEarly)
        {
            Thread.ofPlatform().start(() -> System.exit(0));
        }
        return isEarly;
    }

    private void drainAndEnd()
    {
        logger.info("draining");
        configuration.abandon();
        counters.shared().set(ids.live, 0);
        state(DRAINING);
        final int seconds = options.drainTimeS >= 0 ? options.drainTimeS : SIGTERM_DRAIN_S;
        stopListening(listener -> true, seconds);
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        control.scheduleWithFixedDelay(() ->
        {
            if (engine.activeConnections() == 0 || System.nanoTime() > deadlineNs)
            {
                exit(0);
            }
        }, DRAIN_POLL_MS, DRAIN_POLL_MS, TimeUnit.MILLISECONDS);
    }

    private void onLoopFailed(final Throwable error)
    {
        error.printStackTrace();
        logger.log(Level.SEVERE, "a loop died: " + error);
        exit(2);
    }

    private void exit(final int status)
    {
        if (engine != null && status == 0)
        {
            engine.close();
        }
        close();
        // Not System.exit from a shutdown path twice: halt only after the files are closed.
        Thread.ofPlatform().start(() -> System.exit(status));
    }

    void close()
    {
        control.shutdown();
        if (admin != null)
        {
            admin.close();
        }
        configuration.close();
        accessLogs.close();
        counters.close();
    }

    /**
     * {@inheritDoc}
     */
    public String stateName()
    {
        return switch (state)
        {
            case LIVE -> "LIVE";
            case DRAINING, FAILING -> "DRAINING";
            case PRE_INITIALIZING -> "PRE_INITIALIZING";
            default -> "INITIALIZING";
        };
    }

    /**
     * {@inheritDoc}
     */
    public long uptimeS()
    {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs);
    }

    /**
     * {@inheritDoc}
     */
    public CountersReader counters()
    {
        return counters.reader();
    }

    /**
     * {@inheritDoc}
     */
    public Histograms histograms()
    {
        return counters.histograms();
    }

    /**
     * {@inheritDoc}
     */
    public void refreshGauges()
    {
        final Runtime runtime = Runtime.getRuntime();
        counters.shared().set(ids.uptime, uptimeS());
        counters.shared().set(ids.memoryAllocated, runtime.totalMemory() - runtime.freeMemory());
        counters.shared().set(ids.memoryHeapSize, runtime.totalMemory());
        counters.shared().set(ids.totalConnections, engine.activeConnections());
        counters.shared().set(ids.memoryPhysicalSize, residentBytes());
        counters.shared().set(ids.daysUntilFirstCertExpiring, 
            configuration.daysUntilFirstCertificateExpires(System.currentTimeMillis()));
        counters.shared().set(ids.errorLogDropped, counters.errors().dropped());
        engine.publishHealth(health);
        membership.refresh(snapshot(), engine.uses());
        breakers.refresh(snapshot(), engine.uses());
        planGauges.refresh(translation().clusters(), engine.uses());
    }

    /**
     * {@inheritDoc}
     */
    public long residentBytes()
    {
        try
        {
            return Long.parseLong(Files.readString(MEMORY).split(" ")[1]) * PAGE;
        }
        catch (final IOException e)
        {
            return 0;
        }
    }

    /**
     * {@inheritDoc}
     */
    public Translation translation()
    {
        return configuration.translation();
    }

    /**
     * {@inheritDoc}
     */
    public List<TlsContexts.Certificates> certificates()
    {
        return configuration.certificates();
    }

    /**
     * {@inheritDoc}
     */
    public Snapshot snapshot()
    {
        final Snapshot newest = engine.snapshot();
        return newest != null ? newest : NOTHING;
    }

    /**
     * {@inheritDoc}
     */
    public List<Listener> listeners()
    {
        return state == PRE_INITIALIZING ? translation().listeners() : snapshot().listeners();
    }

    /**
     * {@inheritDoc}
     */
    public ClusterUses uses()
    {
        return engine.uses();
    }

    /**
     * {@inheritDoc}
     */
    public UringProbe probe()
    {
        return engine.probe();
    }

    /**
     * {@inheritDoc}
     */
    public Map<String, Object> options()
    {
        return options.shown(concurrency);
    }

    /**
     * {@inheritDoc}
     */
    public Instant configuredAt()
    {
        return configuration.configuredAt();
    }

    /**
     * {@inheritDoc}
     */
    public Refusal refusal()
    {
        return configuration.refusal();
    }

    /**
     * {@inheritDoc}
     */
    public String version()
    {
        return Main.VERSION;
    }

    /**
     * {@inheritDoc}
     */
    public void drainListeners(final boolean isGraceful, final boolean neverStops, final boolean inboundOnly)
    {
        control.execute(() -> onceStarted(() ->
        {
            final Predicate<Listener> isMeant = inboundOnly ? inbound() : listener -> true;
            if (!isGraceful && !neverStops)
            {
                stopListening(isMeant, adminDrainS());
                return;
            }
            engine.drain(isMeant, options.isDrainGradual() ? TimeUnit.SECONDS.toNanos(adminDrainS()) : 0);
            if (!neverStops)
            {
                control.schedule(() -> stopListening(isMeant, adminDrainS()), adminDrainS(), TimeUnit.SECONDS);
            }
        }));
    }

    private int adminDrainS()
    {
        return options.drainTimeS >= 0 ? options.drainTimeS : ADMIN_DRAIN_S;
    }

    private void stopListening(final Predicate<Listener> isMeant, final int drainS)
    {
        engine.stop(isMeant, TimeUnit.SECONDS.toNanos(drainS) / IDLE_SHARE);
        configuration.onStopped(isMeant);
    }

    private Predicate<Listener> inbound()
    {
        final Set<String> names = new HashSet<>();
        for (int i = 0; i < translation().listeners().size(); i++)
        {
            final var message = translation().bootstrap().getStaticResources().getListeners(i);
            if (message.getTrafficDirection() == TrafficDirection.INBOUND)
            {
                names.add(translation().listeners().get(i).name());
            }
        }
        return listener -> names.contains(listener.name());
    }

    /**
     * {@inheritDoc}
     */
    public void healthy(final boolean isHealthy)
    {
        if (isStarting())
        {
            control.execute(() -> onceStarted(() -> healthy(isHealthy)));
            return;
        }
        if (state == (isHealthy ? FAILING : LIVE))
        {
            state = isHealthy ? LIVE : FAILING;
            counters.shared().set(ids.live, isHealthy ? 1 : 0);
            counters.shared().set(ids.state, isHealthy ? LIVE : DRAINING);
            serviceHealth.failing(!isHealthy);
            control.execute(() ->
            {
                if (isHealthy)
                {
                    engine.endDrain();
                }
                else
                {
                    engine.drain();
                }
            });
        }
    }

    /**
     * {@inheritDoc}
     */
    public void reopenLogs()
    {
        control.execute(this::reopen);
    }

    /**
     * {@inheritDoc}
     */
    public void resetCounters()
    {
        counters.resetCounters();
    }

    /**
     * {@inheritDoc}
     */
    public void quit()
    {
        control.execute(() ->
        {
            if (!endsBeforeStart())
            {
                onceStarted(() -> exit(0));
            }
        });
    }
}
