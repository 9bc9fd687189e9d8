package dev.ringway.engine.balance;

import dev.ringway.engine.route.MetadataMatch;
import dev.ringway.engine.snapshot.Balancing.Policy;
import dev.ringway.engine.snapshot.EndpointMetadata;
import dev.ringway.engine.snapshot.EndpointStatus;
import dev.ringway.engine.snapshot.Place;
import dev.ringway.engine.snapshot.SubsetRules;
import dev.ringway.engine.snapshot.SubsetRules.Fallback;
import dev.ringway.engine.snapshot.SubsetRules.Selector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Groups by metadata: which endpoints a request may get, and what it falls back to. */
@Timeout(180)
final class SubsetTest
{
    private static final Selector BY_VERSION = selector(Fallback.NOT_DEFINED, List.of(), "version");
    private static final Selector BY_BOTH = selector(Fallback.KEYS_SUBSET, List.of("version"), "stage", "version");

    private final BalanceRig rig = new BalanceRig();

    private static Selector selector(final Fallback fallback, final List<String> fewer, final String... keys)
    {
        return new Selector(List.of(keys), fallback, fewer, false);
    }

    private static SortedMap<String, String> map(final String... pairs)
    {
        final SortedMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2)
        {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private void endpoint(final String... pairs)
    {
        final SortedMap<String, String> values = map(pairs);
        final Map<String, List<String>> lists = new TreeMap<>();
        values.forEach((key, value) ->
        {
            if (value.startsWith("["))
            {
                lists.put(key, List.of(value.substring(1, value.length() - 1).split(",")));
            }
        });
        rig.with(1, Place.FIRST, EndpointStatus.HEALTHY, new EndpointMetadata(values, lists, null, false));
    }

    private void start(final Fallback fallback, final Selector... selectors)
    {
        rig.subsets = new SubsetRules(fallback, map("version", "1"), List.of(selectors), false, false);
        endpoint("version", "1", "stage", "prod");
        endpoint("version", "2", "stage", "prod");
        endpoint("version", "2", "stage", "dev");
        endpoint();
        rig.start();
    }

    /** Endpoints that come up for a request that asks for this. */
    private String picked(final String... pairs)
    {
        final MetadataMatch match = pairs.length == 0 ? null : new MetadataMatch(map(pairs));
        final TreeSet<Integer> found = new TreeSet<>();
        for (int i = 0; i < 200; i++)
        {
            final long hash = 1 + i * 0x9E3779B97F4A7C15L;
            found.add(rig.balancer.pick(new PickRequest()
            {
                public long hash()
                {
                    return hash;
                }

                public MetadataMatch metadataMatch()
                {
                    return match;
                }
            }, rig.nowNs));
        }
        return found.toString();
    }

    @ParameterizedTest
    @EnumSource(Policy.class)
    void shouldPickInTheSubsetThatIsAskedFor(final Policy policy)
    {
        rig.policy(policy);
        start(Fallback.NO_FALLBACK, BY_VERSION, BY_BOTH);
        assertEquals("[0]", picked("version", "1"));
        assertEquals("[1, 2]", picked("version", "2"));
        assertEquals("[2]", picked("version", "2", "stage", "dev"));
        assertEquals(600, rig.counter("lb_subsets_selected"));
        assertEquals("[-1]", picked("version", "3"));
        assertEquals("[-1]", picked("stage", "dev"));
        assertEquals("[-1]", picked());
        assertEquals(0, rig.counter("lb_subsets_fallback"));
    }

    @Test
    void shouldFallBackToAnyEndpoint()
    {
        start(Fallback.ANY_ENDPOINT, BY_VERSION);
        assertEquals("[0, 1, 2, 3]", picked("version", "3"));
        assertEquals("[0, 1, 2, 3]", picked("stage", "dev"));
        assertEquals("[0, 1, 2, 3]", picked());
        assertEquals(600, rig.counter("lb_subsets_fallback"));
        assertEquals(0, rig.counter("lb_subsets_selected"));
    }

    @ParameterizedTest
    @EnumSource(Policy.class)
    void shouldFallBackToTheDefaultSubset(final Policy policy)
    {
        rig.policy(policy);
        start(Fallback.DEFAULT_SUBSET, BY_VERSION);
        assertEquals("[0]", picked("stage", "dev"));
        assertEquals("[0]", picked());
    }

    @Test
    void shouldFallBackByFewerKeys()
    {
        start(Fallback.ANY_ENDPOINT, BY_VERSION, BY_BOTH);
        assertEquals("[1, 2]", picked("version", "2", "stage", "none"));
        assertEquals("[0, 1, 2, 3]", picked("version", "9", "stage", "none"));
    }

    @Test
    void shouldFallBackAsTheSelectorSays()
    {
        start(Fallback.NO_FALLBACK, selector(Fallback.ANY_ENDPOINT, List.of(), "version"),
            selector(Fallback.DEFAULT_SUBSET, List.of(), "stage"),
            selector(Fallback.NO_FALLBACK, List.of(), "stage", "version"));
        assertEquals("[0, 1, 2, 3]", picked("version", "9"));
        assertEquals("[0]", picked("stage", "none"));
        assertEquals("[-1]", picked("stage", "none", "version", "1"));
        assertEquals("[-1]", picked());
    }

    @Test
    void shouldTakeAnyInPanicWhereTheFallbackHasNone()
    {
        rig.panicPercent = 0;
        start(Fallback.DEFAULT_SUBSET, BY_VERSION);
        rig.subsets = new SubsetRules(Fallback.DEFAULT_SUBSET, map("version", "1"), List.of(BY_VERSION), true, false);
        rig.adopt();
        rig.health(0).set(HostHealth.FAILED_ACTIVE_CHECK);
        assertEquals("[1, 2, 3]", picked("version", "9"));
        assertEquals(200, rig.counter("lb_subsets_fallback_panic"));
    }

    @Test
    void shouldPutEndpointsWithListsInAllTheirGroups()
    {
        endpoint("version", "[1,2]");
        endpoint("version", "2");
        rig.subsets = new SubsetRules(Fallback.NO_FALLBACK, map(), List.of(BY_VERSION), false, true);
        rig.start();
        assertEquals("[0]", picked("version", "1"));
        assertEquals("[0, 1]", picked("version", "2"));
        assertEquals("[-1]", picked("version", "[1,2]"));
        rig.subsets = new SubsetRules(Fallback.NO_FALLBACK, map(), List.of(BY_VERSION), false, false);
        rig.adopt();
        assertEquals("[0]", picked("version", "[1,2]"));
        assertEquals("[1]", picked("version", "2"));
    }

    @Test
    void shouldKeepOneEndpointWhereOneIsWanted()
    {
        start(Fallback.NO_FALLBACK, new Selector(List.of("version"), Fallback.NOT_DEFINED, List.of(), true));
        assertEquals("[1]", picked("version", "2"));
    }

    @Test
    void shouldLeaveTheUnhealthyOfASubsetOut()
    {
        rig.panicPercent = 0;
        start(Fallback.ANY_ENDPOINT, BY_VERSION);
        assertEquals("[1, 2]", picked("version", "2"));
        rig.health(1).set(HostHealth.FAILED_ACTIVE_CHECK);
        assertEquals("[2]", picked("version", "2"));
        rig.health(2).set(HostHealth.FAILED_ACTIVE_CHECK);
        assertEquals("[-1]", picked("version", "2"));
    }

    @Test
    void shouldCountSubsets()
    {
        start(Fallback.NO_FALLBACK, BY_VERSION, BY_BOTH);
        assertEquals(5, rig.counter("lb_subsets_active"));
        assertEquals(5, rig.counter("lb_subsets_created"));
        rig.endpoints.remove(2);
        rig.adopt();
        assertEquals(4, rig.counter("lb_subsets_active"));
        assertEquals(1, rig.counter("lb_subsets_removed"));
    }

    @Test
    void shouldPickNothingOnceTheClusterIsGone()
    {
        start(Fallback.ANY_ENDPOINT, BY_VERSION);
        rig.balancer.retire();
        assertEquals("[-1]", picked("version", "1"));
        assertEquals(0, rig.counter("lb_subsets_active"));
        rig.adopt();
        assertEquals("[0]", picked("version", "1"));
        assertEquals(2, rig.counter("lb_subsets_active"));
        rig.balancer = new ClusterBalancer(rig.hosts, null, 0);
        assertEquals("[-1]", picked("version", "1"));
    }
}
