package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http1RequestParserTest
{
    private final Http1RequestParser parser = new Http1RequestParser(new Http1Limits(512, 20));
    private final RequestHead head = new RequestHead(20);

    @Test
    void shouldParseTypicalRequest()
    {
        final String input = "GET /index.html?a=b HTTP/1.1\r\nHost: example.com:8080\r\nUser-Agent: curl/8.0\r\n" +
            "Accept: */*\r\nX-Custom_Name:\t spaced out \t\r\nEmpty:\r\n\r\n";

        assertEquals(input.length(), parse(input + "BODY"));

        assertEquals(HttpMethod.GET, head.methodId());
        assertEquals("GET", text(head.methodOffset(), head.methodLength()));
        assertEquals("/index.html?a=b", text(head.targetOffset(), head.targetLength()));
        assertEquals("/index.html?a=b", text(head.pathOffset(), head.pathLength()));
        assertEquals("?a=b", text(head.queryOffset(), 4));
        assertEquals("example.com:8080", text(head.authorityOffset(), head.authorityLength()));
        assertEquals(0, head.schemeLength());
        assertEquals(1, head.minorVersion());
        assertEquals(-1, head.contentLength());
        assertEquals(input.length(), head.headLength());
        assertTrue(head.keepAlive());
        assertFalse(head.chunked() || head.upgrade() || head.expectContinue() || head.absoluteForm());
        assertEquals("host=example.com:8080|user-agent=curl/8.0|accept=*/*|x-custom_name=spaced out|empty=|", fields());
        assertEquals(HeaderName.USER_AGENT, head.headers().nameId(1));
        assertTrue(head.headers().canonical(2));
        assertFalse(head.headers().canonical(3));
        assertFalse(head.headers().canonical(4));
    }

    @Test
    void shouldMoveWithTheBytes()
    {
        final String input = "POST http://a.b/p?q HTTP/1.1\r\nHost: c.d\r\nContent-Length: 3\r\n\r\n";
        assertEquals(input.length(), parse(input));
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[500]);
        copy.putBytes(100, head.headers().buffer(), head.methodOffset(), input.length());

        head.rebase(copy, 100 - head.methodOffset());

        assertEquals("POST", text(head.methodOffset(), head.methodLength()));
        assertEquals("http://a.b/p?q", text(head.targetOffset(), head.targetLength()));
        assertEquals("/p?q", text(head.pathOffset(), head.pathLength()));
        assertEquals("?q", text(head.queryOffset(), 2));
        assertEquals("a.b", text(head.authorityOffset(), head.authorityLength()));
        assertEquals("http", text(head.schemeOffset(), head.schemeLength()));
        assertEquals("host=c.d|content-length=3|", fields());
    }

    @Test
    void shouldReuseHeadWithoutTraces()
    {
        parse("POST http://a.b/p?q HTTP/1.1\r\nHost: c.d\r\nExpect: 100-continue\r\nConnection: close, upgrade\r\n" +
            "Upgrade: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertTrue(head.absoluteForm() && head.chunked() && head.upgrade() && head.expectContinue());
        assertFalse(head.keepAlive());

        parse("GET / HTTP/1.1\r\nHost: e\r\n\r\n");

        assertFalse(head.absoluteForm() || head.chunked() || head.upgrade() || head.expectContinue());
        assertTrue(head.keepAlive());
        assertEquals(-1, head.queryOffset());
        assertEquals(1, head.headers().count());
        assertEquals(-1, head.headers().find(HeaderName.UPGRADE));
        assertEquals("e", text(head.authorityOffset(), head.authorityLength()));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 2", "HEAD, 3", "POST, 4", "PUT, 5", "DELETE, 6", "OPTIONS, 8", "TRACE, 9", "PATCH, 10", "get, 1",
        "GETS, 1", "M-SEARCH, 1", "PROPPATCH, 1", "X, 1"
    })
    void shouldKnowMethods(final String method, final int id)
    {
        final String input = method + " / HTTP/1.1\r\nHost: a\r\n\r\n";
        assertEquals(input.length(), parse(input));
        assertEquals(id, head.methodId());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET / HTTP/1.1 | / | a | ''",
        "GET //x/../y?z=/ HTTP/1.1 | //x/../y?z=/ | a | ''",
        "GET http://b HTTP/1.1 | '' | b | http",
        "GET HTTPS://b:1/ HTTP/1.1 | / | b:1 | HTTPS",
        "GET http://[::1]:80/x HTTP/1.1 | /x | [::1]:80 | http",
        "OPTIONS * HTTP/1.1 | * | a | ''",
        "CONNECT b:443 HTTP/1.1 | '' | b:443 | ''",
    })
    void shouldUnderstandTargets(final String line, final String path, final String authority, final String scheme)
    {
        final String input = line + "\r\nHost: a\r\n\r\n";
        assertEquals(input.length(), parse(input));
        assertEquals(path, text(head.pathOffset(), head.pathLength()));
        assertEquals(authority, text(head.authorityOffset(), head.authorityLength()));
        assertEquals(scheme, text(head.schemeOffset(), head.schemeLength()));
        assertEquals(!scheme.isEmpty(), head.absoluteForm());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1 | '' | true", "1 | Connection: keep-alive | true", "1 | Connection: close | false",
        "1 | Connection: Close | false", "1 | Connection: keep-alive, close | false",
        "1 | Connection: , close , | false",
        "0 | '' | false", "0 | Connection: Keep-Alive | true", "0 | Connection: close | false",
        "0 | Connection: keep-alive, close | false", "1 | Connection: closed | true", "1 | Connection: | true"
    })
    void shouldDecideKeepAlive(final int minor, final String line, final boolean keepAlive)
    {
        final String lines = line.isEmpty() ? "" : line + "\r\n";
        final String input = "GET / HTTP/1." + minor + "\r\nHost: a\r\n" + lines + "\r\n";
        assertEquals(input.length(), parse(input));
        assertEquals(keepAlive, head.keepAlive());
    }

    @Test
    void shouldJoinSeveralConnectionFields()
    {
        parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo\r\nFoo: 1\r\nBar: 2\r\nConnection: BAR\r\nBaz: 3\r\n" +
            "foo: 4\r\nConnection: close\r\n\r\n");

        final HeaderTable headers = head.headers();
        final StringBuilder nominated = new StringBuilder();
        for (int i = 0; i < headers.count(); i++)
        {
            nominated.append(headers.nominated(i) ? 'n' : '-');
        }
        assertEquals("--nn--n-", nominated.toString());
        assertFalse(head.keepAlive());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Host", "content-length", "X-Forwarded-For", "authorization", "Cookie"
    })
    void shouldRefuseNominationOfProtectedField(final String name)
    {
        final String value = name.equals("Host") ? "" : name + ": 1\r\n";
        assertError(Http1Error.CONNECTION_REJECTED,
            "POST / HTTP/1.1\r\nHost: a\r\n" + value + "Connection: close, " + name + "\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Upgrade: websocket~Connection: Upgrade | 1 | true", "Upgrade: websocket~Connection: x, upgrade | 1 | true",
        "Upgrade: websocket | 1 | false", "Connection: upgrade | 1 | false",
        "Upgrade: websocket~Connection: Upgrade | 0 | false", "Upgrade: H2c~Connection: Upgrade | 1 | false",
        "Upgrade: h2c, websocket~Connection: Upgrade | 1 | true",
        "Upgrade: h2c~Upgrade: websocket~Connection: Upgrade | 1 | true"
    })
    void shouldDetectUpgrade(final String lines, final int minor, final boolean upgrade)
    {
        final String input = "GET / HTTP/1." + minor + "\r\nHost: a\r\n" + lines.replace("~", "\r\n") + "\r\n\r\n";
        assertEquals(input.length(), parse(input));
        assertEquals(upgrade, head.upgrade());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Upgrade: WebSocket~Connection: Upgrade | WebSocket", "Upgrade: a, b~Connection: Upgrade | a, b",
        "Upgrade: a~Upgrade: b~Connection: Upgrade | ''", "Upgrade: h2c~Connection: Upgrade | ''",
        "Upgrade: websocket | ''"
    })
    void shouldTellTheProtocolOfAnUpgradeThatNamesOne(final String lines, final String protocol)
    {
        parse("GET / HTTP/1.1\r\nHost: a\r\n" + lines.replace("~", "\r\n") + "\r\n\r\n");
        assertEquals(protocol, text(head.protocolOffset(), head.protocolLength()));
    }

    @Test
    void shouldTakeNoConnectForAnUpgrade()
    {
        parse("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        assertFalse(head.upgrade());
        assertEquals(0, head.protocolLength());
    }

    @ParameterizedTest
    @CsvSource({ "100-continue, 1, true", "100-Continue, 1, true", "100-continue, 0, false", "other, 1, false" })
    void shouldDetectExpectation(final String value, final int minor, final boolean expected)
    {
        parse("POST / HTTP/1." + minor + "\r\nHost: a\r\nExpect: " + value + "\r\n\r\n");
        assertEquals(expected, head.expectContinue());
    }

    @ParameterizedTest
    @CsvSource({ "0, 0", "00, 0", "42, 42", "0042, 42", "999999999999999999, 999999999999999999" })
    void shouldReadContentLength(final String value, final long length)
    {
        parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + value + "\r\n\r\n");
        assertEquals(length, head.contentLength());
    }

    @Test
    void shouldSkipFewEmptyLines()
    {
        final String request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        assertEquals(request.length() + 8, parse("\r\n\r\n\r\n\r\n" + request));
        assertEquals(request.length() + 8, head.headLength());
        assertError(Http1Error.INVALID_START_LINE, "\r\n\r\n\r\n\r\n\r\n" + request);
    }

    @Test
    void shouldAcceptHttp10WithoutHost()
    {
        parse("GET / HTTP/1.0\r\n\r\n");
        assertEquals(0, head.authorityLength());
        assertEquals(0, head.minorVersion());
    }

    @Test
    void shouldLimitLength()
    {
        final String start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        final String fits = start + "x".repeat(512 - start.length() - 4) + "\r\n\r\n";
        assertEquals(512, parse(fits + "more"));
        assertError(Http1Error.HEAD_TOO_LARGE, start + "x".repeat(513 - start.length() - 4) + "\r\n\r\n");
        assertError(Http1Error.HEAD_TOO_LARGE, "G".repeat(600));
    }

    @Test
    void shouldLimitCount()
    {
        final String start = "GET / HTTP/1.1\r\nHost: a\r\n";
        assertTrue(parse(start + "X: y\r\n".repeat(19) + "\r\n") > 0);
        assertError(Http1Error.TOO_MANY_HEADERS, start + "X: y\r\n".repeat(20) + "\r\n");
        assertError(Http1Error.CONNECTION_REJECTED, start + "Connection: " + "x,".repeat(33) + "\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "INVALID_METHOD | ' GET / HTTP/1.1'", "INVALID_METHOD | 'G@T / HTTP/1.1'", "INVALID_METHOD | 'GET\t/ HTTP/1.1'",
        "INVALID_METHOD | 'GET'", "INVALID_TARGET | 'GET  / HTTP/1.1'", "INVALID_START_LINE | 'GET /'",
        "INVALID_VERSION | 'GET / '", "INVALID_VERSION | 'GET /  HTTP/1.1'", "INVALID_VERSION | 'GET / x HTTP/1.1'",
        "INVALID_TARGET | 'GET /#f HTTP/1.1'", "INVALID_TARGET | 'GET /\u00e9 HTTP/1.1'",
        "INVALID_TARGET | 'GET /\u007f HTTP/1.1'", "INVALID_TARGET | 'GET /\t HTTP/1.1'",
        "INVALID_TARGET | 'GET * HTTP/1.1'", "INVALID_TARGET | 'OPTIONS ** HTTP/1.1'",
        "INVALID_TARGET | 'GET x HTTP/1.1'",
        "INVALID_TARGET | 'GET a:80 HTTP/1.1'", "INVALID_TARGET | 'GET http:/a HTTP/1.1'",
        "INVALID_SCHEME | 'GET ftp://a/ HTTP/1.1'", "INVALID_SCHEME | 'GET httpx://a/ HTTP/1.1'",
        "INVALID_TARGET | 'GET :// HTTP/1.1'", "INVALID_TARGET | 'GET http:// HTTP/1.1'",
        "INVALID_TARGET | 'GET http:///x HTTP/1.1'", "INVALID_TARGET | 'GET http://u@a/ HTTP/1.1'",
        "INVALID_TARGET | 'GET http://a?x HTTP/1.1'", "INVALID_TARGET | 'GET http://a:b/ HTTP/1.1'",
        "INVALID_TARGET | 'CONNECT a HTTP/1.1'", "INVALID_TARGET | 'CONNECT a: HTTP/1.1'",
        "INVALID_TARGET | 'CONNECT /x HTTP/1.1'", "INVALID_TARGET | 'CONNECT http://a:1/ HTTP/1.1'",
        "INVALID_TARGET | 'CONNECT a:99999 HTTP/1.1'", "INVALID_VERSION | 'GET / http/1.1'",
        "INVALID_VERSION | 'GET / HTTP/x'", "INVALID_VERSION | 'GET / HTTP/1'", "INVALID_VERSION | 'GET / HTTP/1.x'",
        "UNSUPPORTED_VERSION | 'GET / HTTP/1.2'", "UNSUPPORTED_VERSION | 'GET / HTTP/0.9'",
        "UNSUPPORTED_VERSION | 'GET / HTTP/2.0'", "UNSUPPORTED_VERSION | 'PRI / HTTP/2.0'",
        "HTTP2_PREFACE | 'PRI * HTTP/2.0'", "INVALID_START_LINE | 'GET / HTTP/1.10'",
        "INVALID_START_LINE | 'GET / HTTP/1.1 '"
    })
    void shouldRefuseRequestLine(final String error, final String line)
    {
        assertError(error, line + "\r\nHost: a\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "OBS_FOLD | ' X: y'", "OBS_FOLD | 'X: y~\tz'", "OBS_FOLD | 'X: y~ '", "SPACE_BEFORE_COLON | 'X : y'",
        "SPACE_BEFORE_COLON | 'Transfer-Encoding\t: chunked'", "INVALID_HEADER_NAME | ': y'",
        "INVALID_HEADER_NAME | 'X'", "INVALID_HEADER_NAME | 'X(: y'", "INVALID_HEADER_NAME | 'X\u00e9: y'",
        "INVALID_HEADER_NAME | 'X\0: y'", "INVALID_HEADER_NAME | 'Long-Name-With-\"Quote: y'",
        "INVALID_HEADER_VALUE | 'X: a\0b'", "INVALID_HEADER_VALUE | 'X: \u007f'", "INVALID_HEADER_VALUE | 'X:\u000b'",
        "BARE_CR | 'X: a\rb'", "BARE_CR | 'X: a~\rY: b'", "BARE_LF | 'X: a\nY: b'", "BARE_LF | 'X\nY: b'",
        "BARE_CR | 'X: a\r'", "BARE_LF | 'X: a~\nY: b'",
        "INVALID_CONTENT_LENGTH | 'Content-Length: +5'", "INVALID_CONTENT_LENGTH | 'Content-Length: -5'",
        "INVALID_CONTENT_LENGTH | 'Content-Length:'", "INVALID_CONTENT_LENGTH | 'Content-Length: 5, 5'",
        "INVALID_CONTENT_LENGTH | 'Content-Length: 0x5'", "INVALID_CONTENT_LENGTH | 'Content-Length: 5 5'",
        "INVALID_CONTENT_LENGTH | 'Content-Length: 18446744073709551617'",
        "INVALID_CONTENT_LENGTH | 'Content-Length: 9223372036854775807'",
        "INVALID_CONTENT_LENGTH | 'Content-Length: 5.'",
        "DUPLICATE_CONTENT_LENGTH | 'Content-Length: 5~Content-Length: 5'",
        "DUPLICATE_CONTENT_LENGTH | 'Content-Length: 5~X: y~content-length: 6'",
        "CONTENT_LENGTH_AND_CHUNKED | 'Content-Length: 5~Transfer-Encoding: chunked'",
        "CONTENT_LENGTH_AND_CHUNKED | 'Transfer-Encoding: chunked~Content-Length: 5'",
        "CONTENT_LENGTH_AND_CHUNKED | 'Content-Length: 0~Transfer-Encoding: gzip'",
        "UNSUPPORTED_TRANSFER_CODING | 'Transfer-Encoding: identity'",
        "UNSUPPORTED_TRANSFER_CODING | 'Transfer-Encoding: gzip, chunked'",
        "UNSUPPORTED_TRANSFER_CODING | 'Transfer-Encoding: chunked, chunked'",
        "UNSUPPORTED_TRANSFER_CODING | 'Transfer-Encoding: chunked, identity'",
        "UNSUPPORTED_TRANSFER_CODING | 'Transfer-Encoding: xchunked'",
        "UNSUPPORTED_TRANSFER_CODING | 'Transfer-Encoding:'",
        "UNSUPPORTED_TRANSFER_CODING | 'Transfer-Encoding: \"chunked\"'",
        "UNSUPPORTED_TRANSFER_CODING | 'Transfer-Encoding: chunked;x'",
        "DUPLICATE_TRANSFER_ENCODING | 'Transfer-Encoding: chunked~Transfer-Encoding: chunked'",
        "DUPLICATE_HOST | 'Host: a'", "DUPLICATE_HOST | 'X: y~host: b'", "CONNECTION_REJECTED | 'Connection: a b'",
        "CONNECTION_REJECTED | 'Connection: \"a\"'", "CONNECTION_REJECTED | 'Connection: a;b'"
    })
    void shouldRefuseFields(final String error, final String lines)
    {
        assertError(error, "POST / HTTP/1.1\r\nHost: a\r\n" + lines.replace("~", "\r\n") + "\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "MISSING_HOST | 'X: y'", "INVALID_HOST | 'Host:'", "INVALID_HOST | 'Host: a b'", "INVALID_HOST | 'Host: a/b'",
        "INVALID_HOST | 'Host: u@a'", "INVALID_HOST | 'Host: a:b'", "INVALID_HOST | 'Host: a:65536'",
        "INVALID_HOST | 'Host: a:1:2'", "INVALID_HOST | 'Host: [::1'", "INVALID_HOST | 'Host: %zz'",
        "INVALID_HOST | 'Host: \u00e9'", "INVALID_HOST | 'Host: a\\b'", "INVALID_HOST | 'Host: :80'"
    })
    void shouldRefuseHost(final String error, final String lines)
    {
        assertError(error, "GET / HTTP/1.1\r\n" + lines + "\r\n\r\n");
    }

    @Test
    void shouldRefuseTransferEncodingInHttp10()
    {
        assertError(Http1Error.TRANSFER_ENCODING_NOT_ALLOWED, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    @Test
    void shouldRefuseConnectWithBody()
    {
        final String start = "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n";
        assertError(Http1Error.CONNECT_WITH_BODY, start + "Content-Length: 1\r\n\r\n");
        assertError(Http1Error.CONNECT_WITH_BODY, start + "Transfer-Encoding: chunked\r\n\r\n");
        assertTrue(parse(start + "Content-Length: 0\r\n\r\n") > 0);
    }

    @Test
    void shouldRefuseLineEnds()
    {
        assertError(Http1Error.BARE_LF, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertError(Http1Error.BARE_CR, "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertError(Http1Error.BARE_LF, "GET / HTTP/1.1\nHost: a\r\n\r\n");
        assertError(Http1Error.BARE_CR, "GET / HTTP/1.1\rHost: a\r\n\r\n");
        assertError(Http1Error.BARE_LF, "GET / HTTP/1.1\r\nHost: a\n\r\n");
        assertError(Http1Error.BARE_CR, "GET / HTTP/1.1\r\nHost: a\r\n\rx");
        assertError(Http1Error.INVALID_START_LINE, "GET /\nHost: a\r\n\r\n");
    }

    private int parse(final String input)
    {
        final int result = Splits.parse(input, (buffer, offset, length) -> parser.parse(buffer, offset, length, head));
        final byte[] bytes = Bytes.of(input);
        assertEquals(result, parser.parse(new UnsafeBuffer(bytes), 0, bytes.length, head));
        return result;
    }

    private void assertError(final String error, final String input)
    {
        final int result = parse(input);
        assertEquals(error, result < 0 ? Http1Error.name(result) : "accepted", input);
    }

    private void assertError(final int error, final String input)
    {
        assertError(Http1Error.name(error), input);
    }

    private String text(final int offset, final int length)
    {
        return Bytes.text(head.headers().buffer(), offset, length);
    }

    private String fields()
    {
        final HeaderTable headers = head.headers();
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < headers.count(); i++)
        {
            text.append(text(headers.nameOffset(i), headers.nameLength(i))).append('=')
                .append(text(headers.valueOffset(i), headers.valueLength(i))).append('|');
        }

        return text.toString();
    }
}
