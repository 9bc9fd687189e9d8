package dev.ringway.engine.runtime;

import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.HttpFilters.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Answers made here to requests of gRPC. */
final class GrpcReplyTest
{
    private static Sent call(final String path, final String contentType)
    {
        return Sent.of("POST " + path, null, false, "content-type", contentType);
    }

    private static void assertReply(final HttpMessage answer, final int status, final String message)
    {
        assertEquals(200, answer.status());
        assertEquals("application/grpc", answer.header("content-type"));
        assertEquals(Integer.toString(status), answer.header("grpc-status"));
        assertEquals(message, answer.header("grpc-message"));
        assertEquals("ringway", answer.header("server"));
        assertNotNull(answer.header("date"));
        assertEquals("", answer.text());
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP1", "HTTP2_TO_HTTP1"})
    void shouldAnswerInHeadAlone(final HttpPair pair) throws Exception
    {
        try (TestProxy proxy = pair.proxy())
        {
            proxy.http.routes.put("/a", HttpSettings.direct(401, "no ~ 100%"));
            proxy.http.routes.put("/b", HttpSettings.direct(204, ""));
            proxy.start();
            final HttpPair.Client client = pair.connect(proxy);
            final HttpMessage answer = client.ask(call("/a", "application/grpc+proto"));
            assertReply(answer, 16, "no %7E 100%25");
            assertEquals(pair.isHttp2 ? null : "0", answer.header("content-length"));
            assertReply(client.ask(call("/b", "application/grpc")), 2, null);
            assertReply(client.ask(call("/none", "application/grpc")), 12, null);
            assertEquals(401, client.ask(call("/a", "application/grpc-web")).status());
            assertEquals(404, client.ask(call("/none", "application/json")).status());
            proxy.awaitCounter("http.in.downstream_rq_2xx", 3);
            assertEquals(2, proxy.counter("http.in.downstream_rq_4xx"));
        }
    }

    /** Encoded it is three times as long as the body. */
    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP1", "HTTP2_TO_HTTP1"})
    void shouldShowFiltersALongMessage(final HttpPair pair) throws Exception
    {
        try (TestProxy proxy = pair.proxy())
        {
            proxy.http.filters = new HttpFilters(proxy.registry(), "in",
                List.of(new Place("f", loop -> new HttpFilter() {}, false)), (name, error) -> {});
            proxy.http.routes.put("/long", HttpSettings.direct(403, "\n".repeat(4096)));
            proxy.start();
            assertReply(pair.connect(proxy).ask(call("/long", "application/grpc")), 7, "%0A".repeat(4096));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP1", "HTTP2_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldTellThatNoEndpointTakesIt(final HttpPair pair) throws Exception
    {
        try (TestProxy proxy = pair.proxy().refused().start())
        {
            final HttpPair.Client client = pair.connect(proxy);
            final HttpMessage answer = client.ask(call("/", "application/grpc"));
            assertReply(answer, 14,
                "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure");
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_5xx"));
        }
    }

    @Test
    void shouldCloseBehindABadRequestAndNotBehindOthers() throws Exception
    {
        try (TestProxy proxy = new TestProxy())
        {
            proxy.http.routes.put("/bad", HttpSettings.direct(400, "x"));
            proxy.http.routes.put("/long", HttpSettings.direct(403, "\n".repeat(10_000)));
            proxy.start();
            final HttpPair.Client client = HttpPair.HTTP1_TO_HTTP1.connect(proxy);
            assertReply(client.ask(call("/long", "application/grpc")), 7, null);
            final HttpMessage answer = client.ask(call("/bad", "application/grpc"));
            assertReply(answer, 13, "x");
            assertEquals("close", answer.header("connection"));
            client.client().assertEnd();
            assertNull(answer.header("transfer-encoding"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP1", "HTTP2_TO_HTTP2"})
    void shouldLeaveAnswersOfEndpointsAlone(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = pair.backend(request -> Sent.of("404", "none".getBytes(US_ASCII), true));
            TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpMessage answer = pair.connect(proxy).ask(call("/", "application/grpc"));
            assertEquals(404, answer.status());
            assertEquals("none", answer.text());
            assertNull(answer.header("grpc-status"));
        }
    }
}
