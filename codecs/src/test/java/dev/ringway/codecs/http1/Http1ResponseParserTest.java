package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.ResponseHead;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http1ResponseParserTest
{
    private final Http1ResponseParser parser = new Http1ResponseParser(new Http1Limits(512, 20));
    private final ResponseHead head = new ResponseHead(20);

    @Test
    void shouldParseTypicalResponse()
    {
        final String input = "HTTP/1.1 200 All is \u00fcberfine\r\nServer: nginx\r\nContent-Length: 116\r\n" +
            "Connection: keep-alive\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n";

        assertEquals(input.length(), parse(input + "BODY"));

        assertEquals(200, head.status());
        assertEquals("All is \u00fcberfine", text(head.reasonOffset(), head.reasonLength()));
        assertEquals(116, head.contentLength());
        assertEquals(1, head.minorVersion());
        assertEquals(input.length(), head.headLength());
        assertTrue(head.keepAlive());
        assertFalse(head.chunked() || head.upgrade() || head.bodyless());
        final int first = head.headers().find(HeaderName.SET_COOKIE);
        final int second = head.headers().findNext(HeaderName.SET_COOKIE, first);
        assertEquals("c=d", text(head.headers().valueOffset(second), head.headers().valueLength(second)));
        assertEquals(-1, head.headers().findNext(HeaderName.SET_COOKIE, second));
    }

    @Test
    void shouldMoveWithTheBytes()
    {
        final String input = "HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\n";
        assertEquals(input.length(), parse(input));
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[100]);
        final int start = head.reasonOffset() - 13;
        copy.putBytes(40, head.headers().buffer(), start, input.length());

        head.rebase(copy, 40 - start);

        assertEquals("Not Found", text(head.reasonOffset(), head.reasonLength()));
        assertEquals("server", text(head.headers().nameOffset(0), head.headers().nameLength(0)));
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK, 200, 2, 1", "HTTP/1.1 200, 200, 0, 1", "'HTTP/1.1 200 ', 200, 0, 1",
        "HTTP/1.0 999 x, 999, 1, 0", "HTTP/1.1 101 Switching Protocols, 101, 19, 1"
    })
    void shouldReadStatusLine(final String line, final int status, final int reasonLength, final int minor)
    {
        final String input = line + "\r\n\r\n";
        assertEquals(input.length(), parse(input));
        assertEquals(status, head.status());
        assertEquals(reasonLength, head.reasonLength());
        assertEquals(minor, head.minorVersion());
        assertEquals(-1, head.contentLength());
    }

    @ParameterizedTest
    @CsvSource({
        "100, true", "101, true", "199, true", "200, false", "204, true", "205, false", "206, false", "304, true",
        "404, false"
    })
    void shouldKnowBodylessStatus(final int status, final boolean bodyless)
    {
        parse("HTTP/1.1 " + status + " x\r\n\r\n");
        assertEquals(bodyless, head.bodyless());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1 | '' | true", "1 | Connection: close | false", "0 | '' | false", "0 | Connection: keep-alive | true"
    })
    void shouldDecideKeepAlive(final int minor, final String line, final boolean keepAlive)
    {
        parse("HTTP/1." + minor + " 200 OK\r\n" + (line.isEmpty() ? "" : line + "\r\n") + "\r\n");
        assertEquals(keepAlive, head.keepAlive());
    }

    @Test
    void shouldAcceptUpgrade()
    {
        parse("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        assertTrue(head.upgrade());
        assertTrue(head.headers().nominated(0));
    }

    @ParameterizedTest
    @CsvSource({ "200, true", "304, true", "204, false", "100, false" })
    void shouldAcceptChunkedWhereABodyIsPossible(final int status, final boolean accepted)
    {
        final int result = parse("HTTP/1.1 " + status + " x\r\nTransfer-Encoding: Chunked\r\n\r\n");
        assertEquals(accepted ? head.headLength() : Http1Error.TRANSFER_ENCODING_NOT_ALLOWED, result);
        assertEquals(accepted, result > 0 && head.chunked());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "INVALID_VERSION | 'HTTP /1.1 200 OK'", "INVALID_VERSION | ' HTTP/1.1 200 OK'",
        "INVALID_VERSION | 'ICY 200 OK'",
        "INVALID_VERSION | ''", "UNSUPPORTED_VERSION | 'HTTP/2.0 200 OK'", "UNSUPPORTED_VERSION | 'HTTP/1.2 200 OK'",
        "INVALID_START_LINE | 'HTTP/1.1\t200 OK'", "INVALID_START_LINE | 'HTTP/1.1'",
        "INVALID_STATUS | 'HTTP/1.1  200 OK'", "INVALID_STATUS | 'HTTP/1.1 20 OK'",
        "INVALID_STATUS | 'HTTP/1.1 2000 OK'",
        "INVALID_STATUS | 'HTTP/1.1 099 OK'", "INVALID_STATUS | 'HTTP/1.1 2x0 OK'",
        "INVALID_STATUS | 'HTTP/1.1 +20 OK'",
        "INVALID_STATUS | 'HTTP/1.1 200\tOK'", "INVALID_STATUS | 'HTTP/1.1 '",
        "INVALID_START_LINE | 'HTTP/1.1 200 O\0K'", "BARE_CR | 'HTTP/1.1 200 O\rK'", "BARE_LF | 'HTTP/1.1 200 O\nK'",
        "BARE_LF | 'HTTP/1.1 200\nK: v'",
        "CONTENT_LENGTH_AND_CHUNKED | 'HTTP/1.1 200 OK~Content-Length: 5~Transfer-Encoding: chunked'",
        "CONTENT_LENGTH_AND_CHUNKED | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~Content-Length: 5'",
        "DUPLICATE_CONTENT_LENGTH | 'HTTP/1.1 200 OK~Content-Length: 5~Content-Length: 5'",
        "CONTENT_LENGTH_NOT_ALLOWED | 'HTTP/1.1 204 No Content~Content-Length: 5'",
        "CONTENT_LENGTH_NOT_ALLOWED | 'HTTP/1.1 100 Continue~Content-Length: 5'",
        "TRANSFER_ENCODING_NOT_ALLOWED | 'HTTP/1.0 200 OK~Transfer-Encoding: chunked'",
        "UNSUPPORTED_TRANSFER_CODING | 'HTTP/1.1 200 OK~Transfer-Encoding: gzip'",
        "OBS_FOLD | 'HTTP/1.1 200 OK~ X: y'", "OBS_FOLD | 'HTTP/1.1 200 OK~X: y~ z'",
        "SPACE_BEFORE_COLON | 'HTTP/1.1 200 OK~X : y'", "CONNECTION_REJECTED | 'HTTP/1.1 200 OK~Connection: ;'"
    })
    void shouldRefuse(final String error, final String lines)
    {
        final int result = parse(lines.replace("~", "\r\n") + "\r\n\r\n");
        assertEquals(error, result < 0 ? Http1Error.name(result) : "accepted");
    }

    @Test
    void shouldAcceptZeroLengthWhereNoBodyIsPossible()
    {
        assertTrue(parse("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n") > 0);
        assertTrue(parse("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n") > 0);
        assertEquals(500, head.contentLength());
    }

    @Test
    void shouldLimitLengthAndCount()
    {
        final String start = "HTTP/1.1 200 OK\r\nX: ";
        assertEquals(512, parse(start + "x".repeat(512 - start.length() - 4) + "\r\n\r\nmore"));
        assertEquals(Http1Error.HEAD_TOO_LARGE, parse(start + "x".repeat(513 - start.length() - 4) + "\r\n\r\n"));
        assertEquals(Http1Error.TOO_MANY_HEADERS, parse("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(21) + "\r\n"));
    }

    private int parse(final String input)
    {
        final int result = Splits.parse(input, (buffer, offset, length) -> parser.parse(buffer, offset, length, head));
        final byte[] bytes = Bytes.of(input);
        assertEquals(result, parser.parse(new UnsafeBuffer(bytes), 0, bytes.length, head));
        return result;
    }

    private String text(final int offset, final int length)
    {
        return Bytes.text(head.headers().buffer(), offset, length);
    }
}
