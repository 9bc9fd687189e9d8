package dev.ringway.ffi.sock;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Ancillary data, struct cmsghdr with what follows it, as raw memory; cmsg(3). Any thread; allocates nothing.
 * <pre>
 *   0 length (header and data)   8 level(4)   12 type(4)   16 data ...   the next one starts 8-byte aligned
 * </pre>
 */
public final class CMsg
{
    /** Bytes before the data. */
    public static final int HEADER_LENGTH = 16;
    /** Where the length of header and data is. */
    public static final int LENGTH_OFFSET = 0;
    /** Where the level is (32 bits). */
    public static final int LEVEL_OFFSET = 8;
    /** Where the type is (32 bits). */
    public static final int TYPE_OFFSET = 12;
    /** Type at level SOL_SOCKET: descriptors, unix(7). */
    public static final int SCM_RIGHTS = 1;

    private static final int ALIGNMENT = 8;

    private CMsg()
    {
    }

    /**
     * Writes a header; the data goes behind it.
     *
     * @param control    memory of the ancillary data.
     * @param offset     where the entry starts, 8-byte aligned.
     * @param level      {@code SOL_*}.
     * @param type       type at that level.
     * @param dataLength bytes of data.
     */
    public static void put(
        final MutableDirectBuffer control, final int offset, final int level, final int type, final int dataLength)
    {
        control.putLong(offset + LENGTH_OFFSET, HEADER_LENGTH + dataLength);
        control.putInt(offset + LEVEL_OFFSET, level);
        control.putInt(offset + TYPE_OFFSET, type);
    }

    /**
     * @param dataLength bytes of data.
     * @return bytes an entry takes, padding included (CMSG_SPACE).
     */
    public static int space(final int dataLength)
    {
        return HEADER_LENGTH + (dataLength + ALIGNMENT - 1 & -ALIGNMENT);
    }

    /**
     * @param control memory of the ancillary data.
     * @param offset  where the entry starts.
     * @return its level.
     */
    public static int level(final DirectBuffer control, final int offset)
    {
        return control.getInt(offset + LEVEL_OFFSET);
    }

    /**
     * @param control memory of the ancillary data.
     * @param offset  where the entry starts.
     * @return its type.
     */
    public static int type(final DirectBuffer control, final int offset)
    {
        return control.getInt(offset + TYPE_OFFSET);
    }

    /**
     * @param control memory of the ancillary data.
     * @param offset  where the entry starts.
     * @return bytes of its data.
     */
    public static int dataLength(final DirectBuffer control, final int offset)
    {
        return (int)control.getLong(offset + LENGTH_OFFSET) - HEADER_LENGTH;
    }

    /**
     * Walks to the next entry.
     *
     * @param control memory of the ancillary data.
     * @param offset  where the entry starts.
     * @param limit   where the ancillary data ends.
     * @return where the next one starts, or -1 when there is none or this one's length is impossible.
     */
    public static int next(final DirectBuffer control, final int offset, final int limit)
    {
        final int dataLength = dataLength(control, offset);
        if (dataLength < 0 || dataLength > limit - offset)
        {
            return -1;
        }
        final int next = offset + space(dataLength);
        return next + HEADER_LENGTH <= limit ? next : -1;
    }
}
