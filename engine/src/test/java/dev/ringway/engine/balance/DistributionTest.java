package dev.ringway.engine.balance;

import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.snapshot.Balancing.LeastRequest;
import dev.ringway.engine.snapshot.Balancing.Policy;
import dev.ringway.engine.snapshot.Balancing.SlowStart;
import dev.ringway.engine.snapshot.EndpointStatus;
import dev.ringway.engine.snapshot.Locality;
import dev.ringway.engine.snapshot.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Shares of endpoints over 100,000 picks: within 1 % of all picks. */
@Timeout(180)
final class DistributionTest
{
    private static final int PICKS = 100_000;

    private static void assertShares(final int[] picks, final double... shares)
    {
        final double whole = Arrays.stream(shares).sum();
        final int count = Arrays.stream(picks).sum();
        for (int i = 0; i < shares.length; i++)
        {
            final double expected = count * shares[i] / whole;
            assertEquals(expected, picks[i], count * 0.01, "endpoint " + i + " of " + Arrays.toString(picks));
        }
    }

    @ParameterizedTest
    @EnumSource(Policy.class)
    void shouldSpreadEvenlyOverEqualEndpoints(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy).with(1).with(1).with(1).with(1);
        rig.hashing = HashTableTest.ring(1 << 18);
        assertShares(rig.start().picks(PICKS), 1, 1, 1, 1);
    }

    @ParameterizedTest
    @EnumSource(value = Policy.class, names = "RANDOM", mode = EnumSource.Mode.EXCLUDE)
    void shouldSpreadByWeights(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy).with(1).with(5).with(10).with(2).with(7);
        rig.hashing = HashTableTest.ring(1 << 18);
        assertShares(rig.start().picks(PICKS), 1, 5, 10, 2, 7);
    }

    @Test
    void shouldTakeTurnsOfEqualEndpoints()
    {
        final BalanceRig rig = new BalanceRig().with(3).with(3).with(3).start();
        assertArrayEquals(new int[]{0, 1, 2, 0, 1, 2, 0}, new int[]{
            rig.pick(), rig.pick(), rig.pick(), rig.pick(), rig.pick(), rig.pick(), rig.pick()});
    }

    @Test
    void shouldTakeTurnsAsEvenlyAsWeightsAllow()
    {
        final BalanceRig rig = new BalanceRig().with(1).with(3).start();
        for (int i = 0; i < 100; i++)
        {
            assertArrayEquals(new int[]{1, 3}, rig.picks(4));
        }
    }

    @Test
    void shouldPickNothingOfNothing()
    {
        for (final Policy policy : Policy.values())
        {
            assertEquals(-1, new BalanceRig().policy(policy).start().pick());
        }
    }

    @Test
    void shouldPreferEndpointsWithFewerRequests()
    {
        final BalanceRig rig = new BalanceRig().policy(Policy.LEAST_REQUEST).with(1).with(1).with(1).start();
        rig.health(1).counters().loop(0).add(EndpointCounters.RQ_ACTIVE, 10);
        // It is picked where both choices are it: a ninth.
        assertShares(rig.picks(PICKS), 4, 1, 4);
        rig.leastRequest = new LeastRequest(10, 1);
        rig.adopt();
        assertShares(rig.picks(PICKS), 1, 0, 1);
    }

    @Test
    void shouldDivideWeightsByRequestsToThePowerOfTheBias()
    {
        final BalanceRig rig = new BalanceRig().policy(Policy.LEAST_REQUEST).with(2).with(4).start();
        rig.health(1).counters().loop(0).add(EndpointCounters.RQ_ACTIVE, 3);
        assertShares(rig.picks(PICKS), 2, 1);
        rig.leastRequest = new LeastRequest(2, 0.5);
        rig.adopt();
        assertShares(rig.picks(PICKS), 1, 1);
        rig.leastRequest = new LeastRequest(2, 0);
        rig.adopt();
        assertShares(rig.picks(PICKS), 1, 2);
    }

    @Test
    void shouldBringNewEndpointsInSlowly()
    {
        final BalanceRig rig = new BalanceRig().with(1).with(1);
        rig.slowStart = new SlowStart(10_000_000_000L, 1, 0.1);
        rig.start();
        rig.nowNs += 20_000_000_000L;
        rig.with(1).adopt();
        assertShares(rig.picks(PICKS), 1, 1, 0.1);
        rig.nowNs += 5_000_000_000L;
        rig.adopt();
        assertShares(rig.picks(PICKS), 1, 1, 0.5);
        rig.nowNs += 5_000_000_000L;
        rig.adopt();
        assertShares(rig.picks(PICKS), 1, 1, 1);
    }

    @Test
    void shouldBringEndpointsInSoonerWithAggression()
    {
        final BalanceRig rig = new BalanceRig().policy(Policy.LEAST_REQUEST).with(1).with(1);
        rig.slowStart = new SlowStart(10_000_000_000L, 2, 0.1);
        rig.start();
        rig.nowNs += 20_000_000_000L;
        rig.with(1).adopt();
        rig.nowNs += 2_500_000_000L;
        assertShares(rig.picks(PICKS), 1, 1, 0.5);
    }

    @ParameterizedTest
    @EnumSource(value = Policy.class, names = {"ROUND_ROBIN", "LEAST_REQUEST", "RANDOM"})
    void shouldSpreadByLocalitiesFirst(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy);
        rig.isByLocality = true;
        rig.with(1, BalanceRig.locality("a", 1), EndpointStatus.HEALTHY);
        rig.with(1, BalanceRig.locality("b", 3), EndpointStatus.HEALTHY);
        rig.with(1, BalanceRig.locality("b", 3), EndpointStatus.HEALTHY);
        rig.with(1, BalanceRig.locality("c", 0), EndpointStatus.HEALTHY);
        assertShares(rig.start().picks(PICKS), 2, 3, 3, 0);
    }

    @Test
    void shouldTakeFromLocalitiesWhatTheyLackInHealth()
    {
        final BalanceRig rig = new BalanceRig();
        rig.isByLocality = true;
        for (int i = 0; i < 4; i++)
        {
            rig.with(1, BalanceRig.locality("a", 1), EndpointStatus.HEALTHY);
            rig.with(1, BalanceRig.locality("b", 1), i < 2 ? EndpointStatus.UNHEALTHY : EndpointStatus.HEALTHY);
        }
        // Half of it healthy, by 1.4.
        assertShares(rig.start().picks(PICKS), 1 / 4.0, 0, 1 / 4.0, 0, 1 / 4.0, 0.7 / 2, 1 / 4.0, 0.7 / 2);
    }

    @ParameterizedTest
    @EnumSource(value = Policy.class, names = {"RING_HASH", "MAGLEV"})
    void shouldWeighLocalitiesInTablesOfHashes(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy);
        rig.hashing = HashTableTest.ring(1 << 18);
        rig.isByLocality = true;
        rig.with(1, BalanceRig.locality("a", 1), EndpointStatus.HEALTHY);
        rig.with(1, BalanceRig.locality("b", 3), EndpointStatus.HEALTHY);
        rig.with(2, BalanceRig.locality("b", 3), EndpointStatus.HEALTHY);
        rig.with(1, BalanceRig.locality("c", 0), EndpointStatus.HEALTHY);
        assertShares(rig.start().picks(PICKS), 1, 1, 2, 0);
    }

    @ParameterizedTest
    @EnumSource(Policy.class)
    void shouldLeaveTheUnhealthyOut(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy).with(1).with(1).with(1).with(1);
        rig.hashing = HashTableTest.ring(1 << 18);
        rig.start();
        rig.health(2).set(HostHealth.FAILED_ACTIVE_CHECK);
        assertShares(rig.picks(PICKS), 1, 1, 0, 1);
        rig.health(2).clear(HostHealth.FAILED_ACTIVE_CHECK);
        assertShares(rig.picks(PICKS), 1, 1, 1, 1);
    }

    @ParameterizedTest
    @EnumSource(Policy.class)
    void shouldFailOverToTheNextPriority(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy);
        rig.hashing = HashTableTest.ring(1 << 18);
        rig.with(2, 0, EndpointStatus.HEALTHY).with(2, 0, EndpointStatus.UNHEALTHY).with(1, 1, EndpointStatus.HEALTHY);
        // Half of the first is healthy: 70 % by the factor of 1.4.
        assertShares(rig.start().picks(PICKS), 0.35, 0.35, 0, 0, 0.3);
    }

    @Test
    void shouldUseDegradedEndpointsForTheRest()
    {
        final BalanceRig rig = new BalanceRig().with(1, 0, EndpointStatus.HEALTHY).with(3, 0, EndpointStatus.DEGRADED);
        assertShares(rig.start().picks(PICKS), 0.35, 0.65 / 3, 0.65 / 3, 0.65 / 3);
        assertEquals(0, rig.counter("lb_healthy_panic"));
    }

    @ParameterizedTest
    @EnumSource(Policy.class)
    void shouldUseAllInPanic(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy);
        rig.hashing = HashTableTest.ring(1 << 18);
        rig.with(1, 0, EndpointStatus.HEALTHY).with(3, 0, EndpointStatus.UNHEALTHY).start();
        assertShares(rig.picks(PICKS), 1, 1, 1, 1);
        assertEquals(PICKS, rig.counter("lb_healthy_panic"));
    }

    @Test
    void shouldNeverPanicWithThresholdZero()
    {
        final BalanceRig rig = new BalanceRig().with(1, 0, EndpointStatus.HEALTHY).with(9, 0, EndpointStatus.UNHEALTHY);
        rig.panicPercent = 0;
        rig.start();
        assertEquals(1000, rig.picks(1000)[0]);
        rig.health(0).set(HostHealth.FAILED_OUTLIER_CHECK);
        assertEquals(-1, rig.pick());
    }

    @Test
    void shouldNotMissDrainingEndpoints()
    {
        final BalanceRig rig = new BalanceRig().with(1, 0, EndpointStatus.HEALTHY).with(3, 0, EndpointStatus.DRAINING)
            .with(1, 1, EndpointStatus.HEALTHY).start();
        assertEquals(1000, rig.picks(1000)[0]);
        assertEquals(3, rig.set.excludedCount());
    }

    @Test
    void shouldMeasureHealthByWeightsWhereAsked()
    {
        final BalanceRig rig = new BalanceRig();
        rig.with(9, Place.FIRST, EndpointStatus.HEALTHY).with(1, Place.FIRST, EndpointStatus.UNHEALTHY)
            .with(1, Place.FIRST, EndpointStatus.UNHEALTHY).with(1, 1, EndpointStatus.HEALTHY);
        assertShares(rig.start().picks(PICKS), 0.46, 0, 0, 0.54);
        rig.weighsHealth = true;
        rig.adopt();
        assertShares(rig.picks(PICKS), 1, 0, 0, 0);
    }

    @Test
    void shouldKeepHealthOverSnapshots()
    {
        final BalanceRig rig = new BalanceRig().with(1).with(1).with(1).start();
        rig.health(0).set(HostHealth.FAILED_OUTLIER_CHECK);
        rig.with(1).adopt();
        assertEquals(0, rig.picks(900)[0]);
        assertTrue(rig.health(0).has(HostHealth.FAILED_OUTLIER_CHECK));
    }
}
