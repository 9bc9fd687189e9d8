package dev.ringway.control.reload;

import dev.ringway.control.accesslog.AccessLogs;
import dev.ringway.control.config.ConfigException;
import dev.ringway.control.config.LoadedBootstrap;
import dev.ringway.control.dns.DnsRefresh;
import dev.ringway.control.health.ClusterCounts;
import dev.ringway.control.health.HealthChecks;
import dev.ringway.control.health.OutlierDetectors;
import dev.ringway.control.log.LogSetup;
import dev.ringway.control.translate.BootstrapTranslator;
import dev.ringway.control.translate.CallCounters;
import dev.ringway.control.translate.ClusterPlan;
import dev.ringway.control.translate.TlsContexts;
import dev.ringway.control.translate.Translation;
import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.counters.ConfigFileCounters;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.ServerCounters;
import dev.ringway.engine.httpfilters.ServiceHealth;
import dev.ringway.engine.runtime.Engine;
import dev.ringway.engine.runtime.ListenException;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.tls.TlsContext;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The configuration in force, and how another takes its place: read and translated as a whole, published as one
 * snapshot, or refused with nothing changed. Also publishes what changes by itself: addresses of names and files of
 * certificates. Control thread only, but for what says otherwise.
 */
public final class Configuration implements AutoCloseable
{
    /** What new clusters wait for the addresses of their names before requests may go to them. */
    private static final long LOOKUP_S = 5;
    private static final long WATCH_MS = 1000;

    private final Logger logger = LogSetup.logger("config");
    private final ChangeLog changes = new ChangeLog(logger);
    private final ConfigSource source;
    private final AppliedFields applied;
    private final AccessLogs accessLogs;
    private final ScheduledExecutorService control;
    private final long drainTimeS;
    private final ServiceHealth health;
    private final CountersFile counters;
    private final ServerCounters serverIds;
    private final ConfigFileCounters ids;
    private final CallCounters calls;
    private final BootstrapTranslator translator;
    private final TlsFiles tlsFiles;
    private final SnapshotCounters snapshotCounters;
    private final DnsRefresh lookups;
    private final HealthChecks healthChecks;
    private final OutlierDetectors outliers;
    private Engine engine;
    private long version;
    private volatile Translation translation;
    private volatile Instant configuredAt;
    private volatile Refusal refusal;
    private Translation pending;
    private boolean isAskedAgain;
    /** Whether new endpoints of what is pending are checked already. */
    private boolean isWarming;
    /** When what is pending is waited for no longer. */
    private ScheduledFuture<?> end;
    private List<Awaited> awaited = List.of();

    /** Endpoints that are checked before a snapshot has them. */
    private record Awaited(Cluster cluster, ClusterPlan.HealthChecked checked, HostSet hosts)
    {
    }

    /**
     * @param source     where it comes from.
     * @param accessLogs of the process.
     * @param counters   of the process.
     * @param health     of the process.
     * @param control    runs tasks on the control thread.
     * @param drainTimeS seconds that connections get to end whose listener is gone.
     */
    public Configuration(
        final ConfigSource source,
        final AccessLogs accessLogs,
        final CountersFile counters,
        final ServiceHealth health,
        final ScheduledExecutorService control,
        final long drainTimeS)
    {
        this.source = source;
        applied = new AppliedFields(logger);
        this.accessLogs = accessLogs;
        this.counters = counters;
        this.control = control;
        this.drainTimeS = drainTimeS;
        this.health = health;
        counters.control(control);
        serverIds = new ServerCounters(counters);
        ids = new ConfigFileCounters(counters);
        calls = new CallCounters(counters);
        translator = new BootstrapTranslator(counters, (name, error) -> counters.errors().record(
            new IllegalStateException("the filter '" + name + "' threw " + error, error)), calls, health);
        tlsFiles = new TlsFiles(translator.contexts(), counters, LogSetup.logger("tls"));
        snapshotCounters = new SnapshotCounters(counters, counters.shared());
        healthChecks = new HealthChecks(counters, LogSetup.logger("health"));
        outliers = new OutlierDetectors(counters.shared(), control, LogSetup.logger("health"));
        lookups = new DnsRefresh((plan, fresh) -> control.execute(() -> onEndpoints(plan, fresh)),
            counters.shared(), LogSetup.logger("dns"));
    }

