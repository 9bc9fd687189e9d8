package dev.ringway.codecs.proxyproto;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;

import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Arbitrary bytes, behind a signature or not. What makes a run fail: an exception, or a result that depends on how the
 * bytes are cut.
 */
@Tag("fuzz")
class ProxyHeaderFuzzTest
{
    private final ProxyHeaderParser parser = new ProxyHeaderParser();

    /** The first byte says what goes in front of the rest. */
    @FuzzTest(maxDuration = "40s")
    void shouldSurvive(final byte[] data)
    {
        final int choice = data.length > 0 ? data[0] & 3 : 0;
        final byte[] start = switch (choice)
        {
            case 0 -> new byte[0];
            case 1 -> "PROXY TCP".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            default -> ProxyHeaderParser.SIGNATURE_2;
        };
        final byte[] input = Arrays.copyOf(start, start.length + Math.max(data.length - 1, 0));
        System.arraycopy(data, Math.min(1, data.length), input, start.length, input.length - start.length);
        parser.reset();
        final int result = parser.parse(new UnsafeBuffer(input), 0, input.length);
        final int length = parser.length();
        assertTrue(length <= input.length);
        parser.reset();
        int again = ProxyHeaderParser.MORE;
        for (int i = 0; i < input.length; i++)
        {
            again = parser.parse(new UnsafeBuffer(input, i, 1), 0, 1);
        }
        assertEquals(result, again);
        assertEquals(length, parser.length());
    }
}
