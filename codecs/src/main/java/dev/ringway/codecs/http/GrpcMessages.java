package dev.ringway.codecs.http;

import org.agrona.DirectBuffer;

/**
 * Counts the messages in the content of a call: each is a flag, a length of four bytes and as many bytes (gRPC over
 * HTTP2, "Length-Prefixed-Message"). Counts a message with its first byte, as Envoy does. Takes content in any pieces,
 * allocates nothing. One direction of one call at a time.
 */
public final class GrpcMessages
{
    private static final int PREFIX = 5;

    private int prefixBytes;
    private long rest;

    /**
     * Begins another call.
     */
    public void reset()
    {
        prefixBytes = 0;
        rest = 0;
    }

    /**
     * @param buffer holds a piece of the content.
     * @param offset of its first byte.
     * @param length of the piece, may be 0.
     * @return messages that begin in it.
     */
    public int count(final DirectBuffer buffer, final int offset, final int length)
    {
        int begun = 0;
        int at = offset;
        final int end = offset + length;
        while (at < end)
        {
            if (prefixBytes == PREFIX)
            {
                final int taken = (int)Math.min(rest, end - at);
                rest -= taken;
                at += taken;
                prefixBytes = rest == 0 ? 0 : PREFIX;
            }
            else
            {
                begun += prefixBytes == 0 ? 1 : 0;
                // The flag is shifted out by the length behind it.
                rest = (rest << Byte.SIZE | buffer.getByte(at++) & 0xFF) & 0xFFFF_FFFFL;
                prefixBytes++;
                prefixBytes = prefixBytes == PREFIX && rest == 0 ? 0 : prefixBytes;
            }
        }
        return begun;
    }
}
