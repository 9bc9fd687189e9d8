package dev.ringway.engine.runtime;

import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.RetryOn;
import dev.ringway.engine.route.RetryPolicy;
import dev.ringway.engine.route.RetryPolicy.RetryBackoff;
import dev.ringway.engine.route.ValuePart;
import dev.ringway.engine.snapshot.CidrRanges;
import dev.ringway.engine.snapshot.HttpConnectionManager.ServerHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class HeaderRulesTest
{
    private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    /** The request as the endpoint saw it. */
    private static HttpMessage forwarded(final TestProxy proxy, final String fields) throws Exception
    {
        assertEquals(200, proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n").read().status());
        return proxy.backends.get(0).last();
    }

    private static TestBackend backend() throws Exception
    {
        return TestBackend.answering(TestBackend.ok("x"));
    }

    private static FieldChanges.Put telling(final String name)
    {
        return new FieldChanges.Put(new FieldName("e-" + name.replace(":", "")),
            List.of(new ValuePart.Field(new HeaderKey(name), null, 100, false)),
            FieldChanges.Action.OVERWRITE_IF_EXISTS_OR_ADD, false);
    }

    /** Also when it was sent again, and nothing of what was asked for before. */
    @ParameterizedTest
    @EnumSource(HttpPair.class)
    void shouldTellInAnswersWhatWasAskedFor(final HttpPair pair) throws Exception
    {
        final FieldChanges changes = new FieldChanges(List.of(new FieldChanges.Level(List.of(),
            Stream.of("x-own", ":path", ":method", "x-gone").map(HeaderRulesTest::telling).toList())));
        final AtomicInteger asked = new AtomicInteger();
        try (TestBackend backend = pair.backend(request -> Sent.of(asked.getAndIncrement() % 2 == 0 ? "503" : "200",
            "x".getBytes(StandardCharsets.US_ASCII), true, "e-x-own", "theirs")); TestProxy proxy = pair.proxy(backend))
        {
            proxy.http.retry = new RetryPolicy(RetryOn.SERVER_ERROR, 1, new int[0], List.of(), List.of(),
                new RetryBackoff(1_000_000, 2_000_000, List.of(), 0), 0, 0, false, 1, 1 << 20, false, false);
            proxy.http.routes.put("/", proxy.http.changing(null, changes));
            proxy.start();
            final HttpPair.Client client = pair.connect(proxy);
            final HttpMessage first =
                client.ask(Sent.of("POST /p?k=v", new byte[3_000], true, "x-own", "one", "x-gone", "g"));
            assertEquals("200 [one] [/p?k=v] [POST] [g]", told(first));
            assertEquals("200 [theirs] [/] [GET] []", told(client.ask(Sent.of("GET /", null, false))));
            assertEquals("200 [two] [/] [GET] []", told(client.ask(Sent.of("GET /", null, false, "x-own", "two"))));
        }
    }

    private static String told(final HttpMessage answer)
    {
        return answer.status() + " " + answer.headers("e-x-own") + ' ' + answer.headers("e-path") + ' ' +
            answer.headers("e-method") + ' ' + answer.headers("e-x-gone");
    }

    @Test
    void shouldPassOtherFieldsAsTheyAre() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            final HttpMessage request = forwarded(
                proxy, "X-Mixed: Some Value\r\naccept: a\r\naccept: b\r\ncookie: a=b; c=d\r\nx-empty:\r\nx_under: 1\r\n");
            assertEquals("Some Value", request.header("x-mixed"));
            assertEquals(List.of("a", "b"), request.headers("accept"));
            assertEquals("a=b; c=d", request.header("cookie"));
            assertEquals("", request.header("x-empty"));
            assertEquals("1", request.header("x_under"));
            assertEquals(List.of("a"), request.headers("host"));
        }
    }

    @Test
    void shouldRemoveWhatBelongsToOneConnection() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            final HttpMessage request = forwarded(proxy, "connection: keep-alive, X-Private\r\nkeep-alive: timeout=5\r\n" +
                "proxy-connection: keep-alive\r\nte: gzip\r\nx-private: 1\r\nx-public: 2\r\nupgrade: h2c\r\n");
            for (final String name : List.of(
                "connection", "keep-alive", "proxy-connection", "x-private", "upgrade", "te"))
            {
                assertNull(request.header(name), name);
            }
            assertEquals("2", request.header("x-public"));
        }
    }

    @Test
    void shouldPassWhatIsSaidOfTrailers() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            assertEquals("x-sum", forwarded(proxy, "trailer: x-sum\r\n").header("trailer"));
            for (final String te : List.of("trailers", "Trailers", "gzip, trailers", "gzip;q=0.5,\ttrailers ,deflate"))
            {
                assertEquals(List.of("trailers"),
                    forwarded(proxy, "connection: te\r\nte: " + te + "\r\n").headers("te"), te);
            }
            for (final String te : List.of(
                "", "gzip", "trailersx", "xtrailers", "trail ers", "trailers;q=0", "q trailers"))
            {
                assertNull(forwarded(proxy, "te: " + te + "\r\n").header("te"), te);
            }
        }
    }

    @Test
    void shouldRemoveFromResponsesWhatBelongsToOneConnection() throws Exception
    {
        try (TestBackend backend = TestBackend.answering("HTTP/1.1 200 OK\r\nconnection: x-private, keep-alive\r\n" +
                "x-private: 1\r\nkeep-alive: timeout=5\r\nproxy-connection: x\r\nx-public: 2\r\n" +
                "content-length: 0\r\n\r\n");
            TestProxy proxy = new TestProxy(backend).start())
        {
            final HttpMessage response = proxy.connect().get("/");
            for (final String name : List.of("connection", "keep-alive", "proxy-connection", "x-private"))
            {
                assertNull(response.header(name), name);
            }
            assertEquals("2", response.header("x-public"));
        }
    }

    @Test
    void shouldNameTheSchemeUnlessItIsNamed() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            assertEquals(List.of("http"), forwarded(proxy, "").headers("x-forwarded-proto"));
            assertEquals(
                List.of("https"), forwarded(proxy, "x-forwarded-proto: https\r\n").headers("x-forwarded-proto"));
        }
    }

    @Test
    void shouldGiveEachRequestAnIdAndKeepOneThatIsThere() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            final String first = forwarded(proxy, "").header("x-request-id");
            final String second = forwarded(proxy, "").header("x-request-id");
            assertTrue(first.matches(UUID), first);
            assertTrue(second.matches(UUID), second);
            assertNotEquals(first, second);
            assertEquals(List.of("mine"), forwarded(proxy, "x-request-id: mine\r\n").headers("x-request-id"));
        }
    }

    @Test
    void shouldMakeNoIdWhenToldNotTo() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.generateRequestId = false;
            proxy.start();
            assertNull(forwarded(proxy, "").header("x-request-id"));
        }
    }

    @Test
    void shouldTellTheEndpointHowLongTheClientWaits() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            assertEquals(List.of("300000"), forwarded(
                proxy, "x-envoy-expected-rq-timeout-ms: 1\r\n").headers("x-envoy-expected-rq-timeout-ms"));
            proxy.http.suppressEnvoyHeaders = true;
            proxy.publish();
            assertNull(forwarded(proxy, "").header("x-envoy-expected-rq-timeout-ms"));
        }
    }

    @Test
    void shouldAppendTheClientsAddressWhenItIsTheEdge() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.useRemoteAddress = true;
            proxy.start();
            final HttpMessage direct = forwarded(proxy, "x-forwarded-proto: https\r\n");
            assertEquals(List.of("127.0.0.1"), direct.headers("x-forwarded-for"));
            assertEquals(List.of("http"), direct.headers("x-forwarded-proto"));
            assertNull(direct.header("x-envoy-internal"));
            assertEquals("127.0.0.1", direct.header("x-envoy-external-address"));
            assertEquals(List.of("8.8.8.8,127.0.0.1"),
                forwarded(proxy, "x-forwarded-for: 8.8.8.8\r\n").headers("x-forwarded-for"));
            assertEquals(List.of("1.1.1.1,2.2.2.2,127.0.0.1"), forwarded(
                proxy, "x-forwarded-for: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2\r\n").headers("x-forwarded-for"));
        }
    }

    @Test
    void shouldLeaveForwardedForAloneWhereItIsNotTheEdge() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            assertNull(forwarded(proxy, "").header("x-forwarded-for"));
            assertEquals(List.of("8.8.8.8"),
                forwarded(proxy, "x-forwarded-for: 8.8.8.8\r\n").headers("x-forwarded-for"));
        }
    }

    @Test
    void shouldAddALineBehindAForwardedForThatIsTooLongToJoin() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.useRemoteAddress = true;
            proxy.start();
            final String all = "8.8.8.8, ".repeat(1000) + "9.9.9.9";
            assertEquals(List.of(all, "127.0.0.1"),
                forwarded(proxy, "x-forwarded-for: " + all + "\r\n").headers("x-forwarded-for"));
        }
    }

    @Test
    void shouldTreatServerAndDateAsConfigured() throws Exception
    {
        final String own = "HTTP/1.1 200 OK\r\nserver: theirs\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n" +
            "content-length: 0\r\n\r\n";
        try (TestBackend backend = TestBackend.answering(
                request -> request.target().equals("/own") ? own : TestBackend.ok(""));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            final HttpMessage overwritten = client.get("/own");
            assertEquals(List.of("ringway"), overwritten.headers("server"));
            assertEquals(List.of("Thu, 01 Jan 1970 00:00:00 GMT"), overwritten.headers("date"));
            final HttpMessage added = client.get("/");
            assertEquals(List.of("ringway"), added.headers("server"));
            assertTrue(added.header("date").matches("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT"));
            assertNotNull(added.header("x-envoy-upstream-service-time"));

            proxy.http.serverHeader = ServerHeader.APPEND_IF_ABSENT;
            proxy.publish();
            assertEquals(List.of("theirs"), client.get("/own").headers("server"));
            assertEquals(List.of("ringway"), client.get("/").headers("server"));

            proxy.http.serverHeader = ServerHeader.PASS_THROUGH;
            proxy.publish();
            assertEquals(List.of("theirs"), client.get("/own").headers("server"));
            assertEquals(List.of(), client.get("/").headers("server"));
        }
    }

    @Test
    void shouldLetAnAbsoluteTargetWinOverHost() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect();
            client.send("GET http://other.example:8080/p?q HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, client.read().status());
            assertEquals("/p?q", backend.last().target());
            assertEquals(List.of("other.example:8080"), backend.last().headers("host"));
            client.send("GET http://other.example HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, client.read().status());
            assertEquals("/", backend.last().target());
            client.send("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n");
            assertEquals(200, client.read().status());
            assertEquals("*", backend.last().target());
        }
    }

    @Test
    void shouldKeepAHeadAtTheLimitWhole() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            final String value = "v".repeat(59 * 1024);
            assertEquals(value, forwarded(proxy, "x-big: " + value + "\r\n").header("x-big"));
            final StringBuilder many = new StringBuilder();
            for (int i = 0; i < 98; i++)
            {
                many.append("x-").append(i).append(": ").append(i).append("\r\n");
            }
            final HttpMessage request = forwarded(proxy, many.toString());
            assertEquals("97", request.header("x-97"));
            assertFalse(request.head().contains("\n\n"));
        }
    }

    private static final String STEERING = "x-envoy-internal: true\r\nx-envoy-retry-on: 5xx\r\n" +
        "x-envoy-max-retries: 3\r\nx-envoy-upstream-rq-timeout-ms: 7000\r\nx-envoy-force-trace: 1\r\n" +
        "X-Envoy-Ip-Tags: a\r\nx-envoy-retry-grpc-on: a\r\n";
    private static final List<String> INTERNAL_NAMES = List.of("x-envoy-force-trace", "x-envoy-ip-tags");
    private static final List<String> ROUTER_NAMES = List.of("x-envoy-retry-on", "x-envoy-max-retries",
        "x-envoy-upstream-rq-timeout-ms", "x-envoy-retry-grpc-on");
    private static final CidrRanges LOOPBACK =
        new CidrRanges(List.of(new CidrRanges.Range(new byte[]{127, 0, 0, 0}, 8)));

    @Test
    void shouldLetOnlyInternalClientsSteer() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            assertSteers(proxy, "", false);
            assertSteers(proxy, "x-forwarded-for: 127.0.0.1\r\n", false);
            proxy.http.internal = LOOPBACK;
            proxy.publish();
            assertSteers(proxy, "", false);
            assertSteers(proxy, "x-forwarded-for: 8.8.8.8\r\n", false);
            assertSteers(proxy, "x-forwarded-for: 127.0.0.1\r\n", true);
            assertSteers(proxy, "x-forwarded-for: 1.1.1.1, 127.0.0.1\r\n", false);
            assertSteers(proxy, "x-forwarded-for: 1.1.1.1\r\nx-forwarded-for: 127.0.0.1\r\n", false);
            assertSteers(proxy, "x-forwarded-for: junk\r\n", false);
            proxy.http.useRemoteAddress = true;
            proxy.publish();
            assertSteers(proxy, "", true);
            assertSteers(proxy, "x-forwarded-for: 127.0.0.1\r\n", false);
        }
    }

    private static void assertSteers(final TestProxy proxy, final String fields, final boolean isInternal)
        throws Exception
    {
        final HttpMessage request = forwarded(
            proxy, fields + STEERING + "x-envoy-attempt-count: 4\r\nx-envoy-own: 1\r\n");
        assertEquals(isInternal ? "true" : null, request.header("x-envoy-internal"), fields);
        for (final String name : INTERNAL_NAMES)
        {
            assertEquals(isInternal, request.header(name) != null, name + " behind " + fields);
        }
        for (final String name : ROUTER_NAMES)
        {
            assertNull(request.header(name), name + " behind " + fields);
        }
        assertEquals(isInternal ? "7000" : "300000", request.header("x-envoy-expected-rq-timeout-ms"), fields);
        assertEquals("4", request.header("x-envoy-attempt-count"));
        assertEquals("1", request.header("x-envoy-own"));
    }

    @Test
    void shouldTrustAsManyProxiesAsItIsTold() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.useRemoteAddress = true;
            proxy.http.trustedHops = 1;
            proxy.http.forwardedPort = 8443;
            proxy.start();
            final HttpMessage one = forwarded(
                proxy, "x-forwarded-for: 9.9.9.9 , 8.8.8.8\r\nx-forwarded-proto: https\r\nx-forwarded-port: 99\r\n");
            assertEquals(List.of("8.8.8.8"), one.headers("x-envoy-external-address"));
            assertEquals(List.of("https"), one.headers("x-forwarded-proto"));
            assertEquals(List.of("99"), one.headers("x-forwarded-port"));
            assertEquals(List.of("9.9.9.9 , 8.8.8.8,127.0.0.1"), one.headers("x-forwarded-for"));
            final HttpMessage none = forwarded(proxy, "x-envoy-external-address: 7.7.7.7\r\n");
            assertEquals(List.of("127.0.0.1"), none.headers("x-envoy-external-address"));
            assertEquals(List.of("http"), none.headers("x-forwarded-proto"));
            assertEquals(List.of(String.valueOf(proxy.listen.inet().getPort())), none.headers("x-forwarded-port"));
            assertEquals("127.0.0.1", forwarded(proxy, "x-forwarded-for: junk\r\n").header("x-envoy-external-address"));
            proxy.http.trustedHops = 2;
            proxy.publish();
            for (final String xff : List.of("::1, 8.8.8.8", "a\r\nx-forwarded-for: ::1\r\nx-forwarded-for: 8.8.8.8"))
            {
                assertEquals("::1",
                    forwarded(proxy, "x-forwarded-for: " + xff + "\r\n").header("x-envoy-external-address"));
            }
            proxy.http.trustedHops = 0;
            proxy.publish();
            final HttpMessage untrusted = forwarded(proxy, "x-forwarded-for: 8.8.8.8\r\nx-forwarded-port: 99\r\n");
            assertEquals(List.of("127.0.0.1"), untrusted.headers("x-envoy-external-address"));
            assertEquals(List.of(String.valueOf(proxy.listen.inet().getPort())), untrusted.headers("x-forwarded-port"));
        }
    }

    @Test
    void shouldNotPassClientCertificatesThatNobodyChecked() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend).start())
        {
            assertNull(
                forwarded(proxy, "x-forwarded-client-cert: By=spiffe://a\r\n").header("x-forwarded-client-cert"));
        }
    }

    @Test
    void shouldNotAppendTheClientsAddressWhenToldNotTo() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.useRemoteAddress = true;
            proxy.http.skipXffAppend = true;
            proxy.start();
            assertNull(forwarded(proxy, "").header("x-forwarded-for"));
            assertEquals(List.of("8.8.8.8"),
                forwarded(proxy, "x-forwarded-for: 8.8.8.8\r\n").headers("x-forwarded-for"));
        }
    }

    @Test
    void shouldNameItselfInVia() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(
                "HTTP/1.1 200 OK\r\nvia: 1.0 b\r\ncontent-length: 0\r\n\r\n"); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.via = "1.1 me";
            proxy.http.routes.put("/direct", HttpSettings.direct(200, "d"));
            proxy.http.routes.put("/", proxy.http.toCluster(0));
            proxy.start();
            assertEquals(List.of("1.1 me"), forwarded(proxy, "").headers("via"));
            assertEquals(List.of("1.0 a, 1.1 me"), forwarded(proxy, "via: 1.0 a\r\n").headers("via"));
            assertEquals(List.of("1.0 b, 1.1 me"), proxy.connect().get("/").headers("via"));
            assertEquals(List.of("1.1 me"), proxy.connect().get("/direct").headers("via"));
        }
    }

    @Test
    void shouldReplaceIdsFromOutsideAndSendThemBack() throws Exception
    {
        try (TestBackend backend = backend(); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.echoRequestId = true;
            proxy.http.routes.put("/direct", HttpSettings.direct(200, "d"));
            proxy.http.routes.put("/", proxy.http.toCluster(0));
            proxy.start();
            assertEquals(List.of("ext"), echoed(proxy, "/", "x-request-id: ext\r\n"));
            assertEquals(List.of("ext"), backend.last().headers("x-request-id"));
            assertEquals(List.of("ext"), echoed(proxy, "/direct", "x-request-id: ext\r\n"));
            assertTrue(echoed(proxy, "/direct", "").get(0).matches(UUID));
            assertEquals(echoed(proxy, "/", ""), backend.last().headers("x-request-id"));
            assertEquals(List.of("i".repeat(256)), echoed(proxy, "/", "x-request-id: " + "i".repeat(256) + "\r\n"));
            assertEquals(List.of(), echoed(proxy, "/", "x-request-id: " + "i".repeat(257) + "\r\n"));
            proxy.http.useRemoteAddress = true;
            proxy.publish();
            final List<String> replaced = echoed(proxy, "/", "x-request-id: ext\r\n");
            assertTrue(replaced.get(0).matches(UUID), replaced.toString());
            assertEquals(replaced, backend.last().headers("x-request-id"));
            proxy.http.preserveRequestId = true;
            proxy.publish();
            assertEquals(List.of("ext"), echoed(proxy, "/", "x-request-id: ext\r\n"));
            proxy.http.generateRequestId = false;
            proxy.publish();
            assertEquals(List.of(), echoed(proxy, "/", ""));
            assertEquals(List.of("ext"), echoed(proxy, "/", "x-request-id: ext\r\n"));
        }
    }

    private static List<String> echoed(final TestProxy proxy, final String path, final String fields) throws Exception
    {
        return proxy.connect().send("GET " + path + " HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n").read()
            .headers("x-request-id");
    }
}
