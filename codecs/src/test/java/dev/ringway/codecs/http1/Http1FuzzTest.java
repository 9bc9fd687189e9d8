package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;

/**
 * Arbitrary bytes against every decoder. A normal test run replays the inputs kept beside the test resources;
 * {@code JAZZER_FUZZ=1 mvn -pl codecs -am test -Dtest='Http1FuzzTest#shouldSurviveRequests'} searches for new ones for
 * 40 seconds (the time limit of a test is 60). What makes a run fail: an exception, bytes touched outside the input, a
 * result that depends on how the input was cut, or an accepted head that does not survive being written and read again.
 */
@Tag("fuzz")
class Http1FuzzTest
{
    private static final int MAX_LENGTH = 2048;
    private static final Http1Limits LIMITS = new Http1Limits(1024, 32);

    @FuzzTest(maxDuration = "40s")
    void shouldSurviveRequests(final byte[] data)
    {
        final byte[] input = bounded(data);
        final Http1RequestParser parser = new Http1RequestParser(LIMITS);
        final RequestHead head = new RequestHead(32);
        final UnsafeBuffer buffer = Bytes.framed(input, input.length, 3, '\r');
        final int length = parser.parse(buffer, 3, input.length, head);
        assertCuts(input, length, (part, offset, size) -> parser.parse(part, offset, size, new RequestHead(32)));
        if (length > 0)
        {
            assertInside(head.headers(), 3, 3 + length);
            final UnsafeBuffer out = new UnsafeBuffer(new byte[8192]);
            final int line = Http1Encoder.putRequestLine(out, 0, head);
            final int end = Http1Encoder.putEnd(out, Http1Encoder.copyHeaders(head.headers(), 0, out, line));
            final RequestHead again = new RequestHead(32);
            final int result = new Http1RequestParser(Http1Limits.DEFAULT).parse(out, 0, end, again);
            assertTrue(result == end || head.minorVersion() == 0, "written head is read differently");
            assertEquals(head.contentLength(), result < 0 ? head.contentLength() : again.contentLength());
            assertEquals(head.chunked(), result < 0 ? head.chunked() : again.chunked());
        }
    }

    @FuzzTest(maxDuration = "40s")
    void shouldSurviveResponses(final byte[] data)
    {
        final byte[] input = bounded(data);
        final Http1ResponseParser parser = new Http1ResponseParser(LIMITS);
        final ResponseHead head = new ResponseHead(32);
        final UnsafeBuffer buffer = Bytes.framed(input, input.length, 3, '\n');
        final int length = parser.parse(buffer, 3, input.length, head);
        assertCuts(input, length, (part, offset, size) -> parser.parse(part, offset, size, new ResponseHead(32)));
        if (length > 0)
        {
            assertInside(head.headers(), 3, 3 + length);
        }
    }

    @FuzzTest(maxDuration = "40s")
    void shouldSurviveTrailers(final byte[] data)
    {
        final byte[] input = bounded(data);
        final Http1TrailerParser parser = new Http1TrailerParser(LIMITS);
        final HeaderTable table = new HeaderTable(32);
        final UnsafeBuffer buffer = Bytes.framed(input, input.length, 3, '\n');
        final int length = parser.parse(buffer, 3, input.length, table);
        assertCuts(input, length, (part, offset, size) -> parser.parse(part, offset, size, new HeaderTable(32)));
        if (length > 0)
        {
            assertInside(table, 3, 3 + length);
        }
    }

    @FuzzTest(maxDuration = "40s")
    void shouldSurviveChunks(final byte[] data)
    {
        final byte[] input = bounded(data);
        final String expected = ChunkModel.decode(new String(input, StandardCharsets.ISO_8859_1));
        assertEquals(expected, Bodies.decode(input, Http1BodyDecoder::chunked));
        assertEquals(expected, Bodies.decode(input, Http1BodyDecoder::chunked, Bodies.everywhere(input)));
    }

    private static byte[] bounded(final byte[] data)
    {
        return data.length <= MAX_LENGTH ? data : Arrays.copyOf(data, MAX_LENGTH);
    }

    private static void assertInside(final HeaderTable table, final int from, final int limit)
    {
        for (int i = 0; i < table.count(); i++)
        {
            assertTrue(table.nameOffset(i) >= from && table.nameLength(i) > 0);
            assertTrue(table.valueOffset(i) > table.nameOffset(i) + table.nameLength(i) - 1);
            assertTrue(table.valueLength(i) >= 0 && table.valueOffset(i) + table.valueLength(i) + 2 < limit);
        }
    }

    /** A few cuts; a shorter input gives the same result or none yet. */
    private static void assertCuts(final byte[] input, final int expected, final Splits.Parser parser)
    {
        for (int length = input.length - 1; length >= 0; length -= 1 + input.length / 16)
        {
            final UnsafeBuffer part = Bytes.framed(input, length, 3, 'x');
            final int result = parser.parse(part, 3, length);
            assertTrue(result == 0 || result == expected, "a prefix gave " + result + ", the whole " + expected);
            for (int i = 3 + length; i < part.capacity(); i++)
            {
                assertEquals('x', part.getByte(i), "byte behind the input");
            }
        }
    }
}
