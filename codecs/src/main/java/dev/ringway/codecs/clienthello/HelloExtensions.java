package dev.ringway.codecs.clienthello;

import org.agrona.DirectBuffer;

/**
 * The extensions of a ClientHello that choose a filter chain: server_name, application_layer_protocol_negotiation and
 * supported_versions; others are passed over. A faulty list of protocols counts as none, which is for the TLS library
 * to complain about.
 */
final class HelloExtensions
{
    static final int MAX_NAME_LENGTH = 255;
    static final int MAX_PROTOCOLS_LENGTH = 512;

    private static final int SERVER_NAME = 0;
    private static final int PROTOCOLS = 16;
    private static final int VERSIONS = 43;
    private static final int NAME_HEADER_LENGTH = 5;
    private static final int NEWEST = 0x0304;

    private final byte[] name = new byte[MAX_NAME_LENGTH];
    private final byte[] protocols = new byte[MAX_PROTOCOLS_LENGTH];
    private int nameLength;
    private int protocolsLength;
    private int newestVersion;
    private int seen;
    private int type;
    private int length;
    private int at;
    private int number;
    private boolean isWrong;

    void reset()
    {
        nameLength = 0;
        protocolsLength = 0;
        newestVersion = 0;
        seen = 0;
    }

    /**
     * @param newType of the extension that comes.
     * @return false when it came before (RFC 8446, 4.2).
     */
    boolean begin(final int newType)
    {
        type = newType;
        final int bit = newType == SERVER_NAME ? 1 : newType == PROTOCOLS ? 2 : newType == VERSIONS ? 4 : 0;
        final boolean isSeen = (seen & bit) != 0;
        seen |= bit;
        return !isSeen;
    }

    /**
     * @param newLength of its content.
     * @return whether it can be that long.
     */
    boolean length(final int newLength)
    {
        length = newLength;
        at = 0;
        number = 0;
        isWrong = false;
        return type != SERVER_NAME ||
            newLength > NAME_HEADER_LENGTH && newLength <= NAME_HEADER_LENGTH + MAX_NAME_LENGTH;
    }

    void add(final DirectBuffer buffer, final int offset, final int count)
    {
        if (type != SERVER_NAME && type != PROTOCOLS && type != VERSIONS)
        {
            return;
        }
        for (int i = 0; i < count; i++)
        {
            final int octet = buffer.getByte(offset + i) & 0xFF;
            number = number << 8 | octet;
            switch (type)
            {
                case SERVER_NAME -> name(octet);
                case PROTOCOLS -> protocol(octet);
                default -> version();
            }
            at++;
        }
    }

    private void name(final int octet)
    {
        switch (at)
        {
            case 1 -> isWrong |= number != length - 2;
            case 2 -> isWrong |= octet != 0;
            case 4 -> isWrong |= (number & 0xFFFF) != length - NAME_HEADER_LENGTH;
            default ->
            {
                if (at >= NAME_HEADER_LENGTH)
                {
                    isWrong |= octet == 0;
                    name[at - NAME_HEADER_LENGTH] = (byte)(octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet);
                }
            }
        }
    }

    private void protocol(final int octet)
    {
        if (at == 1)
        {
            isWrong |= number != length - 2;
        }
        else if (at > 1 && at - 2 < MAX_PROTOCOLS_LENGTH)
        {
            protocols[at - 2] = (byte)octet;
        }
    }

    private void version()
    {
        final int version = number & 0xFFFF;
        if (at > 0 && (at & 1) == 0 && version <= NEWEST && version > newestVersion)
        {
            newestVersion = version;
        }
    }

    /**
     * @return false when its content makes no ClientHello of this.
     */
    boolean end()
    {
        if (type == SERVER_NAME)
        {
            nameLength = length - NAME_HEADER_LENGTH;
            return !isWrong;
        }
        if (type == PROTOCOLS)
        {
            protocolsLength = isWrong || length < 4 ? 0 : wholeProtocols(length - 2);
        }
        return true;
    }

    /** Bytes of the whole names that were kept; 0 when the list is faulty. */
    private int wholeProtocols(final int listLength)
    {
        final int kept = Math.min(listLength, MAX_PROTOCOLS_LENGTH);
        int end = 0;
        while (end < kept)
        {
            final int next = end + 1 + (protocols[end] & 0xFF);
            if (next == end + 1 || next > listLength)
            {
                return 0;
            }
            if (next > kept)
            {
                return end;
            }
            end = next;
        }
        return end;
    }

    byte[] serverName()
    {
        return name;
    }

    int serverNameLength()
    {
        return nameLength;
    }

    byte[] protocols()
    {
        return protocols;
    }

    int protocolsLength()
    {
        return protocolsLength;
    }

    int newestVersion()
    {
        return newestVersion;
    }
}
