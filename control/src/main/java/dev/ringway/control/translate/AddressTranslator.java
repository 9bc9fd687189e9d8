package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Translates {@code config.core.v3.Address}. Never looks a name up.
 */
final class AddressTranslator
{
    private static final int MAX_PORT = 65535;
    private static final int MAX_UNIX_PATH = 107;

    private final Checks checks;

    /**
     * @param checks where faults go.
     */
    AddressTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param address message.
     * @param path    where it stands.
     * @return the address, or null when it is faulty, which is then noted.
     */
    Address translate(final io.envoyproxy.envoy.config.core.v3.Address address, final FieldPath path)
    {
        return switch (address.getAddressCase())
        {
            case SOCKET_ADDRESS -> inet(address.getSocketAddress(), path.field("socket_address"));
            case PIPE -> unix(address.getPipe().getPath(), path.field("pipe").field("path"));
            default ->
            {
                checks.fault(path, "needs a socket_address or a pipe");
                yield null;
            }
        };
    }

    /**
     * @param socket message.
     * @param path   where it stands.
     * @return the address, or null when it is faulty, which is then noted.
     */
    Address inet(final SocketAddress socket, final FieldPath path)
    {
        if (!checkPort(socket, path) | !checks.required(socket.getAddress(), path.field("address")))
        {
            return null;
        }
        final InetAddress literal = literal(socket.getAddress());
        if (literal == null)
        {
            checks.fault(path.field("address"), "'" + socket.getAddress() +
                "' is not an IPv4 or IPv6 address; a host name can stand only in a cluster of type STRICT_DNS or " +
                "LOGICAL_DNS");
            return null;
        }
        return Address.of(new InetSocketAddress(literal, socket.getPortValue()));
    }

    /**
     * @param socket message.
     * @param path   where it stands.
     * @return whether its port is given and in range.
     */
    boolean checkPort(final SocketAddress socket, final FieldPath path)
    {
        if (!checks.required(socket.hasPortValue(), path.field("port_value")))
        {
            return false;
        }
        final long port = Integer.toUnsignedLong(socket.getPortValue());
        if (port > MAX_PORT)
        {
            checks.fault(path.field("port_value"), "must be from 0 to 65535, not " + port);
            return false;
        }
        return true;
    }

    private Address unix(final String name, final FieldPath path)
    {
        if (!checks.required(name, path))
        {
            return null;
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_UNIX_PATH)
        {
            checks.fault(path, "is longer than the " + MAX_UNIX_PATH + " bytes that Linux allows for a unix socket");
            return null;
        }
        return Address.unix(name);
    }

    /**
     * @param text of an address.
     * @return the address, or null when it is anything but a literal.
     */
    static InetAddress literal(final String text)
    {
        final boolean shape = text.indexOf(':') >= 0 ?
            text.matches("[0-9a-fA-F:.]+(%[A-Za-z0-9_.-]+)?") : text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        if (!shape)
        {
            return null;
        }
        try
        {
            return InetAddress.ofLiteral(text);
        }
        catch (final IllegalArgumentException ex)
        {
            return null;
        }
    }
}
