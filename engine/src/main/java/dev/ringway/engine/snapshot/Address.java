package dev.ringway.engine.snapshot;

import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

import java.net.InetSocketAddress;

/**
 * Where a socket listens or connects: an internet address or the path of a unix socket; exactly one is set.
 * Envoy: {@code config.core.v3.Address}.
 *
 * @param inet     resolved internet address, or null.
 * @param unixPath path of a unix socket (a leading {@code @} means the abstract namespace), or null.
 */
public record Address(InetSocketAddress inet, String unixPath)
{
    /**
     * Checks that exactly one form is given and that an internet address is resolved.
     */
    public Address
    {
        if ((inet == null) == (unixPath == null))
        {
            throw new IllegalArgumentException("exactly one of inet and unixPath must be given");
        }
        if (inet != null && inet.isUnresolved())
        {
            throw new IllegalArgumentException("unresolved address: " + inet);
        }
    }

    /**
     * @param inet resolved internet address.
     * @return the address.
     */
    public static Address of(final InetSocketAddress inet)
    {
        return new Address(inet, null);
    }

    /**
     * @param path path of a unix socket.
     * @return the address.
     */
    public static Address unix(final String path)
    {
        return new Address(null, path);
    }

    /**
     * @return {@code 1.2.3.4:80}, {@code [2001:db8::1]:80} (RFC 5952) or the path, as Envoy writes it.
     */
    public String toString()
    {
        return unixPath != null ? unixPath : SockAddr.text(socketAddress(), 0);
    }

    /**
     * Of an internet address.
     *
     * @return it without the port, {@code 1.2.3.4} or {@code 2001:db8::1}.
     */
    public String host()
    {
        final UnsafeBuffer text = new UnsafeBuffer(new byte[SockAddr.MAX_TEXT_LENGTH]);
        return text.getStringWithoutLengthAscii(0, SockAddr.appendAddress(socketAddress(), 0, text, 0));
    }

    private UnsafeBuffer socketAddress()
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[SockAddr.MAX_LENGTH]);
        SockAddr.encode(buffer, 0, inet);
        return buffer;
    }
}
