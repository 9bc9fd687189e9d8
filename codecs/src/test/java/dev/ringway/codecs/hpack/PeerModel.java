package dev.ringway.codecs.hpack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.UnsafeApi;

/** A peer that writes header blocks in every way the format has, with a table as plain as the RFC tells it. */
final class PeerModel
{
    private static final long ARRAY_BASE = UnsafeApi.arrayBaseOffset(byte[].class);

    private final List<String[]> table = new ArrayList<>();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private final List<String> expected = new ArrayList<>();
    private final List<Integer> flags = new ArrayList<>();
    private int limit = 4096;

    /** What was written since the last call, as a block. */
    byte[] takeBlock()
    {
        final byte[] bytes = block.toByteArray();
        block.reset();
        return bytes;
    }

    void forgetExpected()
    {
        expected.clear();
        flags.clear();
    }

    List<String> expected()
    {
        return expected;
    }

    List<Integer> flags()
    {
        return flags;
    }

    int entries()
    {
        return table.size();
    }

    int size()
    {
        return table.stream().mapToInt(entry -> entry[0].length() + entry[1].length() + 32).sum();
    }

    void resize(final int size)
    {
        integer(0x20, 5, size);
        limit = size;
        evict();
    }

    void indexed(final int index)
    {
        integer(0x80, 7, index);
        tell(name(index), value(index), 0);
    }

    /** A literal whose name is spelled out. */
    void literal(final int kind, final String name, final String value, final boolean isCoded)
    {
        integer(kind, bits(kind), 0);
        string(name, isCoded);
        finish(kind, name, value, isCoded);
    }

    /** A literal with the name of another entry. */
    void literal(final int kind, final int index, final String value, final boolean isCoded)
    {
        integer(kind, bits(kind), index);
        finish(kind, name(index), value, isCoded);
    }

    private void finish(final int kind, final String name, final String value, final boolean isCoded)
    {
        string(value, isCoded);
        tell(name, value, kind == 0x10 ? HeaderSink.NEVER_INDEXED : 0);
        if (kind == 0x40)
        {
            table.addFirst(new String[]{ name, value });
            evict();
        }
    }

    private void evict()
    {
        while (size() > limit)
        {
            table.removeLast();
        }
    }

    private void tell(final String name, final String value, final int flag)
    {
        expected.add(name + ": " + value);
        flags.add(flag);
    }

    private String name(final int index)
    {
        return index > StaticTable.COUNT ?
            table.get(index - StaticTable.COUNT - 1)[0] : line(index).substring(0, StaticTable.nameLength(index));
    }

    private String value(final int index)
    {
        return index > StaticTable.COUNT ?
            table.get(index - StaticTable.COUNT - 1)[1] :
            line(index).substring(StaticTable.nameLength(index) + 2, line(index).length() - 2);
    }

    private static String line(final int index)
    {
        return new String(StaticTable.line(index), StandardCharsets.US_ASCII);
    }

    private static int bits(final int kind)
    {
        return kind == 0x40 ? 6 : 4;
    }

    private void string(final String text, final boolean isCoded)
    {
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        final byte[] written = isCoded ? coded(bytes) : bytes;
        integer(isCoded ? 0x80 : 0, 7, written.length);
        block.writeBytes(written);
    }

    static byte[] coded(final byte[] bytes)
    {
        final byte[] coded = new byte[Huffman.encodedLength(bytes, ARRAY_BASE, bytes.length)];
        Huffman.encode(bytes, ARRAY_BASE, bytes.length, coded, ARRAY_BASE);
        return coded;
    }

    /** RFC 7541 section 5.1, as the pseudo-code there. */
    private void integer(final int first, final int bits, final int value)
    {
        final int max = (1 << bits) - 1;
        if (value < max)
        {
            block.write(first | value);
            return;
        }
        block.write(first | max);
        int rest = value - max;
        for (; rest >= 128; rest /= 128)
        {
            block.write(rest % 128 + 128);
        }
        block.write(rest);
    }
}
