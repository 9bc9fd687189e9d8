package dev.ringway.control.translate;

import dev.ringway.control.config.ConfigErrors;
import dev.ringway.control.config.ConfigException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.config.LoadedBootstrap;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.filter.FilterErrors;
import dev.ringway.engine.httpfilters.CallNames;
import dev.ringway.engine.httpfilters.ServiceHealth;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.tls.TlsContext;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Translates bootstraps. Lives as long as the process, because no id of a cluster or listener is given twice. Control
 * thread only.
 */
public final class BootstrapTranslator
{
    private final CounterRegistry counters;
    private final PartCounters parts;
    private final IdTable clusterIds = new IdTable();
    private final IdTable listenerIds = new IdTable();
    private final SinkTable sinks = new SinkTable();
    private final TlsContexts contexts = new TlsContexts();
    /** Of the configuration in force. */
    private KnownParts known = new KnownParts();
    /** Of the last one that was translated. */
    private KnownParts fresh = known;
    private final FilterErrors filterErrors;
    private final CallNames calls;
    private final ServiceHealth health;

    /**
     * @param counters gives out counters.
     */
    public BootstrapTranslator(final CounterRegistry counters)
    {
        this(counters, (name, error) -> { }, CallNames.NONE, new ServiceHealth());
    }

    /**
     * @param counters     gives out counters.
     * @param filterErrors where what filters throw is noted.
     * @param calls        has counters made for calls of gRPC.
     * @param health       of the process.
     */
    public BootstrapTranslator(
        final CounterRegistry counters,
        final FilterErrors filterErrors,
        final CallNames calls,
        final ServiceHealth health)
    {
        this.calls = calls;
        this.health = health;
        this.counters = counters;
        parts = new PartCounters(counters);
        this.filterErrors = filterErrors;
    }

    /**
     * Translates a bootstrap. What it has in common with the one in force is taken over, so this is followed by
     * {@link #commit} or {@link #rollback}.
     *
     * @param loaded bootstrap.
     * @return its translation.
     * @throws ConfigException with everything that is wrong with it; rolled back then.
     */
    public Translation translate(final LoadedBootstrap loaded) throws ConfigException
    {
        fresh = new KnownParts();
        sinks.begin();
        try
        {
            final Translation translation = parts(loaded);
            contexts.keep(fresh.contexts());
            return translation;
        }
        catch (final ConfigException | RuntimeException e)
        {
            rollback();
            throw e;
        }
    }

    /** The last translation is in force. */
    public void commit()
    {
        known = fresh;
        keepIds();
        counters.inForce(known.counters());
        sinks.commit(known.logSinks());
        contexts.commit();
    }

    /**
     * @param cluster of the configuration in force.
     * @return gives out counters of that cluster.
     */
    public CounterRegistry counters(final Cluster cluster)
    {
        return known.clusterCounters(cluster);
    }

    /** The last translation is not put into force. */
    public void rollback()
    {
        fresh = known;
        keepIds();
        sinks.rollback();
        contexts.rollback();
    }

    private void keepIds()
    {
        clusterIds.keep(known.clusterIds().values());
        listenerIds.keep(known.listenerIds());
    }

    /**
     * Contexts of the configuration in force were built again.
     *
     * @param translation in force.
     * @param replaced    contexts by those that they take the place of.
     * @return the translation with those.
     */
    public Translation replace(final Translation translation, final Map<TlsContext, TlsContext> replaced)
    {
        known.replace(replaced);
        return translation.withContexts(replaced);
    }

    private Translation parts(final LoadedBootstrap loaded) throws ConfigException
    {
        final ConfigErrors errors = new ConfigErrors();
        errors.locateIn(loaded.sources());
        final Checks checks = new Checks(errors);
        final Bootstrap bootstrap = loaded.bootstrap();
        final FieldPath resources = FieldPath.ROOT.field("static_resources");
        final Address admin = admin(bootstrap, checks);
        checkRuntime(bootstrap, checks);
        checkRoom(clusterIds, bootstrap.getStaticResources().getClustersCount(), resources.field("clusters"), checks);
        checkRoom(listenerIds, bootstrap.getStaticResources().getListenersCount(), resources.field("listeners"), checks);
        errors.conclude();
        fresh.runtime(bootstrap.getLayeredRuntime());
        final Map<String, ClusterPlan> clusters = clusters(bootstrap, resources.field("clusters"), checks);
        final List<Listener> listeners = listeners(bootstrap, resources.field("listeners"), checks);
        errors.conclude();
        return new Translation(bootstrap, admin, List.copyOf(listeners), List.copyOf(clusters.values()),
            sinks.all(), errors.warnings());
    }

    /**
     * @return TLS contexts of what was translated.
     */
    public TlsContexts contexts()
    {
        return contexts;
    }

    private static Address admin(final Bootstrap bootstrap, final Checks checks)
    {
        if (!bootstrap.getAdmin().hasAddress())
        {
            return null;
        }
        final FieldPath path = FieldPath.ROOT.field("admin").field("address");
        if (bootstrap.getAdmin().getAddress().hasPipe())
        {
            checks.fault(path.field("pipe"), "is not supported here; give a socket_address");
            return null;
        }
        return new AddressTranslator(checks).translate(bootstrap.getAdmin().getAddress(), path);
    }

    private static void checkRoom(final IdTable ids, final int names, final FieldPath path, final Checks checks)
    {
        if (!ids.hasRoomFor(names))
        {
            checks.fault(path, "there were more than " + IdTable.MOST + " different names since the start; restart");
        }
    }

