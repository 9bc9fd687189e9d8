package dev.ringway.codecs.http;

import org.agrona.DirectBuffer;

import java.nio.charset.StandardCharsets;

/**
 * What a proxy has to know of gRPC over HTTP: which requests are gRPC, and how one is refused in its own words (gRPC
 * over HTTP2, "Responses"; the numbers are Envoy's). Allocates nothing. Any thread.
 */
public final class Grpc
{
    /** HTTP status of each response of gRPC, whatever became of the call. */
    public static final int HTTP_STATUS = 200;
    /** OK. */
    public static final int OK = 0;
    /** UNKNOWN. */
    public static final int UNKNOWN = 2;
    /** DEADLINE_EXCEEDED. */
    public static final int DEADLINE_EXCEEDED = 4;
    /** PERMISSION_DENIED. */
    public static final int PERMISSION_DENIED = 7;
    /** UNIMPLEMENTED. */
    public static final int UNIMPLEMENTED = 12;
    /** INTERNAL. */
    public static final int INTERNAL = 13;
    /** UNAVAILABLE. */
    public static final int UNAVAILABLE = 14;
    /** UNAUTHENTICATED. */
    public static final int UNAUTHENTICATED = 16;
    /** The largest status that has a name. */
    public static final int MAX_KNOWN = UNAUTHENTICATED;
    /** Instead of a status that is no number. */
    public static final int INVALID = -1;

    private static final byte[] CONTENT_TYPE = "application/grpc".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private Grpc()
    {
    }

    /**
     * Whether a request is gRPC.
     *
     * @param headers of the request.
     * @return whether its content type is {@code application/grpc}, alone or with a format behind a plus sign, in lower
     *         case.
     */
    public static boolean isRequest(final HeaderTable headers)
    {
        final int index = headers.find(HeaderName.CONTENT_TYPE);
        if (index < 0 || headers.valueLength(index) < CONTENT_TYPE.length)
        {
            return false;
        }
        final int offset = headers.valueOffset(index);
        for (int i = 0; i < CONTENT_TYPE.length; i++)
        {
            if (headers.buffer().getByte(offset + i) != CONTENT_TYPE[i])
            {
                return false;
            }
        }
        return headers.valueLength(index) == CONTENT_TYPE.length ||
            headers.buffer().getByte(offset + CONTENT_TYPE.length) == '+';
    }

    /**
     * The status that an HTTP status stands for, where a response has none of gRPC.
     *
     * @param httpStatus any.
     * @return a status of gRPC, never {@link #OK}.
     */
    public static int statusOf(final int httpStatus)
    {
        return switch (httpStatus)
        {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }

    /**
     * Reads the value of {@code grpc-status}.
     *
     * @param buffer holds it.
     * @param offset of its first byte.
     * @param length not 0.
     * @return the status, which may be one without a name, or {@link #INVALID}.
     */
    public static int status(final DirectBuffer buffer, final int offset, final int length)
    {
        long status = 0;
        for (int i = 0; i < length; i++)
        {
            final byte c = buffer.getByte(offset + i);
            if (c < '0' || c > '9')
            {
                return INVALID;
            }
            status = status * 10 + c - '0';
            if (status > Integer.MAX_VALUE)
            {
                return INVALID;
            }
        }
        return (int)status;
    }

    /**
     * How long a text is as the value of {@code grpc-message}.
     *
     * @param text UTF-8.
     * @return bytes that {@link #putMessage} writes.
     */
    public static int messageLength(final byte[] text)
    {
        int length = text.length;
        for (final byte b : text)
        {
            length += isPlain(b) ? 0 : 2;
        }
        return length;
    }

    /**
     * Writes a text as the value of {@code grpc-message}: percent-encoded, but for visible ASCII and spaces.
     *
     * @param text UTF-8.
     * @param dst  where to; has room for {@link #messageLength}.
     * @param at   offset there.
     * @return offset behind it.
     */
    public static int putMessage(final byte[] text, final byte[] dst, final int at)
    {
        int position = at;
        for (final byte b : text)
        {
            if (isPlain(b))
            {
                dst[position++] = b;
            }
            else
            {
                dst[position++] = '%';
                dst[position++] = HEX[(b & 0xFF) >>> 4];
                dst[position++] = HEX[b & 0xF];
            }
        }
        return position;
    }

    /** The tilde is visible too, but Envoy encodes it. */
    private static boolean isPlain(final byte b)
    {
        return b >= ' ' && b < '~' && b != '%';
    }
}
