package dev.ringway.codecs.hpack;

import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * The Huffman code of HPACK (RFC 7541 section 5.2 and appendix B). The code is canonical: within a length codes follow
 * the order of symbols, so the lengths alone define it, and all tables are made from them. Raw access as in
 * {@link dev.ringway.codecs.text.Swar}. Any thread.
 *
 * <p>Strict: EOS in the data, padding of more than 7 bits and padding that is not all ones are errors.
 */
final class Huffman
{
    private static final int EOS = 256;
    private static final int SYMBOLS = 257;
    private static final int MIN_BITS = 5;
    private static final int MAX_BITS = 30;
    /** Length of each symbol's code; 'A' stands for 5 bits. */
    private static final String LENGTHS =
        "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHFIBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJB" +
        "KABABABBBACCBBBABCBAABCCCCCKGJIXPRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRSVV" +
        "PORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWVZ";
    private static final int[] CODES = new int[SYMBOLS];
    private static final byte[] BITS = new byte[SYMBOLS];

    /** Bits the table is indexed with: room for two short codes. More are not faster, one less is slower by a fifth. */
    private static final int INDEX_BITS = 11;
    private static final int INDEX_SHIFT = Long.SIZE - INDEX_BITS;
    /**
     * What the next bits begin with: one or two symbols in the low bytes, then the bits of all, those of the first and
     * the number of symbols. 0 when the first code is longer than the index.
     */
    private static final int[] TABLE = new int[1 << INDEX_BITS];
    private static final int TOTAL_SHIFT = 16;
    private static final int FIRST_SHIFT = 20;
    private static final int COUNT_SHIFT = 24;
    private static final int FIELD_MASK = 0xF;
    /** First code of each length, and where its symbols begin in {@link #ORDERED}. */
    private static final int[] FIRST_CODES = new int[MAX_BITS + 2];
    private static final int[] FIRST_RANKS = new int[MAX_BITS + 2];
    private static final short[] ORDERED = new short[SYMBOLS];
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    static
    {
        int code = 0;
        int rank = 0;
        for (int bits = 1; bits <= MAX_BITS; bits++)
        {
            code <<= 1;
            FIRST_CODES[bits] = code;
            FIRST_RANKS[bits] = rank;
            for (int symbol = 0; symbol < SYMBOLS; symbol++)
            {
                if (LENGTHS.charAt(symbol) - 'A' + MIN_BITS == bits)
                {
                    CODES[symbol] = code++;
                    BITS[symbol] = (byte)bits;
                    ORDERED[rank++] = (short)symbol;
                }
            }
        }
        FIRST_RANKS[MAX_BITS + 1] = rank;
        for (int index = 0; index < TABLE.length; index++)
        {
            TABLE[index] = entry(index);
        }
    }

    private Huffman()
    {
    }

    /** Most bytes that a string of coded bytes can stand for. */
    static long maxDecodedLength(final int length)
    {
        return (long)length * Byte.SIZE / MIN_BITS;
    }

    /**
     * Decodes a string.
     *
     * @param src    array of the coded string, or null.
     * @param from   address of its first byte.
     * @param length bytes.
     * @param dst    array to write to, or null.
     * @param to     address to write to; there is room for the decoded string and one byte more.
     * @return bytes written, or {@link HpackError#COMPRESSION}.
     */
    static int decode(final byte[] src, final long from, final int length, final byte[] dst, final long to)
    {
        final long end = from + length;
        long at = from;
        long out = to;
        long bits = 0;
        int count = 0;
        while (true)
        {
            if (end - at >= Long.BYTES)
            {
                // Bits beyond the whole bytes counted here come again with the next ones, at the same place.
                bits |= bigEndian(src, at) >>> count;
                final int taken = Long.SIZE - 1 - count >>> 3;
                at += taken;
                count += taken << 3;
            }
            else
            {
                for (; at < end && count <= Long.SIZE - Byte.SIZE; count += Byte.SIZE)
                {
                    bits |= (UnsafeApi.getByte(src, at++) & 0xFFL) << Long.SIZE - Byte.SIZE - count;
                }
            }

            int entry = 0;
            while (count >= INDEX_BITS && (entry = TABLE[(int)(bits >>> INDEX_SHIFT)]) != 0)
            {
                putTwo(dst, out, entry);
                out += entry >>> COUNT_SHIFT;
                bits <<= entry >>> TOTAL_SHIFT & FIELD_MASK;
                count -= entry >>> TOTAL_SHIFT & FIELD_MASK;
            }
            if (count >= MAX_BITS)
            {
                final int symbol = longSymbol(bits);
                if (symbol == EOS)
                {
                    return HpackError.COMPRESSION;
                }
                UnsafeApi.putByte(dst, out++, (byte)symbol);
                bits <<= BITS[symbol];
                count -= BITS[symbol];
            }
            else if (at == end)
            {
                return decodeTail(bits, count, dst, out, to);
            }
        }
    }

    /**
     * Looks a string over without keeping it, or puts it into an entry of a table: the way for fields that are refused,
     * symbol by symbol.
     *
     * @param src    array of the coded string, or null.
     * @param from   address of its first byte.
     * @param length bytes.
     * @param table  with an open entry, or null.
     * @return length when decoded, or {@link HpackError#COMPRESSION}.
     */
    static int decodedLength(final byte[] src, final long from, final int length, final DynamicTable table)
    {
        int decoded = 0;
        int count = 0;
        long bits = 0;
        int read = 0;
        while (true)
        {
            for (; read < length && count <= Long.SIZE - Byte.SIZE; count += Byte.SIZE)
            {
                bits |= (UnsafeApi.getByte(src, from + read++) & 0xFFL) << Long.SIZE - Byte.SIZE - count;
            }

            final int symbol = symbol(bits, count);
            if (symbol < 0)
            {
                return isPadding(bits, count) ? decoded : HpackError.COMPRESSION;
            }
            if (symbol == EOS)
            {
                return HpackError.COMPRESSION;
            }
            if (table != null)
            {
                table.put(symbol);
            }
            decoded++;
            bits <<= BITS[symbol];
            count -= BITS[symbol];
        }
    }

