package dev.ringway.codecs.http1;

import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Finds the data in a message body (RFC 9112 sections 6 and 7). One owner thread; reusable; each call walks from where
 * the one before stopped, so no byte is looked at twice and no input needs to be kept.
 *
 * <p>The state is three numbers ({@link #state()}, {@link #remaining()}, {@link #extensionLength()}), so that a body
 * can be taken over in the middle.
 */
public final class Http1BodyDecoder
{
    /** Most bytes of chunk extensions in one body. */
    public static final int MAX_EXTENSION_LENGTH = 4096;
    /** Most hexadecimal digits of a chunk size, leading zeros included. */
    public static final int MAX_SIZE_DIGITS = 15;

    private static final int COMPLETE = 0;
    private static final int FIXED = 1;
    private static final int UNTIL_CLOSE = 2;
    private static final int CHUNK_SIZE = 3;
    private static final int CHUNK_EXTENSION = 4;
    private static final int CHUNK_SIZE_LF = 5;
    private static final int CHUNK_DATA = 6;
    private static final int CHUNK_DATA_CR = 7;
    private static final int CHUNK_DATA_LF = 8;
    private static final int TRAILERS = 9;
    private static final int DIGITS_SHIFT = 8;
    private static final int STATE_MASK = 0xFF;

    private int state;
    private int digits;
    private int extensionLength;
    private long remaining;
    private int dataOffset;
    private int dataLength;

    /** The message has no body. */
    public void none()
    {
        start(COMPLETE, 0);
    }

    /**
     * The body has a known length.
     *
     * @param length bytes, 0 or more.
     */
    public void fixed(final long length)
    {
        start(length == 0 ? COMPLETE : FIXED, length);
    }

    /** The body comes in chunks. */
    public void chunked()
    {
        start(CHUNK_SIZE, 0);
    }

    /** The body ends when the connection does. */
    public void untilClose()
    {
        start(UNTIL_CLOSE, 0);
    }

    /**
     * Consumes input up to and including one span of data. Call again with the rest while {@link #complete()} and
     * {@link #inTrailers()} are false and input is left.
     *
     * @param buffer holding the input.
     * @param offset of the first byte not consumed yet.
     * @param length bytes present.
     * @return bytes consumed; 0 only when there is no input, the body is complete or its trailers are due; or a code
     *     of {@link Http1Error}.
     */
    public int decode(final DirectBuffer buffer, final int offset, final int length)
    {
        dataOffset = offset;
        dataLength = 0;
        if (length <= 0)
        {
            return 0;
        }

        switch (state)
        {
            case COMPLETE:
            case TRAILERS:
                return 0;

            case FIXED:
                return data(offset, length, COMPLETE);

            case UNTIL_CLOSE:
                dataLength = length;
                return length;

            case CHUNK_DATA:
                return data(offset, length, CHUNK_DATA_CR);

            default:
                buffer.boundsCheck(offset, length);
                return framing(buffer.byteArray(), buffer.addressOffset(), offset, offset + length);
        }
    }

    /**
     * Where the data found by the last {@link #decode} starts.
     *
     * @return offset in the buffer given there.
     */
    public int dataOffset()
    {
        return dataOffset;
    }

    /**
     * How much data the last {@link #decode} found.
     *
     * @return bytes, 0 when none.
     */
    public int dataLength()
    {
        return dataLength;
    }

    /**
     * Whether the whole body was read, trailers included.
     *
     * @return true when nothing more of this message follows.
     */
    public boolean complete()
    {
        return state == COMPLETE;
    }

    /**
     * Whether the last chunk was read, so that {@link Http1TrailerParser} comes next and {@link #endTrailers()} then.
     *
     * @return true when the trailer section follows.
     */
    public boolean inTrailers()
    {
        return state == TRAILERS;
    }

    /** Tells that the trailer section was read: the body is complete. */
    public void endTrailers()
    {
        assert state == TRAILERS : "not in trailers";
        state = COMPLETE;
    }

    /**
     * Tells that the sender closed its side.
     *
     * @return 0 when the body is complete now, or {@link Http1Error#TRUNCATED_BODY}.
     */
    public int endOfInput()
    {
        if (state == UNTIL_CLOSE)
        {
            state = COMPLETE;
        }

        return state == COMPLETE ? 0 : Http1Error.TRUNCATED_BODY;
    }

    /**
     * Whether the body ends with the connection.
     *
     * @return true between {@link #untilClose()} and {@link #endOfInput()}.
     */
    public boolean untilCloseActive()
    {
        return state == UNTIL_CLOSE;
    }

    /**
     * Whether nothing but a known number of bytes of the body follows.
     *
     * @return true while some of a body of {@link #fixed} length are to come.
     */
    public boolean fixedActive()
    {
        return state == FIXED;
    }

    /**
     * Bytes of a body of {@link #fixed} length have been taken by somebody else.
     *
     * @param length at most {@link #remaining()}; the body is complete when that is 0.
     */
    public void skip(final int length)
    {
        remaining -= length;
        if (remaining == 0)
        {
            state = COMPLETE;
        }
    }

    /**
     * Bytes of data known to follow: of the body, or of the current chunk.
     *
     * @return 0 when none or unknown; while a chunk size is being read, its value so far.
     */
    public long remaining()
    {
        return remaining;
    }

    /**
     * Position in the grammar, for {@link #restore}.
     *
     * @return an opaque number.
     */
    public int state()
    {
        return digits << DIGITS_SHIFT | state;
    }

    /**
     * Bytes of chunk extensions so far, for {@link #restore}.
     *
     * @return 0 to {@link #MAX_EXTENSION_LENGTH}.
     */
    public int extensionLength()
    {
        return extensionLength;
    }

    /**
     * Continues a body that another decoder began.
     *
     * @param state           its {@link #state()}.
     * @param remaining       its {@link #remaining()}.
     * @param extensionLength its {@link #extensionLength()}.
     */
    public void restore(final int state, final long remaining, final int extensionLength)
    {
        start(state & STATE_MASK, remaining);
        digits = state >>> DIGITS_SHIFT;
        this.extensionLength = extensionLength;
    }

    private void start(final int state, final long remaining)
    {
        this.state = state;
        this.remaining = remaining;
        digits = 0;
        extensionLength = 0;
        dataOffset = 0;
        dataLength = 0;
    }

    private int data(final int offset, final int length, final int next)
    {
        final int span = (int)Math.min(remaining, length);
        dataOffset = offset;
        dataLength = span;
        remaining -= span;
        if (remaining == 0)
        {
            state = next;
        }

        return span;
    }

    private int framing(final byte[] array, final long base, final int offset, final int limit)
    {
        int at = offset;
        while (at < limit)
        {
            if (state == CHUNK_DATA)
            {
                return at - offset + data(at, limit - at, CHUNK_DATA_CR);
            }
            if (state == TRAILERS)
            {
                break;
            }

            final int error = step(UnsafeApi.getByte(array, base + at));
            if (error != 0)
            {
                return error;
            }
            at++;
        }

        return at - offset;
    }

    private int step(final byte b)
    {
        switch (state)
        {
            case CHUNK_SIZE:
                return stepSize(b);

            case CHUNK_EXTENSION:
                return stepExtension(b);

            case CHUNK_SIZE_LF:
                state = remaining == 0 ? TRAILERS : CHUNK_DATA;
                return b == '\n' ? 0 : Http1Error.BARE_CR;

            case CHUNK_DATA_CR:
                state = CHUNK_DATA_LF;
                return b == '\r' ? 0 : Http1Error.INVALID_CHUNK_END;

            default:
                state = CHUNK_SIZE;
                digits = 0;
                return b == '\n' ? 0 : Http1Error.INVALID_CHUNK_END;
        }
    }

    private int stepSize(final byte b)
    {
        final int digit = hexDigit(b);
        if (digit >= 0)
        {
            remaining = remaining << 4 | digit;
            return ++digits > MAX_SIZE_DIGITS ? Http1Error.INVALID_CHUNK_SIZE : 0;
        }
        if (digits == 0)
        {
            return Http1Error.INVALID_CHUNK_SIZE;
        }
        if (b == '\r')
        {
            state = CHUNK_SIZE_LF;
            return 0;
        }
        if (b == ';')
        {
            state = CHUNK_EXTENSION;
            return extensionByte();
        }

        return b == '\n' ? Http1Error.BARE_LF : Http1Error.INVALID_CHUNK_SIZE;
    }

    private int stepExtension(final byte b)
    {
        if (b == '\r')
        {
            state = CHUNK_SIZE_LF;
            return 0;
        }
        if (b == '\n')
        {
            return Http1Error.BARE_LF;
        }
        if (b >= 0 && b < ' ' && b != '\t' || b == 0x7F)
        {
            return Http1Error.INVALID_CHUNK_EXTENSION;
        }

        return extensionByte();
    }

    private int extensionByte()
    {
        return ++extensionLength > MAX_EXTENSION_LENGTH ? Http1Error.CHUNK_EXTENSION_TOO_LONG : 0;
    }

    private static int hexDigit(final byte b)
    {
        if (b >= '0' && b <= '9')
        {
            return b - '0';
        }
        final int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
