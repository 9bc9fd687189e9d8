package dev.ringway.codecs.http1;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Arbitrary first bytes. What makes a run fail: an exception, a result that depends on how the bytes are cut, or a version
 * other than an expression finds.
 */
@Tag("fuzz")
class RequestLineSnifferFuzzTest
{
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final Pattern LINE =
        Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\\x00-\\x20\\x7F]+ HTTP/1\\.([01])\r?\n");

    private final RequestLineSniffer sniffer = new RequestLineSniffer();

    @FuzzTest(maxDuration = "40s")
    void shouldSurvive(final byte[] data)
    {
        sniffer.reset();
        final int result = sniffer.parse(new UnsafeBuffer(data), 0, data.length);
        sniffer.reset();
        int again = RequestLineSniffer.MORE;
        for (int i = 0; i < data.length; i++)
        {
            again = sniffer.parse(new UnsafeBuffer(data, i, 1), 0, 1);
        }
        assertEquals(result, again);
        assertEquals(expected(new String(data, 0, Math.min(data.length, RequestLineSniffer.MAX_LENGTH), ISO_8859_1)),
            Math.max(result, 0));
    }

    /** The version, or 0 for none that is known yet. */
    private static int expected(final String start)
    {
        if (start.startsWith(PREFACE))
        {
            return RequestLineSniffer.HTTP_2;
        }
        final Matcher line = LINE.matcher(start);
        return !line.lookingAt() ? 0 :
            line.group(1).equals("0") ? RequestLineSniffer.HTTP_1_0 : RequestLineSniffer.HTTP_1_1;
    }
}
