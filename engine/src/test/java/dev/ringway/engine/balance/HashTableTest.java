package dev.ringway.engine.balance;

import dev.ringway.engine.snapshot.Balancing.Hashing;
import dev.ringway.engine.snapshot.Balancing.Policy;
import dev.ringway.engine.snapshot.Endpoint;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ring and Maglev: the same tables as Envoy's, and few keys that move. */
@Timeout(180)
final class HashTableTest
{
    private static final int KEYS = 100_000;

    /** A ring of so many points at least. */
    static Hashing ring(final int size)
    {
        return new Hashing(size, Hashing.MAX_RING_SIZE, false, Hashing.DEFAULT.tableSize(), false);
    }

    private static HashRing ringOf(final BalanceRig rig)
    {
        rig.policy(Policy.RING_HASH).start();
        return (HashRing)rig.hosts.hashes().whole.tables[0];
    }

    /** What Envoy 1.40 says of its ring for these weights. */
    @Test
    void shouldHaveAsManyPointsAsEnvoy()
    {
        final HashRing ring = ringOf(new BalanceRig().with(1).with(5).with(1));
        assertEquals(1029, ring.size());
        assertEquals(147, ring.fewest());
        assertEquals(735, ring.most());
    }

    @Test
    void shouldKeepToTheLargestRing()
    {
        final BalanceRig rig = new BalanceRig().with(1).with(1).with(1).with(1);
        rig.hashing = new Hashing(1, 6, false, 65_537, false);
        assertEquals(4, ringOf(rig).size());
        rig.hashing = new Hashing(6, 6, false, 65_537, false);
        final HashRing ring = ringOf(rig);
        assertEquals(6, ring.size());
        assertEquals(1, ring.fewest());
        assertEquals(2, ring.most());
    }

    /** As {@code std::hash} of GCC's library. */
    @ParameterizedTest
    @CsvSource({"'', 6142509188972423790", "a, 4993892634952068459", "hello world, 5577293430985752569"})
    void shouldHashAsMurmurDoes(final String text, final String expected)
    {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertEquals(expected, Long.toUnsignedString(Murmur2.hash(new UnsafeBuffer(bytes), bytes.length)));
    }

    @Test
    void shouldMakeOtherRingsWithMurmur()
    {
        final BalanceRig rig = new BalanceRig().with(1).with(1);
        final HashRing one = ringOf(rig);
        rig.hashing = new Hashing(1024, 1024, true, 65_537, false);
        final HashRing other = ringOf(rig);
        int different = 0;
        for (long key = 0; key < 1000; key++)
        {
            final long hash = key * 0x9E3779B97F4A7C15L;
            different += one.pick(hash, 0) != other.pick(hash, 0) ? 1 : 0;
        }
        assertTrue(different > 300, different + " of 1000");
    }

    @ParameterizedTest
    @EnumSource(value = Policy.class, names = {"RING_HASH", "MAGLEV"})
    void shouldGiveTheSameEndpointForTheSameHash(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy).with(1).with(1).with(1).start();
        final SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 1000; i++)
        {
            final long hash = random.nextLong();
            assertEquals(rig.pick(hash), rig.pick(hash));
        }
    }

    /**
     * Keys of the endpoint that goes must move; of the others at most 2 % of all. The ring has as many points for each
     * of 50 endpoints as for each of 49; where it has not, more keys move, as with Envoy.
     */
    @ParameterizedTest
    @EnumSource(value = Policy.class, names = {"RING_HASH", "MAGLEV"})
    void shouldMoveFewKeysWhenAnEndpointGoes(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy);
        for (int i = 0; i < 50; i++)
        {
            rig.with(1);
        }
        rig.start();
        final SplittableRandom random = new SplittableRandom(7);
        final long[] hashes = random.longs(KEYS).toArray();
        final List<Endpoint> before = new ArrayList<>();
        for (final long hash : hashes)
        {
            before.add(rig.endpoints.get(rig.pick(hash)));
        }
        final Endpoint gone = rig.endpoints.remove(7);
        rig.adopt();
        int moved = 0;
        for (int i = 0; i < KEYS; i++)
        {
            final Endpoint now = rig.endpoints.get(rig.pick(hashes[i]));
            moved += before.get(i) != gone && now != before.get(i) ? 1 : 0;
        }
        assertTrue(moved <= KEYS / 50, moved + " of " + KEYS);
    }

    @ParameterizedTest
    @EnumSource(value = Policy.class, names = {"RING_HASH", "MAGLEV"})
    void shouldNotPickAnUnhealthyEndpointWhileNewTablesAreMade(final Policy policy)
    {
        final List<Runnable> builds = new ArrayList<>();
        final BalanceRig rig = new BalanceRig().policy(policy).with(1).with(1).with(1).with(1);
        rig.builder = builds::add;
        rig.start();
        rig.health(1).set(HostHealth.FAILED_OUTLIER_CHECK);
        rig.health(1).clear(HostHealth.FAILED_OUTLIER_CHECK);
        rig.health(1).set(HostHealth.FAILED_OUTLIER_CHECK);
        assertEquals(1, builds.size());
        final int[] picks = rig.picks(4000);
        assertTrue(picks[1] <= 4, picks[1] + " of 4000");
        builds.get(0).run();
        assertEquals(0, rig.picks(4000)[1]);
    }

    @ParameterizedTest
    @EnumSource(value = Policy.class, names = {"RING_HASH", "MAGLEV"})
    void shouldPickByTablesOfAnotherSnapshot(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy).with(1).with(1).with(1).start();
        final HostSet old = rig.set;
        final Endpoint first = rig.endpoints.removeFirst();
        final ClusterBalancer late = rig.balancer;
        rig.balancer = new ClusterBalancer(rig.hosts, null, 0);
        rig.adopt();
        for (int i = 0; i < 1000; i++)
        {
            final int index = late.pick(new PickRequest()
            {
            }, rig.nowNs);
            assertNotEquals(first, old.endpoint(index));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Policy.class, names = {"RING_HASH", "MAGLEV"})
    void shouldPickAnotherThanTheAvoidedOne(final Policy policy)
    {
        final BalanceRig rig = new BalanceRig().policy(policy).with(1).with(1).with(1).start();
        for (int i = 0; i < 1000; i++)
        {
            final int index = rig.balancer.pick(new PickRequest()
            {
                public int morePicks()
                {
                    return 100;
                }

                public boolean avoids(final Endpoint endpoint)
                {
                    return endpoint == rig.endpoints.get(1);
                }
            }, rig.nowNs);
            assertNotEquals(1, index);
        }
    }
}
