package dev.ringway.codecs.text;

import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * Eight bytes of text in one {@code long}, first byte lowest, and tests on all of them at once. A test answers with the
 * high bit of each matching byte; unless said otherwise only the lowest of these bits is exact, the one scanning needs.
 *
 * <p>Raw access: the caller has checked the bounds. {@code array} and {@code address} are those of
 * {@code DirectBuffer.byteArray()} and {@code DirectBuffer.addressOffset()} plus an index. Any thread.
 */
public final class Swar
{
    /** The lowest bit of each byte. */
    public static final long ONES = 0x0101_0101_0101_0101L;
    /** The highest bit of each byte. */
    public static final long HIGHS = 0x8080_8080_8080_8080L;

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Swar()
    {
    }

    /**
     * Reads eight bytes.
     *
     * @param array   of the buffer, or null.
     * @param address of the first byte, any alignment.
     * @return the first byte lowest.
     */
    public static long word(final byte[] array, final long address)
    {
        final long word = UnsafeApi.getLong(array, address);
        return LITTLE_ENDIAN ? word : Long.reverseBytes(word);
    }

    /**
     * Writes eight bytes.
     *
     * @param array   of the buffer, or null.
     * @param address of the first byte, any alignment.
     * @param word    the first byte lowest.
     */
    public static void putWord(final byte[] array, final long address, final long word)
    {
        UnsafeApi.putLong(array, address, LITTLE_ENDIAN ? word : Long.reverseBytes(word));
    }

    /**
     * Reads up to eight bytes without touching those behind.
     *
     * @param array   of the buffer, or null.
     * @param address of the first byte, any alignment.
     * @param length  0 to 8.
     * @return the first byte lowest, zeros above.
     */
    public static long shortWord(final byte[] array, final long address, final int length)
    {
        if (length == 8)
        {
            return word(array, address);
        }

        long word = 0;
        for (int i = length - 1; i >= 0; i--)
        {
            word = word << 8 | UnsafeApi.getByte(array, address + i) & 0xFF;
        }

        return word;
    }

    /**
     * Text as a word, for comparing.
     *
     * @param text up to eight ASCII characters.
     * @return the first character lowest, zeros above.
     */
    public static long wordOf(final String text)
    {
        long word = 0;
        for (int i = text.length() - 1; i >= 0; i--)
        {
            word = word << 8 | text.charAt(i);
        }

        return word;
    }

    /**
     * Which bytes equal one.
     *
     * @param word to look at.
     * @param b    0 to 127.
     * @return high bits, the lowest one exact.
     */
    public static long equal(final long word, final int b)
    {
        final long difference = word ^ ONES * b;
        return difference - ONES & ~difference & HIGHS;
    }

    /**
     * Which bytes are below one, as unsigned.
     *
     * @param word to look at.
     * @param b    1 to 128.
     * @return high bits, the lowest one exact.
     */
    public static long below(final long word, final int b)
    {
        return word - ONES * b & ~word & HIGHS;
    }

    /**
     * Which bytes are ASCII letters. All high bits are exact.
     *
     * @param word to look at.
     * @return high bits; shifted right by two they turn letters into lower case.
     */
    public static long letters(final long word)
    {
        final long low = (word | ONES * 0x20) & ~HIGHS;
        return low + ONES * (0x80 - 'a') & ~(low + ONES * (0x7F - 'z')) & ~word & HIGHS;
    }

    /**
     * Which bytes are digits or hyphens. All high bits are exact.
     *
     * @param word to look at.
     * @return high bits.
     */
    public static long digitsAndHyphens(final long word)
    {
        final long low = word & ~HIGHS;
        final long digits = low + ONES * (0x80 - '0') & ~(low + ONES * (0x7F - '9'));
        final long hyphens = ~((low ^ ONES * '-') + ~HIGHS);
        return (digits | hyphens) & ~word & HIGHS;
    }

    /**
     * Index of the first match.
     *
     * @param matches high bits, not 0.
     * @return 0 to 7.
     */
    public static int first(final long matches)
    {
        return Long.numberOfTrailingZeros(matches) >>> 3;
    }
}