    private static void checkRuntime(final Bootstrap bootstrap, final Checks checks)
    {
        final FieldPath layers = FieldPath.ROOT.field("layered_runtime").field("layers");
        final Map<String, FieldPath> seen = new HashMap<>();
        for (int i = 0; i < bootstrap.getLayeredRuntime().getLayersCount(); i++)
        {
            final String name = bootstrap.getLayeredRuntime().getLayers(i).getName();
            if (checks.required(name, layers.at(i).field("name")))
            {
                noteTwice(seen, name, layers.at(i).field("name"), checks);
            }
        }
    }

    private Map<String, ClusterPlan> clusters(final Bootstrap bootstrap, final FieldPath path, final Checks checks)
    {
        final ClusterTranslator translator =
            new ClusterTranslator(checks, contexts, clusterIds, parts, new RuntimeValues(fresh.runtime()));
        final boolean hasSameRuntime = known.runtime().equals(fresh.runtime());
        final Map<String, ClusterPlan> plans = new LinkedHashMap<>();
        final Map<String, FieldPath> seen = new HashMap<>();
        for (int i = 0; i < bootstrap.getStaticResources().getClustersCount(); i++)
        {
            final Cluster config = bootstrap.getStaticResources().getClusters(i);
            final ClusterPlan same = hasSameRuntime || !ClusterTranslator.asksRuntime(config) ? known.cluster(config) : null;
            final CounterRegistry kept = same != null ? known.clusterCounters(config) :
                parts.begin(ClusterTranslator.statName(config));
            final ClusterPlan plan = same != null ? same : translator.translate(config, path.at(i));
            if (plan != null)
            {
                if (same == null)
                {
                    keepNames(List.of(plan.cluster().name()), kept);
                }
                fresh.add(config, plan, kept);
                noteTwice(seen, plan.cluster().name(), path.at(i).field("name"), checks);
                plans.put(plan.cluster().name(), plan);
            }
        }
        parts.end();
        return plans;
    }

    /** Names that access logs show are known as long as counters of their part. */
    private static void keepNames(final List<String> names, final CounterRegistry kept)
    {
        if (!names.isEmpty())
        {
            names.forEach(LogStrings::hold);
            kept.whenGone(() -> names.forEach(LogStrings::drop));
        }
    }

    private ListenerTranslator listenerTranslator(final Bootstrap bootstrap, final Checks checks)
    {
        final Map<String, Integer> ids = fresh.clusterIds();
        final Set<String> telling = fresh.telling();
        final RuntimeValues runtime = new RuntimeValues(fresh.runtime());
        final AccessLogTranslator accessLogs = new AccessLogTranslator(sinks, checks, runtime);
        final RateLimitRules limits = new RateLimitRules(
            checks, new ConditionTranslator(checks, runtime), bootstrap.getNode().getCluster());
        final RouteTranslator routes = new RouteTranslator(checks, ids, telling, runtime, limits);
        final HttpFilterTranslator filters =
            new HttpFilterTranslator(checks, parts, filterErrors, calls, runtime, limits).with(
                HealthFilterTranslator.TYPE,
                new HealthFilterTranslator(checks, health, bootstrap.getNode().getCluster(), ids, runtime));
        final HttpTranslator http = new HttpTranslator(checks, routes, filters, accessLogs, parts);
        final FilterChainTranslator chains =
            new FilterChainTranslator(checks, http, accessLogs, contexts, ids, telling, parts,
                new ConnectionFilterTranslator(checks, parts, runtime));
        return new ListenerTranslator(checks, chains, listenerIds, parts);
    }

    private List<Listener> listeners(final Bootstrap bootstrap, final FieldPath path, final Checks checks)
    {
        final ListenerTranslator translator = listenerTranslator(bootstrap, checks);
        final boolean hasSameNames = known.hasSameNames(fresh);
        final List<Listener> listeners = new ArrayList<>();
        final Map<String, FieldPath> names = new HashMap<>();
        final Map<String, FieldPath> addresses = new HashMap<>();
        for (int i = 0; i < bootstrap.getStaticResources().getListenersCount(); i++)
        {
            final io.envoyproxy.envoy.config.listener.v3.Listener config =
                bootstrap.getStaticResources().getListeners(i);
            final Listener same = hasSameNames ? known.listener(config) : null;
            final CounterRegistry kept = same != null ? known.listenerCounters(config) : parts.begin();
            final Listener listener = same != null ? same : translator.translate(config, path.at(i));
            final FileStamps files = same != null ? known.files(config) : checks.takeFiles();
            keepNames(checks.takeNames(), kept);
            if (listener != null)
            {
                fresh.add(config, listener, files, kept);
                noteTwice(names, listener.name(), path.at(i).field("name"), checks);
                if (listener.address().inet() == null || listener.address().inet().getPort() != 0)
                {
                    noteTwice(addresses, listener.address().toString(), path.at(i).field("address"), checks);
                }
                listeners.add(listener);
            }
        }
        parts.end();
        return listeners;
    }

    private static void noteTwice(
        final Map<String, FieldPath> seen, final String value, final FieldPath path, final Checks checks)
    {
        final FieldPath first = seen.putIfAbsent(value, path);
        if (first != null)
        {
            checks.fault(path, "'" + value + "' is given before, in " + first);
        }
    }
}