    /**
     * Reads and translates the configuration of the start. Any one thread, before the control thread has a task.
     *
     * @return the translation.
     * @throws ConfigException with everything that is wrong with it.
     */
    public Translation load() throws ConfigException
    {
        translation = translate(read());
        commit(translation);
        configuredAt = Instant.now();
        tlsFiles.warn();
        return translation;
    }

    private void commit(final Translation fresh)
    {
        translator.commit();
        calls.adopt(fresh.bootstrap(), translator::counters);
    }

    private LoadedBootstrap read() throws ConfigException
    {
        final LoadedBootstrap loaded = source.read();
        counters.shared().set(serverIds.staticUnknownFields, loaded.warnings().size());
        loaded.warnings().forEach(warning -> logger.warning(warning.toString()));
        return loaded;
    }

    private Translation translate(final LoadedBootstrap loaded) throws ConfigException
    {
        final Translation fresh = translator.translate(loaded);
        fresh.warnings().forEach(warning -> logger.warning(warning.toString()));
        return fresh;
    }

    /**
     * @return whether clusters of what was loaded have names that are looked up or endpoints that are checked before
     *         anything is served.
     */
    public boolean isAwaited()
    {
        return translation.clusters().stream().anyMatch(plan -> plan.needsLookup() || plan.checks() != null);
    }

    /**
     * Puts the clusters of what was loaded into force, where there is something to wait for, and waits until their names
     * are looked up and their endpoints have been checked once: before that requests have nowhere to go. Any one thread,
     * before the control thread has a task.
     *
     * @param loops that serve it.
     */
    public void prepare(final Engine loops)
    {
        engine = loops;
        health.clusters(new ClusterCounts(loops.uses()));
        if (!isAwaited())
        {
            return;
        }
        final CountDownLatch known = new CountDownLatch(1);
        lookups.prepare(translation.clusters(), known::countDown);
        await(known, TimeUnit.SECONDS.toNanos(LOOKUP_S));
        final List<Cluster> clusters = translation.clusters().stream().map(lookups::resolve).toList();
        publishOrLog(new Snapshot(++version, List.of(), clusters, translation.accessLogs()));
        adoptChecks();
        final CountDownLatch checked = new CountDownLatch(1);
        await(checked, healthChecks.whenFirst(checked::countDown));
    }

