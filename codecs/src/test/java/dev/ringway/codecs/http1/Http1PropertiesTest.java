package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;

class Http1PropertiesTest
{
    private static final String[] SPACES = { "", " ", "\t", "  \t " };

    private final Http1RequestParser requestParser = new Http1RequestParser(Http1Limits.DEFAULT);
    private final Http1ResponseParser responseParser = new Http1ResponseParser(Http1Limits.DEFAULT);
    private final RequestHead request = new RequestHead(100);
    private final ResponseHead response = new ResponseHead(100);
    private final UnsafeBuffer out = new UnsafeBuffer(new byte[65536]);

    @Property(tries = 300)
    void shouldReadBackRequestsAsWritten(
        @ForAll("methods") final String method,
        @ForAll("paths") final String path,
        @ForAll("fields") final List<Map.Entry<String, String>> fields,
        @ForAll @IntRange(max = 3) final int space)
    {
        final StringBuilder input = new StringBuilder(method + " /" + path + " HTTP/1.1\r\nHost: h\r\n");
        final StringBuilder expected = new StringBuilder(method + " /" + path + " HTTP/1.1\r\nhost: h\r\n");
        append(fields, SPACES[space], input, expected);

        assertEquals(input.length(), Splits.parse(input.toString(),
            (buffer, offset, length) -> requestParser.parse(buffer, offset, length, request)));
        final byte[] bytes = Bytes.of(input.toString());
        requestParser.parse(new UnsafeBuffer(bytes), 0, bytes.length, request);
        assertFields(fields, 1, request.headers());

        int end = Http1Encoder.putRequestLine(out, 0, request);
        end = Http1Encoder.putEnd(out, Http1Encoder.copyHeaders(request.headers(), 0, out, end));
        final String written = Bytes.text(out, 0, end);
        assertEquals(expected.toString(), written);
        assertEquals(end, requestParser.parse(out, 0, end, request));
        assertFields(fields, 1, request.headers());
    }

    @Property(tries = 300)
    void shouldReadBackResponsesAsWritten(
        @ForAll @IntRange(min = 200, max = 999) final int status,
        @ForAll("values") final String reason,
        @ForAll("fields") final List<Map.Entry<String, String>> fields,
        @ForAll @IntRange(max = 3) final int space)
    {
        final StringBuilder input = new StringBuilder("HTTP/1.1 " + status + " " + reason + "\r\n");
        final StringBuilder expected = new StringBuilder(input);
        append(fields, SPACES[space], input, expected);

        final byte[] bytes = Bytes.of(input.toString());
        assertEquals(bytes.length, responseParser.parse(new UnsafeBuffer(bytes), 0, bytes.length, response));
        assertEquals(status, response.status());
        assertFields(fields, 0, response.headers());

        int end = Http1Encoder.putStatusLine(out, 0, response.status(), response.headers().buffer(),
            response.reasonOffset(), response.reasonLength());
        end = Http1Encoder.putEnd(out, Http1Encoder.copyHeaders(response.headers(), 0, out, end));
        assertEquals(expected.toString(), Bytes.text(out, 0, end));
    }

    @Property(tries = 500)
    void shouldReadBackChunksAsWritten(
        @ForAll @Size(max = 8) final List<@IntRange(min = 1, max = 40) Integer> lengths,
        @ForAll @Size(max = 6) final List<@IntRange(max = 400) Integer> cutList)
    {
        final StringBuilder data = new StringBuilder();
        int end = 0;
        for (final int length : lengths)
        {
            final String chunk = "\r\n0123456789abcdef;\r\n0\r\n\r\nchunk data that looks like".substring(0, length);
            data.append(chunk);
            end = Http1Encoder.putChunkHeader(out, end, length);
            end = Http1Encoder.putEnd(out, Http1Encoder.putLine(out, end, Bytes.of(chunk)));
        }
        end = Http1Encoder.putLastChunk(out, end);

        final byte[] input = Bytes.of(Bytes.text(out, 0, end));
        final int limit = end;
        final int[] cuts = cutList.stream().mapToInt(cut -> Math.min(cut, limit)).sorted().toArray();
        assertEquals(data + "|trailers|" + (end - 2), Bodies.decode(input, Http1BodyDecoder::chunked, cuts));
    }

