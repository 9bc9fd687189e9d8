package dev.ringway.codecs.http2;

import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.hpack.PseudoHeader;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Lays fields out as a decoder does, and hands them to a sink. One char is one byte. */
final class FieldLines
{
    static final int OFFSET = 7;
    static final byte FILLER = 'x';

    private static final List<String> PSEUDO =
        List.of("", ":method", ":scheme", ":authority", ":path", ":status", ":protocol");

    private FieldLines()
    {
    }

    /** A buffer with room and a filler around it. */
    static UnsafeBuffer buffer(final int capacity)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[capacity]);
        buffer.setMemory(0, capacity, FILLER);
        return buffer;
    }

    /**
     * Writes each field behind the one before and passes it on until the sink refuses.
     *
     * @param fields names and values in turn.
     * @return offset behind the last line.
     */
    static int feed(final HeaderSink sink, final MutableDirectBuffer dst, final int at, final String... fields)
    {
        int position = at;
        for (int i = 0; i < fields.length; i += 2)
        {
            final byte[] name = fields[i].getBytes(StandardCharsets.ISO_8859_1);
            final byte[] value = fields[i + 1].getBytes(StandardCharsets.ISO_8859_1);
            final byte[] line = (fields[i] + ": " + fields[i + 1] + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
            dst.putBytes(position, line);
            final boolean isTaken = sink.onField(position, name.length, position + name.length + 2, value.length,
                nameId(fields[i], dst, position), 0);
            position += line.length;
            if (!isTaken)
            {
                return position;
            }
        }

        return position;
    }

    /** Id as a decoder gives it. */
    static int nameId(final String name, final DirectBuffer buffer, final int offset)
    {
        if (name.startsWith(":"))
        {
            final int index = PSEUDO.indexOf(name);
            return index < 0 ? PseudoHeader.UNKNOWN : -index;
        }

        return name.isEmpty() ? HeaderName.OTHER : HeaderName.idOf(buffer, offset, name.length());
    }

    static String text(final DirectBuffer buffer, final int offset, final int length)
    {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Lines of a table, dropped ones in brackets. */
    static List<String> lines(final HeaderTable table)
    {
        final List<String> lines = new ArrayList<>();
        for (int i = 0; i < table.count(); i++)
        {
            final String line = text(table.buffer(), table.nameOffset(i), table.nameLength(i)) + ": " +
                text(table.buffer(), table.valueOffset(i), table.valueLength(i));
            lines.add(table.nominated(i) ? "[" + line + "]" : line);
        }

        return lines;
    }
}
