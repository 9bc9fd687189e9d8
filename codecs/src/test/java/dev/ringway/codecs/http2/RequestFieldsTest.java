package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.UnderscorePolicy;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class RequestFieldsTest
{
    private static final String[] GET = {":method", "GET", ":scheme", "https", ":authority", "a:8443", ":path", "/p?q"};

    private final UnsafeBuffer buffer = FieldLines.buffer(4096);
    private final RequestHead head = new RequestHead(100);
    private final RequestFields fields = new RequestFields(100);
    private Http2FieldLimits limits = Http2FieldLimits.DEFAULT;
    private UnderscorePolicy underscores = UnderscorePolicy.ALLOW;
    private int limit = buffer.capacity();

    @Test
    void shouldFillTheHead()
    {
        assertEquals("OK", read(true, with(GET, "accept", "*/*", "x-a", "")));

        assertTrue(head.http2());
        assertEquals(1, head.minorVersion());
        assertEquals(HttpMethod.GET, head.methodId());
        assertEquals("GET", text(head.methodOffset(), head.methodLength()));
        assertEquals("https", text(head.schemeOffset(), head.schemeLength()));
        assertEquals("a:8443", text(head.authorityOffset(), head.authorityLength()));
        assertEquals("/p?q", text(head.pathOffset(), head.pathLength()));
        assertEquals("/p?q", text(head.targetOffset(), head.targetLength()));
        assertEquals(head.pathOffset() + 2, head.queryOffset());
        assertEquals(-1, head.contentLength());
        assertFalse(head.chunked());
        assertTrue(head.keepAlive());
        assertFalse(head.upgrade());
        assertFalse(head.expectContinue());
        assertFalse(head.absoluteForm());
        assertEquals(0, head.protocolLength());
        assertEquals(List.of("accept: */*", "x-a: "), FieldLines.lines(head.headers()));
        assertEquals(FieldLines.OFFSET, head.headOffset());
        assertEquals(fields.endOffset(), head.headOffset() + head.headLength());
        assertTrue(head.headers().canonical(0) && head.headers().canonical(1));
    }

    @Test
    void shouldForgetTheRequestBefore()
    {
        assertEquals("OK", read(false, with(GET, "content-length", "5", "cookie", "a", "expect", "100-continue")));
        assertTrue(head.expectContinue());
        assertEquals("INVALID_NAME", read(false, with(GET, "A", "b")));
        assertEquals("OK", read(true, GET));
        assertEquals(-1, head.contentLength());
        assertFalse(head.expectContinue());
        assertEquals(List.of(), FieldLines.lines(head.headers()));
    }

    @Test
    void shouldStopAtTheFirstFault()
    {
        fields.begin(head, buffer, limit, limits, underscores);
        final int end = FieldLines.feed(fields, buffer, 0, with(GET, "x y", "1", ":path", "/2"));
        assertFalse(fields.onField(end, 4, end + 6, 1, HeaderName.OTHER, 0));
        assertEquals(Http2Fault.INVALID_NAME, fields.end(true));
        assertEquals(Http2Fault.INVALID_NAME, fields.end(true));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "GET, https, a, /, OK", "GET, http, a, /, OK", "GET, HTTPS, a, /, OK", "GET, ftp, a, /, INVALID_SCHEME",
        "GET, httpsx, a, /, INVALID_SCHEME", "GET, '', a, /, INVALID_SCHEME", "GET, -, a, /, MISSING_PSEUDO",
        "-, https, a, /, MISSING_PSEUDO", "GET, https, a, -, MISSING_PSEUDO", "GET, https, -, /, MISSING_AUTHORITY",
        "'', https, a, /, INVALID_METHOD", "G T, https, a, /, INVALID_METHOD", "get, https, a, /, OK",
        "'GET ', https, a, /, INVALID_METHOD", "GET, https, a, '', INVALID_PATH", "GET, https, a, x, INVALID_PATH",
        "GET, https, a, *, INVALID_PATH", "OPTIONS, https, a, *, OK", "OPTIONS, https, a, **, INVALID_PATH",
        "OPTIONS, https, a, /*, OK", "GET, https, a, http://a/, INVALID_PATH", "GET, https, a, /#f, INVALID_PATH",
        "GET, https, a, '/ ', INVALID_PATH", "GET, https, a, ?q, INVALID_PATH", "GET, https, a, //x, OK",
        "GET, https, '', /, INVALID_AUTHORITY", "GET, https, u@a, /, INVALID_AUTHORITY",
        "GET, https, a/b, /, INVALID_AUTHORITY", "GET, https, a:99999, /, INVALID_AUTHORITY",
        "GET, https, [::1]:80, /, OK", "GET, https, 'a b', /, INVALID_AUTHORITY",
        "CONNECT, -, a:443, -, OK", "CONNECT, -, a, -, INVALID_AUTHORITY", "CONNECT, -, a:, -, INVALID_AUTHORITY",
        "CONNECT, -, -, -, MISSING_PSEUDO", "CONNECT, https, a:443, -, FORBIDDEN_PSEUDO",
        "CONNECT, -, a:443, /, FORBIDDEN_PSEUDO"})
    void shouldJudgePseudoHeaders(
        final String method, final String scheme, final String authority, final String path, final String expected)
    {
        final Stream.Builder<String> list = Stream.builder();
        addIfPresent(list, ":method", method);
        addIfPresent(list, ":scheme", scheme);
        addIfPresent(list, ":authority", authority);
        addIfPresent(list, ":path", path);

        assertEquals(expected, read(true, list.build().toArray(String[]::new)));
    }

    private static void addIfPresent(final Stream.Builder<String> list, final String name, final String value)
    {
        if (value != null)
        {
            list.add(name).add(value);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/\u0080", "/\u00ff", "/\t", "/\r", "/\n", "/\0", "/\u007f", "/a b", "/\r\nx: y",
        "/ HTTP/1.1"})
    void shouldRefuseBytesThatEndARequestLine(final String path)
    {
        assertEquals("INVALID_PATH",
            read(true, ":method", "GET", ":scheme", "https", ":authority", "a", ":path", path));
    }

    @Test
    void shouldRefusePseudoHeadersOutOfPlace()
    {
        assertEquals("PSEUDO_AFTER_FIELD",
            read(true, ":method", "GET", ":scheme", "https", "x-a", "1", ":path", "/", ":authority", "a"));
        assertEquals("DUPLICATE_PSEUDO", read(true, with(GET, ":path", "/p?q")));
        assertEquals("DUPLICATE_PSEUDO", read(true, with(GET, ":method", "GET")));
        assertEquals("DUPLICATE_PSEUDO", read(true, with(GET, ":scheme", "https")));
        assertEquals("DUPLICATE_PSEUDO", read(true, with(GET, ":authority", "a:8443")));
        assertEquals("UNKNOWN_PSEUDO", read(true, with(GET, ":status", "200")));
        assertEquals("UNKNOWN_PSEUDO", read(true, with(GET, ":foo", "1")));
        assertEquals("UNKNOWN_PSEUDO", read(true, with(GET, ":", "1")));
        assertEquals("UNKNOWN_PSEUDO", read(true, with(GET, ":Method", "GET")));
        assertEquals("MISSING_PSEUDO", read(true));
    }

    @Test
    void shouldTakeExtendedConnectWhenAllowed()
    {
        final String[] request = {
            ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/chat", ":authority", "a"};
        assertEquals("UNKNOWN_PSEUDO", read(false, request));

        fields.allowProtocol(true);
        assertEquals("OK", read(false, request));
        assertEquals("websocket", text(head.protocolOffset(), head.protocolLength()));
        assertEquals("/chat", text(head.pathOffset(), head.pathLength()));
        assertTrue(head.upgrade());
        assertFalse(head.chunked());
        assertEquals("FORBIDDEN_PSEUDO", read(false, with(GET, ":protocol", "websocket")));
        assertEquals("INVALID_PROTOCOL", read(false, with(GET, ":protocol", "web socket")));
        assertEquals("MISSING_PSEUDO",
            read(false, ":method", "CONNECT", ":protocol", "websocket", ":authority", "a:1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "aB", "a b", "a:", "a:b", "a\0", "\0", "a\r", "a\n", "a\t", "a\u0080", "a\u00ff",
        "a(", "a,b", "a\"", "content-length:", "x-eight-1 ", "x-eight-characters-\u007f", "Content-Length"})
    void shouldRefuseNamesThatAreNoLowerCaseTokens(final String name)
    {
        assertEquals("INVALID_NAME", read(true, with(GET, name, "1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "x-a", "x_b", "!#$%&'*+-.^_`|~0189az", "x-eight-characters-and-more"})
    void shouldTakeNamesThatAreTokens(final String name)
    {
        assertEquals("OK", read(true, with(GET, name, "1")));
        assertEquals(List.of(name + ": 1"), FieldLines.lines(head.headers()));
    }

    @ParameterizedTest
    @ValueSource(strings = {" a", "a ", "\ta", "a\t", " ", "\t", "a\rb", "a\nb", "a\0b", "\r", "\n", "\0", "a\u0001",
        "a\u007f", "a\r\nx: y", "0123456\n", "01234567\n9", "\u001b[0m"})
    void shouldRefuseValuesThatAreNoText(final String value)
    {
        assertEquals("INVALID_VALUE", read(true, with(GET, "x-a", value)));
        assertEquals("INVALID_VALUE", read(true, with(GET, "user-agent", value)));
        assertEquals("INVALID_VALUE", read(true, with(GET, "cookie", value)));
        assertEquals("INVALID_VALUE", read(true, with(GET, "cookie", "a", "cookie", value)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a b", "a\tb", "\u0080", "\u00ff", "a, b; c=\"d\"", "0123456789abcdef"})
    void shouldTakeValuesThatAreText(final String value)
    {
        assertEquals("OK", read(true, with(GET, "x-a", value)));
        assertEquals(List.of("x-a: " + value), FieldLines.lines(head.headers()));
    }

    @ParameterizedTest
    @CsvSource({
        "connection, close", "connection, ''", "proxy-connection, keep-alive", "keep-alive, timeout=5",
        "transfer-encoding, chunked", "transfer-encoding, identity", "transfer-encoding, ''", "upgrade, h2c",
        "http2-settings, AAMAAABkAAQAAP__"})
    void shouldRefuseFieldsOfTheConnection(final String name, final String value)
    {
        assertEquals("CONNECTION_FIELD", read(true, with(GET, name, value)));
    }

    @ParameterizedTest
    @CsvSource({"trailers, OK", "Trailers, OK", "'', INVALID_TE", "gzip, INVALID_TE", "'trailers, gzip', INVALID_TE",
        "'trailers;q=1', INVALID_TE", "chunked, INVALID_TE"})
    void shouldTakeOnlyTrailersInTe(final String value, final String expected)
    {
        assertEquals(expected, read(true, with(GET, "te", value)));
    }

    @ParameterizedTest
    @CsvSource({"0, OK", "5, OK", "05, OK", "999999999999999999, OK", "1000000000000000000, INVALID_CONTENT_LENGTH",
        "'', INVALID_CONTENT_LENGTH", "+5, INVALID_CONTENT_LENGTH", "-5, INVALID_CONTENT_LENGTH",
        "'5, 5', INVALID_CONTENT_LENGTH", "5.0, INVALID_CONTENT_LENGTH", "0x5, INVALID_CONTENT_LENGTH",
        "5 5, INVALID_CONTENT_LENGTH", "' 5', INVALID_VALUE"})
    void shouldJudgeContentLength(final String value, final String expected)
    {
        assertEquals(expected, read(false, with(GET, "content-length", value)));
        if (expected.equals("OK"))
        {
            assertEquals(Long.parseLong(value), head.contentLength());
            assertFalse(head.chunked());
        }
    }

    @Test
    void shouldRefuseContentLengthsThatDisagree()
    {
        assertEquals("DUPLICATE_CONTENT_LENGTH",
            read(false, with(GET, "content-length", "5", "content-length", "5")));
        assertEquals("DUPLICATE_CONTENT_LENGTH",
            read(false, with(GET, "content-length", "5", "x-a", "1", "content-length", "6")));
        assertEquals("CONTENT_LENGTH_MISMATCH", read(true, with(GET, "content-length", "5")));
        assertEquals("OK", read(true, with(GET, "content-length", "0")));
        assertEquals("CONNECT_WITH_BODY",
            read(false, ":method", "CONNECT", ":authority", "a:1", "content-length", "1"));
    }

    @Test
    void shouldSayWhenContentOfUnknownLengthFollows()
    {
        assertEquals("OK", read(false, GET));
        assertTrue(head.chunked());
        assertEquals("OK", read(false, ":method", "CONNECT", ":authority", "a:1"));
        assertFalse(head.chunked());
        assertEquals("a:1", text(head.targetOffset(), head.targetLength()));
        assertEquals(0, head.pathLength());
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"-, a, OK, a", "a, a, OK, a", "A.b:1, a.B:1, OK, A.b:1",
        "a, b, AUTHORITY_MISMATCH, -", "a(, a), AUTHORITY_MISMATCH, -", "a:443, a, AUTHORITY_MISMATCH, -", "a, a:443, AUTHORITY_MISMATCH, -",
        "[::1]:80, '{::1}:80', INVALID_AUTHORITY, -",
        "-, '', INVALID_AUTHORITY, -", "-, u@a, INVALID_AUTHORITY, -", "a, u@a, INVALID_AUTHORITY, -"})
    void shouldWeighHostAgainstAuthority(
        final String authority, final String host, final String expected, final String taken)
    {
        final String[] start = authority == null ?
            new String[] {":method", "GET", ":scheme", "http", ":path", "/"} :
            new String[] {":method", "GET", ":scheme", "http", ":path", "/", ":authority", authority};
        assertEquals(expected, read(true, with(start, "host", host)));
        if (taken != null)
        {
            assertEquals(taken, text(head.authorityOffset(), head.authorityLength()));
            assertEquals(List.of("host: " + host), FieldLines.lines(head.headers()));
        }
    }

    @Test
    void shouldRefuseTwoHosts()
    {
        assertEquals("DUPLICATE_HOST", read(true, with(GET, "host", "a:8443", "host", "a:8443")));
        assertEquals("AUTHORITY_MISMATCH", read(true, ":method", "CONNECT", ":authority", "a:1", "host", "b:1"));
    }

    @Test
    void shouldJoinNeighbouringCrumbsWhereTheyAre()
    {
        limit = 0;
        assertEquals("OK", read(true, with(GET, "x-a", "1", "cookie", "a=b", "cookie", "", "cookie", "c=d; e=f",
            "cookie", "g", "x-b", "2")));
        assertEquals(List.of("x-a: 1", "cookie: a=b; c=d; e=f; g", "x-b: 2"), FieldLines.lines(head.headers()));
        assertTrue(head.headers().canonical(1));
        final int end = head.headers().valueOffset(1) + head.headers().valueLength(1);
        assertEquals("\r\n", text(end, 2));
    }

    @Test
    void shouldJoinScatteredCrumbsBehindTheFields()
    {
        final String[] request = with(GET, "cookie", "a=b", "x-a", "1", "cookie", "c=d", "cookie", "e=f");
        assertEquals("OK", read(true, request));
        assertEquals(List.of("cookie: a=b; c=d; e=f", "x-a: 1"), FieldLines.lines(head.headers()));
        assertTrue(head.headers().canonical(0));
        final int end = fields.endOffset();
        assertEquals("cookie: a=b; c=d; e=f\r\nx", text(end - 23, 24));
        assertEquals(end, head.headOffset() + head.headLength());

        limit = end;
        assertEquals("OK", read(true, request));
        limit = end - 1;
        assertEquals("FIELDS_TOO_LARGE", read(true, request));
    }

    @Test
    void shouldKeepACookieSecretWhenOneOfItsCrumbsIs()
    {
        fields.begin(head, buffer, limit, limits, underscores);
        int at = FieldLines.feed(fields, buffer, 0, with(GET, "cookie", "a", "cookie", "b"));
        at += buffer.putStringWithoutLengthAscii(at, "cookie: c\r\n");
        assertTrue(fields.onField(at - 11, 6, at - 3, 1, HeaderName.COOKIE, HeaderSink.NEVER_INDEXED));
        assertEquals(0, fields.end(true));
        assertEquals(List.of("cookie: a; b; c"), FieldLines.lines(head.headers()));
        assertTrue(head.headers().neverIndexed(0));
    }

    @Test
    void shouldLeaveEmptyCrumbsOut()
    {
        assertEquals("OK", read(true, with(GET, "cookie", "", "cookie", "", "cookie", "a", "cookie", "")));
        assertEquals(List.of("cookie: a"), FieldLines.lines(head.headers()));
        assertEquals("OK", read(true, with(GET, "cookie", "", "x-a", "1", "cookie", "")));
        assertEquals(List.of("cookie: ", "x-a: 1"), FieldLines.lines(head.headers()));
    }

    @Test
    void shouldBoundTheListAndCountEachFieldWithItsOverhead()
    {
        // 4 pseudo-headers: 7+3 + 7+5 + 10+6 + 5+4 and 32 for each; x-a: 3+1+32.
        final int length = 47 + 4 * 32 + 36;
        limits = new Http2FieldLimits(length, 100, 100);
        assertEquals("OK", read(true, with(GET, "x-a", "1")));
        limits = new Http2FieldLimits(length - 1, 100, 100);
        assertEquals("FIELDS_TOO_LARGE", read(true, with(GET, "x-a", "1")));
    }

    @Test
    void shouldBoundTheCountOfFieldsAndCrumbs()
    {
        limits = new Http2FieldLimits(60000, 6, 100);
        assertEquals("OK", read(true, with(GET, "cookie", "a", "cookie", "b")));
        assertEquals("TOO_MANY_FIELDS", read(true, with(GET, "cookie", "a", "cookie", "b", "cookie", "c")));
        assertEquals("TOO_MANY_FIELDS", read(true, with(GET, "cookie", "", "cookie", "", "cookie", "")));
    }

    @Test
    void shouldBoundCookies()
    {
        limits = new Http2FieldLimits(60000, 100, 4);
        assertEquals("OK", read(true, with(GET, "cookie", "abcd")));
        assertEquals("OK", read(true, with(GET, "cookie", "a", "cookie", "b")));
        assertEquals("COOKIES_TOO_LARGE", read(true, with(GET, "cookie", "abcde")));
        assertEquals("COOKIES_TOO_LARGE", read(true, with(GET, "cookie", "ab", "cookie", "c")));
    }

    @Test
    void shouldTreatUnderscoresByPolicy()
    {
        final String[] request = with(GET, "x_a", "1", "x-b", "2");
        assertEquals("OK", read(true, request));
        assertEquals(List.of("x_a: 1", "x-b: 2"), FieldLines.lines(head.headers()));
        underscores = UnderscorePolicy.DROP;
        assertEquals("OK", read(true, request));
        assertEquals(List.of("[x_a: 1]", "x-b: 2"), FieldLines.lines(head.headers()));
        underscores = UnderscorePolicy.REJECT;
        assertEquals("UNDERSCORE_IN_NAME", read(true, request));
        assertEquals("OK", read(true, with(GET, "x-b", "_")));
    }

    @Test
    void shouldNoteOtherEnvoyNames()
    {
        assertEquals("OK", read(true, with(GET, "x-envoy-internal", "1", "x-envoy", "1", "x-envoyx-a", "1")));
        assertFalse(head.headers().hasOtherEnvoyNames());
        assertEquals("OK", read(true, with(GET, "x-envoy-x", "1")));
        assertTrue(head.headers().hasOtherEnvoyNames());
        assertEquals("OK", read(true, with(GET, "x-envoy-", "1")));
        assertTrue(head.headers().hasOtherEnvoyNames());
    }

    private String read(final boolean isEndStream, final String... list)
    {
        fields.begin(head, buffer, limit, limits, underscores);
        FieldLines.feed(fields, buffer, FieldLines.OFFSET, list);
        final int result = fields.end(isEndStream);
        return Http2Fault.name(result);
    }

    private String text(final int offset, final int length)
    {
        return FieldLines.text(buffer, offset, length);
    }

    private static String[] with(final String[] start, final String... more)
    {
        return Stream.concat(Stream.of(start), Stream.of(more)).toArray(String[]::new);
    }
}
