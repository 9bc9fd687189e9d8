package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.codecs.http1.Http1Error;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1TrailerParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TrailerFieldsTest
{
    private final UnsafeBuffer buffer = FieldLines.buffer(1024);
    private final HeaderTable table = new HeaderTable(8);
    private final TrailerFields fields = new TrailerFields();
    private Http2FieldLimits limits = Http2FieldLimits.DEFAULT;
    private UnderscorePolicy underscores = UnderscorePolicy.ALLOW;

    @Test
    void shouldFillTheTable()
    {
        assertEquals("OK", read("grpc-status", "0", "grpc-message", "", "x_a", "1"));
        assertEquals(List.of("grpc-status: 0", "grpc-message: ", "x_a: 1"), FieldLines.lines(table));
        assertEquals("OK", read());
        assertEquals(0, table.count());
    }

    @Test
    void shouldRefusePseudoHeaders()
    {
        for (final String name : List.of(":method", ":path", ":scheme", ":authority", ":protocol", ":status", ":x"))
        {
            assertEquals("UNKNOWN_PSEUDO", read("x-a", "1", name, "200"));
        }
    }

    @Test
    void shouldForbidTheSameNamesAsHttp1()
    {
        final Http1TrailerParser parser = new Http1TrailerParser(Http1Limits.DEFAULT);
        int forbidden = 0;
        for (int id = 1; id < HeaderName.COUNT; id++)
        {
            final String name = new String(HeaderName.bytes(id), StandardCharsets.US_ASCII);
            final byte[] section = (name + ": trailers\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            final boolean isForbidden = parser.parse(new UnsafeBuffer(section), 0, section.length,
                new HeaderTable(1)) == Http1Error.FORBIDDEN_TRAILER;
            assertEquals(isForbidden ? "FORBIDDEN_TRAILER" : "OK", read(name, "trailers"), name);
            forbidden += isForbidden ? 1 : 0;
        }
        assertTrue(forbidden > 20);
    }

    @Test
    void shouldJudgeNamesAndValues()
    {
        assertEquals("INVALID_NAME", read("X", "1"));
        assertEquals("INVALID_VALUE", read("x", "1\r\ncontent-length: 5"));
        underscores = UnderscorePolicy.REJECT;
        assertEquals("UNDERSCORE_IN_NAME", read("x_a", "1"));
        underscores = UnderscorePolicy.DROP;
        assertEquals("OK", read("x_a", "1", "x-a", "1"));
        assertEquals(List.of("[x_a: 1]", "x-a: 1"), FieldLines.lines(table));
    }

    @Test
    void shouldKeepToLimits()
    {
        limits = new Http2FieldLimits(68, 2, 0);
        assertEquals("OK", read("a", "1", "b", "2"));
        assertEquals("FIELDS_TOO_LARGE", read("a", "1", "b", "23"));
        limits = new Http2FieldLimits(1000, 2, 0);
        assertEquals("TOO_MANY_FIELDS", read("a", "1", "b", "2", "c", "3"));
    }

    @Test
    void shouldMarkSecrets()
    {
        fields.begin(table, buffer, limits, underscores);
        buffer.putStringWithoutLengthAscii(0, "a: 1\r\nb: 2\r\n");
        assertTrue(fields.onField(0, 1, 3, 1, HeaderName.OTHER, 0));
        assertTrue(fields.onField(6, 1, 9, 1, HeaderName.OTHER, HeaderSink.NEVER_INDEXED));
        assertEquals(0, fields.end());
        assertEquals(12, fields.endOffset());
        assertEquals("false true", table.neverIndexed(0) + " " + table.neverIndexed(1));
    }

    private String read(final String... list)
    {
        fields.begin(table, buffer, limits, underscores);
        FieldLines.feed(fields, buffer, FieldLines.OFFSET, list);
        return Http2Fault.name(fields.end());
    }
}
