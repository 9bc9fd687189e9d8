package dev.ringway.codecs.http1;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What the first bytes say of the version of HTTP, whole, at every split point and byte by byte. */
@Timeout(30)
class RequestLineSnifferTest
{
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private final RequestLineSniffer sniffer = new RequestLineSniffer();

    private int parse(final String text, final int cut)
    {
        sniffer.reset();
        sniffer.parse(new UnsafeBuffer(Bytes.of(text.substring(0, cut))), 0, cut);
        return sniffer.parse(new UnsafeBuffer(Bytes.of(text.substring(cut))), 0, text.length() - cut);
    }

    private int everywhere(final String text)
    {
        final int expected = parse(text, 0);
        for (int cut = 1; cut < text.length(); cut++)
        {
            assertEquals(expected, parse(text, cut), "cut at " + cut);
        }
        sniffer.reset();
        int last = RequestLineSniffer.MORE;
        for (final byte octet : Bytes.of(text))
        {
            last = sniffer.parse(new UnsafeBuffer(new byte[]{octet}), 0, 1);
        }
        assertEquals(expected, last);
        return expected;
    }

    @Test
    void shouldTellVersionsApart()
    {
        assertEquals(RequestLineSniffer.HTTP_2, everywhere(PREFACE + "\0\0\0"));
        assertEquals(RequestLineSniffer.HTTP_1_1, everywhere("GET / HTTP/1.1\r\nhost: a\r\n"));
        assertEquals(RequestLineSniffer.HTTP_1_1, everywhere("PRI * HTTP/1.1\r\n"));
        assertEquals(RequestLineSniffer.HTTP_1_1, everywhere("M-SEARCH /\u00e9 HTTP/1.1\n"));
        assertEquals(RequestLineSniffer.HTTP_1_0, everywhere("CONNECT a:1 HTTP/1.0\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1", "G", "P", "PRI * HTTP/2.0\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r"})
    void shouldWaitForMore(final String text)
    {
        assertEquals(RequestLineSniffer.MORE, everywhere(text));
    }

    @ParameterizedTest
    @CsvSource({
        "' GET / HTTP/1.1', ''", "'\r\nGET', ''", "'GET  / HTTP/1.1', ''", "'GET / HTTP/1.2\r\n', ''",
        "'GET / HTTP/2.0\r\n', ''", "'GET / http/1.1\r\n', ''", "'GET /\r\n', ''", "'GET / HTTP/1.1 \r\n', ''",
        "'GET / HTTP/1.1\r\r\n', ''", "'PRI * HTTP/2.0\r\nX', ''", "'PRI * HTTP/2.0\r\n\r\nSX', ''"})
    void shouldSayThatOtherBytesAreNone(final String text, final String more)
    {
        assertEquals(RequestLineSniffer.NONE, everywhere(text + more));
    }

    @Test
    void shouldBoundTheLine()
    {
        final String text = "GET /" + "a".repeat(RequestLineSniffer.MAX_LENGTH - 6);
        assertEquals(RequestLineSniffer.MORE, parse(text, 0));
        assertEquals(RequestLineSniffer.TOO_LONG, parse(text + "aa", 100));
    }
}
