package dev.ringway.codecs.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class AsciiTest
{
    private static final long BASE = UnsafeApi.arrayBaseOffset(byte[].class);
    private static final String TOKEN =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    @Property(tries = 2000)
    void shouldScanLikeByteByByte(
        @ForAll @Size(max = 40) final byte[] bytes,
        @ForAll @IntRange(max = 40) final int start,
        @ForAll final boolean mild)
    {
        final int from = Math.min(start, bytes.length);
        for (int i = 0; mild && i < bytes.length; i++)
        {
            bytes[i] = bytes[i] % 7 == 0 ? bytes[i] : (byte)('a' + (bytes[i] & 15));
        }
        assertEquals(naive(bytes, from, b -> b >= ' ' && b != 0x7F || b == '\t'),
            AsciiScan.textEnd(bytes, BASE, from, bytes.length));
        assertEquals(naive(bytes, from, b -> b > ' ' && b < 0x7F && b != '#'),
            AsciiScan.targetEnd(bytes, BASE, from, bytes.length));
        assertEquals(naive(bytes, from, b -> TOKEN.indexOf(b) >= 0),
            AsciiScan.tokenEnd(bytes, BASE, from, bytes.length));
        final int found = naive(bytes, from, b -> b != 'c');
        assertEquals(found == bytes.length ? -1 : found, AsciiScan.indexOf(bytes, BASE, from, bytes.length, 'c'));
    }

    @Test
    void shouldLowerTokensOnly()
    {
        for (int b = 0; b < 256; b++)
        {
            final int expected = TOKEN.indexOf(b) < 0 ? 0 : Character.toLowerCase(b);
            assertEquals(expected, AsciiScan.lowerToken((byte)b), "byte " + b);
        }
    }

    @Test
    void shouldCompareWithoutCase()
    {
        final byte[] lower = "keep-alive".getBytes(StandardCharsets.US_ASCII);
        assertTrue(AsciiScan.equalsIgnoreCase("Keep-ALIVE".getBytes(StandardCharsets.US_ASCII), BASE, lower));
        assertFalse(AsciiScan.equalsIgnoreCase("Keep\rALIVE".getBytes(StandardCharsets.US_ASCII), BASE, lower));
        assertFalse(AsciiScan.equalsIgnoreCase("Keep-ALIVf".getBytes(StandardCharsets.US_ASCII), BASE, lower));
    }

    @Property
    void shouldPrintDecimal(@ForAll @LongRange(min = 0) final long value, @ForAll @IntRange(max = 62) final int shift)
    {
        assertPrinted(value >>> shift);
    }

    @Test
    void shouldPrintEdges()
    {
        long power = 1;
        for (int i = 0; i < 18; i++)
        {
            power *= 10;
            assertPrinted(power - 1);
            assertPrinted(power);
        }
        assertPrinted(0);
        assertPrinted(Long.MAX_VALUE);
    }

    private static void assertPrinted(final long value)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[40]);
        final String decimal = Long.toString(value);
        assertEquals(decimal.length(), AsciiNumbers.decimalLength(value));
        assertEquals(3 + decimal.length(), AsciiNumbers.putDecimal(buffer, 3, value));
        assertEquals(decimal, buffer.getStringWithoutLengthAscii(3, decimal.length()));
        assertEquals(0, buffer.getByte(2));
        final String hex = Long.toHexString(value);
        assertEquals(3 + hex.length(), AsciiNumbers.putHex(buffer, 3, value));
        assertEquals(hex, buffer.getStringWithoutLengthAscii(3, hex.length()));
        assertEquals(0, buffer.getByte(2));
    }

    private static int naive(final byte[] bytes, final int from, final IntPredicate allowed)
    {
        int at = from;
        while (at < bytes.length && allowed.test(bytes[at] & 0xFF))
        {
            at++;
        }

        return at;
    }
}
