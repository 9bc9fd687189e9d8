package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import javax.net.ssl.SSLSocket;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Many configurations one after the other, while clients ask without a pause on connections that they keep. */
@Timeout(240)
final class ReloadLoadTest
{
    private static final int SWAPS = 120;
    private static final int WARM = 30;

    @TempDir
    private Path directory;

    private final List<CompletableFuture<Void>> clients = new ArrayList<>();
    private final List<AtomicInteger> answers = new ArrayList<>();
    private final int clear = Program.freePort();
    private final int encrypted = Program.freePort();
    private final int extra = Program.freePort();
    private volatile boolean isOver;

    ReloadLoadTest() throws Exception
    {
    }

    /** Asks one thing after the other. */
    @FunctionalInterface
    private interface Asking
    {
        int status() throws Exception;
    }

    private void start(final Asking asking)
    {
        final AtomicInteger answered = new AtomicInteger();
        answers.add(answered);
        clients.add(CompletableFuture.runAsync(() ->
        {
            try
            {
                while (!isOver)
                {
                    assertEquals(200, asking.status());
                    answered.incrementAndGet();
                }
            }
            catch (final Exception | AssertionError e)
            {
                throw new IllegalStateException("after " + answered + " answers", e);
            }
        }, task -> Thread.ofPlatform().daemon().name("client").start(task)));
    }

    /** Waits until each client has had an answer to what it asked from now on. */
    private void awaitAnswers() throws Exception
    {
        final List<Integer> before = answers.stream().map(AtomicInteger::get).toList();
        for (int i = 0; i < answers.size(); i++)
        {
            final AtomicInteger answered = answers.get(i);
            final int wanted = before.get(i) + 2;
            final CompletableFuture<Void> client = clients.get(i);
            Patience.await(() -> answered.get() >= wanted || client.isDone(), () -> wanted + " answers: " + answered);
            assertTrue(!client.isDone(), () -> client.exceptionNow() + ": " + client.exceptionNow().getCause());
        }
    }

    /** Each differs from the one before in routes, clusters, endpoints, listeners and what they are like. */
    private String resources(final int number, final Certificates.Certified certificate, final List<Origin> origins)
    {
        final String cluster = "c" + number % 5;
        final String routes = "- match: { prefix: \"/v" + number + "\" }\n  direct_response: { status: 204 }\n" +
            "- match: { prefix: \"/\" }\n  route: { cluster: " + cluster + " }\n";
        final StringBuilder text = new StringBuilder(
            Bootstraps.http("clear", Bootstraps.tcpAddress("127.0.0.1", clear), "", routes));
        text.append(Bootstraps.http("tls", Bootstraps.tcpAddress("127.0.0.1", encrypted), "", routes)).append(
            Bootstraps.downstreamTls("common_tls_context: { tls_certificates: [ { certificate_chain: { filename: \"" +
                certificate.certificate() + "\" }, private_key: { filename: \"" + certificate.key() + "\" } } ] }"));
        if (number % 3 == 0)
        {
            text.append(Reloads.direct("extra", extra, "extra"));
        }
        text.append("  clusters:\n");
        for (int i = 0; i < 5; i++)
        {
            if (isThere(i, number))
            {
                text.append(Bootstraps.cluster("c" + i, "STATIC",
                    Bootstraps.tcpAddress("127.0.0.1", origins.get((i + number) % origins.size()).port())));
            }
        }
        return text.toString();
    }

    private static boolean isThere(final int cluster, final int number)
    {
        return cluster == number % 5 || (cluster + number) % 2 == 0;
    }

    private SSLSocket connect(final Certificates certificates) throws Exception
    {
        final SSLSocket socket =
            (SSLSocket)certificates.client(null).getSocketFactory().createSocket("localhost", encrypted);
        socket.setSoTimeout(Patience.MS);
        socket.startHandshake();
        return socket;
    }

