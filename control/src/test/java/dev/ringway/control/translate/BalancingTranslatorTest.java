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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static Snapshot load(final BootstrapTranslator translator, final String runtime) throws ConfigException
    {
        final Snapshot snapshot = translator.translate(new BootstrapLoader(false).load(null, """
            layered_runtime: { layers: [ { name: a, static_layer: { %s } } ] }
            static_resources:
              clusters:
              - { name: least, lb_policy: LEAST_REQUEST, least_request_lb_config: {
                  active_request_bias: { default_value: 2, runtime_key: b },
                  slow_start_config: { slow_start_window: 60s, aggression: { default_value: 2, runtime_key: s.a } } } }
              - name: typed
                load_balancing_policy: { policies: [ { typed_extension_config: { name: x, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest,
                  active_request_bias: { default_value: 2, runtime_key: b } } } } ] }
            """.formatted(runtime))).snapshot(1);
        translator.commit();
        return snapshot;
    }

    /** Also where nothing but the runtime has changed. What is no number or a wrong one does not count. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        a: 1                    | 2   | 2
        b: 0.5                  | 0.5 | 2
        b: 3, s: { a: 4 }       | 3   | 4
        b: -1, s.a: 0           | 1   | 1
        b: true, s.a: text      | 2   | 2
        b: "8", s.a: "1.5e1"    | 8   | 15
        """)
    void shouldTakeNumbersOfTheRuntime(final String runtime, final double bias, final double aggression)
        throws ConfigException
    {
        final BootstrapTranslator translator = new BootstrapTranslator(new NamedCounters());
        load(translator, "c: 1");
        final Snapshot snapshot = load(translator, runtime);
        assertEquals(bias, snapshot.cluster("least").balancing().leastRequest().bias());
        assertEquals(bias, snapshot.cluster("typed").balancing().leastRequest().bias());
        assertEquals(aggression, snapshot.cluster("least").balancing().slowStart().aggression());
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
