package dev.ringway.control.accesslog;

import dev.ringway.codecs.text.ShortCopy;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The line under construction: bytes that grow. Reused line after line; one thread.
 */
final class LogLine
{
    private static final int DIGITS = 20;
    /** A call of the general copy costs more than so many bytes. */
    private static final int FEW = 8;

    private byte[] bytes = new byte[1024];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private int length;

    void clear()
    {
        length = 0;
    }

    int length()
    {
        return length;
    }

    /**
     * Cuts what was added since.
     *
     * @param to new length, at most the present one.
     */
    void cut(final int to)
    {
        length = Math.min(length, to);
    }

    byte[] bytes()
    {
        return bytes;
    }

    LogLine put(final byte value)
    {
        reserve(1);
        bytes[length++] = value;
        return this;
    }

    LogLine put(final byte[] source)
    {
        return put(source, source.length);
    }

    LogLine put(final byte[] source, final int count)
    {
        reserve(count);
        if (count > FEW)
        {
            System.arraycopy(source, 0, bytes, length, count);
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                bytes[length + i] = source[i];
            }
        }
        length += count;
        return this;
    }

    LogLine put(final DirectBuffer source, final int offset, final int count)
    {
        reserve(count);
        ShortCopy.copy(source, offset, buffer, length, count);
        length += count;
        return this;
    }

    /**
     * @param value any number, in decimal.
     * @return this.
     */
    LogLine decimal(final long value)
    {
        reserve(DIGITS);
        length += buffer.putLongAscii(length, value);
        return this;
    }

    /**
     * @param value  not negative.
     * @param digits of which it has at most so many; zeros are put before it.
     * @return this.
     */
    LogLine padded(final long value, final int digits)
    {
        reserve(digits);
        digits(length, value, digits);
        length += digits;
        return this;
    }

    /** Puts a number over what is there already. */
    void digits(final int at, final long value, final int digits)
    {
        long rest = value;
        for (int i = at + digits - 1; i >= at; i--)
        {
            bytes[i] = (byte)('0' + rest % 10);
            rest /= 10;
        }
    }

    /**
     * Makes room for a writer that needs it beforehand.
     *
     * @param count bytes that will be put by {@link #buffer()} at {@link #length()}.
     */
    void reserve(final int count)
    {
        if (bytes.length - length < count)
        {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length << 1));
            buffer.wrap(bytes);
        }
    }

    MutableDirectBuffer buffer()
    {
        return buffer;
    }

    void advance(final int count)
    {
        length += count;
    }

    public String toString()
    {
        return new String(bytes, 0, length, UTF_8);
    }
}
