package dev.ringway.codecs.http1;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The chunked coding written down naively over whole strings, to compare the decoder with. */
final class ChunkModel
{
    private static final Pattern DIGITS = Pattern.compile("[0-9a-fA-F]*");
    private static final Pattern EXTENSION = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");

    private ChunkModel()
    {
    }

    /** Decodes and tells the same line as {@link Bodies#decode}. */
    static String decode(final String input)
    {
        final StringBuilder data = new StringBuilder();
        int at = 0;
        while (true)
        {
            final String digits = match(DIGITS, input, at);
            if (digits.length() > Http1BodyDecoder.MAX_SIZE_DIGITS)
            {
                return data + "|INVALID_CHUNK_SIZE";
            }
            at += digits.length();
            if (at == input.length())
            {
                return data + "|more|" + at;
            }
            if (digits.isEmpty())
            {
                return data + "|INVALID_CHUNK_SIZE";
            }

            String otherwise = "INVALID_CHUNK_SIZE";
            if (input.charAt(at) == ';')
            {
                at += match(EXTENSION, input, at).length();
                otherwise = "INVALID_CHUNK_EXTENSION";
            }
            final String lineEnd = lineEnd(input, at, otherwise);
            if (!lineEnd.isEmpty())
            {
                return data + lineEnd;
            }
            at += 2;

            final long size = Long.parseLong(digits, 16);
            if (size == 0)
            {
                return data + "|trailers|" + at;
            }
            final int end = (int)Math.min(input.length(), at + size);
            data.append(input, at, end);
            if (at + size >= input.length())
            {
                return data + "|more|" + end;
            }
            at = end;
            for (final char expected : new char[]{ '\r', '\n' })
            {
                if (at == input.length())
                {
                    return data + "|more|" + at;
                }
                if (input.charAt(at++) != expected)
                {
                    return data + "|INVALID_CHUNK_END";
                }
            }
        }
    }

    private static String lineEnd(final String input, final int at, final String otherwise)
    {
        if (at == input.length() || input.charAt(at) == '\r' && at + 1 == input.length())
        {
            return "|more|" + input.length();
        }
        if (input.charAt(at) == '\r')
        {
            return input.charAt(at + 1) == '\n' ? "" : "|BARE_CR";
        }

        return input.charAt(at) == '\n' ? "|BARE_LF" : "|" + otherwise;
    }

    private static String match(final Pattern pattern, final String input, final int from)
    {
        final Matcher matcher = pattern.matcher(input).region(from, input.length());
        return matcher.lookingAt() ? matcher.group() : "";
    }
}
