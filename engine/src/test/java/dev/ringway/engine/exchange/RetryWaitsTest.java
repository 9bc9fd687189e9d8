package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1RequestParser;
import dev.ringway.engine.route.RetryPolicy;
import dev.ringway.engine.route.RetryPolicy.ResetHeader;
import dev.ringway.engine.route.RetryPolicy.RetryBackoff;
import dev.ringway.engine.time.LoopClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.function.LongSupplier;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How long attempts wait: any time within bounds, and none more often than others. */
@Timeout(30)
final class RetryWaitsTest
{
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    private static final int DRAWN = 2_000;

    private final RetryWaits waits = new RetryWaits(new LoopClock(() -> 0, () -> 1_000 * SECOND), 1);

    private static void assertSpread(final LongSupplier draw, final long fromNs, final long toNs)
    {
        final long lengthNs = toNs - fromNs;
        long least = Long.MAX_VALUE;
        long most = 0;
        double sum = 0;
        for (int i = 0; i < DRAWN; i++)
        {
            final long drawn = draw.getAsLong();
            least = Math.min(least, drawn);
            most = Math.max(most, drawn);
            sum += drawn - fromNs;
        }
        final String seen = least + " to " + most + " of " + fromNs + " to " + toNs;
        assertTrue(least >= fromNs && most < toNs, seen);
        assertTrue(least < fromNs + lengthNs / 50 && most > toNs - lengthNs / 50, seen);
        assertEquals(0.5, sum / DRAWN / lengthNs, 0.05, seen);
    }

    @ParameterizedTest
    @CsvSource({"25, 250", "1, 10", "100, 100", "3, 5", "60_000, 4_000_000"})
    void shouldDrawAnyTimeUpToAnIntervalThatDoubles(final String base, final String most)
    {
        final long maxNs = Long.parseLong(most.replace("_", "")) * MS;
        long intervalNs = Long.parseLong(base.replace("_", "")) * MS;
        final RetryBackoff backoff = new RetryBackoff(intervalNs, maxNs, List.of(), 0);
        for (int i = 0; i < 70; i++)
        {
            final int before = i;
            assertSpread(() -> waits.exponentialNs(backoff, before), 0, intervalNs);
            intervalNs = Math.min(intervalNs << 1, maxNs);
        }
    }

    @Test
    void shouldWaitAsEnvoyWhereNothingIsSaid()
    {
        assertEquals(new RetryBackoff(25 * MS, 250 * MS, List.of(), 300 * SECOND), RetryPolicy.NONE.backoff());
    }

    @Test
    void shouldNotOverflow()
    {
        final RetryBackoff backoff = new RetryBackoff(Long.MAX_VALUE >> 2, Long.MAX_VALUE, List.of(), 0);
        for (int i = 0; i < 70; i++)
        {
            final int before = i;
            assertSpread(() -> waits.exponentialNs(backoff, before), 0, i < 2 ? (Long.MAX_VALUE >> 2) << i : Long.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @CsvSource({"retry-after: 2, 2", "x-reset: 1007, 7", "retry-after: 301, 0", "retry-after: 0, 0", "x-reset: 999, 0",
        "retry-after: soon, 0", "other: 5, 0"})
    void shouldWaitAsLongAsIsAskedAndUpToHalfOfThatMore(final String field, final long seconds)
    {
        final RetryBackoff backoff = new RetryBackoff(25 * MS, 250 * MS, List.of(new ResetHeader("retry-after".getBytes(US_ASCII), false),
            new ResetHeader("x-reset".getBytes(US_ASCII), true)), 300 * SECOND);
        final HeaderTable response = fields(field);
        if (seconds == 0)
        {
            assertEquals(0, waits.askedNs(backoff, response));
        }
        else
        {
            assertSpread(() -> waits.askedNs(backoff, response), seconds * SECOND, seconds * SECOND * 3 / 2);
        }
    }

    private static HeaderTable fields(final String field)
    {
        final byte[] bytes = ("GET / HTTP/1.1\r\nhost: a\r\n" + field + "\r\n\r\n").getBytes(US_ASCII);
        final RequestHead head = new RequestHead(100);
        assertEquals(bytes.length,
            new Http1RequestParser(Http1Limits.DEFAULT).parse(new UnsafeBuffer(bytes), 0, bytes.length, head));
        return head.headers();
    }
}
