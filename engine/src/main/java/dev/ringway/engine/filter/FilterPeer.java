package dev.ringway.engine.filter;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.util.List;

/**
 * The client of an exchange, or of a connection. Loop thread only.
 */
public interface FilterPeer
{
    /** Longest address, of IPv6. */
    int MAX_ADDRESS_LENGTH = 16;
    /** Longest text of an address. */
    int MAX_TEXT_LENGTH = 108;

    /**
     * The client's address, which a listener filter may have told.
     *
     * @param to takes the bytes in network order.
     * @return 4, 16, or 0 when it has none, as on a unix socket.
     */
    int remoteAddress(byte[] to);

    /**
     * @return port of that address, 0 when it has none.
     */
    int remotePort();

    /**
     * The address of who has sent the request, which proxies that are trusted may have told in
     * {@code x-forwarded-for}; otherwise {@link #remoteAddress}.
     *
     * @param to takes the bytes in network order.
     * @return 4, 16 or 0.
     */
    int forwardedAddress(byte[] to);

    /**
     * The address of the other end of the connection itself.
     *
     * @param to takes the bytes in network order.
     * @return 4, 16 or 0.
     */
    int directAddress(byte[] to);

    /**
     * The address that the client connected to.
     *
     * @param to takes the bytes in network order.
     * @return 4, 16 or 0.
     */
    int localAddress(byte[] to);

    /**
     * @return port that the client connected to, 0 when there is none.
     */
    int localPort();

    /**
     * The client's address as text.
     *
     * @param withPort whether its port follows.
     * @param to       takes ASCII, {@link #MAX_TEXT_LENGTH} bytes must be there.
     * @return bytes of the text.
     */
    int remoteText(boolean withPort, MutableDirectBuffer to);

    /**
     * The network that the client's address is in, as text with its length.
     *
     * @param length4 bits of it where the address is one of IPv4.
     * @param length6 bits of it where the address is one of IPv6.
     * @param to      takes ASCII, {@link #MAX_TEXT_LENGTH} bytes must be there.
     * @return bytes of the text, 0 when there is no such address.
     */
    int networkText(int length4, int length6, MutableDirectBuffer to);

    /**
     * The address of the other end of the connection itself as text.
     *
     * @param withPort whether its port follows.
     * @param to       takes ASCII, {@link #MAX_TEXT_LENGTH} bytes must be there.
     * @return bytes of the text.
     */
    int directText(boolean withPort, MutableDirectBuffer to);

    /**
     * Allocates the first time.
     *
     * @return name of a server that the client asked for in its handshake (SNI), or null.
     */
    byte[] serverName();

    /**
     * Allocates the first time.
     *
     * @return names in the certificate that the client has shown: its URIs, its DNS names and its subject; empty when
     *         it has shown none.
     */
    List<byte[]> principals();

    /**
     * What is known of the encryption of the connection, as text. Allocates the first time.
     *
     * @param item of {@code TlsReport}.
     * @param to   takes it, and is made longer for it.
     * @return bytes of the text, 0 when there is nothing to tell.
     */
    int tlsText(int item, MutableDirectBuffer to);

    /**
     * A value that the connection carries, which a listener filter has taken from a PROXY header.
     *
     * @param key number of {@code MetadataKeys}.
     * @param to  shows it afterwards, during this call of the filter.
     * @return whether there is one.
     */
    boolean metadata(int key, DirectBuffer to);

    /**
     * @return whether the connection is encrypted.
     */
    boolean isEncrypted();

    /**
     * @return number of the connection, unlike that of every other one.
     */
    long connectionId();

    /**
     * @return place of the connection among those of its loop; another connection may have it when this one is gone.
     */
    int slot();
}
