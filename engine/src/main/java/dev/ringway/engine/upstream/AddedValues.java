package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.text.AsciiNumbers;
import dev.ringway.codecs.text.ShortCopy;
import dev.ringway.engine.memory.BufferSlab;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Values of the fields that a head gains, one behind the other, each put together of pieces. What does not fit is left
 * out, and the head cannot be sent. Part of {@link HeaderEdits}, reused for each head; allocates nothing. Loop thread
 * only.
 */
public final class AddedValues
{
    /** As a chunk, which the whole head must fit. */
    static final int CAPACITY = BufferSlab.CHUNK_LENGTH;

    private final byte[] bytes = new byte[CAPACITY];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private int position;
    private boolean isTooLong;

    /** Starts over. */
    void reset()
    {
        position = 0;
        isTooLong = false;
    }

    /**
     * Puts a piece of a value.
     *
     * @param piece all of it.
     */
    public void put(final byte[] piece)
    {
        put(piece, piece.length);
    }

    /**
     * Puts a piece of a value.
     *
     * @param piece  holds it at its start.
     * @param length bytes of it.
     */
    public void put(final byte[] piece, final int length)
    {
        if (fits(length))
        {
            System.arraycopy(piece, 0, bytes, position, length);
            position += length;
        }
    }

    /**
     * Puts a piece of a value.
     *
     * @param from   holds it.
     * @param offset where it starts.
     * @param length bytes of it.
     */
    public void put(final DirectBuffer from, final int offset, final int length)
    {
        if (fits(length))
        {
            ShortCopy.copy(from, offset, buffer, position, length);
            position += length;
        }
    }

    /**
     * Puts a character.
     *
     * @param character of ASCII.
     */
    public void put(final byte character)
    {
        if (fits(1))
        {
            bytes[position++] = character;
        }
    }

    /**
     * Puts a number in decimal.
     *
     * @param value not negative.
     */
    public void put(final long value)
    {
        if (fits(AsciiNumbers.MAX_DECIMAL_LENGTH))
        {
            position = AsciiNumbers.putDecimal(buffer, position, value);
        }
    }

    /**
     * Puts a text as {@code grpc-message} has it.
     *
     * @param text UTF-8.
     */
    public void putGrpcMessage(final byte[] text)
    {
        if (fits(Grpc.messageLength(text)))
        {
            position = Grpc.putMessage(text, bytes, position);
        }
    }

    /**
     * @return where the next piece goes: the same before and after when nothing was put.
     */
    public int position()
    {
        return position;
    }

    /**
     * Takes back the pieces of a value that were put behind a place.
     *
     * @param place from {@link #position()}, not before the last field's end.
     */
    public void back(final int place)
    {
        position = place;
    }

    /**
     * Takes back a piece of a value from a character on.
     *
     * @param character of ASCII, where there is one.
     * @param place     from {@link #position()}: looked for behind it.
     */
    public void cutAt(final byte character, final int place)
    {
        for (int i = place; i < position; i++)
        {
            if (bytes[i] == character)
            {
                position = i;
                return;
            }
        }
    }

    /**
     * @return holds the values.
     */
    public DirectBuffer buffer()
    {
        return buffer;
    }

    /** As {@link #buffer}. */
    byte[] bytes()
    {
        return bytes;
    }

    private boolean fits(final int length)
    {
        isTooLong |= length > CAPACITY - position;
        return !isTooLong;
    }

    /**
     * Says that a value fits nowhere.
     */
    public void tooLong()
    {
        isTooLong = true;
    }

    /** Whether anything was left out. */
    boolean isTooLong()
    {
        return isTooLong;
    }
}
