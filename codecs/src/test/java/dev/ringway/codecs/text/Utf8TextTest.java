package dev.ringway.codecs.text;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

final class Utf8TextTest
{
    private static String replaced(final byte[] text)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[text.length + 2]);
        buffer.putBytes(1, text);
        Utf8Text.replaceFaulty(buffer, 1, text.length);
        assertEquals(0, buffer.getByte(0) | buffer.getByte(text.length + 1));
        final byte[] result = new byte[text.length];
        buffer.getBytes(1, result);
        return HexFormat.of().formatHex(result);
    }

    @ParameterizedTest
    @CsvSource({"'',''", "610062,610062", "c3a9e282acf09f9880,c3a9e282acf09f9880", "61e9ff807a,612121217a",
        "eda080,212121", "c0af,2121", "f4908080,21212121", "e282,2121", "e28261,212161", "e0809f,212121",
        "f0808080,21212121", "f48fbfbf,f48fbfbf", "ed9fbf,ed9fbf", "c3c3a9,21c3a9"})
    void shouldReplaceBytesOfNoCharacter(final String text, final String expected)
    {
        assertEquals(expected, replaced(HexFormat.of().parseHex(text)));
    }

    @Test
    void shouldKnowAllCharactersOfThreeBytes()
    {
        final byte[] text = new byte[3];
        for (int i = 0x800000; i <= 0xFFFFFF; i += 97)
        {
            text[0] = (byte)(i >> 16);
            text[1] = (byte)(i >> 8);
            text[2] = (byte)i;
            assertEquals(isText(text), replaced(text).equals(HexFormat.of().formatHex(text)), () ->
                HexFormat.of().formatHex(text));
        }
    }

    private static boolean isText(final byte[] text)
    {
        try
        {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            return true;
        }
        catch (final CharacterCodingException ex)
        {
            return false;
        }
    }
}
