package dev.ringway.engine.runtime;

import dev.ringway.engine.balance.ErrorWatch;
import dev.ringway.engine.balance.HostHealth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Outlier detection hears of the connections of relays. */
@Timeout(180)
final class RelayOutlierTest
{
    private static void ejectAfterTwo(final TestProxy proxy)
    {
        proxy.engine().uses().of(0).hosts().watch(new ErrorWatch(
            2, Integer.MAX_VALUE, (host, isOfGatewayErrors) -> host.set(HostHealth.FAILED_OUTLIER_CHECK)));
    }

    private static HostHealth health(final TestProxy proxy, final int index)
    {
        return proxy.engine().uses().of(0).hosts().newest().health(index);
    }

    /** One relay more, until it has a connection or none. */
    private static void connect(final TestProxy proxy, final long all) throws IOException
    {
        proxy.connect();
        TestProxy.await(() -> proxy.samples("cluster.b.upstream_cx_connect_ms") +
            proxy.counter("cluster.b.upstream_cx_connect_fail") == all, () -> all + " decided");
    }

    @Test
    void shouldEjectAnEndpointThatRefusesRelays() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link -> link.awaitEnd());
            TestProxy proxy = new TestProxy(backend).tcp().refused().start())
        {
            ejectAfterTwo(proxy);
            for (int asked = 1; !health(proxy, 1).has(HostHealth.FAILED_OUTLIER_CHECK); asked++)
            {
                assertTrue(asked <= 8, "it is never ejected");
                connect(proxy, asked);
            }
            assertFalse(health(proxy, 0).has(HostHealth.FAILED_OUTLIER_CHECK));
            final long before = proxy.counter("cluster.b.upstream_cx_total");
            for (int i = 1; i <= 4; i++)
            {
                connect(proxy, before + i);
            }
            assertEquals(2, proxy.counter("cluster.b.upstream_cx_connect_fail"));
        }
    }
}
