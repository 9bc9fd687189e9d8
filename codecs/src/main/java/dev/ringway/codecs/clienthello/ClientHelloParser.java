package dev.ringway.codecs.clienthello;

import org.agrona.DirectBuffer;

/**
 * Reads a ClientHello as it comes, over pieces and records of any size, and keeps the name of the server, the list of
 * application protocols and the newest version it offers. Says of anything else that it is no ClientHello. Reusable;
 * one owner.
 */
public final class ClientHelloParser
{
    /** More bytes are needed. */
    public static final int MORE = 0;
    /** The ClientHello is read. */
    public static final int FOUND = 1;
    /** The bytes are no ClientHello. */
    public static final int NONE = -1;
    /** It is longer than the limit. */
    public static final int TOO_LARGE = -2;

    /** Bytes of the longest ClientHello that BoringSSL takes. */
    public static final int MAX_LENGTH = 16 * 1024;

    private static final int HANDSHAKE_RECORD = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int MAJOR_VERSION = 3;
    private static final int RECORD_HEADER_LENGTH = 5;
    private static final int MESSAGE_HEADER_LENGTH = 4;
    private static final int MAX_RECORD_LENGTH = 16 * 1024;
    private static final int RANDOM_LENGTH = 32;
    private static final int MAX_SESSION_LENGTH = 32;

    private static final int MESSAGE_HEADER = 0;
    private static final int VERSION = 1;
    private static final int RANDOM = 2;
    private static final int SESSION_LENGTH = 3;
    private static final int SESSION = 4;
    private static final int CIPHERS_LENGTH = 5;
    private static final int CIPHERS = 6;
    private static final int COMPRESSION_LENGTH = 7;
    private static final int COMPRESSION = 8;
    private static final int EXTENSIONS_LENGTH = 9;
    private static final int EXTENSION_TYPE = 10;
    private static final int EXTENSION_LENGTH = 11;
    private static final int EXTENSION = 12;

    private final HelloExtensions extensions = new HelloExtensions();
    private int maxLength;
    private int length;
    private int recordLeft;
    private int recordHeader;
    private int recordHeaderCount;
    private int field;
    private int fieldLeft;
    private int value;
    private int messageLeft;
    private int result;

    /**
     * Ready for a ClientHello.
     */
    public ClientHelloParser()
    {
        reset(MAX_LENGTH);
    }

    /**
     * Forgets what came.
     *
     * @param newMaxLength most bytes looked at, those of the records' headers too.
     */
    public void reset(final int newMaxLength)
    {
        maxLength = newMaxLength;
        length = 0;
        recordLeft = 0;
        recordHeaderCount = 0;
        field = MESSAGE_HEADER;
        fieldLeft = MESSAGE_HEADER_LENGTH;
        value = 0;
        messageLeft = 0;
        result = MORE;
        extensions.reset();
    }

    /**
     * Takes the next piece.
     *
     * @param buffer holds it.
     * @param offset where it starts.
     * @param count  its bytes; those behind the ClientHello are not looked at.
     * @return {@link #MORE}, {@link #FOUND}, {@link #NONE} or {@link #TOO_LARGE}; the last three stay.
     */
    public int parse(final DirectBuffer buffer, final int offset, final int count)
    {
        buffer.boundsCheck(offset, count);
        int at = offset;
        final int end = offset + Math.min(count, maxLength - length);
        while (at < end && result == MORE)
        {
            if (recordLeft == 0)
            {
                onRecordHeader(buffer.getByte(at++) & 0xFF);
            }
            else
            {
                final int taken = onMessage(buffer, at, Math.min(end - at, recordLeft));
                recordLeft -= taken;
                at += taken;
            }
        }
        length += at - offset;
        if (result == MORE && length >= maxLength)
        {
            result = TOO_LARGE;
        }
        return result;
    }

    private void onRecordHeader(final int octet)
    {
        recordHeader = recordHeader << 8 | octet;
        recordHeaderCount++;
        final boolean isWrong = recordHeaderCount == 1 && octet != HANDSHAKE_RECORD ||
            recordHeaderCount == 2 && octet != MAJOR_VERSION;
        if (isWrong)
        {
            result = NONE;
        }
        else if (recordHeaderCount == RECORD_HEADER_LENGTH)
        {
            recordHeaderCount = 0;
            recordLeft = recordHeader & 0xFFFF;
            result = recordLeft == 0 || recordLeft > MAX_RECORD_LENGTH ? NONE : MORE;
        }
    }

