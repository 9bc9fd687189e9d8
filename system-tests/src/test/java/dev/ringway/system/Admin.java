package dev.ringway.system;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What tests ask the admin port of a process. */
final class Admin
{
    private static final Pattern LEAK = Pattern.compile(
        "loop\\.\\d+\\.(slots|chunks|blocks|queues|exchanges)|cluster\\..*\\.upstream_(cx|rq|rq_pending)_active" +
        "|(http|tcp|listener)\\..*downstream_(cx|cx_http2|rq)_active|(cluster\\..*\\.)?http2\\.streams_active");
    /** The same without those of idle connections to endpoints and of the administration itself. */
    private static final Pattern BUSY = Pattern.compile(
        "cluster\\.[^.]+\\.upstream_(rq|rq_pending)_active|(http|tcp)\\.(?!admin\\.).*downstream_(cx|rq|cx_upgrades)_active" +
        "|listener\\.(?!admin\\.).*\\.downstream_(cx|pre_cx)_active");

    private final int port;

    Admin(final int port)
    {
        this.port = port;
    }

    String get(final String path) throws Exception
    {
        try (Client client = new Client(port))
        {
            final HttpMessage answer =
                client.send("GET " + path + " HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n").read();
            assertEquals(200, answer.status(), answer.text());
            return answer.text();
        }
    }

    void post(final String path) throws Exception
    {
        try (Client client = new Client(port))
        {
            final HttpMessage answer =
                client.send("POST " + path + " HTTP/1.1\r\nhost: admin\r\ncontent-length: 0\r\n\r\n").read();
            assertEquals(200, answer.status(), answer.text());
        }
    }

    /** Ends the process, which writes its logs to the end. */
    void quit(final Program program) throws Exception
    {
        try (Client client = new Client(port))
        {
            client.send("POST /quitquitquit HTTP/1.1\r\nhost: admin\r\ncontent-length: 0\r\n\r\n").read();
        }
        assertEquals(0, program.awaitExit(), program.output());
    }

    Map<String, Long> stats() throws Exception
    {
        return stats("");
    }

    /** Those in whose name this regular expression is found. */
    Map<String, Long> stats(final String filter) throws Exception
    {
        final Map<String, Long> stats = new TreeMap<>();
        for (final String line : get(filter.isEmpty() ? "/stats" : "/stats?filter=" + filter).split("\n"))
        {
            final int colon = line.lastIndexOf(": ");
            if (colon > 0 && line.substring(colon + 2).matches("-?\\d+"))
            {
                // A gauge of Envoy's may have gone below 0.
                final String value = line.substring(colon + 2);
                stats.put(line.substring(0, colon),
                    value.startsWith("-") ? Long.parseLong(value) : Long.parseUnsignedLong(value));
            }
        }
        return stats;
    }

    /** Gauges that are back where they were when all traffic has ended. */
    private Map<String, Long> gauges() throws Exception
    {
        final Map<String, Long> gauges = stats();
        gauges.keySet().removeIf(name -> !LEAK.matcher(name).matches());
        return gauges;
    }

    /** The same before there is traffic, once each loop listens: what it listens with is no leak. */
    Map<String, Long> firstGauges() throws Exception
    {
        final Map<String, Long> gauges = new TreeMap<>();
        Patience.await(() ->
        {
            gauges.clear();
            gauges.putAll(gauges());
            return gauges.entrySet().stream().noneMatch(
                gauge -> gauge.getKey().matches("loop\\.\\d+\\.slots") && gauge.getValue() == 0);
        }, () -> "each loop listens: " + gauges);
        return gauges;
    }

    /** Waits for the value of a counter or gauge. */
    void awaitStat(final String name, final long value) throws Exception
    {
        Patience.await(() -> stats().getOrDefault(name, -1L) == value, () -> name + " " + value + ": " + stats());
    }

    /**
     * Waits until Ringway or Envoy has nothing under way for any client: all that clients have seen is counted then,
     * though the answer may be there sooner than its counters.
     */
    Map<String, Long> awaitQuiet() throws Exception
    {
        final Map<String, Long> last = new TreeMap<>();
        Patience.await(() ->
        {
            last.clear();
            last.putAll(stats());
            return last.entrySet().stream()
                .noneMatch(gauge -> gauge.getValue() != 0 && BUSY.matcher(gauge.getKey()).matches());
        }, () -> "quiet: " + last);
        return last;
    }

    /** Waits until no gauge is above its value of before, and has upstreams end what pools still hold. */
    void awaitNothingLeft(final Map<String, Long> before, final Origin... origins) throws Exception
    {
        if (before.isEmpty())
        {
            throw new AssertionError("/stats shows none of the gauges that tell leaks");
        }
        final Map<String, Long> left = new TreeMap<>();
        Patience.await(() ->
        {
            // Each time: a connection may come when others have been ended.
            for (final Origin origin : origins)
            {
                origin.dropConnections();
            }
            left.clear();
            left.putAll(gauges());
            left.entrySet().removeIf(gauge -> gauge.getValue() <= before.getOrDefault(gauge.getKey(), 0L));
            return left.isEmpty();
        }, () -> "nothing left behind: " + left + ", at first: " + before);
    }
}
