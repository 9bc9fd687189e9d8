package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.UnderscorePolicy;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that mean one thing in HTTP/2 and another when they are copied to HTTP/1.1 (RFC 9113 section 10.3). */
@Timeout(20)
class DesyncTest
{
    private static final String SMUGGLED = "\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: s";
    private static final String[] POST =
        {":method", "POST", ":scheme", "https", ":authority", "a", ":path", "/p"};

    private final UnsafeBuffer buffer = FieldLines.buffer(8192);
    private final RequestHead head = new RequestHead(64);
    private final RequestFields fields = new RequestFields(64);

    static Stream<List<String>> attacks()
    {
        return Stream.<String[]>of(
            with("x-a", "1" + SMUGGLED), with("x-a", "1\nx-b: 2"), with("x-a", "1\rx-b: 2"), with("x-a", "1\0"),
            with("x-a", "1\r\ntransfer-encoding: chunked"), with("x-a: 1\r\nx-b", "2"), with("x-a: 1" + SMUGGLED, "2"),
            with("x-a:", "1"), with("x-a ", "1"), with(" x-a", "1"), with("x-a\t", "1"), with("\r\nx-a", "1"),
            with("", "1"), with("transfer-encoding", "chunked"), with("Transfer-Encoding", "chunked"),
            with("transfer-encoding ", "chunked"), with("transfer-encoding:", "chunked"),
            with("transfer-encoding\r\nx", "chunked"), with("transfer-encoding", "chunked", "content-length", "3"),
            with("content-length", "3", "content-length", "30"), with("content-length", "3", "content-length", "3"),
            with("content-length", "3, 30"), with("content-length", "+3"), with("content-length", "-0"),
            with("content-length", "3\r\n"), with("content-length", "0x3"), with("content-length", ""),
            with("content-length", "99999999999999999999"), with("connection", "x-a"),
            with("connection", "content-length", "content-length", "5"), with("proxy-connection", "close"),
            with("keep-alive", "1"), with("upgrade", "h2c", "http2-settings", "AAMAAABk"),
            with("http2-settings", "AAMAAABk"), with("te", "trailers, chunked"), with("host", "b"),
            with("host", "a", "host", "a"), with("host", "a b"), with(":path", "/other"), with(":authority", "b"),
            with(":x", "1"), with("cookie", "a", "cookie", "b" + SMUGGLED), with("cookie", "a\r\n", "cookie", "b"),
            line(":method", "GET / HTTP/1.1\r\nx:"), line(":method", "GET /"), line(":method", "GET\t"),
            line(":method", "GET\r\n"), line(":path", "/ HTTP/1.1" + SMUGGLED), line(":path", "/a b"),
            line(":path", "/\r"), line(":path", "/\n"), line(":path", "/\0"), line(":path", "http://b/"),
            line(":path", "b:80"), line(":path", "*"), line(":path", ""), line(":path", "/#"),
            line(":authority", "a\r\nx: 1"), line(":authority", "a b"), line(":authority", "u:p@a"),
            line(":authority", "a/x"), line(":authority", "a?x"), line(":authority", ""),
            line(":authority", "a:80:80"), line(":authority", "a\t"), line(":scheme", "https://x/ HTTP/1.1\r\n"),
            line(":scheme", "file"), line(":scheme", "https "), line(":scheme", "")).map(List::of);
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void shouldRefuse(final List<String> request)
    {
        fields.begin(head, buffer, buffer.capacity(), Http2FieldLimits.DEFAULT, UnderscorePolicy.ALLOW);
        FieldLines.feed(fields, buffer, FieldLines.OFFSET, request.toArray(String[]::new));
        final int result = fields.end(false);
        assertEquals(true, result < 0 && Http2Fault.isMalformed(result), () -> String.join("|", request));
    }

    @Test
    void shouldForwardWhatIsInOrder()
    {
        assertForwarded(false, "POST /p HTTP/1.1\r\nhost: a\r\nx-a: 1\r\ntransfer-encoding: chunked\r\n\r\n",
            with("x-a", "1"));
        assertForwarded(false, "POST /p HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n",
            with("content-length", "3"));
        assertForwarded(true, "POST /p HTTP/1.1\r\nhost: a\r\n\r\n", with("host", "a"));
        assertForwarded(true, "POST /p HTTP/1.1\r\nhost: a\r\nte: trailers\r\ncookie: a; b\r\nx-a: \r\n\r\n",
            with("te", "trailers", "cookie", "a", "x-a", "", "cookie", "b"));
        assertForwarded(true, "GET / HTTP/1.1\r\nhost: b\r\n\r\n",
            ":method", "GET", ":scheme", "http", ":path", "/", "host", "b");
        assertForwarded(true, "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n",
            ":method", "OPTIONS", ":scheme", "http", ":path", "*", ":authority", "a");
        assertForwarded(false, "CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n",
            ":method", "CONNECT", ":authority", "a:443");
    }

    private void assertForwarded(final boolean isEndStream, final String expected, final String... request)
    {
        fields.begin(head, buffer, buffer.capacity(), Http2FieldLimits.DEFAULT, UnderscorePolicy.ALLOW);
        FieldLines.feed(fields, buffer, FieldLines.OFFSET, request);
        assertEquals("OK", Http2Fault.name(fields.end(isEndStream)));
        assertEquals(expected, Forwarded.write(head));
        Forwarded.assertReadAsOne(head);
    }

    /** A good start and more. */
    private static String[] with(final String... more)
    {
        return Stream.concat(Stream.of(POST), Stream.of(more)).toArray(String[]::new);
    }

    /** A good request but for one pseudo-header. */
    private static String[] line(final String name, final String value)
    {
        final String[] request = POST.clone();
        for (int i = 0; i < request.length; i += 2)
        {
            request[i + 1] = request[i].equals(name) ? value : request[i + 1];
        }

        return request;
    }
}
