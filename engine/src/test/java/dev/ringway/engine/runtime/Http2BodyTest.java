package dev.ringway.engine.runtime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Random;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Messages of all shapes, where one side at least speaks HTTP/2.
 */
final class Http2BodyTest
{
    private static final int[] LENGTHS = {0, 1, 16_384, 16_385, 65_535, 100 * 1024, 5_000_000};

    private static byte[] bytes(final int length)
    {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Stream<HttpPair> pairs()
    {
        return Arrays.stream(HttpPair.values());
    }

    private static Stream<Arguments> lengths()
    {
        return pairs().flatMap(pair -> Arrays.stream(LENGTHS).boxed().flatMap(length ->
            Stream.of(true, false).map(isTold -> Arguments.of(pair, length, isTold))));
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void shouldPassBodiesBothWays(final HttpPair pair, final int length, final boolean isTold) throws Exception
    {
        final byte[] body = bytes(length);
        try (TestBackend backend = pair.backend(request -> Sent.of("200", request.body(), isTold,
                "x-length", String.valueOf(request.header("content-length"))));
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            for (int i = 0; i < 2; i++)
            {
                final HttpMessage answer = client.ask(Sent.of("POST /", body, isTold));
                assertEquals(200, answer.status());
                assertArrayEquals(body, answer.body());
                assertEquals(isTold ? String.valueOf(length) : "null", answer.header("x-length"));
                assertEquals(isTold ? String.valueOf(length) : null, answer.header("content-length"));
            }
            // An endpoint that was told of no content may answer before the client has said that there is none, and then
            // its connection is not kept.
            assertTrue(backend.accepted() == 1 || length == 0 && isTold);
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassTrailersBothWays(final HttpPair pair) throws Exception
    {
        final Queue<HttpMessage> requests = new ConcurrentLinkedQueue<>();
        final byte[] body = bytes(20_000);
        try (TestBackend backend = pair.backend(request ->
            {
                requests.add(request);
                return Sent.of("200", body, false).trailing("x-sum", "1", "x-more", "2");
            });
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            for (int i = 0; i < 3; i++)
            {
                final HttpMessage answer = client.ask(Sent.of("POST /", body, false).trailing("x-end", "e" + i));
                assertArrayEquals(body, answer.body());
                assertEquals("1", answer.trailer("x-sum"));
                assertEquals("2", answer.trailer("x-more"));
                final HttpMessage request = requests.poll();
                assertArrayEquals(body, request.body());
                assertEquals("e" + i, request.trailer("x-end"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassTrailersBehindBodiesThatWait(final HttpPair pair) throws Exception
    {
        final byte[] body = bytes(3_000_000);
        try (TestBackend backend = pair.backend(request -> Sent.of("200", request.body(), false)
                .trailing("x-sum", request.trailer("x-end")));
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpMessage answer = pair.connect(proxy).ask(Sent.of("POST /", body, false).trailing("x-end", "e"));
            assertArrayEquals(body, answer.body());
            assertEquals("e", answer.trailer("x-sum"));
        }
    }

    private static Stream<Arguments> bodiless()
    {
        return pairs().flatMap(pair -> Stream.of(
            Arguments.of(pair, "HEAD /", Sent.of("200", null, false, "content-length", "5"), "5"),
            Arguments.of(pair, "HEAD /", Sent.of("200", null, false), null),
            Arguments.of(pair, "GET /", Sent.of("204", null, false), null),
            Arguments.of(pair, "GET /", Sent.of("304", null, false, "content-length", "77"), "77"),
            Arguments.of(pair, "GET /", Sent.of("304", null, false), null)));
    }

    @ParameterizedTest
    @MethodSource("bodiless")
    void shouldPassAnswersWithoutABody(
        final HttpPair pair, final String start, final Sent sent, final String length) throws Exception
    {
        try (TestBackend backend = pair.backend(request -> sent);
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            for (int i = 0; i < 3; i++)
            {
                final HttpMessage answer = client.ask(Sent.of(start, null, false));
                assertEquals(Integer.parseInt(sent.start()), answer.status());
                assertEquals(length, answer.header("content-length"));
                assertNull(answer.header("transfer-encoding"));
                assertEquals(0, answer.body().length);
            }
            assertEquals(1, backend.accepted());
            assertEquals(1, proxy.counter("http.in.downstream_cx_total"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldSayLengthZeroWhereTheHeadEndsAStream(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(request -> Sent.of("200", null, false));
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            for (int i = 0; i < 2; i++)
            {
                final HttpMessage answer = client.ask(Sent.of("GET /", null, false));
                assertEquals(200, answer.status());
                assertEquals(pair.isHttp2 ? null : "0", answer.header("content-length"));
            }
            assertEquals(1, proxy.counter("http.in.downstream_cx_total"));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassTrailersBehindNoBodyAtAll(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(request ->
                Sent.of("200", new byte[0], false).trailing("x-sum", String.valueOf(request.trailer("x-end"))));
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            client.ask(Sent.of("GET /", null, false));
            final HttpMessage answer = client.ask(Sent.of("POST /", new byte[0], false).trailing("x-end", "e"));
            assertEquals("e", answer.trailer("x-sum"));
        }
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldPassManyFieldsInTheirOrder(final HttpPair pair) throws Exception
    {
        final String[] fields = IntStream.range(0, 80).boxed()
            .flatMap(i -> Stream.of("x-" + i % 40, "v".repeat(300) + i)).toArray(String[]::new);
        try (TestBackend backend = pair.backend(request -> Sent.of("200", new byte[0], true, fields(request)));
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            final HttpMessage answer = client.ask(Sent.of("GET /", null, true, fields));
            for (int i = 0; i < 40; i++)
            {
                final String value = "v".repeat(300);
                assertEquals(List.of(value + i, value + (i + 40)), answer.headers("x-" + i));
            }
        }
    }

    private static String[] fields(final HttpMessage request)
    {
        return request.fields().stream().filter(field -> field[0].matches("x-[0-9]+")).flatMap(Arrays::stream)
            .toArray(String[]::new);
    }

    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldSpeakOfTheVersionsInCounters(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(request -> Sent.of("200", bytes(3), true));
            TestProxy proxy = pair.proxy(backend).start())
        {
            pair.connect(proxy).ask(Sent.of("GET /", null, false));
            final String version = pair.isHttp2 ? "http2" : "http1";
            assertEquals(1, proxy.counter("http.in.downstream_cx_" + version + "_total"));
            assertEquals(1, proxy.counter("http.in.downstream_rq_" + version + "_total"));
            assertEquals(1, proxy.counter(
                "cluster.b.upstream_cx_" + (pair.isHttp2Upstream ? "http2" : "http1") + "_total"));
            proxy.awaitCounter("cluster.b.upstream_rq_active", 0);
            assertTrue(proxy.counter("http.in.downstream_rq_2xx") > 0);
        }
    }
}
