package dev.ringway.codecs.http1;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Text to buffers and back. One char is one byte, so that any byte can be written in a test. */
final class Bytes
{
    private Bytes()
    {
    }

    static byte[] of(final String text)
    {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(final DirectBuffer buffer, final int offset, final int length)
    {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** A buffer that holds the bytes at an offset, with a given byte before and behind. */
    static UnsafeBuffer framed(final byte[] bytes, final int length, final int offset, final int filler)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[offset + length + 16]);
        buffer.setMemory(0, buffer.capacity(), (byte)filler);
        buffer.putBytes(offset, bytes, 0, length);
        return buffer;
    }
}
