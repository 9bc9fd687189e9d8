package dev.ringway.codecs.hpack;

import dev.ringway.codecs.text.Swar;
import org.agrona.UnsafeApi;

/**
 * Names that begin with a colon (RFC 9113 section 8.3, RFC 8441) as negative ints, apart from the constants of
 * {@link dev.ringway.codecs.http.HeaderName}. Any thread.
 */
public final class PseudoHeader
{
    /** :method. */
    public static final int METHOD = -1;
    /** :scheme. */
    public static final int SCHEME = -2;
    /** :authority. */
    public static final int AUTHORITY = -3;
    /** :path. */
    public static final int PATH = -4;
    /** :status. */
    public static final int STATUS = -5;
    /** :protocol. */
    public static final int PROTOCOL = -6;
    /** Any other name that begins with a colon. */
    public static final int UNKNOWN = -7;

    private static final long METHOD_WORD = Swar.wordOf(":method");
    private static final long SCHEME_WORD = Swar.wordOf(":scheme");
    private static final long STATUS_WORD = Swar.wordOf(":status");
    private static final long PATH_WORD = Swar.wordOf(":path");
    private static final long AUTHORITY_HEAD = Swar.wordOf(":authori");
    private static final long AUTHORITY_TAIL = Swar.wordOf("uthority");
    private static final long PROTOCOL_HEAD = Swar.wordOf(":protoco");

    private PseudoHeader()
    {
    }

    /** Id of a name that begins with a colon; {@code length} bytes are there. */
    static int idOf(final byte[] array, final long address, final int length)
    {
        switch (length)
        {
            case 5:
                return Swar.shortWord(array, address, 5) == PATH_WORD ? PATH : UNKNOWN;

            case 7:
                return idOfSeven(Swar.shortWord(array, address, 7));

            case 9:
                return Swar.word(array, address) == PROTOCOL_HEAD && UnsafeApi.getByte(array, address + 8) == 'l' ?
                    PROTOCOL : UNKNOWN;

            case 10:
                return Swar.word(array, address) == AUTHORITY_HEAD &&
                    Swar.word(array, address + 2) == AUTHORITY_TAIL ? AUTHORITY : UNKNOWN;

            default:
                return UNKNOWN;
        }
    }

    private static int idOfSeven(final long word)
    {
        if (word == METHOD_WORD)
        {
            return METHOD;
        }
        if (word == SCHEME_WORD)
        {
            return SCHEME;
        }

        return word == STATUS_WORD ? STATUS : UNKNOWN;
    }
}
