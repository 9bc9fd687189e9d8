package dev.ringway.engine.httpfilters;

import dev.ringway.engine.counters.LoopCounters;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

@Timeout(20)
final class CallTableTest
{
    private static final int OVERFLOW = 0;
    private static final int SOME = 7;

    private final List<String> asked = new ArrayList<>();
    private final Queue<CallNames.Taker> open = new ArrayDeque<>();
    private final CallNames names = (cluster, name, isHistogram, made) ->
    {
        asked.add(cluster + ' ' + name + (isHistogram ? " histogram" : ""));
        open.add(made);
    };
    private final LoopCounters counters = new LoopCounters(new UnsafeBuffer(ByteBuffer.allocateDirect(1024)));
    private final CallPath path = new CallPath();

    private CallTable table(final boolean countsAll, final boolean replacesDots, final String... listed)
    {
        final List<byte[]> methods = new ArrayList<>();
        for (final String method : listed)
        {
            methods.add(method.getBytes(US_ASCII));
        }
        return new CallTable(new GrpcStats(countsAll, methods, true, replacesDots, names, OVERFLOW));
    }

    private CallStats find(final CallTable table, final String cluster, final String text)
    {
        final byte[] bytes = ("xy" + text).getBytes(US_ASCII);
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        return path.parse(buffer, 2, text.length()) ? table.find(counters, cluster, path, buffer) : null;
    }

    private String name(final CallStats stats)
    {
        assertNotNull(stats);
        stats.add(counters, CallStats.TOTAL, 1);
        return asked.getLast();
    }

    @ParameterizedTest
    @CsvSource({
        "/a.B/C, c grpc.a.B.C.total", "/a.B/C?x=/y, c grpc.a.B.C.total", "//a.B//C/, c grpc.a.B.C.total",
        "/a/b/c,", "/a,", "/,", "/a?b/c,", "/a/b/c/d,"})
    void shouldNameByServiceAndMethod(final String text, final String expected)
    {
        final CallStats stats = find(table(true, false), "c", text);
        assertEquals(expected, stats == null ? null : name(stats));
    }

    @Test
    void shouldReplaceDotsOfServicesOnly()
    {
        assertEquals("c grpc.a_b_C.d.e.total", name(find(table(true, true), "c", "/a.b.C/d.e")));
        assertEquals("c grpc.a.b.d.total", name(find(table(false, true, "/a.b/d"), "c", "/a.b/d")));
    }

    @Test
    void shouldNameListedMethodsOnly()
    {
        final CallTable table = table(false, false, "/a/b", "/a/c");
        assertEquals("c grpc.a.b.total", name(find(table, "c", "/a/b")));
        assertEquals("c grpc.total", name(find(table, "c", "/a/d")));
        assertSame(find(table, "c", "/x/y"), find(table, "c", "/a/d"));
        assertNotSame(find(table, "d", "/x/y"), find(table, "c", "/a/d"));
        assertEquals("c grpc.total", name(find(table(false, false), "c", "/a/b")));
        assertEquals(0, counters.get(OVERFLOW));
    }

    @Test
    void shouldBoundMethods()
    {
        final CallTable table = table(true, false);
        for (int i = 0; i < CallTable.MAX_METHODS; i++)
        {
            assertNotNull(find(table, "c", "/s/m" + i));
        }
        assertEquals(0, counters.get(OVERFLOW));
        assertEquals("c grpc.total", name(find(table, "c", "/s/other")));
        assertEquals(1, counters.get(OVERFLOW));
        assertEquals("c grpc.s.m5.total", name(find(table, "c", "/s/m5")));
        assertEquals(1, counters.get(OVERFLOW));
    }

    @Test
    void shouldBoundClusters()
    {
        final CallTable table = table(false, false);
        for (int i = 0; i < CallTable.MAX_STATS; i++)
        {
            assertNotNull(find(table, "c" + i, "/s/m"));
        }
        assertNull(find(table, "other", "/s/m"));
        assertEquals(1, counters.get(OVERFLOW));
    }

    @Test
    void shouldKeepWhatIsCountedUntilThereIsACounter()
    {
        final CallStats stats = find(table(true, false), "c", "/s/m");
        stats.add(counters, CallStats.REQUEST_MESSAGES, 2);
        stats.add(counters, CallStats.REQUEST_MESSAGES, 3);
        assertEquals(List.of("c grpc.s.m.request_message_count"), asked);
        assertEquals(5, open.remove().onMade(SOME, this));
        stats.add(counters, CallStats.REQUEST_MESSAGES, 4);
        assertEquals(4, counters.get(SOME));
        assertEquals(1, asked.size());
    }

    @Test
    void shouldTakeACounterThatIsThereAtOnce()
    {
        final CallStats stats = new CallStats((cluster, name, isHistogram, made) -> counters.add(
            SOME, made.onMade(SOME, this)), "c", "grpc.", OVERFLOW);
        stats.add(counters, CallStats.TOTAL, 2);
        stats.add(counters, CallStats.TOTAL, 2);
        assertEquals(4, counters.get(SOME));
    }

    @Test
    void shouldCountWhatHasNoCounter()
    {
        final CallStats stats = find(table(true, false), "c", "/s/m");
        stats.add(counters, CallStats.TOTAL, 9);
        assertEquals(0, open.remove().onMade(-1, this));
        stats.add(counters, CallStats.TOTAL, 9);
        assertEquals(1, counters.get(OVERFLOW));
        assertEquals(1, asked.size());
    }

    @Test
    void shouldBoundTimesThatWait()
    {
        final CallStats stats = find(table(true, false), "c", "/s/m");
        for (int i = 0; i < 1000; i++)
        {
            stats.time(counters, i);
        }
        assertEquals(List.of("c grpc.s.m.upstream_rq_time histogram"), asked);
    }
}
