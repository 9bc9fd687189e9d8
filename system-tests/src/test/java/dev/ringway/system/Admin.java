package dev.ringway.system;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What tests ask the admin port of a process. */
final class Admin
{
    private static final Pattern LEAK = Pattern.compile(
        "loop\\.\\d+\\.(slots|chunks|blocks|queues|exchanges)|cluster\\..*\\.upstream_(cx|rq|rq_pending)_active" +
        "|(http|tcp|listener)\\..*downstream_(cx|cx_http2|rq)_active|(cluster\\..*\\.)?http2\\.streams_active");
    private static final long SETTLE_S = 10;

    private final int port;

    Admin(final int port)
    {
        this.port = port;
    }

    String get(final String path) throws Exception
    {
        try (Client client = new Client(port))
        {
            return client.send("GET " + path + " HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n").read().text();
        }
    }

    Map<String, Long> stats() throws Exception
    {
        final Map<String, Long> stats = new TreeMap<>();
        for (final String line : get("/stats").split("\n"))
        {
            final int colon = line.lastIndexOf(": ");
            if (colon > 0 && line.substring(colon + 2).matches("-?\\d+"))
            {
                stats.put(line.substring(0, colon), Long.parseLong(line.substring(colon + 2)));
            }
        }
        return stats;
    }

    /** Gauges that are back where they were when all traffic has ended. */
    Map<String, Long> gauges() throws Exception
    {
        final Map<String, Long> gauges = stats();
        gauges.keySet().removeIf(name -> !LEAK.matcher(name).matches());
        return gauges;
    }

    /** The same before there is traffic, once each loop listens: what it listens with is no leak. */
    Map<String, Long> firstGauges() throws Exception
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_S);
        while (true)
        {
            final Map<String, Long> gauges = gauges();
            if (gauges.entrySet().stream().noneMatch(
                gauge -> gauge.getKey().matches("loop\\.\\d+\\.slots") && gauge.getValue() == 0))
            {
                return gauges;
            }
            if (System.nanoTime() > deadlineNs)
            {
                throw new AssertionError("a loop does not listen: " + gauges);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Waits until no gauge is above its value of before. */
    void awaitNothingLeft(final Map<String, Long> before) throws Exception
    {
        if (before.isEmpty())
        {
            throw new AssertionError("/stats shows none of the gauges that tell leaks");
        }
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_S);
        while (true)
        {
            final Map<String, Long> left = gauges();
            left.entrySet().removeIf(gauge -> gauge.getValue() <= before.getOrDefault(gauge.getKey(), 0L));
            if (left.isEmpty())
            {
                return;
            }
            if (System.nanoTime() > deadlineNs)
            {
                throw new AssertionError("left behind: " + left + ", at first: " + before);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
