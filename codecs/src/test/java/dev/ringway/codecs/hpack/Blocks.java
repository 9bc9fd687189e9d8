package dev.ringway.codecs.hpack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.codecs.http.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Decodes blocks into lists of lines {@code name: value}, with everything checked that the contract promises. */
final class Blocks
{
    private static final int BEFORE = 3;
    private static final int BEHIND = 16;
    private static final byte FILLER = 0x55;

    private final HpackDecoder decoder;
    private final List<String> fields = new ArrayList<>();
    private final List<Integer> nameIds = new ArrayList<>();
    private final List<Integer> flags = new ArrayList<>();

    Blocks(final HpackDecoder decoder)
    {
        this.decoder = decoder;
    }

    static byte[] hex(final String text)
    {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    List<String> fields()
    {
        return fields;
    }

    List<Integer> nameIds()
    {
        return nameIds;
    }

    List<Integer> flags()
    {
        return flags;
    }

    int decode(final byte[] block)
    {
        return decode(block, block.length, 65536, Integer.MAX_VALUE);
    }

    /** Decodes a block with bytes of no meaning around input and output; the sink takes so many fields. */
    int decode(final byte[] block, final int length, final int capacity, final int maxFields)
    {
        final UnsafeBuffer src = new UnsafeBuffer(new byte[BEFORE + length + BEHIND]);
        src.setMemory(0, src.capacity(), FILLER);
        src.putBytes(BEFORE, block, 0, length);
        final UnsafeBuffer dst = new UnsafeBuffer(new byte[BEFORE + capacity + BEHIND]);
        dst.setMemory(0, dst.capacity(), FILLER);
        fields.clear();
        nameIds.clear();
        flags.clear();
        final int[] end = { BEFORE };

        final int result = decoder.decode(src, BEFORE, length, dst, BEFORE, capacity,
            (nameOffset, nameLength, valueOffset, valueLength, nameId, flag) ->
            {
                assertEquals(end[0], nameOffset);
                assertEquals(nameOffset + nameLength + 2, valueOffset);
                end[0] = valueOffset + valueLength + 2;
                final String name = text(dst, nameOffset, nameLength);
                final String value = text(dst, valueOffset, valueLength);
                assertEquals(name + ": " + value + "\r\n", text(dst, nameOffset, end[0] - nameOffset));
                assertEquals(idOf(name), nameId, name);
                fields.add(name + ": " + value);
                nameIds.add(nameId);
                flags.add(flag);
                return fields.size() < maxFields;
            });

        if (result >= 0)
        {
            assertEquals(end[0] - BEFORE, result);
        }
        for (int i = 0; i < dst.capacity(); i += i == BEFORE - 1 ? capacity + 1 : 1)
        {
            assertEquals(FILLER, dst.getByte(i), "byte outside the output");
        }

        return result;
    }

    private static int idOf(final String name)
    {
        if (name.startsWith(":"))
        {
            return switch (name)
            {
                case ":method" -> PseudoHeader.METHOD;
                case ":scheme" -> PseudoHeader.SCHEME;
                case ":authority" -> PseudoHeader.AUTHORITY;
                case ":path" -> PseudoHeader.PATH;
                case ":status" -> PseudoHeader.STATUS;
                case ":protocol" -> PseudoHeader.PROTOCOL;
                default -> PseudoHeader.UNKNOWN;
            };
        }
        for (int id = HeaderName.OTHER + 1; id < HeaderName.COUNT; id++)
        {
            if (name.equals(new String(HeaderName.bytes(id), StandardCharsets.US_ASCII)))
            {
                return id;
            }
        }
        return HeaderName.OTHER;
    }

    static String text(final UnsafeBuffer buffer, final int offset, final int length)
    {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
