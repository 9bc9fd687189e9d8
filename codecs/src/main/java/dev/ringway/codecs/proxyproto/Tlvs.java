package dev.ringway.codecs.proxyproto;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.nio.ByteOrder;

/**
 * Works on values that stand one behind the other, as they do behind the addresses of a PROXY header: one byte for the
 * type, two for the length, the value. They are well-formed. Pure functions; any thread.
 */
public final class Tlvs
{
    /** Bytes in front of a value. */
    public static final int HEAD_LENGTH = 3;

    private Tlvs()
    {
    }

    /**
     * Keeps those of some types that have room, in their order.
     *
     * @param buffer holds all, and those that are kept afterwards, from the same place on.
     * @param offset where they start.
     * @param length bytes of all.
     * @param wanted types that are kept.
     * @param room   most bytes that are kept; what is longer than what is left of them is passed over.
     * @return bytes that are kept, with all bits turned when some had no room.
     */
    public static int keep(
        final MutableDirectBuffer buffer, final int offset, final int length, final TlvTypes wanted, final int room)
    {
        int kept = 0;
        boolean isShort = false;
        for (int at = offset; at < offset + length; )
        {
            final int taken = lengthAt(buffer, at);
            final boolean isWanted = wanted.contains(buffer.getByte(at) & 0xFF);
            if (isWanted && kept + taken <= room)
            {
                buffer.putBytes(offset + kept, buffer, at, taken);
                kept += taken;
            }
            else
            {
                isShort |= isWanted;
            }
            at += taken;
        }
        return isShort ? ~kept : kept;
    }

    /**
     * @param buffer holds values.
     * @param at     where one starts.
     * @return its bytes, with those in front of it.
     */
    public static int lengthAt(final DirectBuffer buffer, final int at)
    {
        return HEAD_LENGTH + (buffer.getShort(at + 1, ByteOrder.BIG_ENDIAN) & 0xFFFF);
    }
}
