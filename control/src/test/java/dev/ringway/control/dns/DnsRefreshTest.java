package dev.ringway.control.dns;

import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigException;
import dev.ringway.control.translate.BootstrapTranslator;
import dev.ringway.control.translate.ClusterPlan;
import dev.ringway.control.translate.Translation;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;

/** What is told of names, at a rate at which nothing is asked a second time. */
@Timeout(180)
final class DnsRefreshTest
{
    private static final String BOOTSTRAP = """
        static_resources:
          clusters:
          - name: a
            type: STRICT_DNS
            dns_refresh_rate: 3600s
            load_assignment:
              cluster_name: a
              endpoints:
              - lb_endpoints:
                - { endpoint: { address: { socket_address: { address: localhost, port_value: 80 } } } }
        """;

    /** Of the same cluster. */
    private static final String ANOTHER =
        "        - { endpoint: { address: { socket_address: { address: localhost, port_value: 80 } } } }\n";
    private static final int PATIENCE_MS = 120_000;
    /** Bit of the third byte of a message. */
    private static final byte RESPONSE = (byte)0x80;

    @TempDir
    Path directory;

    private final BlockingQueue<List<Endpoint>> told = new LinkedBlockingQueue<>();
    private CountersFile counters;
    private DnsRefresh lookups;
    private BootstrapTranslator translator;
    private List<ClusterPlan> plans;

    @BeforeEach
    void start() throws Exception
    {
        counters = CountersFile.create(directory.resolve("counters"), 4096, 1, false);
        translator = new BootstrapTranslator(counters);
        plans = translator.translate(new BootstrapLoader(false).load(null, BOOTSTRAP)).clusters();
        lookups = new DnsRefresh(
            (plan, fresh) -> told.add(fresh.endpoints()), counters.shared(), Logger.getAnonymousLogger());
    }

    @AfterEach
    void stop()
    {
        lookups.close();
        counters.close();
    }

    @Test
    void shouldFindTheClusterOfAPlanThatWasMadeAnewMeanwhile() throws Exception
    {
        final ClusterPlan asked = plans.getFirst();
        translator.commit();
        final Translation changed = translator.translate(new BootstrapLoader(false).load(
            null, BOOTSTRAP.replace("type: STRICT_DNS", "type: STRICT_DNS\n    connect_timeout: 1s")));
        assertNotSame(asked, changed.clusters().getFirst());
        assertEquals(0, changed.indexOf(asked));
        translator.rollback();
        assertEquals(-1, translator.translate(
            new BootstrapLoader(false).load(null, BOOTSTRAP.replace("localhost", "other"))).indexOf(asked));
    }

    private Cluster withoutEndpoints()
    {
        return plans.getFirst().cluster();
    }

    @Test
    void shouldTellWhatWasNotKnown() throws Exception
    {
        lookups.adopt(plans, List.of(withoutEndpoints()));
        assertEquals(told.take(), lookups.resolve(plans.getFirst()).endpoints());
    }

    @Test
    void shouldTellWhatWasFoundTooLateToBeInForce() throws Exception
    {
        final CountDownLatch found = new CountDownLatch(1);
        lookups.prepare(plans, found::countDown);
        found.await();
        final List<Endpoint> expected = lookups.resolve(plans.getFirst()).endpoints();
        assertFalse(expected.isEmpty());
        lookups.adopt(plans, List.of(withoutEndpoints()));
        assertEquals(expected, told.take());
    }

    private static String asking(final DatagramSocket server)
    {
        final String type = "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig";
        return BOOTSTRAP.replace("localhost", "a.test").replace("type: STRICT_DNS", """
            type: STRICT_DNS
                dns_lookup_family: V4_ONLY
                typed_dns_resolver_config:
                  name: x
                  typed_config:
                    "@type": type.googleapis.com/%s
                    resolvers: [ { socket_address: { address: 127.0.0.1, port_value: %d } } ]
                    dns_resolver_options: { no_default_search_domain: true }
                    query_tries: 1
                    query_timeout_seconds: 60""".formatted(type, server.getLocalPort()));
    }

    private List<ClusterPlan> plans(final String bootstrap) throws ConfigException
    {
        return translator.translate(new BootstrapLoader(false).load(null, bootstrap)).clusters();
    }

    @Test
    void shouldNotWaitForANameInForceThatFails() throws Exception
    {
        try (DatagramSocket deaf = new DatagramSocket(0, InetAddress.getLoopbackAddress()))
        {
            plans = plans(asking(deaf));
            lookups.adopt(plans, List.of(withoutEndpoints()));
            deaf.receive(new DatagramPacket(new byte[1], 1));
            final List<ClusterPlan> changed = plans(asking(deaf) + ANOTHER);
            assertEquals(2, changed.getFirst().targets().size());
            final CountDownLatch found = new CountDownLatch(1);
            lookups.prepare(changed, found::countDown);
            found.await();
            assertFalse(lookups.resolve(changed.getFirst()).endpoints().isEmpty());
        }
    }

    @Test
    void shouldAskAtOnceForANameInForceThatFailedWhereItsClusterChanges() throws Exception
    {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress()))
        {
            server.setSoTimeout(PATIENCE_MS);
            plans = plans(asking(server));
            lookups.adopt(plans, List.of(withoutEndpoints()));
            final DatagramPacket question = new DatagramPacket(new byte[512], 512);
            server.receive(question);
            question.getData()[2] |= RESPONSE;
            question.getData()[3] = Rcode.SERVFAIL;
            server.send(question);
            while (counters.shared().get(withoutEndpoints().counters().updateFailure) == 0)
            {
                Thread.onSpinWait();
            }
            lookups.adopt(plans(asking(server) + ANOTHER), List.of(withoutEndpoints()));
            server.receive(question);
        }
    }
}
