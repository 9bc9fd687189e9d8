package dev.ringway.engine.filter;

import org.agrona.DirectBuffer;

/**
 * A piece of content as a range of a buffer, valid during the call that shows it. Read only. Loop thread only.
 */
public final class FilterData
{
    private DirectBuffer buffer;
    private int offset;
    private int length;

    /**
     * Shows another piece.
     *
     * @param source that holds it.
     * @param at     offset there.
     * @param count  bytes, may be 0.
     * @return this.
     */
    public FilterData wrap(final DirectBuffer source, final int at, final int count)
    {
        buffer = source;
        offset = at;
        length = count;
        return this;
    }

    /**
     * @return what the offset refers to.
     */
    public DirectBuffer buffer()
    {
        return buffer;
    }

    /**
     * @return where the piece begins.
     */
    public int offset()
    {
        return offset;
    }

    /**
     * @return bytes of the piece, 0 with an end that comes alone.
     */
    public int length()
    {
        return length;
    }
}