    /**
     * Length of a string when coded.
     *
     * @param src    array of the string, or null.
     * @param from   address of its first byte.
     * @param length bytes.
     * @return bytes, padding included.
     */
    static int encodedLength(final byte[] src, final long from, final int length)
    {
        long bits = 0;
        for (int i = 0; i < length; i++)
        {
            bits += BITS[UnsafeApi.getByte(src, from + i) & 0xFF];
        }

        return (int)(bits + Byte.SIZE - 1 >>> 3);
    }

    /**
     * Codes a string; exactly the bytes that {@link #encodedLength} tells are written.
     *
     * @param src    array of the string, or null.
     * @param from   address of its first byte.
     * @param length bytes.
     * @param dst    array to write to, or null.
     * @param to     address to write to.
     */
    static void encode(final byte[] src, final long from, final int length, final byte[] dst, final long to)
    {
        long out = to;
        long bits = 0;
        int count = 0;
        for (int i = 0; i < length; i++)
        {
            final int symbol = UnsafeApi.getByte(src, from + i) & 0xFF;
            bits = bits << BITS[symbol] | CODES[symbol];
            count += BITS[symbol];
            if (count >= Integer.SIZE)
            {
                count -= Integer.SIZE;
                final int word = (int)(bits >>> count);
                UnsafeApi.putInt(dst, out, LITTLE_ENDIAN ? Integer.reverseBytes(word) : word);
                out += Integer.BYTES;
            }
        }

        final int padding = -count & Byte.SIZE - 1;
        bits = bits << padding | (1 << padding) - 1;
        for (int left = count + padding - Byte.SIZE; left >= 0; left -= Byte.SIZE)
        {
            UnsafeApi.putByte(dst, out++, (byte)(bits >>> left));
        }
    }

    /** The bits that are left once all bytes are read. */
    private static int decodeTail(
        final long tail, final int tailCount, final byte[] dst, final long at, final long start)
    {
        long out = at;
        long bits = tail;
        int count = tailCount;
        while (true)
        {
            final int symbol = symbol(bits, count);
            if (symbol < 0)
            {
                return isPadding(bits, count) ? (int)(out - start) : HpackError.COMPRESSION;
            }
            UnsafeApi.putByte(dst, out++, (byte)symbol);
            bits <<= BITS[symbol];
            count -= BITS[symbol];
        }
    }

    /** First symbol of left-aligned bits, -1 when they end before it does. */
    private static int symbol(final long bits, final int count)
    {
        final int entry = TABLE[(int)(bits >>> INDEX_SHIFT)];
        if (entry != 0)
        {
            return (entry >>> FIRST_SHIFT & FIELD_MASK) <= count ? entry & 0xFF : -1;
        }

        final int symbol = longSymbol(bits);
        return BITS[symbol] <= count ? symbol : -1;
    }

    /** First symbol of left-aligned bits when its code is longer than the index. */
    private static int longSymbol(final long bits)
    {
        int length = INDEX_BITS + 1;
        while (true)
        {
            final int rank = FIRST_RANKS[length] + (int)(bits >>> Long.SIZE - length) - FIRST_CODES[length];
            if (rank < FIRST_RANKS[length + 1])
            {
                return ORDERED[rank];
            }
            length++;
        }
    }

    /** Whether what is left is the beginning of EOS and shorter than a byte. */
    private static boolean isPadding(final long bits, final int count)
    {
        return count == 0 || count < Byte.SIZE && bits >>> Long.SIZE - count == (1 << count) - 1;
    }

    private static void putTwo(final byte[] dst, final long out, final int entry)
    {
        final short two = (short)entry;
        UnsafeApi.putShort(dst, out, LITTLE_ENDIAN ? two : Short.reverseBytes(two));
    }

    private static long bigEndian(final byte[] src, final long at)
    {
        final long word = UnsafeApi.getLong(src, at);
        return LITTLE_ENDIAN ? Long.reverseBytes(word) : word;
    }

    private static int entry(final int index)
    {
        final int first = shortSymbol(index, INDEX_BITS);
        if (first < 0)
        {
            return 0;
        }

        final int firstBits = BITS[first];
        final int rest = index & (1 << INDEX_BITS - firstBits) - 1;
        final int second = shortSymbol(rest, INDEX_BITS - firstBits);
        final int head = first | firstBits << FIRST_SHIFT;

        return second < 0 ?
            head | firstBits << TOTAL_SHIFT | 1 << COUNT_SHIFT :
            head | second << Byte.SIZE | firstBits + BITS[second] << TOTAL_SHIFT | 2 << COUNT_SHIFT;
    }

    /** The symbol that bits begin with, -1 when its code is longer than they are. */
    private static int shortSymbol(final int value, final int count)
    {
        for (int symbol = 0; symbol < EOS; symbol++)
        {
            if (BITS[symbol] <= count && value >>> count - BITS[symbol] == CODES[symbol])
            {
                return symbol;
            }
        }

        return -1;
    }
}
