package dev.ringway.codecs.http1;

import dev.ringway.codecs.text.AsciiScan;
import org.agrona.DirectBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Tells by its first bytes which version of HTTP a client speaks: the connection preface of HTTP/2 (RFC 9113, 3.4) or
 * the version of a request line (RFC 9112, 3). Takes pieces of any size. Reusable; one owner.
 */
public final class RequestLineSniffer
{
    /** More bytes are needed. */
    public static final int MORE = 0;
    /** A request of HTTP/1.0. */
    public static final int HTTP_1_0 = 1;
    /** A request of HTTP/1.1. */
    public static final int HTTP_1_1 = 2;
    /** The preface of HTTP/2. */
    public static final int HTTP_2 = 3;
    /** The bytes are not HTTP. */
    public static final int NONE = -1;
    /** The line is too long. */
    public static final int TOO_LONG = -2;

    /** Most bytes looked at. */
    public static final int MAX_LENGTH = 8192;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
    private static final byte[] VERSION = "HTTP/1.".getBytes(US_ASCII);
    private static final int METHOD_PART = 0;
    private static final int TARGET_PART = 1;

    private int part;
    private int partLength;
    private int length;
    private int minor;
    private boolean isPreface;
    private boolean isLine;
    private int result;

    /**
     * Forgets what came.
     */
    public void reset()
    {
        part = METHOD_PART;
        partLength = 0;
        length = 0;
        minor = 0;
        isPreface = true;
        isLine = true;
        result = MORE;
    }

    /**
     * Takes the next piece.
     *
     * @param buffer holds it.
     * @param offset where it starts.
     * @param count  its bytes.
     * @return one of the constants above; all but {@link #MORE} stay.
     */
    public int parse(final DirectBuffer buffer, final int offset, final int count)
    {
        buffer.boundsCheck(offset, count);
        for (int i = 0; i < count && result == MORE; i++)
        {
            onByte(buffer.getByte(offset + i));
        }
        return result;
    }

    private void onByte(final byte octet)
    {
        isPreface = isPreface && octet == PREFACE[length];
        isLine = isLine && onLine(octet);
        length++;
        if (isPreface && length == PREFACE.length)
        {
            result = HTTP_2;
        }
        else if (!isPreface && !isLine)
        {
            result = NONE;
        }
        else if (result == MORE && length == MAX_LENGTH)
        {
            result = TOO_LONG;
        }
    }

    /** Whether the byte can be where it is in a request line. */
    private boolean onLine(final byte octet)
    {
        final int at = partLength++;
        return switch (part)
        {
            case METHOD_PART -> octet == ' ' ? at > 0 && onPart() : AsciiScan.lowerToken(octet) != 0;
            case TARGET_PART -> octet == ' ' ? at > 0 && onPart() : octet < 0 || octet > ' ' && octet != 0x7F;
            default -> onVersion(octet, at);
        };
    }

    private boolean onPart()
    {
        part++;
        partLength = 0;
        return true;
    }

    private boolean onVersion(final byte octet, final int at)
    {
        if (at < VERSION.length)
        {
            return octet == VERSION[at];
        }
        if (at == VERSION.length)
        {
            minor = octet - '0';
            return minor == 0 || minor == 1;
        }
        if (octet == '\n')
        {
            result = minor == 0 ? HTTP_1_0 : HTTP_1_1;
            return true;
        }
        return at == VERSION.length + 1 && octet == '\r';
    }
}
