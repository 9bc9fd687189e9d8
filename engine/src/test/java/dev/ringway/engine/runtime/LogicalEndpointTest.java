package dev.ringway.engine.runtime;

import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.EndpointMetadata;
import dev.ringway.engine.snapshot.EndpointStatus;
import dev.ringway.engine.snapshot.HealthTarget;
import dev.ringway.engine.snapshot.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CountDownLatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

/** An endpoint stays what it is while its address changes. */
@Timeout(180)
final class LogicalEndpointTest
{
    private static Endpoint at(final TestBackend backend)
    {
        return new Endpoint(backend.address(), "backend", 1, Place.FIRST, EndpointStatus.UNKNOWN, EndpointMetadata.NONE,
            HealthTarget.OWN, "backend:80");
    }

    @Test
    void shouldOpenConnectionsAtTheNewAddressAndKeepThoseAtTheOld() throws Exception
    {
        final CountDownLatch gate = new CountDownLatch(1);
        try (TestBackend old = TestBackend.answering(request ->
            {
                gate.await();
                return TestBackend.ok("old");
            });
            TestBackend fresh = TestBackend.answering(TestBackend.ok("fresh"));
            TestProxy proxy = new TestProxy(old))
        {
            proxy.backends.add(fresh);
            proxy.endpoints.set(0, at(old));
            proxy.start();
            final Object health = proxy.engine().uses().of(0).hosts().newest().health(0);
            final TestClient first = proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            TestProxy.await(() -> old.requests().size() == 1, () -> "the first request");
            proxy.endpoints.set(0, at(fresh));
            proxy.publish();
            assertEquals("fresh", proxy.connect().get("/").text());
            gate.countDown();
            assertEquals("old", first.read().text());
            // The last that became idle is used first.
            assertEquals("old", first.get("/").text());
            assertEquals(1, old.accepted());
            assertEquals(1, fresh.accepted());
            assertSame(health, proxy.engine().uses().of(0).hosts().newest().health(0));
            assertEquals(3, proxy.engine().uses().of(0).hosts().newest().health(0).counters()
                .sum(EndpointCounters.RQ_SUCCESS));
        }
    }
}