    private static void await(final CountDownLatch latch, final long mostNs)
    {
        try
        {
            latch.await(mostNs, TimeUnit.NANOSECONDS);
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Has the listeners of what was loaded listen, after {@link #prepare}. After this all calls are the control thread's.
     *
     * @throws ListenException when an address cannot be listened on.
     */
    public void start() throws ListenException
    {
        final Snapshot prepared = engine.snapshot();
        publish(prepared == null ? translation.snapshot(++version) : new Snapshot(
            ++version, translation.listeners(), prepared.clusters(), translation.accessLogs()));
        snapshotCounters.onStarted();
        changes.tell(null, translation);
        adoptChecks();
        lookups.adopt(translation.clusters(), engine.snapshot().clusters());
    }

    /** Endpoints in force are checked, and those that are about to be; no others. */
    private void adoptChecks()
    {
        final List<Cluster> clusters = engine.snapshot().clusters();
        healthChecks.begin();
        outliers.begin();
        for (int i = 0; i < clusters.size(); i++)
        {
            final ClusterHosts hosts = engine.uses().of(clusters.get(i).id()).hosts();
            final ClusterPlan.Ejecting ejecting = translation.clusters().get(i).ejecting();
            if (ejecting != null)
            {
                outliers.want(clusters.get(i), ejecting.settings(), ejecting.counters(), hosts);
            }
            final ClusterPlan.HealthChecked checked = translation.clusters().get(i).checks();
            if (checked != null)
            {
                healthChecks.want(clusters.get(i), checked.settings(), checked.tls(), checked.counters(),
                    hosts.newest());
            }
        }
        awaited.forEach(one -> healthChecks.want(one.cluster, one.checked.settings(), one.checked.tls(),
            one.checked.counters(), one.hosts));
        healthChecks.end();
        outliers.end();
    }

    /**
     * Begins to look for changes of files.
     *
     * @param watchesConfiguration whether the configuration's own is looked at as well.
     */
    public void watch(final boolean watchesConfiguration)
    {
        control.scheduleWithFixedDelay(() -> checkFiles(watchesConfiguration), 0, WATCH_MS, TimeUnit.MILLISECONDS);
    }

    private void checkFiles(final boolean watchesConfiguration)
    {
        counters.reclaim();
        accessLogs.reclaim();
        if (pending == null)
        {
            // Else what waits to come into force has the contexts of now.
            checkCertificates();
        }
        snapshotCounters.onDraining(engine.drainingListeners());
        if (watchesConfiguration && source.isWatched() && source.isChanged())
        {
            logger.info(source.name() + " has changed");
            reload();
        }
    }

    private void checkCertificates()
    {
        final Map<TlsContext, TlsContext> replaced = tlsFiles.check();
        if (!replaced.isEmpty())
        {
            translation = translator.replace(translation, replaced);
            lookups.adopt(translation.clusters(), engine.snapshot().clusters());
            publishOrLog(new Snapshot(++version, translation.listeners(),
                engine.snapshot().clusters().stream().map(cluster -> cluster.withContexts(replaced)).toList(),
                engine.snapshot().accessLogs()));
            adoptChecks();
        }
        engine.releaseContexts();
    }

    /**
     * Reads the configuration again and puts it into force, or says in log, counters and {@link #refusal} why not. Ends
     * before it is in force when names of new clusters have to be looked up or new endpoints checked. While they are
     * checked the next call begins anew where there is another configuration: how long that takes is up to the
     * configuration, and the newest counts. The same one is read again behind it, for the files that it names.
     */
    public void reload()
    {
        if (pending != null && (!isWarming || source.isSame()))
        {
            logger.info(source.name() + " is read again once what was read of it is in force");
            isAskedAgain = true;
            return;
        }
        if (pending != null)
        {
            logger.info(source.name() + " is read again before new endpoints of the one before were checked");
            abandon();
        }
        counters.shared().increment(ids.updateAttempt);
        try
        {
            pending = translate(applied.of(read(), translation.bootstrap()));
        }
        catch (final ConfigException e)
        {
            refuse(e.getMessage());
            return;
        }
        catch (final RuntimeException | StackOverflowError e)
        {
            refuse(source.name() + ": " + e);
            return;
        }
        catch (final OutOfMemoryError e)
        {
            refuse(source.name() + ": does not fit into the heap; restart with a larger one (RINGWAY_HEAP)");
            return;
        }
        final Translation fresh = pending;
        end = control.schedule(() -> warmOnce(fresh), LOOKUP_S, TimeUnit.SECONDS);
        lookups.prepare(fresh.clusters(), () -> control.execute(() -> warmOnce(fresh)));
    }

    /** Names are looked up, or have had their time: what is in force serves on until new endpoints are checked once. */
    private void warmOnce(final Translation fresh)
    {
        if (fresh != pending || isWarming)
        {
            return;
        }
        isWarming = true;
        awaited = awaited(fresh, clusters(translation, fresh));
        if (awaited.isEmpty())
        {
            applyOnce(fresh);
            return;
        }
        if (isAskedAgain && !source.isSame())
        {
            reload();
            return;
        }
        adoptChecks();
        final long mostNs = healthChecks.whenFirst(() ->
        {
            if (!control.isShutdown())
            {
                control.execute(() -> applyOnce(fresh));
            }
        });
        end.cancel(false);
        end = control.schedule(() -> applyOnce(fresh), mostNs, TimeUnit.NANOSECONDS);
    }

    private List<Awaited> awaited(final Translation fresh, final List<Cluster> clusters)
    {
        final List<Awaited> all = new ArrayList<>();
        for (int i = 0; i < clusters.size(); i++)
        {
            final ClusterPlan.HealthChecked checked = fresh.clusters().get(i).checks();
            final HostSet hosts = checked == null ? null : engine.uses().prepare(clusters.get(i), System.nanoTime());
            if (hosts != null && hosts.size() > 0)
            {
                all.add(new Awaited(clusters.get(i), checked, hosts));
            }
        }
        return all;
    }

    private void settle()
    {
        pending = null;
        isWarming = false;
        end.cancel(false);
        engine.uses().settle();
    }

    /** What is pending does not come into force, nor what was asked for meanwhile. */
    public void abandon()
    {
        isAskedAgain = false;
        if (pending != null)
        {
            awaited = List.of();
            translator.rollback();
            adoptChecks();
            settle();
        }
    }

    private void applyOnce(final Translation fresh)
    {
        if (fresh == pending)
        {
            apply(fresh);
            settle();
            if (isAskedAgain)
            {
                isAskedAgain = false;
                reload();
            }
        }
    }

    private void apply(final Translation fresh)
    {
        final Translation old = translation;
        awaited = List.of();
        try
        {
            accessLogs.adopt(fresh.accessLogs());
            publish(new Snapshot(version + 1, fresh.listeners(), clusters(old, fresh), fresh.accessLogs()));
        }
        catch (final ListenException | IOException | RuntimeException e)
        {
            translator.rollback();
            adoptChecks();
            refuse(e.getMessage());
            return;
        }
        final long applied = ++version;
        commit(fresh);
        translation = fresh;
        configuredAt = Instant.now();
        refusal = null;
        lookups.adopt(fresh.clusters(), engine.snapshot().clusters());
        adoptChecks();
        tlsFiles.warn();
        control.schedule(() -> engine.cut(applied), drainTimeS, TimeUnit.SECONDS);
        counters.shared().set(ids.updateTime, configuredAt.toEpochMilli());
        counters.shared().set(ids.isRefused, 0);
        counters.shared().increment(ids.updateSuccess);
        logger.info(source.name() + " was reloaded");
        changes.tell(old, fresh);
    }

    private void refuse(final String reason)
    {
        reason.lines().forEach(logger::severe);
        logger.severe(source.name() + " was not reloaded; what was loaded before stays in force");
        refusal = new Refusal(Instant.now(), reason);
        counters.shared().set(ids.isRefused, 1);
        counters.shared().increment(ids.updateRejected);
    }

    /** Clusters of a new configuration, with the addresses that are known of their names. */
    private List<Cluster> clusters(final Translation old, final Translation fresh)
    {
        final Map<ClusterPlan, Cluster> inForce = new IdentityHashMap<>();
        final List<Cluster> current = engine.snapshot().clusters();
        for (int i = 0; i < current.size(); i++)
        {
            inForce.put(old.clusters().get(i), current.get(i));
        }
        final List<Cluster> clusters = new ArrayList<>(fresh.clusters().size());
        for (final ClusterPlan plan : fresh.clusters())
        {
            final Cluster same = inForce.get(plan);
            clusters.add(same != null ? same : lookups.resolve(plan));
        }
        return clusters;
    }

    private void onEndpoints(final ClusterPlan plan, final Cluster resolved)
    {
        final int i = translation.indexOf(plan);
        if (i >= 0)
        {
            final List<Cluster> clusters = new ArrayList<>(engine.snapshot().clusters());
            clusters.set(i, clusters.get(i).withEndpoints(resolved.endpoints()));
            publishOrLog(new Snapshot(++version, translation.listeners(), clusters, engine.snapshot().accessLogs()));
            adoptChecks();
        }
    }

    private void publishOrLog(final Snapshot snapshot)
    {
        try
        {
            publish(snapshot);
        }
        catch (final ListenException e)
        {
            logger.log(Level.SEVERE, e.getMessage());
        }
    }

    private void publish(final Snapshot snapshot) throws ListenException
    {
        try
        {
            engine.publish(snapshot);
        }
        catch (final ListenException e)
        {
            snapshotCounters.onRefused();
            throw e;
        }
        snapshotCounters.onPublished(snapshot, engine.concurrency());
    }

    /**
     * Listeners stopped accepting.
     *
     * @param isMeant which.
     */
    public void onStopped(final Predicate<Listener> isMeant)
    {
        snapshotCounters.onStopped(isMeant);
    }

    /**
     * Any thread.
     *
     * @return what is in force, or is about to be at the start.
     */
    public Translation translation()
    {
        return translation;
    }

    /**
     * Any thread.
     *
     * @return when it came into force.
     */
    public Instant configuredAt()
    {
        return configuredAt;
    }

    /**
     * Any thread.
     *
     * @return why the last reload was refused, or null when it was not.
     */
    public Refusal refusal()
    {
        return refusal;
    }

    /**
     * Any thread.
     *
     * @return certificates of each TLS context in force.
     */
    public List<TlsContexts.Certificates> certificates()
    {
        return translator.contexts().certificates();
    }

    /**
     * Any thread.
     *
     * @param nowMs milliseconds since 1970.
     * @return days until the first own certificate is over.
     */
    public long daysUntilFirstCertificateExpires(final long nowMs)
    {
        return tlsFiles.daysLeft(nowMs);
    }

    /**
     * Ends look-ups and gives TLS contexts back.
     */
    public void close()
    {
        lookups.close();
        healthChecks.close();
        translator.contexts().close();
    }
}
