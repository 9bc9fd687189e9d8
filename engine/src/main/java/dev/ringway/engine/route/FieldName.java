package dev.ringway.engine.route;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Name of a field that is added or removed. Immutable.
 */
public final class FieldName
{
    private final UnsafeBuffer bytes;
    private final int id;

    /**
     * @param name in any case, not empty.
     */
    public FieldName(final String name)
    {
        bytes = new UnsafeBuffer(name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        id = HeaderName.idOf(bytes, 0, bytes.capacity());
    }

    /**
     * @return a constant of {@link HeaderName}.
     */
    public int id()
    {
        return id;
    }

    /**
     * @return the name in lower case, not to be changed.
     */
    public UnsafeBuffer bytes()
    {
        return bytes;
    }

    /**
     * @param other name.
     * @return whether both are the same.
     */
    public boolean is(final FieldName other)
    {
        return id == other.id && (id != HeaderName.OTHER || bytes.equals(other.bytes));
    }

    /**
     * @param headers of a message.
     * @param after   index of the field to start behind, or -1.
     * @return the next field of this name, or -1.
     */
    public int find(final HeaderTable headers, final int after)
    {
        if (id != HeaderName.OTHER)
        {
            return after < 0 ? headers.find(id) : headers.findNext(id, after);
        }
        for (int i = after + 1, count = headers.count(); i < count; i++)
        {
            if (headers.nameId(i) == HeaderName.OTHER && headers.nameLength(i) == bytes.capacity() &&
                isAt(headers, headers.nameOffset(i)))
            {
                return i;
            }
        }
        return -1;
    }

    private boolean isAt(final HeaderTable headers, final int offset)
    {
        for (int i = 0; i < bytes.capacity(); i++)
        {
            if (headers.buffer().getByte(offset + i) != bytes.getByte(i))
            {
                return false;
            }
        }
        return true;
    }
}
