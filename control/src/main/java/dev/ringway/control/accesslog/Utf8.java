package dev.ringway.control.accesslog;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Tells UTF-8 from other bytes. Pure functions.
 */
final class Utf8
{
    private Utf8()
    {
    }

    static boolean isValid(final byte[] bytes, final int length)
    {
        boolean isAscii = true;
        for (int i = 0; i < length && isAscii; i++)
        {
            isAscii = bytes[i] >= 0;
        }
        return isAscii || isDecodable(bytes, length);
    }

    private static boolean isDecodable(final byte[] bytes, final int length)
    {
        try
        {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
            return true;
        }
        catch (final CharacterCodingException e)
        {
            return false;
        }
    }
}
