package dev.ringway.engine.runtime;

import dev.ringway.engine.accesslog.AccessAddress;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.snapshot.AccessLogSink;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class AccessLogFieldsTest
{
    private static final int ALL = AccessLogSink.USES_DOWNSTREAM_LOCAL | AccessLogSink.USES_UPSTREAM_LOCAL |
        AccessLogSink.USES_CONTENT_TYPE;
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
        }, 1) == 1, () -> "a record");
        return copy[0];
    }

    private static String address(final AccessRecord record, final int field)
    {
        final ExpandableArrayBuffer text = new ExpandableArrayBuffer();
        assertTrue(record.hasAddress(field), "address " + field);
        return text.getStringWithoutLengthAscii(0, record.appendAddress(field, true, text, 0));
    }

    private static String text(final AccessRecord record, final int field)
    {
        return record.buffer().getStringWithoutLengthAscii(record.textOffset(field), record.textLength(field));
    }

    private static TestProxy proxy(final int uses, final TestBackend... backends)
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

    @Test
    void shouldRecordTimesSizesAttemptsAndConnection() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(RESPONSE); TestProxy proxy = proxy(0, backend).start())
        {
            final TestClient client = proxy.connect();
            assertEquals(200, client.get("/").status());
            final AccessRecord first = next(proxy);
            assertEquals(0, first.requestDurationUs());
            assertTrue(first.responseDurationUs() >= 0 && first.responseDurationUs() <= first.durationUs());
            assertEquals(RESPONSE.length() - 2, first.responseHeaderBytes());
            assertTrue(first.requestHeaderBytes() > 0);
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
            assertEquals(200, proxy.connect().get("/").status());
            final AccessRecord record = next(proxy);
            assertEquals(-1, record.responseDurationUs());
            assertEquals(0, record.attempts());
            assertEquals("text/plain", text(record, AccessText.RESPONSE_CONTENT_TYPE));
            assertTrue(record.hasAddress(AccessAddress.DOWNSTREAM_LOCAL));
            assertFalse(record.hasAddress(AccessAddress.UPSTREAM_LOCAL));
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
