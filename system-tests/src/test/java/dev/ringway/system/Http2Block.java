package dev.ringway.system;

import java.io.ByteArrayOutputStream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * A field block written by hand (RFC 7541, section 6), so that it can hold what no encoder would write. Strings go out
 * as they are, without Huffman coding; literals are not indexed unless a test asks for it.
 */
final class Http2Block
{
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A block of names and values in turn. */
    static Http2Block of(final String... namesAndValues)
    {
        final Http2Block block = new Http2Block();
        for (int i = 0; i < namesAndValues.length; i += 2)
        {
            block.field(namesAndValues[i], namesAndValues[i + 1]);
        }
        return block;
    }

    /** The pseudo-header fields of a request, then names and values in turn. */
    static Http2Block request(final String method, final String path, final String... namesAndValues)
    {
        final Http2Block block = of(":method", method, ":scheme", "http", ":authority", "test", ":path", path);
        block.out.writeBytes(of(namesAndValues).bytes());
        return block;
    }

    Http2Block field(final String name, final String value)
    {
        out.write(0);
        return string(name).string(value);
    }

    /** A literal that goes into the dynamic table, as its entry 62. */
    Http2Block insert(final String name, final String value)
    {
        out.write(0x40);
        return string(name).string(value);
    }

    /** Fields of an entry of the tables, one byte each; the index is below 127. */
    Http2Block indexed(final int index, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            out.write(0x80 | index);
        }
        return this;
    }

    /** Any bytes, one per character. */
    Http2Block raw(final String bytes)
    {
        out.writeBytes(bytes.getBytes(ISO_8859_1));
        return this;
    }

    private Http2Block string(final String text)
    {
        final byte[] bytes = text.getBytes(ISO_8859_1);
        if (bytes.length < 0x7f)
        {
            out.write(bytes.length);
        }
        else
        {
            out.write(0x7f);
            int rest = bytes.length - 0x7f;
            for (; rest >= 0x80; rest >>= 7)
            {
                out.write(rest & 0x7f | 0x80);
            }
            out.write(rest);
        }
        out.writeBytes(bytes);
        return this;
    }

    byte[] bytes()
    {
        return out.toByteArray();
    }
}
