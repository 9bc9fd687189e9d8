package dev.ringway.ffi.sock;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Argument of sendmsg(2) and recvmsg(2), struct msghdr, as raw memory. Any thread; allocates nothing. Everything it
 * points to must stay valid until the call, or the ring's completion.
 * <pre>
 *   0 name (address)  8 nameLength(4)  16 iov (address)  24 iovCount  32 control (address)  40 controlLength
 *   48 flags(4)                                                                              56 bytes
 * </pre>
 */
public final class MsgHdr
{
    /** Bytes of the structure. */
    public static final int LENGTH = 56;
    /** Where the address of a socket address is. */
    public static final int NAME_OFFSET = 0;
    /** Where its length is (32 bits). */
    public static final int NAME_LENGTH_OFFSET = 8;
    /** Where the address of the gather list is. */
    public static final int IOV_OFFSET = 16;
    /** Where the count of its entries is. */
    public static final int IOV_COUNT_OFFSET = 24;
    /** Where the address of ancillary data is. */
    public static final int CONTROL_OFFSET = 32;
    /** Where the length of ancillary data is. */
    public static final int CONTROL_LENGTH_OFFSET = 40;
    /** Where the flags of a received message are (32 bits). */
    public static final int FLAGS_OFFSET = 48;

    private MsgHdr()
    {
    }

    /**
     * Writes a message without address and without ancillary data.
     *
     * @param hdr        memory of the structure.
     * @param offset     where it starts.
     * @param iovAddress address of the gather list.
     * @param iovCount   its entries.
     */
    public static void put(final MutableDirectBuffer hdr, final int offset, final long iovAddress, final int iovCount)
    {
        name(hdr, offset, 0, 0);
        iov(hdr, offset, iovAddress, iovCount);
        control(hdr, offset, 0, 0);
        hdr.putInt(offset + FLAGS_OFFSET, 0);
    }

    /**
     * Sets the socket address.
     *
     * @param hdr     memory of the structure.
     * @param offset  where it starts.
     * @param address of the socket address, or 0.
     * @param length  its bytes, or the room for it.
     */
    public static void name(final MutableDirectBuffer hdr, final int offset, final long address, final int length)
    {
        hdr.putLong(offset + NAME_OFFSET, address);
        hdr.putInt(offset + NAME_LENGTH_OFFSET, length);
    }

    /**
     * Sets the gather list.
     *
     * @param hdr     memory of the structure.
     * @param offset  where it starts.
     * @param address of the list.
     * @param count   its entries.
     */
    public static void iov(final MutableDirectBuffer hdr, final int offset, final long address, final int count)
    {
        hdr.putLong(offset + IOV_OFFSET, address);
        hdr.putLong(offset + IOV_COUNT_OFFSET, count);
    }

    /**
     * Sets the ancillary data.
     *
     * @param hdr     memory of the structure.
     * @param offset  where it starts.
     * @param address of the data, or 0.
     * @param length  its bytes, or the room for it.
     */
    public static void control(final MutableDirectBuffer hdr, final int offset, final long address, final int length)
    {
        hdr.putLong(offset + CONTROL_OFFSET, address);
        hdr.putLong(offset + CONTROL_LENGTH_OFFSET, length);
    }

    /**
     * @param hdr    memory of the structure.
     * @param offset where it starts.
     * @return bytes of ancillary data received.
     */
    public static int controlLength(final DirectBuffer hdr, final int offset)
    {
        return (int)hdr.getLong(offset + CONTROL_LENGTH_OFFSET);
    }

    /**
     * @param hdr    memory of the structure.
     * @param offset where it starts.
     * @return {@code MSG_*} of the received message.
     */
    public static int flags(final DirectBuffer hdr, final int offset)
    {
        return hdr.getInt(offset + FLAGS_OFFSET);
    }
}