    /** How many there are but those that come to be with a response, a little behind it. */
    private static long names(final Map<String, Long> stats)
    {
        return stats.keySet().stream().filter(name -> !name.matches(FreshNamesTest.OF_CODES)).count();
    }

    /** How many there are once those of clusters that are gone have been taken back. */
    private static long settledNames(final Reloads reloads, final int number) throws Exception
    {
        final Set<String> expected = new TreeSet<>();
        for (int i = 0; i < 5; i++)
        {
            if (isThere(i, number))
            {
                expected.add("c" + i);
            }
        }
        final Map<String, Long> stats = new TreeMap<>();
        Patience.await(() ->
        {
            stats.clear();
            stats.putAll(reloads.admin.stats());
            return expected.equals(stats.keySet().stream().filter(name -> name.matches("cluster\\.c\\d\\..*"))
                .map(name -> name.split("\\.")[1]).collect(Collectors.toSet()));
        }, () -> expected + " alone: " + stats.keySet());
        return names(stats);
    }

    private static long descriptors(final Program program) throws Exception
    {
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(program.pid()), "fd")))
        {
            return all.count();
        }
    }

    @Test
    void shouldLoseNoRequestAndNoConnectionOverManyReloads() throws Exception
    {
        final Certificates certificates = new Certificates(directory, "ca");
        final Certificates.Certified certificate = certificates.ecdsa("localhost", "dns:localhost");
        try (Origin first = new Origin(Map.of()); Origin second = new Origin(Map.of());
            Reloads reloads = new Reloads(directory, resources(0, certificate, List.of(first, second))))
        {
            final List<Origin> origins = List.of(first, second);
            final Map<String, Long> gauges = reloads.admin.firstGauges();
            try (Client client = new Client(clear); Client other = new Client(clear);
                Http2Client client2 = Http2Client.open(clear); SSLSocket tls = connect(certificates))
            {
                start(() -> client.get("/").status());
                start(() -> other.get("/").status());
                start(() -> ask(client2));
                final InputStream tlsInput = new BufferedInputStream(tls.getInputStream());
                start(() -> ask(tls, tlsInput));
                swap(reloads, certificate, origins);
            }
            reloads.admin.awaitNothingLeft(gauges, first, second);
        }
    }

    private static int ask(final Http2Client client) throws Exception
    {
        final Http2Answer answer = client.get("/");
        client.window(0, answer.text().length());
        return answer.status();
    }

    private static int ask(final SSLSocket socket, final InputStream in) throws Exception
    {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
        return HttpMessage.read(in, false).status();
    }

    private void swap(
        final Reloads reloads, final Certificates.Certified certificate, final List<Origin> origins) throws Exception
    {
        for (int i = 1; i <= WARM; i++)
        {
            reloads.reload(resources(i, certificate, origins));
            awaitAnswers();
        }
        final long names = settledNames(reloads, WARM);
        final long descriptors = descriptors(reloads.ringway);
        for (int i = WARM + 1; i <= SWAPS; i++)
        {
            reloads.reload(resources(i, certificate, origins));
            awaitAnswers();
        }
        final long after = settledNames(reloads, SWAPS);
        final Map<String, Long> stats = reloads.admin.stats();
        isOver = true;
        CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).get(Patience.S, TimeUnit.SECONDS);
        assertEquals(names, after, "as many statistics as after " + WARM + " reloads");
        assertEquals(4, stats.get("http.clear.downstream_cx_total") + stats.get("http.tls.downstream_cx_total"));
        assertEquals(0, stats.get("http.clear.downstream_cx_destroy") + stats.get("http.tls.downstream_cx_destroy"));
        assertEquals(0, stats.get("http.clear.downstream_rq_5xx") + stats.get("http.tls.downstream_rq_5xx"));
        assertEquals(0, stats.get("config_file.update_rejected"));
        Patience.await(() -> descriptors(reloads.ringway) <= descriptors + 8, () -> "more files open than the " +
            descriptors + " after " + WARM + " reloads: " + descriptors(reloads.ringway));
    }
}
