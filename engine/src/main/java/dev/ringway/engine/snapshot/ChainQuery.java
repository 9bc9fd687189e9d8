package dev.ringway.engine.snapshot;

import org.agrona.DirectBuffer;

/**
 * What is known of a connection when its filter chain is looked for. Reused; whoever fills it owns it.
 */
public final class ChainQuery
{
    /** Bytes of the longest address. */
    public static final int MAX_ADDRESS_LENGTH = 16;

    private static final int INET4_LENGTH = 4;
    private static final byte[] NONE = {};

    final byte[] destination = new byte[MAX_ADDRESS_LENGTH];
    final byte[] directSource = new byte[MAX_ADDRESS_LENGTH];
    final byte[] source = new byte[MAX_ADDRESS_LENGTH];
    int destinationLength;
    int destinationPort;
    int directSourceLength;
    int sourceLength;
    int sourcePort;
    byte[] serverName;
    int serverNameLength;
    byte[] protocols;
    int protocolsLength;
    boolean isTls;

    /**
     * Nothing is known.
     */
    public ChainQuery()
    {
        reset();
    }

    /**
     * Forgets all.
     */
    public void reset()
    {
        destinationLength = 0;
        destinationPort = 0;
        directSourceLength = 0;
        sourceLength = 0;
        sourcePort = 0;
        serverName = NONE;
        serverNameLength = 0;
        protocols = NONE;
        protocolsLength = 0;
        isTls = false;
    }

    /**
     * Sets where the client connected to, as far as it is known.
     *
     * @param buffer holds the address.
     * @param offset of its bytes in network order.
     * @param length 4 or 16; 0 for a unix socket.
     * @param port   0 when there is none.
     */
    public void destination(final DirectBuffer buffer, final int offset, final int length, final int port)
    {
        buffer.getBytes(offset, destination, 0, length);
        destinationLength = length;
        destinationPort = port;
    }

    /**
     * Sets the client's address.
     *
     * @param buffer holds the address.
     * @param offset of its bytes in network order.
     * @param length 4 or 16; 0 for a unix socket.
     * @param port   0 when there is none.
     */
    public void source(final DirectBuffer buffer, final int offset, final int length, final int port)
    {
        buffer.getBytes(offset, source, 0, length);
        sourceLength = length;
        sourcePort = port;
    }

    /**
     * Sets the address of the peer itself.
     *
     * @param buffer holds the address.
     * @param offset of its bytes in network order.
     * @param length 4 or 16; 0 for a unix socket.
     */
    public void directSource(final DirectBuffer buffer, final int offset, final int length)
    {
        buffer.getBytes(offset, directSource, 0, length);
        directSourceLength = length;
    }

    /**
     * The client wants TLS.
     *
     * @param name       it asks for, in lower case; kept by reference.
     * @param nameLength bytes of it, 0 when it asks for none.
     */
    public void tls(final byte[] name, final int nameLength)
    {
        isTls = true;
        serverName = name;
        serverNameLength = nameLength;
    }

    /**
     * Sets what the client wants to speak.
     *
     * @param list   protocols, each behind its length in one byte, as in RFC 7301 3.1; kept by reference.
     * @param length bytes of the list.
     */
    public void protocols(final byte[] list, final int length)
    {
        protocols = list;
        protocolsLength = length;
    }

    /** Whether the client is on this host, as far as addresses tell. */
    boolean isLocal()
    {
        return sourceLength == 0 || isLoopback() || isSource(destination, destinationLength);
    }

    /** As with Envoy it is one address, not the whole of 127.0.0.0/8. */
    private boolean isLoopback()
    {
        if (sourceLength == INET4_LENGTH)
        {
            return source[0] == 127 && source[1] == 0 && source[2] == 0 && source[3] == 1;
        }
        for (int i = 0; i < MAX_ADDRESS_LENGTH - 1; i++)
        {
            if (source[i] != 0)
            {
                return false;
            }
        }
        return source[MAX_ADDRESS_LENGTH - 1] == 1;
    }

    private boolean isSource(final byte[] address, final int length)
    {
        if (length != sourceLength)
        {
            return false;
        }
        for (int i = 0; i < length; i++)
        {
            if (address[i] != source[i])
            {
                return false;
            }
        }
        return true;
    }
}
