package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.codecs.text.IpLiteral;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * An address of x-forwarded-for, counted from the right, where the proxies nearest to this one stand. Several fields
 * count as one list (RFC 9110, 5.3), empty ones not at all. Reused. Loop thread only.
 */
final class ForwardedFor
{
    private static final int FOUND = -1;

    private final byte[] address = new byte[IpLiteral.INET6];
    private final UnsafeBuffer told = new UnsafeBuffer(address);
    private int addressLength;
    private int offset;
    private int length;
    private boolean isOnly;

    /**
     * @param headers of a request with the field.
     * @param skipped addresses passed over.
     * @return whether there is an address at that place.
     */
    boolean find(final HeaderTable headers, final int skipped)
    {
        final int index = find(headers, headers.find(HeaderName.X_FORWARDED_FOR), skipped);
        if (index != FOUND)
        {
            addressLength = 0;
            return false;
        }
        addressLength = IpLiteral.parse(headers.buffer(), offset, length, address);
        return addressLength > 0;
    }

    /** Goes to the last field first and returns how many elements are still to be passed over, or FOUND. */
    private int find(final HeaderTable headers, final int field, final int skipped)
    {
        final int next = headers.findNext(HeaderName.X_FORWARDED_FOR, field);
        int left = next < 0 ? skipped : find(headers, next, skipped);
        if (left == FOUND || headers.valueLength(field) == 0)
        {
            return left;
        }
        final DirectBuffer buffer = headers.buffer();
        final int start = headers.valueOffset(field);
        int end = start + headers.valueLength(field);
        while (true)
        {
            int at = end;
            while (at > start && buffer.getByte(at - 1) != ',')
            {
                at--;
            }
            if (left == 0)
            {
                trim(buffer, at, end);
                isOnly = skipped == 0 && at == start && isAlone(headers, field);
                return FOUND;
            }
            left--;
            if (at == start)
            {
                return left;
            }
            end = at - 1;
        }
    }

    private static boolean isAlone(final HeaderTable headers, final int field)
    {
        int index = headers.find(HeaderName.X_FORWARDED_FOR);
        while (index >= 0 && (index == field || headers.valueLength(index) == 0))
        {
            index = headers.findNext(HeaderName.X_FORWARDED_FOR, index);
        }
        return index < 0;
    }

    private void trim(final DirectBuffer buffer, final int from, final int to)
    {
        int start = from;
        int end = to;
        while (start < end && AsciiScan.isSpace(buffer.getByte(start)))
        {
            start++;
        }
        while (end > start && AsciiScan.isSpace(buffer.getByte(end - 1)))
        {
            end--;
        }
        offset = start;
        length = end - start;
    }

    /** Writes the address as one of a socket, without a port. */
    void encode(final MutableDirectBuffer sockAddr)
    {
        if (addressLength == IpLiteral.INET6)
        {
            SockAddr.encodeInet6(sockAddr, 0, told.getLong(0, ByteOrder.BIG_ENDIAN),
                told.getLong(Long.BYTES, ByteOrder.BIG_ENDIAN), 0, 0);
        }
        else
        {
            SockAddr.encodeInet4(sockAddr, 0, told.getInt(0, ByteOrder.BIG_ENDIAN), 0);
        }
    }

    /** Whether the list has no other address. */
    boolean isOnly()
    {
        return isOnly;
    }

    byte[] address()
    {
        return address;
    }

    int addressLength()
    {
        return addressLength;
    }

    int offset()
    {
        return offset;
    }

    int length()
    {
        return length;
    }
}
