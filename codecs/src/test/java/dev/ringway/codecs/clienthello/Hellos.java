package dev.ringway.codecs.clienthello;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Writes ClientHellos. */
final class Hellos
{
    private Hellos()
    {
    }

    static byte[] join(final byte[]... parts)
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (final byte[] part : parts)
        {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] bytes(final int... octets)
    {
        final byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++)
        {
            bytes[i] = (byte)octets[i];
        }
        return bytes;
    }

    /** Content behind its length in so many bytes. */
    static byte[] counted(final int width, final byte[]... parts)
    {
        final byte[] content = join(parts);
        final byte[] length = new byte[width];
        for (int i = 0; i < width; i++)
        {
            length[i] = (byte)(content.length >> 8 * (width - 1 - i));
        }
        return join(length, content);
    }

    static byte[] extension(final int type, final byte[]... parts)
    {
        return join(bytes(type >> 8, type), counted(2, parts));
    }

    static byte[] serverName(final String name)
    {
        return extension(0, counted(2, bytes(0), counted(2, name.getBytes(ISO_8859_1))));
    }

    static byte[] protocols(final String... names)
    {
        final byte[][] list = Arrays.stream(names).map(name -> counted(1, name.getBytes(ISO_8859_1)))
            .toArray(byte[][]::new);
        return extension(16, counted(2, list));
    }

    static byte[] versions(final int... versions)
    {
        final byte[][] list = Arrays.stream(versions).mapToObj(version -> bytes(version >> 8, version))
            .toArray(byte[][]::new);
        return extension(43, counted(1, list));
    }

    /** What comes before the extensions. */
    static byte[] start()
    {
        return join(bytes(3, 3), new byte[32], counted(1, new byte[32]), counted(2, bytes(0x13, 1, 0x13, 2)),
            counted(1, bytes(0)));
    }

    static byte[] hello(final byte[]... extensions)
    {
        return message(start(), counted(2, extensions));
    }

    static byte[] message(final byte[]... parts)
    {
        return join(bytes(1), counted(3, parts));
    }

    /** In records of so many bytes at most. */
    static byte[] records(final int most, final byte[] message)
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += most)
        {
            out.writeBytes(bytes(22, 3, 1));
            out.writeBytes(counted(2, Arrays.copyOfRange(message, at, Math.min(at + most, message.length))));
        }
        return out.toByteArray();
    }
}
