package dev.ringway.engine.runtime;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.counters.ListenerCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.counters.TcpCounters;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.snapshot.TcpProxy;
import org.agrona.concurrent.UnsafeBuffer;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs an engine by hand: args are port, backend port, http|tcp. */
public final class EngineHarness
{
    public static void main(final String[] args) throws Exception
    {
        final int port = Integer.parseInt(args[0]);
        final int backend = Integer.parseInt(args[1]);
        final Map<String, Integer> ids = new HashMap<>();
        final CounterRegistry registry = (name, kind) -> ids.computeIfAbsent(name, n -> ids.size());
        final LoopCounters counters = new LoopCounters(new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(65536)));
        final Engine engine = Engine.launch(new EngineContext(1, new int[]{0}, i -> counters, 8192, 1024, t ->
        {
            t.printStackTrace();
            System.exit(3);
        }));
        final Route route = new Route("", Route.Kind.CLUSTER, 0, "b", 15_000_000_000L, -1, null, 0, 0, null, null);
        final Cluster cluster = new Cluster(0, "b",
            List.of(new Endpoint(Address.of(new InetSocketAddress("127.0.0.1", backend)), "", 1)),
            5_000_000_000L, CircuitBreakers.DEFAULT, 1 << 20, 3_600_000_000_000L, 0, false, new ClusterCounters(registry, "b"));
        final HttpConnectionManager http = new HttpConnectionManager("in", null,
            3_600_000_000_000L, 300_000_000_000L, 0, 10_000_000_000L, 5_000_000_000L, 60 * 1024, 100, 0, false, 0, false,
            true, false, false, "ringway", HttpConnectionManager.ServerHeader.OVERWRITE, false, "", true, false, false,
            List.of(), new HttpCounters(registry, "in"));
        final TcpProxy tcp = new TcpProxy("t", 0, 3_600_000_000_000L, 1, List.of(), new TcpCounters(registry, "t"));
        final Listener listener = new Listener(0, "l", Address.of(new InetSocketAddress("127.0.0.1", port)),
            List.of(new FilterChain("", args[2].equals("tcp") ? tcp : http)), 1 << 20, 4096, true, false,
            Integer.MAX_VALUE, 0, new ListenerCounters(registry, "l"));
        engine.publish(new Snapshot(1, List.of(listener), List.of(cluster), List.of()));
        System.out.println("ready");
        while (true)
        {
            Thread.sleep(5000);
            engine.requestViews();
            if (args.length > 3)
            {
                System.out.println(engine.views());
            }
        }
    }
}
