package dev.ringway.engine.runtime;

import dev.ringway.engine.balance.ErrorWatch;
import dev.ringway.engine.balance.HostHealth;
import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A thousand endpoints fail and recover while requests are served: none is given a request once it has failed as often
 * as it may. What comes before what is told by a number that grows with each endpoint that goes; requests carry the
 * number that was when they were sent.
 */
@Timeout(120)
final class EndpointFailureLoadTest
{
    private static final int ENDPOINTS = 1000;
    private static final int FAILING = 250;
    private static final int ROUNDS = 3;
    private static final int REQUESTS = 2500;
    private static final int CLIENTS = 4;
    private static final int MOST_ERRORS = 2;

    private final AtomicLong moment = new AtomicLong();
    private final AtomicLongArray goneSince = new AtomicLongArray(ENDPOINTS);
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ejections = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final Map<HostHealth, Integer> indexes = new IdentityHashMap<>();
    private volatile int firstFailing;
    private HostSet hosts;

    /** An address of its own for each, all of this machine. */
    private static String host(final int index)
    {
        return "127.0." + (1 + index / 250) + "." + (1 + index % 250);
    }

    private static int index(final InetAddress address)
    {
        final byte[] bytes = address.getAddress();
        return ((bytes[2] & 0xFF) - 1) * 250 + (bytes[3] & 0xFF) - 1;
    }

    private boolean isFailing(final int index)
    {
        return (index - firstFailing + ENDPOINTS) % ENDPOINTS < FAILING;
    }

    private String answer(final int index, final HttpMessage request)
    {
        final long sentAt = Long.parseLong(request.header("x-moment"));
        final long since = goneSince.get(index);
        if (since <= sentAt)
        {
            faults.add("endpoint " + index + ", gone since " + since + ", got a request of " + sentAt);
        }
        return isFailing(index) ? "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n" : TestBackend.ok("x");
    }

    /** On the loop that saw the last error. */
    private void eject(final HostHealth host)
    {
        host.set(HostHealth.FAILED_OUTLIER_CHECK);
        goneSince.set(indexes.get(host), moment.incrementAndGet());
        ejections.incrementAndGet();
    }

    /** All are well again, and others begin to fail. */
    private void turn()
    {
        firstFailing = (firstFailing + FAILING) % ENDPOINTS;
        for (int i = 0; i < ENDPOINTS; i++)
        {
            final HostHealth host = hosts.health(i);
            // One that a loop is just taking out, flag first, stays out until the next turn.
            if (goneSince.get(i) != Long.MAX_VALUE)
            {
                goneSince.set(i, Long.MAX_VALUE);
                host.forgetErrors(ErrorWatch.Kind.ANSWERS);
                host.forgetErrors(ErrorWatch.Kind.GATEWAY);
                host.clear(HostHealth.FAILED_OUTLIER_CHECK);
            }
        }
    }

    private void ask(final TestClient client)
    {
        try
        {
            for (int number = sent.incrementAndGet(); number <= ROUNDS * REQUESTS; number = sent.incrementAndGet())
            {
                if (number % REQUESTS == 0)
                {
                    turn();
                }
                final int status = client.send(
                    "GET / HTTP/1.1\r\nhost: a\r\nx-moment: " + moment.get() + "\r\n\r\n").read().status();
                if (status != 200 && status != 500)
                {
                    faults.add("status " + status);
                }
            }
        }
        catch (final Exception e)
        {
            faults.add(e.toString());
        }
    }

    @Test
    void shouldUseNoEndpointOnceItHasFailedTooOften() throws Exception
    {
        try (TestBackend backend = TestBackend.on("0.0.0.0", link ->
            {
                final int index = index(link.socket.getLocalAddress());
                link.serve(request -> answer(index, request));
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.loops = 2;
            proxy.maxRequestsPerUpstream = 1;
            proxy.endpoints.clear();
            for (int i = 0; i < ENDPOINTS; i++)
            {
                goneSince.set(i, Long.MAX_VALUE);
                proxy.endpoints.add(
                    new Endpoint(Address.of(new InetSocketAddress(host(i), backend.port())), "", 1));
            }
            proxy.start();
            hosts = proxy.engine().uses().of(0).hosts().newest();
            for (int i = 0; i < ENDPOINTS; i++)
            {
                indexes.put(hosts.health(i), i);
            }
            proxy.engine().uses().of(0).hosts().watch(
                new ErrorWatch(MOST_ERRORS, Integer.MAX_VALUE, (host, isOfGatewayErrors) -> eject(host)));
            final List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++)
            {
                final TestClient client = proxy.connect();
                clients.add(Thread.ofPlatform().start(() -> ask(client)));
            }
            for (final Thread client : clients)
            {
                client.join();
            }
            assertEquals(List.of(), List.copyOf(faults));
            assertTrue(ejections.get() > FAILING, () -> ejections + " ejections");
        }
    }
}
