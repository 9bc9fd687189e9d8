package dev.ringway.engine.balance;

import dev.ringway.engine.balance.OriginalHosts.Host;
import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.snapshot.Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetSocketAddress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(180)
final class OriginalHostsTest
{
    private final OriginalHosts hosts = new ClusterHosts(2, Runnable::run).originals();

    private Host take(final int port)
    {
        return hosts.take("c", Address.of(new InetSocketAddress("127.0.0.1", port)), 0);
    }

    @Test
    void shouldShareAnEndpointUntilTheLastHasGivenItBack()
    {
        final Host host = take(1);
        assertSame(host, take(1));
        assertEquals("c127.0.0.1:1", host.endpoint().hostname());
        assertEquals(1, hosts.set().size());
        assertFalse(hosts.giveBack(host, false));
        assertEquals(1, hosts.set().size());
        assertTrue(hosts.giveBack(host, false));
        assertEquals(0, hosts.set().size());
        assertEquals(2, hosts.takeChanges());
        assertEquals(0, hosts.takeChanges());
    }

    @Test
    void shouldCountAnewWithWhatNobodyCountsInAnyMore()
    {
        final Host quiet = take(1);
        quiet.health().counters().loop(1).increment(EndpointCounters.RQ_TOTAL);
        hosts.giveBack(quiet, false);
        final Host next = take(2);
        assertSame(quiet.health().counters(), next.health().counters());
        assertEquals(0, next.health().counters().sum(EndpointCounters.RQ_TOTAL));
        hosts.giveBack(next, true);
        assertNotSame(next.health().counters(), take(3).health().counters());
    }

    @Test
    void shouldHaveSoManyAtATime()
    {
        final Host first = take(1);
        for (int i = 2; i <= OriginalHosts.MOST; i++)
        {
            assertNotNull(take(i));
        }
        assertNull(take(OriginalHosts.MOST + 1));
        assertSame(first, take(1));
        hosts.giveBack(first, false);
        assertNull(take(OriginalHosts.MOST + 1));
        hosts.giveBack(first, false);
        assertNotNull(take(OriginalHosts.MOST + 1));
        assertEquals(OriginalHosts.MOST, hosts.set().size());
    }
}
