package dev.ringway.engine.upstream;

import dev.ringway.codecs.text.IpLiteral;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.OriginalDst;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.DirectBuffer;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where a client wants to go, by a field of its request or by its connection. One per loop, of one request at a time.
 * Loop thread only.
 */
public final class Destination
{
    private static final int MOST_PORT = 65_535;
    private static final int MAPPED_OFFSET = 12;

    private final byte[] bytes = new byte[IpLiteral.INET6];
    private OriginalDst rules;
    private int length;
    private int port;
    private boolean isFaulty;

    /** Nothing is known. */
    Destination ask(final OriginalDst by)
    {
        rules = by;
        length = 0;
        isFaulty = false;
        return this;
    }

    /**
     * @return how it is found.
     */
    public OriginalDst rules()
    {
        return rules;
    }

    /**
     * Takes the value of the field: an address and a port, one of IPv6 in brackets.
     *
     * @param buffer holds it.
     * @param offset where it starts.
     * @param count  its bytes.
     */
    public void ofText(final DirectBuffer buffer, final int offset, final int count)
    {
        final boolean isBracketed = count > 0 && buffer.getByte(offset) == '[';
        int colon = offset + count - 1;
        while (colon > offset && buffer.getByte(colon) != ':')
        {
            colon--;
        }
        final int start = isBracketed ? offset + 1 : offset;
        final int end = isBracketed ? colon - 1 : colon;
        final boolean isClosed = !isBracketed || colon > offset && buffer.getByte(end) == ']';
        port = colon > offset ? number(buffer, colon + 1, offset + count) : -1;
        length = port >= 0 && isClosed ? IpLiteral.parse(buffer, start, end - start, bytes) : 0;
        if (length != (isBracketed ? IpLiteral.INET6 : IpLiteral.INET4))
        {
            length = 0;
            isFaulty = true;
        }
    }

    private static int number(final DirectBuffer buffer, final int from, final int end)
    {
        int number = from < end ? 0 : -1;
        for (int i = from; i < end && number >= 0; i++)
        {
            final int digit = buffer.getByte(i) - '0';
            number = digit < 0 || digit > 9 || number * 10 + digit > MOST_PORT ? -1 : number * 10 + digit;
        }
        return number;
    }

    /**
     * Takes a socket address; one of IPv4 in the form of IPv6 counts as what it is.
     *
     * @param buffer holds it.
     * @param offset where it starts.
     */
    public void ofSocket(final DirectBuffer buffer, final int offset)
    {
        final boolean isMapped = SockAddr.isInet4Mapped(buffer, offset);
        length = isMapped ? IpLiteral.INET4 : SockAddr.addressLength(buffer, offset);
        if (length > 0)
        {
            buffer.getBytes(
                offset + SockAddr.addressOffset(buffer, offset) + (isMapped ? MAPPED_OFFSET : 0), bytes, 0, length);
            port = SockAddr.port(buffer, offset);
        }
    }

    /**
     * @return whether it is known.
     */
    public boolean isKnown()
    {
        return length > 0;
    }

    /** Whether there was a field with something else in it. */
    boolean isFaulty()
    {
        return isFaulty;
    }

    /** Whether it is that one. */
    boolean is(final byte[] address, final int wanted)
    {
        return port == wanted && length == address.length && Arrays.equals(bytes, 0, length, address, 0, length);
    }

    int hash()
    {
        int hash = port;
        for (int i = 0; i < length; i++)
        {
            hash = 31 * hash + bytes[i];
        }
        hash *= 0x9E3779B9;
        return hash ^ hash >>> 16;
    }

    /** Goes to another port. */
    void port(final int other)
    {
        port = other;
    }

    int port()
    {
        return port;
    }

    /** The bytes of the address in a copy. Allocates. */
    byte[] copy()
    {
        return Arrays.copyOf(bytes, length);
    }

    /** Allocates. */
    Address address()
    {
        try
        {
            return Address.of(new InetSocketAddress(
                length == IpLiteral.INET4 ? InetAddress.getByAddress(copy()) :
                    Inet6Address.getByAddress(null, copy(), -1), port));
        }
        catch (final UnknownHostException e)
        {
            throw new IllegalStateException(e);
        }
    }
}
