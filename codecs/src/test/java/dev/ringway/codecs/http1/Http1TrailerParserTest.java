package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http1TrailerParserTest
{
    private final Http1TrailerParser parser = new Http1TrailerParser(new Http1Limits(256, 3));
    private final HeaderTable trailers = new HeaderTable(10);

    @Test
    void shouldParseTrailers()
    {
        assertEquals(2, parse("\r\nGET / HTTP/1.1\r\n"));
        assertEquals(0, trailers.count());

        final String input = "Grpc-Status: 0\r\nX-Check: abc\r\n\r\n";
        assertEquals(input.length(), parse(input + "GET"));
        assertEquals(2, trailers.count());
        assertEquals(0, trailers.find(HeaderName.GRPC_STATUS));
        assertEquals("x-check", Bytes.text(trailers.buffer(), trailers.nameOffset(1), trailers.nameLength(1)));
        assertEquals("abc", Bytes.text(trailers.buffer(), trailers.valueOffset(1), trailers.valueLength(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Length", "transfer-encoding", "Host", "Connection", "Trailer", "TE", "Authorization", "Cookie",
        "Set-Cookie", "Content-Type", "Content-Encoding", "Content-Range", "Expect", "X-Forwarded-For", "Upgrade",
        "Max-Forwards", "Cache-Control"
    })
    void shouldRefuseForbiddenField(final String name)
    {
        assertEquals(Http1Error.FORBIDDEN_TRAILER, parse("X: y\r\n" + name + ": 1\r\n\r\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "OBS_FOLD, ' x: y'", "BARE_LF, 'x: y\n'", "INVALID_HEADER_NAME, 'x'", "SPACE_BEFORE_COLON, 'x : y'",
        "BARE_CR, '\rx'", "BARE_LF, '\n'"
    })
    void shouldRefuseBadLine(final String error, final String line)
    {
        assertEquals(error, Http1Error.name(parse(line + "\r\n\r\n")));
    }

    @Test
    void shouldLimitLengthAndCount()
    {
        assertEquals(Http1Error.TOO_MANY_HEADERS, parse("a: b\r\n".repeat(4) + "\r\n"));
        assertEquals(Http1Error.HEAD_TOO_LARGE, parse("a: " + "b".repeat(300)));
    }

    private int parse(final String input)
    {
        return Splits.parse(input, (buffer, offset, length) -> parser.parse(buffer, offset, length, trailers));
    }
}