    @Property(tries = 2000)
    void shouldDecodeAnyBytesLikeTheModel(
        @ForAll("chunkLike") final String input, @ForAll @IntRange(max = 60) final int cut)
    {
        final byte[] bytes = Bytes.of(input);
        final String expected = ChunkModel.decode(input);
        assertEquals(expected, Bodies.decode(bytes, Http1BodyDecoder::chunked));
        assertEquals(expected, Bodies.decode(bytes, Http1BodyDecoder::chunked, Math.min(cut, bytes.length)));
        assertEquals(expected, Bodies.decode(bytes, Http1BodyDecoder::chunked, Bodies.everywhere(bytes)));
    }

    /** Bytes of heads in any order: mostly refused, some accepted, never inconsistent. */
    @Property(tries = 2000)
    void shouldTreatAnyBytesTheSameHoweverTheyArrive(@ForAll("headLike") final String input)
    {
        final int requestLength = Splits.parse("GET / HTTP/1.1\r\n" + input,
            (buffer, offset, length) -> requestParser.parse(buffer, offset, length, request));
        assertTrue(requestLength >= -Http1Error.COUNT);
        Splits.parse(input, (buffer, offset, length) -> requestParser.parse(buffer, offset, length, request));
        Splits.parse(input, (buffer, offset, length) -> responseParser.parse(buffer, offset, length, response));
    }

    @Provide
    Arbitrary<String> headLike()
    {
        return pieces("\r\n", "\r\n\r\n", "\r", "\n", ": ", ":", " ", "\t", "Host: a", "Content-Length: 5",
            "Transfer-Encoding: chunked", "Connection: close", "GET", "/", "http://a/", "HTTP/1.1", "HTTP/1.0", "200",
            "x", "\0", "\u007f", "\u0080", "\u00ff", "Long-Header-Name-With-Many-Bytes", "_", "#", "?");
    }

    @Provide
    Arbitrary<String> chunkLike()
    {
        return pieces("\r\n", "\r\n", "\r\n", "\r", "\n", "0", "1", "2", "a", "F", ";", "x", " ", "\0", "\u00ff", "\t");
    }

    @Provide
    Arbitrary<String> methods()
    {
        return Arbitraries.oneOf(Arbitraries.of("GET", "POST", "OPTIONS", "DELETE"),
            Arbitraries.strings().withChars("ABCxyz-_.!~0189").ofMinLength(1).ofMaxLength(20));
    }

    @Provide
    Arbitrary<String> paths()
    {
        return Arbitraries.strings().withCharRange('!', '~').excludeChars('#').ofMaxLength(40);
    }

    @Provide
    Arbitrary<String> values()
    {
        return Arbitraries.strings().withCharRange(' ', '~').withChars("\t\u0080\u00e9\u00ff").ofMaxLength(40)
            .map(String::strip).filter(text -> text.equals(text.trim()));
    }

    @Provide
    Arbitrary<List<Map.Entry<String, String>>> fields()
    {
        // Names get a prefix so that none of them is a well-known one with a grammar of its own.
        final Arbitrary<String> names =
            Arbitraries.strings().withChars("abzABZ-_.!09|~").ofMaxLength(25).map(name -> "z" + name);
        return Combinators.combine(names, values()).as(Map::entry).list().ofMaxSize(12);
    }

    private static Arbitrary<String> pieces(final String... pieces)
    {
        return Arbitraries.of(pieces).list().ofMaxSize(16).map(list -> String.join("", list));
    }

    private static void append(
        final List<Map.Entry<String, String>> fields,
        final String space,
        final StringBuilder input,
        final StringBuilder expected)
    {
        for (final Map.Entry<String, String> field : fields)
        {
            input.append(field.getKey()).append(':').append(space).append(field.getValue()).append(space);
            input.append("\r\n");
            expected.append(lower(field.getKey())).append(": ").append(field.getValue()).append("\r\n");
        }
        input.append("\r\n");
        expected.append("\r\n");
    }

    private static void assertFields(
        final List<Map.Entry<String, String>> fields, final int from, final HeaderTable table)
    {
        assertEquals(from + fields.size(), table.count());
        for (int i = 0; i < fields.size(); i++)
        {
            final int at = from + i;
            assertEquals(lower(fields.get(i).getKey()),
                Bytes.text(table.buffer(), table.nameOffset(at), table.nameLength(at)));
            assertEquals(fields.get(i).getValue(),
                Bytes.text(table.buffer(), table.valueOffset(at), table.valueLength(at)));
        }
    }

    private static String lower(final String text)
    {
        return text.toLowerCase(Locale.ROOT);
    }
}
