package dev.ringway.engine.route;

import org.agrona.DirectBuffer;

/**
 * Compares a value with bytes. Envoy: {@code exact}, {@code prefix}, {@code suffix} and {@code contains} of
 * {@code type.matcher.v3.StringMatcher}. Immutable.
 */
public final class LiteralMatch implements TextMatch
{
    private final Kind kind;
    private final byte[] bytes;
    private final boolean ignoreCase;

    /** Where the bytes must be. */
    public enum Kind
    {
        /** They are the value. */
        EXACT,
        /** The value begins with them. */
        PREFIX,
        /** The value ends with them. */
        SUFFIX,
        /** They are anywhere in the value. */
        CONTAINS
    }

    /**
     * @param kind       where the bytes must be.
     * @param bytes      wanted.
     * @param ignoreCase whether ASCII letters may have another case.
     */
    public LiteralMatch(final Kind kind, final byte[] bytes, final boolean ignoreCase)
    {
        this.kind = kind;
        this.bytes = bytes.clone();
        this.ignoreCase = ignoreCase;
        for (int i = 0; ignoreCase && i < bytes.length; i++)
        {
            this.bytes[i] = lower(bytes[i]);
        }
    }

    /**
     * {@inheritDoc}
     */
    public boolean matches(final RequestView view, final DirectBuffer buffer, final int offset, final int length)
    {
        final int rest = length - bytes.length;
        if (rest < 0)
        {
            return false;
        }
        return switch (kind)
        {
            case EXACT -> rest == 0 && isAt(buffer, offset);
            case PREFIX -> isAt(buffer, offset);
            case SUFFIX -> isAt(buffer, offset + rest);
            case CONTAINS -> isWithin(buffer, offset, rest);
        };
    }

    private boolean isWithin(final DirectBuffer buffer, final int offset, final int rest)
    {
        for (int i = 0; i <= rest; i++)
        {
            if (isAt(buffer, offset + i))
            {
                return true;
            }
        }
        return false;
    }

    private boolean isAt(final DirectBuffer buffer, final int offset)
    {
        for (int i = 0; i < bytes.length; i++)
        {
            final byte b = buffer.getByte(offset + i);
            if (bytes[i] != (ignoreCase ? lower(b) : b))
            {
                return false;
            }
        }
        return true;
    }

    private static byte lower(final byte b)
    {
        return b >= 'A' && b <= 'Z' ? (byte)(b | 0x20) : b;
    }
}
