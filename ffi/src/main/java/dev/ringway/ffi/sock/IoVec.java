package dev.ringway.ffi.sock;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entries of a gather list, struct iovec, as raw memory; readv(2). Any thread; allocates nothing.
 * <pre>
 *   0 base (address)   8 length                                                             16 bytes
 * </pre>
 */
public final class IoVec
{
    /** Bytes of one entry. */
    public static final int LENGTH = 16;
    /** Most entries the kernel takes in one call (IOV_MAX). */
    public static final int MAX_COUNT = 1024;
    /** Where the address is. */
    public static final int BASE_OFFSET = 0;
    /** Where the count of bytes is. */
    public static final int LENGTH_OFFSET = 8;

    private IoVec()
    {
    }

    /**
     * Writes one entry.
     *
     * @param iov     memory of the list.
     * @param offset  where the entry starts.
     * @param address first byte it points to; must stay valid until the call or its completion.
     * @param length  bytes.
     */
    public static void put(final MutableDirectBuffer iov, final int offset, final long address, final long length)
    {
        iov.putLong(offset + BASE_OFFSET, address);
        iov.putLong(offset + LENGTH_OFFSET, length);
    }

    /**
     * @param iov    memory of the list.
     * @param offset where the entry starts.
     * @return address it points to.
     */
    public static long base(final DirectBuffer iov, final int offset)
    {
        return iov.getLong(offset + BASE_OFFSET);
    }

    /**
     * @param iov    memory of the list.
     * @param offset where the entry starts.
     * @return bytes it covers.
     */
    public static long length(final DirectBuffer iov, final int offset)
    {
        return iov.getLong(offset + LENGTH_OFFSET);
    }

    /**
     * Moves an entry's start forward, as after a short send.
     *
     * @param iov    memory of the list.
     * @param offset where the entry starts.
     * @param count  bytes done, at most its length.
     */
    public static void advance(final MutableDirectBuffer iov, final int offset, final long count)
    {
        put(iov, offset, base(iov, offset) + count, length(iov, offset) - count);
    }
}
