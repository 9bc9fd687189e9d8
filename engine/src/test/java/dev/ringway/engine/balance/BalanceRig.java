package dev.ringway.engine.balance;

import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.Balancing.Hashing;
import dev.ringway.engine.snapshot.Balancing.LeastRequest;
import dev.ringway.engine.snapshot.Balancing.Policy;
import dev.ringway.engine.snapshot.Balancing.SlowStart;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.ConnectRules;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.EndpointMetadata;
import dev.ringway.engine.snapshot.EndpointStatus;
import dev.ringway.engine.snapshot.HealthTarget;
import dev.ringway.engine.snapshot.Locality;
import dev.ringway.engine.snapshot.Place;
import dev.ringway.engine.snapshot.SubsetRules;
import org.agrona.concurrent.UnsafeBuffer;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** The balancer of one cluster on one loop, with a clock that stands still. */
final class BalanceRig
{
    final List<Endpoint> endpoints = new ArrayList<>();
    Policy policy = Policy.ROUND_ROBIN;
    LeastRequest leastRequest = LeastRequest.DEFAULT;
    Hashing hashing = Hashing.DEFAULT;
    SlowStart slowStart;
    int panicPercent = Balancing.DEFAULT_PANIC_PERCENT;
    boolean weighsHealth;
    boolean isByLocality;
    SubsetRules subsets;
    boolean isChecked;
    long nowNs = 1_000_000_000_000L;
    Executor builder = Runnable::run;
    ClusterHosts hosts;
    HostSet set;
    ClusterBalancer balancer;

    private final Map<String, Integer> ids = new HashMap<>();
    private final LoopCounters counters = new LoopCounters(new UnsafeBuffer(ByteBuffer.allocateDirect(8192)));
    private final ClusterCounters clusterCounters = new ClusterCounters(new CounterRegistry()
    {
        public int register(final String name, final int kind)
        {
            return ids.computeIfAbsent(name, n -> ids.size());
        }

        public int histogram(final String name)
        {
            return -1;
        }
    }, "b");

    BalanceRig policy(final Policy wanted)
    {
        policy = wanted;
        return this;
    }

    BalanceRig with(final int weight)
    {
        return with(weight, Place.FIRST, EndpointStatus.UNKNOWN);
    }

    BalanceRig with(final int weight, final Place place, final EndpointStatus status)
    {
        return with(weight, place, status, EndpointMetadata.NONE);
    }

    BalanceRig with(
        final int weight, final Place place, final EndpointStatus status, final EndpointMetadata metadata)
    {
        final Address address = Address.of(new InetSocketAddress("10.0." + endpoints.size() / 200 + "." +
            (1 + endpoints.size() % 200), 80));
        endpoints.add(new Endpoint(address, "h" + endpoints.size(), weight, place, status, metadata,
            HealthTarget.OWN));
        return this;
    }

    BalanceRig with(final int count, final int priority, final EndpointStatus status)
    {
        for (int i = 0; i < count; i++)
        {
            with(1, new Place(priority, Locality.NONE, 0), status);
        }
        return this;
    }

    static Place locality(final String zone, final int weight)
    {
        return new Place(0, new Locality("", zone, ""), weight);
    }

    Balancing balancing()
    {
        return new Balancing(policy, leastRequest, hashing, slowStart, panicPercent,
            Balancing.DEFAULT_OVERPROVISIONING, weighsHealth, isByLocality, subsets, isChecked);
    }

    BalanceRig start()
    {
        hosts = new ClusterHosts(1, builder);
        balancer = new ClusterBalancer(hosts, counters, 0);
        return adopt();
    }

    /** A new snapshot with the endpoints as they are now. */
    BalanceRig adopt()
    {
        final Cluster cluster = new Cluster(0, "b", List.copyOf(endpoints), 1, CircuitBreakers.DEFAULT, 1, 0, 0, false,
            null, null, balancing(), null, ConnectRules.NONE, null, clusterCounters);
        hosts.adopt(cluster, nowNs);
        set = hosts.set(cluster, nowNs);
        balancer.adopt(set, clusterCounters, nowNs);
        return this;
    }

    int pick()
    {
        return pick(PickRequest.NO_HASH);
    }

    int pick(final long hash)
    {
        return balancer.pick(new PickRequest()
        {
            public long hash()
            {
                return hash;
            }
        }, nowNs);
    }

    /** How often each endpoint is picked. */
    int[] picks(final int count)
    {
        final int[] picks = new int[endpoints.size()];
        for (int i = 0; i < count; i++)
        {
            picks[pick()]++;
        }
        return picks;
    }

    HostHealth health(final int index)
    {
        return set.health(index);
    }

    long counter(final String name)
    {
        return counters.get(ids.get("cluster.b." + name));
    }
}
