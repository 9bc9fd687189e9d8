package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.http.ResponseHead;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class ResponseFieldsTest
{
    private final UnsafeBuffer buffer = FieldLines.buffer(1024);
    private final ResponseHead head = new ResponseHead(8);
    private final ResponseFields fields = new ResponseFields();
    private Http2FieldLimits limits = Http2FieldLimits.DEFAULT;

    @Test
    void shouldFillTheHead()
    {
        assertEquals("OK", read(false, false, ":status", "200", "server", "x", "set-cookie", "a", "set-cookie", "b"));
        assertTrue(head.http2());
        assertEquals(1, head.minorVersion());
        assertEquals(200, head.status());
        assertEquals(0, head.reasonLength());
        assertEquals(-1, head.contentLength());
        assertTrue(head.chunked());
        assertTrue(head.keepAlive());
        assertEquals(List.of("server: x", "set-cookie: a", "set-cookie: b"), FieldLines.lines(head.headers()));
        assertEquals(FieldLines.OFFSET + 14 + 11 + 15 + 15, fields.endOffset());
        assertEquals(FieldLines.OFFSET, head.headOffset());
        assertEquals(14 + 11 + 15 + 15, head.headLength());
    }

    @ParameterizedTest
    @CsvSource({"100, OK", "103, OK", "199, OK", "200, OK", "999, OK", "101, SWITCHING_PROTOCOLS",
        "099, INVALID_STATUS", "000, INVALID_STATUS", "20, INVALID_STATUS", "2000, INVALID_STATUS",
        "'', INVALID_STATUS", "2a0, INVALID_STATUS", "-20, INVALID_STATUS", "' 20', INVALID_STATUS",
        "'200 OK', INVALID_STATUS"})
    void shouldTakeThreeDigits(final String status, final String expected)
    {
        assertEquals(expected, read(false, false, ":status", status));
    }

    @Test
    void shouldRefusePseudoHeadersOutOfPlace()
    {
        assertEquals("MISSING_PSEUDO", read(true, false, "x-a", "1"));
        assertEquals("MISSING_PSEUDO", read(true, false));
        assertEquals("DUPLICATE_PSEUDO", read(true, false, ":status", "200", ":status", "200"));
        assertEquals("PSEUDO_AFTER_FIELD", read(true, false, "x-a", "1", ":status", "200"));
        assertEquals("PSEUDO_AFTER_FIELD", read(true, false, ":status", "200", "x-a", "1", ":status", "200"));
        for (final String name : List.of(":method", ":path", ":scheme", ":authority", ":protocol", ":x"))
        {
            assertEquals("UNKNOWN_PSEUDO", read(true, false, ":status", "200", name, "GET"));
        }
    }

    @ParameterizedTest
    @CsvSource({"connection, close, CONNECTION_FIELD", "keep-alive, x, CONNECTION_FIELD",
        "transfer-encoding, chunked, CONNECTION_FIELD", "upgrade, x, CONNECTION_FIELD",
        "proxy-connection, x, CONNECTION_FIELD", "te, gzip, INVALID_TE", "Server, x, INVALID_NAME",
        "content-length, x, INVALID_CONTENT_LENGTH", "x_a, 1, OK"})
    void shouldJudgeFieldsAsInRequests(final String name, final String value, final String expected)
    {
        assertEquals(expected, read(false, false, ":status", "200", name, value));
        assertEquals("INVALID_VALUE", read(false, false, ":status", "200", "x-a", "1\r\n" + name + ": 2"));
    }

    @ParameterizedTest
    @CsvSource({
        "200, 5, false, false, OK", "200, 5, true, false, CONTENT_LENGTH_MISMATCH", "200, 0, true, false, OK",
        "200, 5, true, true, OK", "304, 5, true, false, OK", "204, 5, true, false, CONTENT_LENGTH_NOT_ALLOWED",
        "204, 0, true, false, OK", "103, 5, false, false, CONTENT_LENGTH_NOT_ALLOWED", "103, 0, false, false, OK",
        "404, 5, true, false, CONTENT_LENGTH_MISMATCH"})
    void shouldWeighContentLength(
        final String status, final String length, final boolean isEnd, final boolean isHead, final String expected)
    {
        assertEquals(expected, read(isEnd, isHead, ":status", status, "content-length", length));
        if (expected.equals("OK"))
        {
            assertEquals(Long.parseLong(length), head.contentLength());
            assertFalse(head.chunked());
        }
    }

    @Test
    void shouldSayWhenContentOfUnknownLengthFollows()
    {
        assertEquals("OK", read(true, false, ":status", "200"));
        assertFalse(head.chunked());
        assertEquals("OK", read(false, true, ":status", "200"));
        assertFalse(head.chunked(), "whatever follows is no content of an answer to HEAD");
        assertEquals("OK", read(false, false, ":status", "103"));
        assertFalse(head.chunked());
        assertEquals("OK", read(false, false, ":status", "304"));
        assertFalse(head.chunked());
        assertEquals("OK", read(false, false, ":status", "404"));
        assertTrue(head.chunked());
    }

    @Test
    void shouldNotLetInterimResponsesEndTheStream()
    {
        assertEquals("INTERIM_END", read(true, false, ":status", "100"));
        assertEquals("INTERIM_END", read(true, true, ":status", "103"));
        assertEquals("OK", read(false, false, ":status", "100"));
    }

    @Test
    void shouldKeepToLimits()
    {
        limits = new Http2FieldLimits(64, 100, 0);
        assertEquals("OK", read(true, false, ":status", "200"));
        assertEquals("FIELDS_TOO_LARGE", read(true, false, ":status", "200", "a", ""));
        limits = new Http2FieldLimits(1000, 2, 0);
        assertEquals("OK", read(true, false, ":status", "200", "a", ""));
        assertEquals("TOO_MANY_FIELDS", read(true, false, ":status", "200", "a", "", "a", ""));
        limits = Http2FieldLimits.DEFAULT;
        assertEquals("TOO_MANY_FIELDS", read(true, false, ":status", "200", "a", "", "a", "", "a", "", "a", "", "a",
            "", "a", "", "a", "", "a", "", "a", ""), "the table is full");
    }

    private String read(final boolean isEndStream, final boolean isHead, final String... list)
    {
        fields.begin(head, buffer, limits);
        FieldLines.feed(fields, buffer, FieldLines.OFFSET, list);
        return Http2Fault.name(fields.end(isEndStream, isHead));
    }
}
