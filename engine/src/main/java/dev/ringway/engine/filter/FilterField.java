package dev.ringway.engine.filter;

import dev.ringway.codecs.http.HeaderName;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * A field whose value is known beforehand: checked and laid out once, where {@link FilterHead} would do so for each
 * message. Immutable, for any number of threads.
 */
public final class FilterField
{
    private final byte[] name;
    private final byte[] line;
    private final int valueLength;
    private final int id;

    private FilterField(final byte[] name, final byte[] value)
    {
        this.name = name;
        line = new byte[FilterHead.lineLength(name.length, value.length)];
        FilterHead.putLine(new UnsafeBuffer(line), name, value, value.length);
        valueLength = value.length;
        id = HeaderName.idOf(new UnsafeBuffer(name), 0, name.length);
    }

    /**
     * @param name  a token in lower case.
     * @param value without control characters.
     * @return the field.
     * @throws IllegalArgumentException when name or value cannot be sent, or the name is fixed.
     */
    public static FilterField of(final byte[] name, final byte[] value)
    {
        FilterHead.checkName(name);
        FilterHead.checkFree(name, FilterHead.isFixed(name));
        FilterHead.checkValue(value);
        return new FilterField(name.clone(), value);
    }

    /**
     * @param name  a token in lower case.
     * @param value characters of ISO 8859-1, without control characters.
     * @return the field.
     * @throws IllegalArgumentException as {@link #of(byte[], byte[])}.
     */
    public static FilterField of(final String name, final String value)
    {
        return of(name.getBytes(ISO_8859_1), value.getBytes(ISO_8859_1));
    }

    byte[] name()
    {
        return name;
    }

    /** Name, colon, space, value, line's end. */
    byte[] line()
    {
        return line;
    }

    int valueLength()
    {
        return valueLength;
    }

    /** A constant of {@link HeaderName}. */
    int id()
    {
        return id;
    }
}
