package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http1EncoderTest
{
    private static final int AT = 7;

    private final UnsafeBuffer dst = new UnsafeBuffer(new byte[1024]);
    private final RequestHead head = new RequestHead(20);

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET /a?b HTTP/1.0 | GET /a?b HTTP/1.1", "GET http://h:1 HTTP/1.1 | GET / HTTP/1.1",
        "OPTIONS http://h HTTP/1.1 | OPTIONS * HTTP/1.1", "OPTIONS * HTTP/1.1 | OPTIONS * HTTP/1.1",
        "FROB http://h/x HTTP/1.1 | FROB /x HTTP/1.1", "CONNECT h:443 HTTP/1.1 | CONNECT h:443 HTTP/1.1"
    })
    void shouldWriteRequestLine(final String line, final String expected)
    {
        parse(line + "\r\nHost: a\r\n\r\n");
        final int end = Http1Encoder.putRequestLine(dst, AT, head);
        assertEquals(expected + "\r\n", written(end));
        assertTrue(end - AT <= Http1Encoder.requestLineLength(head, head.pathLength()));
    }

    @Test
    void shouldWriteRewrittenPath()
    {
        parse("GET /old HTTP/1.1\r\nHost: a\r\n\r\n");
        final UnsafeBuffer path = new UnsafeBuffer(Bytes.of("xx/new?q"));
        assertEquals("GET /new?q HTTP/1.1\r\n", written(Http1Encoder.putRequestLine(dst, AT, head, path, 2, 6)));
        assertEquals("GET / HTTP/1.1\r\n", written(Http1Encoder.putRequestLine(dst, AT, head, path, 0, 0)));
    }

    @Test
    void shouldWriteStatusLines()
    {
        assertEquals("HTTP/1.1 200 OK\r\n", written(Http1Encoder.putStatusLine(dst, AT, 200)));
        assertEquals("HTTP/1.1 503 Service Unavailable\r\n", written(Http1Encoder.putStatusLine(dst, AT, 503)));
        assertEquals("HTTP/1.1 299 Unknown\r\n", written(Http1Encoder.putStatusLine(dst, AT, 299)));
        assertEquals("HTTP/1.1 999 Unknown\r\n", written(Http1Encoder.putStatusLine(dst, AT, 999)));
        final UnsafeBuffer reason = new UnsafeBuffer(Bytes.of("It works"));
        assertEquals("HTTP/1.1 200 works\r\n", written(Http1Encoder.putStatusLine(dst, AT, 200, reason, 3, 5)));
        assertEquals("HTTP/1.1 200 \r\n", written(Http1Encoder.putStatusLine(dst, AT, 200, reason, 0, 0)));
        for (int status = 100; status < 1000; status++)
        {
            assertTrue(Http1Encoder.putStatusLine(dst, 0, status) <= Http1Encoder.MAX_STATUS_LINE_LENGTH);
        }
    }

    @Test
    void shouldWriteHeaders()
    {
        final byte[] prefix = Http1Encoder.prefix(HeaderName.X_REQUEST_ID);
        assertEquals("x-request-id: v\r\n", written(Http1Encoder.putHeader(dst, AT, prefix, Bytes.of("v"))));
        final UnsafeBuffer value = new UnsafeBuffer(Bytes.of("abc"));
        assertEquals("x-request-id: bc\r\n", written(Http1Encoder.putHeader(dst, AT, prefix, value, 1, 2)));
        assertEquals("x-request-id: 1234567890123\r\n",
            written(Http1Encoder.putHeader(dst, AT, prefix, 1234567890123L)));
        assertEquals("server: x\r\n", written(Http1Encoder.putLine(dst, AT, Bytes.of("server: x\r\n"))));
    }

    @Test
    void shouldWriteChunks()
    {
        assertEquals("1\r\n", written(Http1Encoder.putChunkHeader(dst, AT, 1)));
        assertEquals("1f00\r\n", written(Http1Encoder.putChunkHeader(dst, AT, 0x1F00)));
        assertEquals("7fffffffffffffff\r\n", written(Http1Encoder.putChunkHeader(dst, AT, Long.MAX_VALUE)));
        assertEquals("0\r\n\r\n", written(Http1Encoder.putLastChunk(dst, AT)));
        assertEquals("0\r\n", written(Http1Encoder.putLastChunkHeader(dst, AT)));
        assertEquals("\r\n", written(Http1Encoder.putEnd(dst, AT)));
    }

    @Test
    void shouldCopyHeadersWithoutDroppedAndNominatedOnes()
    {
        parse("GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nTabbed:\tx\r\nFoo: 1\r\nConnection: foo\r\n" +
            "User-Agent: u\r\nTrailing: t \r\nNo-Space:n\r\nEmpty:\r\nEmpty-Too: \r\nfoo: 2\r\nCookie: c\r\n\r\n");

        assertEquals("accept: */*\r\ntabbed: x\r\nuser-agent: u\r\ntrailing: t\r\nno-space: n\r\nempty: \r\n" +
            "empty-too: \r\ncookie: c\r\n", copied(HeaderName.mask(HeaderName.HOST, HeaderName.CONNECTION)));
        assertEquals("host: a\r\ntabbed: x\r\nconnection: foo\r\nuser-agent: u\r\ntrailing: t\r\nno-space: n\r\n" +
            "empty: \r\nempty-too: \r\n", copied(HeaderName.mask(HeaderName.ACCEPT, HeaderName.COOKIE)));
        assertEquals("", copied(-1L));
    }

    @Test
    void shouldCopyFieldsThatLieAnywhere()
    {
        final UnsafeBuffer scratch = new UnsafeBuffer(Bytes.of("valuename"));
        final HeaderTable table = new HeaderTable(2);
        table.reset(scratch);
        assertTrue(table.add(5, 4, 0, 5, HeaderName.OTHER));
        assertTrue(table.add(6, 3, 0, 0, HeaderName.OTHER));
        final int end = Http1Encoder.copyHeaders(table, 0, dst, AT);
        assertEquals("name: value\r\name: \r\n", written(end));
        assertTrue(end - AT <= Http1Encoder.headersLength(table));
    }

    private String copied(final long dropMask)
    {
        dst.setMemory(0, dst.capacity(), (byte)'#');
        final int end = Http1Encoder.copyHeaders(head.headers(), dropMask, dst, AT);
        assertTrue(end - AT <= Http1Encoder.headersLength(head.headers()));
        assertEquals('#', dst.getByte(AT - 1));
        assertEquals('#', dst.getByte(end));
        return written(end);
    }

    private void parse(final String input)
    {
        final byte[] bytes = Bytes.of(input);
        assertEquals(bytes.length,
            new Http1RequestParser(Http1Limits.DEFAULT).parse(new UnsafeBuffer(bytes), 0, bytes.length, head));
    }

    private String written(final int end)
    {
        return Bytes.text(dst, AT, end - AT);
    }
}
