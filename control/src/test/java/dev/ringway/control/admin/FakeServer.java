package dev.ringway.control.admin;

import dev.ringway.control.reload.Refusal;
import dev.ringway.control.translate.TlsContexts;
import dev.ringway.control.translate.Translation;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.CountersReader;
import dev.ringway.engine.counters.Histograms;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.CircuitBreakers;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Snapshot;
import dev.ringway.engine.upstream.ClusterUses;
import dev.ringway.ffi.uring.UringProbe;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process for the administration server to look at; notes what it is asked to do. */
final class FakeServer implements ServerView, AutoCloseable
{
    final CountersFile file;
    final List<String> calls = new ArrayList<>();
    Bootstrap bootstrap = Bootstrap.getDefaultInstance();
    Snapshot snapshot = new Snapshot(1, List.of(), List.of(), List.of());
    final ClusterUses uses = new ClusterUses(2);
    List<TlsContexts.Certificates> certificates = List.of();
    String state = "LIVE";
    Refusal refusal;

    FakeServer(final Path directory) throws IOException
    {
        file = CountersFile.create(directory.resolve("counters"), 1024, 2, false);
    }

    Cluster cluster(final String name, final int port)
    {
        return new Cluster(0, name, List.of(new Endpoint(Address.of(new InetSocketAddress("127.0.0.1", port)), "h", 2)),
            1, CircuitBreakers.DEFAULT, 1, 0, 0, false, null, null, new ClusterCounters(file, name));
    }

    public String stateName()
    {
        return state;
    }

    public long uptimeS()
    {
        return 7;
    }

    public CountersReader counters()
    {
        return file.reader();
    }

    public Histograms histograms()
    {
        return file.histograms();
    }

    public void refreshGauges()
    {
        calls.add("refresh");
    }

    public Translation translation()
    {
        return new Translation(bootstrap, null, List.of(), List.of(), List.of(), List.of());
    }

    public List<TlsContexts.Certificates> certificates()
    {
        return certificates;
    }

    public Snapshot snapshot()
    {
        return snapshot;
    }

    public List<Listener> listeners()
    {
        return snapshot.listeners();
    }

    public ClusterUses uses()
    {
        return uses;
    }

    public UringProbe probe()
    {
        return UringProbe.run();
    }

    public String version()
    {
        return "1.2.3";
    }

    public Map<String, Object> options()
    {
        return Map.of("concurrency", 2, "disable_hot_restart", true, "mode", "Serve");
    }

    public Instant configuredAt()
    {
        return Instant.EPOCH;
    }

    public Refusal refusal()
    {
        return refusal;
    }

    public long residentBytes()
    {
        return 4096;
    }

    public void drainListeners(final boolean isGraceful, final boolean neverStops, final boolean inboundOnly)
    {
        calls.add("drain " + isGraceful + ' ' + neverStops + ' ' + inboundOnly);
    }

    public void healthy(final boolean isHealthy)
    {
        state = isHealthy ? "LIVE" : "DRAINING";
    }

    public void reopenLogs()
    {
        calls.add("reopen");
    }

    public void resetCounters()
    {
        file.resetCounters();
    }

    public void quit()
    {
        calls.add("quit");
    }

    public void close()
    {
        file.free();
    }
}
