package dev.ringway.control.translate;

import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigException;
import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.Balancing.Hashing;
import dev.ringway.engine.snapshot.Balancing.LeastRequest;
import dev.ringway.engine.snapshot.Balancing.Policy;
import dev.ringway.engine.snapshot.Balancing.SlowStart;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.EndpointStatus;
import dev.ringway.engine.snapshot.Locality;
import dev.ringway.engine.snapshot.Place;
import dev.ringway.engine.snapshot.Snapshot;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What {@code bootstraps/good/balancing.yaml} says of balancing. */
final class BalancingTranslatorTest
{
    private static Snapshot load() throws ConfigException
    {
        return new BootstrapTranslator(new NamedCounters()).translate(new BootstrapLoader(false).load(
            "src/test/resources/bootstraps/good/balancing.yaml", null)).snapshot(1);
    }

    @Test
    void shouldTranslatePolicies() throws ConfigException
    {
        final Snapshot snapshot = load();
        assertEquals(new Balancing(Policy.RING_HASH, LeastRequest.DEFAULT, new Hashing(64, 128, true, 65_537, true), null,
            30, 200, true, true, null, false), snapshot.cluster("ring").balancing());
        assertEquals(new Balancing(Policy.LEAST_REQUEST, new LeastRequest(5, 2), Hashing.DEFAULT,
            new SlowStart(TimeUnit.SECONDS.toNanos(60), 1, 0.2), 50, 140, false, false, null, false),
            snapshot.cluster("least").balancing());
        assertEquals(1009, snapshot.cluster("maglev").balancing().hashing().tableSize());
        assertEquals(Balancing.of(Policy.RANDOM), snapshot.cluster("random").balancing());
        final Balancing typed = snapshot.cluster("typed").balancing();
        assertEquals(Policy.ROUND_ROBIN, typed.policy());
        assertTrue(typed.isByLocality());
        assertEquals(new SlowStart(TimeUnit.SECONDS.toNanos(10), 2, 0.1), typed.slowStart());
    }

    @Test
    void shouldTranslateEndpoints() throws ConfigException
    {
        final List<Endpoint> endpoints = load().cluster("ring").endpoints();
        final Endpoint first = endpoints.get(0);
        assertEquals(new Place(0, new Locality("r", "z", "s"), 3), first.place());
        assertEquals(7, first.weight());
        assertEquals(EndpointStatus.DRAINING, first.status());
        assertEquals("k", first.metadata().hashKey());
        assertTrue(first.metadata().isCanary());
        assertEquals(Map.of("version", "\"1\"", "stages", "[\"a\",\"b\",]", "hash_key", "\"k\"", "canary", "true"),
            first.metadata().values());
        assertEquals(Map.of("stages", List.of("\"a\"", "\"b\"")), first.metadata().lists());
        assertEquals(new Place(1, Locality.NONE, 0), endpoints.get(1).place());
    }

    @Test
    void shouldKnowTheDefaultAgain() throws ConfigException
    {
        final Snapshot snapshot = new BootstrapTranslator(new NamedCounters()).translate(new BootstrapLoader(false).load(
            null, "static_resources: {clusters: [{name: a, lb_policy: ROUND_ROBIN}]}")).snapshot(1);
        assertSame(Balancing.DEFAULT, snapshot.cluster("a").balancing());
    }
}