    /** Takes some bytes of the handshake message, at least one. */
    private int onMessage(final DirectBuffer buffer, final int at, final int count)
    {
        final int taken = Math.min(count, fieldLeft);
        if (field == EXTENSION)
        {
            extensions.add(buffer, at, taken);
        }
        else if (isNumber(field))
        {
            for (int i = 0; i < taken; i++)
            {
                value = value << 8 | buffer.getByte(at + i) & 0xFF;
            }
        }
        fieldLeft -= taken;
        if (field != MESSAGE_HEADER)
        {
            messageLeft -= taken;
        }
        while (fieldLeft == 0 && result == MORE)
        {
            onField();
        }
        return taken;
    }

    private static boolean isNumber(final int field)
    {
        return field != RANDOM && field != SESSION && field != CIPHERS && field != COMPRESSION;
    }

    /** A field is complete: what comes behind it? */
    private void onField()
    {
        final int number = value;
        value = 0;
        switch (field)
        {
            case MESSAGE_HEADER -> onMessageHeader(number);
            case VERSION -> next(RANDOM, RANDOM_LENGTH, number >> 8 == MAJOR_VERSION);
            case RANDOM -> next(SESSION_LENGTH, 1, true);
            case SESSION_LENGTH -> next(SESSION, number, number <= MAX_SESSION_LENGTH);
            case SESSION -> next(CIPHERS_LENGTH, 2, true);
            case CIPHERS_LENGTH -> next(CIPHERS, number, number > 0 && (number & 1) == 0);
            case CIPHERS -> next(COMPRESSION_LENGTH, 1, true);
            case COMPRESSION_LENGTH -> next(COMPRESSION, number, number > 0);
            case COMPRESSION -> nextOrEnd(EXTENSIONS_LENGTH);
            case EXTENSIONS_LENGTH -> onExtensionsLength(number);
            case EXTENSION_TYPE -> onExtensionType(number);
            case EXTENSION_LENGTH -> next(EXTENSION, number, extensions.length(number));
            default -> onExtensionEnd();
        }
    }

    private void next(final int nextField, final int nextLength, final boolean isRight)
    {
        field = nextField;
        fieldLeft = nextLength;
        if (!isRight || nextLength > messageLeft)
        {
            result = NONE;
        }
    }

    private void nextOrEnd(final int nextField)
    {
        if (messageLeft == 0)
        {
            result = FOUND;
        }
        else
        {
            next(nextField, 2, true);
        }
    }

    private void onMessageHeader(final int number)
    {
        messageLeft = number & 0xFF_FFFF;
        next(VERSION, 2, number >>> 24 == CLIENT_HELLO);
        if (result == MORE && messageLeft > maxLength)
        {
            result = TOO_LARGE;
        }
    }

    private void onExtensionsLength(final int number)
    {
        if (number == messageLeft)
        {
            nextOrEnd(EXTENSION_TYPE);
        }
        else
        {
            result = NONE;
        }
    }

    private void onExtensionType(final int number)
    {
        next(EXTENSION_LENGTH, 2, extensions.begin(number));
    }

    private void onExtensionEnd()
    {
        if (extensions.end())
        {
            nextOrEnd(EXTENSION_TYPE);
        }
        else
        {
            result = NONE;
        }
    }

    /**
     * @return bytes looked at.
     */
    public int length()
    {
        return length;
    }

    /**
     * @return holds the name of the server (RFC 6066, 3) at its start, in lower case.
     */
    public byte[] serverName()
    {
        return extensions.serverName();
    }

    /**
     * @return bytes of the name, 0 when there is none.
     */
    public int serverNameLength()
    {
        return extensions.serverNameLength();
    }

    /**
     * @return holds the application protocols at its start, each behind its length in one byte (RFC 7301, 3.1).
     */
    public byte[] protocols()
    {
        return extensions.protocols();
    }

    /**
     * @return bytes of the list, 0 when there is none; protocols that do not fit {@code protocols()} are left out.
     */
    public int protocolsLength()
    {
        return extensions.protocolsLength();
    }

    /**
     * @return newest version of TLS in supported_versions (RFC 8446, 4.2.1), such as 0x0304; 0 without that extension.
     */
    public int newestVersion()
    {
        return extensions.newestVersion();
    }
}
