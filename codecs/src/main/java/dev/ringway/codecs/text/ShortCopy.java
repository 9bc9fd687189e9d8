package dev.ringway.codecs.text;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Copies texts of a few words' length, for which a call of the general copy costs more than the bytes. Any thread.
 */
public final class ShortCopy
{
    private static final int LONGEST = 64;

    private ShortCopy()
    {
    }

    /**
     * Copies a range; source and target must not overlap.
     *
     * @param source holds the text.
     * @param at     its first byte.
     * @param target gets it; there is room.
     * @param to     where.
     * @param count  bytes, any number.
     */
    public static void copy(
        final DirectBuffer source, final int at, final MutableDirectBuffer target, final int to, final int count)
    {
        if (count > LONGEST)
        {
            target.putBytes(to, source, at, count);
        }
        else if (count >= Long.BYTES)
        {
            final int last = count - Long.BYTES;
            for (int i = 0; i < last; i += Long.BYTES)
            {
                target.putLong(to + i, source.getLong(at + i));
            }
            target.putLong(to + last, source.getLong(at + last));
        }
        else if (count >= Integer.BYTES)
        {
            final int last = count - Integer.BYTES;
            target.putInt(to, source.getInt(at));
            target.putInt(to + last, source.getInt(at + last));
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                target.putByte(to + i, source.getByte(at + i));
            }
        }
    }
}
