package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.AccessAddress;
import dev.ringway.engine.accesslog.AccessFields;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.RecordFilter;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.snapshot.UpstreamTls;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.snapshot.LoggedField;
import dev.ringway.engine.snapshot.LoggedField.Place;
import dev.ringway.engine.tls.TlsFixture;
import dev.ringway.engine.tls.TlsReport;
import dev.ringway.engine.tls.TlsSettings;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class AccessLogFieldsTest
{
    private static final long ALL = AccessLogSink.USES_DOWNSTREAM_LOCAL | AccessLogSink.USES_UPSTREAM_LOCAL |
        AccessLogSink.USES_CONTENT_TYPE | AccessLogSink.USES_LENGTHS;
    private static final String RESPONSE =
        "HTTP/1.1 200 OK\r\ncontent-type: text/x\r\ncontent-length: 2\r\n\r\nok";

    /** The next record, copied. */
    private static AccessRecord next(final TestProxy proxy)
    {
        final AccessRecord[] copy = new AccessRecord[1];
        TestProxy.await(() -> proxy.records.poll(record ->
        {
            final byte[] bytes = new byte[AccessRecord.DEFAULT_CAPACITY];
            record.buffer().getBytes(record.offset(), bytes, 0, record.length());
            copy[0] = new AccessRecord().wrap(new UnsafeBuffer(bytes), 0, bytes.length);
            copy[0].tls().downstream(record.tls().downstream());
            copy[0].tls().upstream(record.tls().upstream());
        }, 1) == 1, () -> "a record");
        return copy[0];
    }

    private static String address(final AccessRecord record, final int field)
    {
        final ExpandableArrayBuffer text = new ExpandableArrayBuffer();
        assertTrue(record.hasAddress(field), "address " + field);
        return text.getStringWithoutLengthAscii(0, SockAddr.appendText(
            record.buffer(), record.addressOffset(field), text, 0));
    }

    private static String text(final AccessRecord record, final int field)
    {
        return record.buffer().getStringWithoutLengthAscii(record.textOffset(field), record.textLength(field));
    }

    private static TestProxy proxy(final long uses, final TestBackend... backends)
    {
        final TestProxy proxy = new TestProxy(backends);
        proxy.http.accessLogs = List.of(new AccessLogSink(0, "/dev/null", "x", uses));
        return proxy;
    }

    @Test
    void shouldRecordBothConnectionsOwnAddresses() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(RESPONSE); TestProxy proxy = proxy(ALL, backend).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 2; i++)
            {
                assertEquals(200, client.get("/").status());
                final AccessRecord record = next(proxy);
                final int port = ((InetSocketAddress)proxy.address()).getPort();
                assertEquals("127.0.0.1:" + port, address(record, AccessAddress.DOWNSTREAM_LOCAL));
                final String upstream = address(record, AccessAddress.UPSTREAM_LOCAL);
                assertTrue(upstream.matches("127\\.0\\.0\\.1:[1-9]\\d+"), upstream);
                assertNotEquals(backend.address().toString(), upstream);
                assertEquals("text/x", text(record, AccessText.RESPONSE_CONTENT_TYPE));
            }
        }
    }

    private static String told(final byte[] report, final int item)
    {
        final int at = TlsReport.find(item, report);
        return at < 0 ? null : new String(report, at, TlsReport.textLength(report, at), US_ASCII);
    }

    @Test
    void shouldTellOfTlsWhatFormatsAskFor() throws Exception
    {
        final long uses = (1L << TlsReport.VERSION | 1L << TlsReport.PEER_SUBJECT) << AccessLogSink.USES_TLS_SHIFT;
        try (TestBackend backend = TestBackend.answering(RESPONSE);
            TestProxy proxy = proxy(uses, backend).encrypted(TlsFixture.listener(false)).start())
        {
            final TestClient client = proxy.connect();
            for (int i = 0; i < 2; i++)
            {
                assertEquals(200, client.get("/").status());
                final AccessRecord record = next(proxy);
                assertEquals("TLSv1.3", told(record.tls().downstream(), TlsReport.VERSION));
                assertNull(told(record.tls().downstream(), TlsReport.PEER_SUBJECT));
                assertNull(told(record.tls().downstream(), TlsReport.CIPHER));
                assertEquals("/", text(record, AccessText.PATH));
            }
        }
    }

    @Test
    void shouldTellOfTlsWithEndpointsWhatFormatsAskFor() throws Exception
    {
        final long uses = (1L << TlsReport.VERSION | 1L << TlsReport.PEER_SUBJECT) << AccessLogSink.USES_UPSTREAM_TLS_SHIFT;
        try (TestBackend backend =
            TestBackend.encrypted(TlsFixture.jdkServer(TlsFixture.Shown.GOOD), link -> link.serve(request ->
                TestBackend.ok("ok")));
            TestProxy proxy = proxy(uses, backend))
        {
            final TlsContext context = TlsFixture.toEndpoint(
                new TlsCounters(proxy.registry(), "cluster.b.ssl."), TlsSettings.TLS_1_3, new String[0]);
            proxy.upstreamTls =
                new UpstreamTls(context, context, "localhost", UpstreamTls.Names.CONFIGURED, false, 1);
            // The JDK takes long for its first handshakes.
            proxy.connectTimeoutNs = 30_000_000_000L;
            assertEquals(200, proxy.start().connect().get("/").status());
            final AccessRecord record = next(proxy);
            assertEquals("TLSv1.3", told(record.tls().upstream(), TlsReport.VERSION));
            final String subject = told(record.tls().upstream(), TlsReport.PEER_SUBJECT);
            assertTrue(subject.contains("CN="), subject);
            assertNull(told(record.tls().upstream(), TlsReport.CIPHER));
            assertNull(record.tls().downstream());
            proxy.endpoints.clear();
            proxy.publish();
            proxy.awaitReferences(context, 2);
            context.release();
        }
    }

    @Test
    void shouldTellNothingOfTlsThatNoFormatAsksFor() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(RESPONSE);
            TestProxy proxy = proxy(ALL, backend).encrypted(TlsFixture.listener(false)).start())
        {
            assertEquals(200, proxy.connect().get("/").status());
            assertNull(next(proxy).tls().downstream());
        }
    }

    @Test
    void shouldNotLookUpWhatNoFormatAsksFor() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(RESPONSE); TestProxy proxy = proxy(0, backend).start())
        {
            assertEquals(200, proxy.connect().get("/").status());
            final AccessRecord record = next(proxy);
            assertFalse(record.hasAddress(AccessAddress.DOWNSTREAM_LOCAL));
            assertFalse(record.hasAddress(AccessAddress.UPSTREAM_LOCAL));
            assertEquals(0, record.textLength(AccessText.RESPONSE_CONTENT_TYPE));
        }
    }

    private static String field(final AccessRecord record, final LoggedField field)
    {
        final int at = AccessFields.find(record, field.id());
        return at == 0 ? null : record.buffer().getStringWithoutLengthAscii(
            AccessFields.valueOffset(at), AccessFields.length(record, at));
    }

    @Test
    void shouldRecordFieldsThatAFormatAsksFor() throws Exception
    {
        final LoggedField asked = LoggedField.of(Place.REQUEST, "X-Asked");
        final LoggedField own = LoggedField.of(Place.REQUEST, "x-request-start");
        final LoggedField server = LoggedField.of(Place.RESPONSE, "server");
        final LoggedField told = LoggedField.of(Place.RESPONSE, "x-told");
        final LoggedField last = LoggedField.of(Place.TRAILER, "x-last");
        final long uses = asked.place().use() | server.place().use() | last.place().use();
        try (TestBackend backend = TestBackend.answering("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-told: a\r\n" +
            "server: other\r\n\r\n0\r\nx-last: z\r\n\r\n");
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.accessLogs = List.of(new AccessLogSink(0, "/dev/null", "x", false, false, RecordFilter.ALL,
                List.of(), List.of(asked, own, server, told, last), uses, 0));
            proxy.http.routes.put("/gone", HttpSettings.direct(410, ""));
            proxy.http.routes.put("/", proxy.http.toCluster(0));
            proxy.start();
            final TestClient client = proxy.connect();
            client.send("GET / HTTP/1.1\r\nhost: a\r\nx-asked: 1\r\nx-asked: 2\r\n\r\n");
            assertEquals(200, client.read().status());
            final AccessRecord record = next(proxy);
            assertTrue(record.isValid());
            assertEquals("1", field(record, asked));
            assertNull(field(record, own));
            assertEquals("ringway", field(record, server));
            assertEquals("a", field(record, told));
            assertEquals("z", field(record, last));

            client.send("GET /gone HTTP/1.1\r\nhost: a\r\nx-asked: 3\r\n\r\n");
            assertEquals(410, client.read().status());
            final AccessRecord local = next(proxy);
            assertEquals("3", field(local, asked));
            assertEquals("ringway", field(local, server));
            assertNull(field(local, told));
            assertNull(field(local, last));
        }
    }

    /** Names and values, as no version spells them. */
    private static int length(final HttpMessage response)
    {
        return ":status200".length() + response.head().lines().skip(1).filter(line -> !line.isEmpty())
            .mapToInt(line -> line.length() - ": ".length()).sum();
    }

    @Test
    void shouldRecordTimesSizesAttemptsAndConnection() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(RESPONSE); TestProxy proxy = proxy(ALL, backend).start())
        {
            final TestClient client = proxy.connect();
            final HttpMessage response = client.get("/");
            final AccessRecord first = next(proxy);
            assertEquals(length(response), first.responseHeaderBytes());
            assertEquals(0, first.requestDurationUs());
            assertTrue(first.responseDurationUs() >= 0 && first.responseDurationUs() <= first.durationUs());
            assertTrue(first.requestHeaderBytes() > ":method:authority:scheme:path".length());
            assertEquals(1, first.attempts());
            assertEquals(200, client.get("/").status());
            assertEquals(first.connectionId(), next(proxy).connectionId());
            assertEquals(200, proxy.connect().get("/").status());
            assertNotEquals(first.connectionId(), next(proxy).connectionId());
        }
    }

    @Test
    void shouldTellWhatDidNotHappen() throws Exception
    {
        try (TestProxy proxy = proxy(ALL))
        {
            proxy.http.routes.put("/", HttpSettings.direct(200, "fine"));
            proxy.start();
            final TestClient client = proxy.connect();
            final HttpMessage response = client.get("/");
            final AccessRecord record = next(proxy);
            assertEquals(length(response), record.responseHeaderBytes());
            assertEquals(4, record.bytesSent());
            assertEquals(-1, record.responseDurationUs());
            assertEquals(0, record.attempts());
            assertEquals("text/plain", text(record, AccessText.RESPONSE_CONTENT_TYPE));
            assertTrue(record.hasAddress(AccessAddress.DOWNSTREAM_LOCAL));
            assertFalse(record.hasAddress(AccessAddress.UPSTREAM_LOCAL));
            final HttpMessage head = client.send("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n").readHead();
            final AccessRecord second = next(proxy);
            assertEquals(length(head), second.responseHeaderBytes());
            assertEquals(0, second.bytesSent());
        }
    }

    @Test
    void shouldRecordFieldsAsTheEndpointSeesThem() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(RESPONSE); TestProxy proxy = proxy(0, backend))
        {
            proxy.http.useRemoteAddress = true;
            proxy.start();
            final String long128 = "1".repeat(AccessText.bound(AccessText.X_FORWARDED_FOR));
            for (final String fields : List.of("", "x-forwarded-for: 192.0.2.1\r\nx-request-id: mine\r\n",
                "x-forwarded-for: 192.0.2.1, 192.0.2.2\r\nx-forwarded-for: 192.0.2.3\r\n",
                "x-forwarded-for: " + long128.substring(4) + "\r\n", "x-forwarded-for: " + long128 + "\r\n"))
            {
                assertEquals(200,
                    proxy.connect().send("GET / HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n").read().status());
                final AccessRecord record = next(proxy);
                final HttpMessage seen = backend.last();
                final String addresses = seen.header("x-forwarded-for");
                assertTrue(addresses.endsWith("127.0.0.1"), addresses);
                assertEquals(addresses.substring(0, Math.min(addresses.length(), long128.length())),
                    text(record, AccessText.X_FORWARDED_FOR));
                assertEquals(addresses.length() > long128.length(), record.isTruncated(AccessText.X_FORWARDED_FOR));
                assertNotEquals("mine", seen.header("x-request-id"));
                assertEquals(seen.header("x-request-id"), text(record, AccessText.X_REQUEST_ID));
                assertTrue(record.isValid());
            }
        }
    }

    @Test
    void shouldRecordARelaysAddresses() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(RESPONSE); TestProxy proxy = proxy(ALL, backend).tcp().start())
        {
            final TestClient client = proxy.connect();
            assertEquals(200, client.get("/").status());
            client.close();
            final AccessRecord record = next(proxy);
            assertTrue(record.hasAddress(AccessAddress.DOWNSTREAM_LOCAL));
            assertTrue(record.hasAddress(AccessAddress.UPSTREAM_LOCAL));
            assertEquals(-1, record.requestDurationUs());
            assertEquals(-1, record.responseDurationUs());
        }
    }
}
