package dev.ringway.control.health;

import dev.ringway.engine.balance.HostHealth;
import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.HealthCheckCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;

/**
 * All active health checks. Those of endpoints that stay go on over new configurations. Control thread only.
 */
public final class HealthChecks implements AutoCloseable
{
    private final CountersFile counters;
    private final Logger logger;
    private final Map<Key, HostCheck> running = new HashMap<>();
    private Map<Key, HostCheck> wanted = new HashMap<>();
    private List<HostCheck> begun = List.of();
    private ScheduledExecutorService clock;

    /** A check with the endpoint that it is for: a new health of the same address is checked anew. */
    private record Key(HostCheck.Target target, HostHealth health)
    {
    }

    /**
     * @param counters of the process.
     * @param logger   told of each change.
     */
    public HealthChecks(final CountersFile counters, final Logger logger)
    {
        this.counters = counters;
        this.logger = logger;
    }

    /**
     * Says again which endpoints are checked: {@link #want} for each cluster, then {@link #end}.
     */
    public void begin()
    {
        wanted = new HashMap<>();
    }

    /**
     * @param cluster  in force.
     * @param settings how it is checked.
     * @param tls      how connections to its endpoints are encrypted, or null when they are not; its context is held
     *                 by whoever calls.
     * @param ids      what is counted for it.
     * @param hosts    its endpoints.
     */
    public void want(
        final Cluster cluster, final HealthCheck settings, final CheckTls tls, final HealthCheckCounters ids,
        final HostSet hosts)
    {
        for (int i = 0; i < hosts.size(); i++)
        {
            final Endpoint endpoint = hosts.endpoint(i);
            if (endpoint.check().isDisabled())
            {
                continue;
            }
            final Key key = new Key(new HostCheck.Target(cluster.name(), endpoint.address(),
                address(endpoint, settings.altPort()), endpoint.check().hostname(),
                tls == null ? null : tls.names(endpoint), cluster.connect().ofSockets(), settings), hosts.health(i));
            final HostCheck old = running.get(key);
            final HostCheck check = old != null ? old : wanted.getOrDefault(key, check(key, cluster, ids));
            wanted.put(key, check);
            if (tls != null)
            {
                check.use(tls.context());
            }
        }
    }

    private static Address address(final Endpoint endpoint, final int altPort)
    {
        final Address own = endpoint.check().address() != null ? endpoint.check().address() : endpoint.address();
        final int port = endpoint.check().port() != 0 ? endpoint.check().port() : altPort;
        return port == 0 || own.inet() == null ? own :
            Address.of(new InetSocketAddress(own.inet().getAddress(), port));
    }

    private HostCheck check(final Key key, final Cluster cluster, final HealthCheckCounters ids)
    {
        if (clock == null)
        {
            clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("health-checks").factory());
        }
        final int connections = cluster.counters().connections.upstreamCxTotal;
        return new HostCheck(key.target, key.health, counters.shared(),
            ids, clock,
            () -> counters.reader().value(connections) > 0, logger::info);
    }

    /**
     * Begins the checks that are new and ends those that are no longer wanted; what is checked no more is healthy.
     */
    public void end()
    {
        final Set<HostHealth> stay = new HashSet<>();
        wanted.keySet().forEach(key -> stay.add(key.health));
        running.forEach((key, check) ->
        {
            if (wanted.get(key) != check)
            {
                check.stop();
                if (stay.add(key.health))
                {
                    key.health.clear(HostHealth.ACTIVE_CHECKS);
                }
            }
        });
        begun = wanted.entrySet().stream().filter(entry -> running.get(entry.getKey()) != entry.getValue())
            .map(Map.Entry::getValue).toList();
        begun.forEach(HostCheck::start);
        running.clear();
        running.putAll(wanted);
    }

    /**
     * Tells when each check that the last {@link #end} began has come to its first end.
     *
     * @param done run then, on the thread of a check, or during the call where there is none left.
     * @return what that takes at most.
     */
    public long whenFirst(final Runnable done)
    {
        final AtomicInteger left = new AtomicInteger(begun.size() + 1);
        final Runnable one = () ->
        {
            if (left.decrementAndGet() == 0)
            {
                done.run();
            }
        };
        begun.forEach(check -> check.whenFirst(one));
        one.run();
        return begun.stream().mapToLong(HostCheck::firstNs).max().orElse(0);
    }

    /**
     * Ends all of them.
     */
    public void close()
    {
        running.values().forEach(HostCheck::stop);
        if (clock != null)
        {
            clock.shutdownNow();
        }
    }
}
