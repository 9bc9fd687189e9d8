package dev.ringway.control.accesslog;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The line under construction: bytes that grow. Reused line after line; one thread.
 */
final class LogLine
{
    private static final int DIGITS = 20;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1024);
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
        return buffer.byteArray();
    }

    LogLine put(final byte value)
    {
        buffer.putByte(length++, value);
        return this;
    }

    LogLine put(final byte[] source)
    {
        buffer.putBytes(length, source);
        length += source.length;
        return this;
    }

    LogLine put(final byte[] source, final int count)
    {
        buffer.putBytes(length, source, 0, count);
        length += count;
        return this;
    }

    LogLine put(final DirectBuffer source, final int offset, final int count)
    {
        buffer.putBytes(length, source, offset, count);
        length += count;
        return this;
    }

    /**
     * @param value any number, in decimal.
     * @return this.
     */
    LogLine decimal(final long value)
    {
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
        buffer.checkLimit(length + Math.max(digits, DIGITS));
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
            buffer.putByte(i, (byte)('0' + rest % 10));
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
        buffer.checkLimit(length + count);
    }

    ExpandableArrayBuffer buffer()
    {
        return buffer;
    }

    void advance(final int count)
    {
        length += count;
    }

    public String toString()
    {
        return new String(buffer.byteArray(), 0, length, UTF_8);
    }
}
