package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http1HeadScannerTest
{
    @ParameterizedTest
    @CsvSource({
        "'a~~', 5", "'a~~b~~', 5", "'~~a~~', 9", "'~a~b~~c', 10", "'a~', -1", "'', -1", "'~~', -1", "'a\r\r\n~', 6",
        "'a\r~~', 6", "'abcdefgh~ijklmnop~~', 22", "'abcdefg~\r~~', 14", "'\n\r\n\r\n', 5"
    })
    void shouldFindEnd(final String text, final int expected)
    {
        final byte[] input = Bytes.of(text.replace("~", "\r\n"));
        final UnsafeBuffer buffer = Bytes.framed(input, input.length, 3, '\n');
        final int end = expected < 0 ? -1 : expected + 3;
        assertEquals(end, Http1HeadScanner.findEnd(buffer, 3, input.length, 3));

        for (int first = 0; first < input.length; first++)
        {
            final int early = Http1HeadScanner.findEnd(buffer, 3, first, 3);
            assertEquals(end >= 0 && end <= 3 + first ? end : -1, early);
            if (early < 0)
            {
                assertEquals(end, Http1HeadScanner.findEnd(buffer, 3, input.length, 3 + first), "from " + first);
            }
        }
    }

    @Test
    void shouldAgreeWithParserBehindEmptyLines()
    {
        final byte[] input = Bytes.of("\r\n\r\n\r\n\r\nGET / HTTP/1.0\r\n\r\n");
        assertEquals(input.length, Http1HeadScanner.findEnd(new UnsafeBuffer(input), 0, input.length, 0));
    }
}
