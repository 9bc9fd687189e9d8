package dev.ringway.codecs.text;

import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;

/**
 * Numbers as ASCII text. The caller guarantees room. Any thread.
 */
public final class AsciiNumbers
{
    /** Most characters of a decimal number. */
    public static final int MAX_DECIMAL_LENGTH = 19;
    /** Most characters of a hexadecimal number. */
    public static final int MAX_HEX_LENGTH = 16;

    private static final byte[] PAIRS = new byte[200];
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    static
    {
        for (int i = 0; i < 100; i++)
        {
            PAIRS[2 * i] = (byte)('0' + i / 10);
            PAIRS[2 * i + 1] = (byte)('0' + i % 10);
        }
    }

    private AsciiNumbers()
    {
    }

    /**
     * Number of decimal digits.
     *
     * @param value 0 or more.
     * @return 1 to {@link #MAX_DECIMAL_LENGTH}.
     */
    public static int decimalLength(final long value)
    {
        long bound = 10;
        for (int length = 1; length < MAX_DECIMAL_LENGTH; length++)
        {
            if (value < bound)
            {
                return length;
            }
            bound *= 10;
        }

        return MAX_DECIMAL_LENGTH;
    }

    /**
     * Writes a number in decimal.
     *
     * @param dst   to write to.
     * @param at    offset of the first digit.
     * @param value 0 or more.
     * @return offset behind the last digit.
     */
    public static int putDecimal(final MutableDirectBuffer dst, final int at, final long value)
    {
        final int end = at + decimalLength(value);
        int position = end;
        long rest = value;
        while (rest >= 100)
        {
            final int pair = (int)(rest % 100) * 2;
            rest /= 100;
            position -= 2;
            dst.putByte(position, PAIRS[pair]);
            dst.putByte(position + 1, PAIRS[pair + 1]);
        }

        if (rest >= 10)
        {
            dst.putByte(position - 2, PAIRS[(int)rest * 2]);
            dst.putByte(position - 1, PAIRS[(int)rest * 2 + 1]);
        }
        else
        {
            dst.putByte(position - 1, (byte)('0' + rest));
        }

        return end;
    }

    /**
     * Writes a number in lower-case hexadecimal without leading zeros.
     *
     * @param dst   to write to.
     * @param at    offset of the first digit.
     * @param value any, taken as unsigned.
     * @return offset behind the last digit.
     */
    public static int putHex(final MutableDirectBuffer dst, final int at, final long value)
    {
        final int length = Math.max(1, (67 - Long.numberOfLeadingZeros(value)) / 4);
        long rest = value;
        for (int i = at + length - 1; i >= at; i--)
        {
            dst.putByte(i, HEX[(int)rest & 0xF]);
            rest >>>= 4;
        }

        return at + length;
    }
}
