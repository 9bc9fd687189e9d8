package dev.ringway.engine.httpfilters;

import dev.ringway.engine.route.XxHash64;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

import java.util.Arrays;
import java.util.List;

/**
 * What {@link LimitAction}s say of a request, as bytes: keys and values in turn, each behind its length. Reused; allocates
 * nothing once it has seen the longest. Loop thread only.
 */
final class LimitText
{
    private static final int LENGTH = Integer.BYTES;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private int length;

    /** Forgets everything. */
    LimitText clear()
    {
        length = 0;
        return this;
    }

    /** Appends a key or a value. */
    void append(final byte[] bytes)
    {
        buffer.putInt(length, bytes.length);
        buffer.putBytes(length + LENGTH, bytes);
        length += LENGTH + bytes.length;
    }

    /** Appends a key or a value. */
    void append(final DirectBuffer source, final int offset, final int count)
    {
        buffer.putInt(length, count);
        buffer.putBytes(length + LENGTH, source, offset, count);
        length += LENGTH + count;
    }

    /** Appends a key or a value, characters of ASCII. */
    void append(final String characters)
    {
        buffer.putInt(length, characters.length());
        buffer.putStringWithoutLengthAscii(length + LENGTH, characters);
        length += LENGTH + characters.length();
    }

    /** Appends what a descriptor asks for. */
    LimitText append(final LimitDescriptor descriptor)
    {
        for (final LimitDescriptor.Entry entry : descriptor.entries())
        {
            append(entry.key());
            append(entry.value());
        }
        return this;
    }

    /** Hash of all of it. */
    long hash()
    {
        return XxHash64.hash(buffer, 0, length, 0);
    }

    /** All of it. */
    byte[] bytes()
    {
        return Arrays.copyOf(buffer.byteArray(), length);
    }

    /** Whether it has these keys in order, with these values where they are not empty. */
    boolean fits(final List<LimitDescriptor.Entry> entries)
    {
        int at = 0;
        for (int i = 0; i < entries.size(); i++)
        {
            final byte[] key = entries.get(i).key();
            final byte[] value = entries.get(i).value();
            if (at == length || !isAt(at, key))
            {
                return false;
            }
            at += LENGTH + key.length;
            if (value.length > 0 && !isAt(at, value))
            {
                return false;
            }
            at += LENGTH + buffer.getInt(at);
        }
        return at == length;
    }

    private boolean isAt(final int at, final byte[] bytes)
    {
        return buffer.getInt(at) == bytes.length && Arrays.equals(
            buffer.byteArray(), at + LENGTH, at + LENGTH + bytes.length, bytes, 0, bytes.length);
    }

    /** Whether it is the same as some bytes. */
    boolean is(final byte[] bytes)
    {
        return length == bytes.length && Arrays.equals(buffer.byteArray(), 0, length, bytes, 0, length);
    }
}
