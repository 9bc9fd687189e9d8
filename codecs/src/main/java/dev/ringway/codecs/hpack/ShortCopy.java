package dev.ringway.codecs.hpack;

import org.agrona.UnsafeApi;

/**
 * Copies few bytes by words: for names and values this is cheaper than the call of a general copy. Raw access as in
 * {@link dev.ringway.codecs.text.Swar}; source and target do not overlap; only bytes of the range are touched. Any
 * thread.
 */
final class ShortCopy
{
    private static final int LONG_LENGTH = 128;

    private ShortCopy()
    {
    }

    static void copy(final byte[] src, final long from, final byte[] dst, final long to, final int length)
    {
        if (length < 8)
        {
            copyFew(src, from, dst, to, length);
        }
        else if (length <= LONG_LENGTH)
        {
            final int last = length - 8;
            for (int i = 0; i < last; i += 8)
            {
                UnsafeApi.putLong(dst, to + i, UnsafeApi.getLong(src, from + i));
            }
            UnsafeApi.putLong(dst, to + last, UnsafeApi.getLong(src, from + last));
        }
        else
        {
            UnsafeApi.copyMemory(src, from, dst, to, length);
        }
    }

    private static void copyFew(final byte[] src, final long from, final byte[] dst, final long to, final int length)
    {
        if (length >= 4)
        {
            final int last = length - 4;
            UnsafeApi.putInt(dst, to, UnsafeApi.getInt(src, from));
            UnsafeApi.putInt(dst, to + last, UnsafeApi.getInt(src, from + last));
            return;
        }
        for (int i = 0; i < length; i++)
        {
            UnsafeApi.putByte(dst, to + i, UnsafeApi.getByte(src, from + i));
        }
    }
}
