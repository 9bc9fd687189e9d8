package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.LogStrings;

import java.util.Arrays;

/**
 * The registered strings as bytes, encoded when first printed. Log thread only.
 */
final class EncodedStrings
{
    private byte[][] encoded = new byte[64][];
    private String[] texts = new String[64];

    /**
     * @param id from {@link LogStrings}.
     * @return the string's bytes, null when there is none.
     */
    byte[] bytes(final int id)
    {
        final String text = LogStrings.text(id);
        if (text == null)
        {
            return null;
        }
        if (id >= encoded.length)
        {
            encoded = Arrays.copyOf(encoded, Integer.highestOneBit(id) * 2);
            texts = Arrays.copyOf(texts, encoded.length);
        }
        if (texts[id] != text)
        {
            // New, or the number was another string's.
            texts[id] = text;
            encoded[id] = LogOperators.bytes(text);
        }
        return encoded[id];
    }
}
