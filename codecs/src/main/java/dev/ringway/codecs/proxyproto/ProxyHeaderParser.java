package dev.ringway.codecs.proxyproto;

import dev.ringway.codecs.text.IpLiteral;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Reads a header of the PROXY protocol as it comes, in pieces of any size. Takes and refuses what Envoy does: addresses
 * of TCP over IPv4 and IPv6 must be unicast ones; other families are faulty, but for {@code UNKNOWN} and {@code LOCAL},
 * which leave a connection the addresses it has. Values behind the addresses (TLVs) are passed over, but must fill the
 * header. Reusable; one owner.
 */
public final class ProxyHeaderParser
{
    /** More bytes are needed. */
    public static final int MORE = 0;
    /** The header is read. */
    public static final int FOUND = 1;
    /** The bytes are no header of either version. */
    public static final int NONE = -1;
    /** The header is faulty. */
    public static final int FAULTY = -2;

    private static final byte[] SIGNATURE_1 = "PROXY ".getBytes(US_ASCII);
    static final byte[] SIGNATURE_2 = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final int MAX_LINE_LENGTH = 107;
    private static final int FIXED_LENGTH = 16;
    private static final int COMMAND_AT = 12;
    private static final int FAMILY_AT = 13;
    private static final int LENGTH_AT = 14;
    private static final int VERSION_2 = 0x20;
    private static final int LOCAL = 0;
    private static final int PROXY = 1;
    private static final int INET4_LENGTH = 12;
    private static final int INET6_LENGTH = 36;
    private static final int ROOM = 128;

    /** The line of version 1, or the fixed part and the addresses of version 2. */
    private final UnsafeBuffer kept = new UnsafeBuffer(new byte[ROOM]);
    private final byte[] source = new byte[IpLiteral.INET6];
    private final byte[] destination = new byte[IpLiteral.INET6];
    private int keptLength;
    private int length;
    private int version;
    private int needed;
    private int skipped;
    /** Bytes of values that have not come; 0 for what is not looked at. */
    private int valuesLeft;
    private int valueHead;
    private int valueLength;
    private int addressLength;
    private int sourcePort;
    private int destinationPort;
    private int result;

    /**
     * Forgets what came.
     */
    public void reset()
    {
        keptLength = 0;
        length = 0;
        version = 0;
        needed = FIXED_LENGTH;
        skipped = 0;
        valuesLeft = 0;
        valueHead = 0;
        valueLength = 0;
        addressLength = 0;
        sourcePort = 0;
        destinationPort = 0;
        result = MORE;
    }

    /**
     * Takes the next piece.
     *
     * @param buffer holds it.
     * @param offset where it starts.
     * @param count  its bytes; those behind the header are not looked at.
     * @return {@link #MORE}, {@link #FOUND}, {@link #NONE} or {@link #FAULTY}; the last three stay.
     */
    public int parse(final DirectBuffer buffer, final int offset, final int count)
    {
        buffer.boundsCheck(offset, count);
        int at = offset;
        final int end = offset + count;
        while (at < end && result == MORE)
        {
            if (skipped > 0)
            {
                final int taken = Math.min(skipped, end - at);
                skipped -= taken;
                at += taken;
                result = skipped == 0 && valuesLeft == 0 ? FOUND : MORE;
            }
            else if (valuesLeft > 0)
            {
                onValueHead(buffer.getByte(at++) & 0xFF);
            }
            else
            {
                onByte(buffer.getByte(at++));
            }
        }
        length += at - offset;
        return result;
    }

    private void onByte(final byte octet)
    {
        kept.putByte(keptLength++, octet);
        switch (version)
        {
            case 0 -> onSignature(octet);
            case 1 -> onLine(octet);
            default ->
            {
                if (keptLength == needed)
                {
                    onBinary();
                }
            }
        }
    }

    private void onSignature(final byte octet)
    {
        final boolean isFirst = kept.getByte(0) == SIGNATURE_1[0];
        final byte[] signature = isFirst ? SIGNATURE_1 : SIGNATURE_2;
        if (octet != signature[keptLength - 1])
        {
            result = NONE;
        }
        else if (keptLength == signature.length)
        {
            version = isFirst ? 1 : 2;
        }
    }

    private void onLine(final byte octet)
    {
        if (octet == '\n' && kept.getByte(keptLength - 2) == '\r')
        {
            result = parseLine(keptLength - 2) ? FOUND : FAULTY;
        }
        else if (keptLength == MAX_LINE_LENGTH)
        {
            result = FAULTY;
        }
    }

    private boolean parseLine(final int end)
    {
        final int start = SIGNATURE_1.length;
        final int space = fieldEnd(start, end);
        if (isField(start, space, "UNKNOWN"))
        {
            return true;
        }
        final int family = isField(start, space, "TCP4") ? IpLiteral.INET4 :
            isField(start, space, "TCP6") ? IpLiteral.INET6 : 0;
        final int sourceEnd = fieldEnd(space + 1, end);
        final int destinationEnd = fieldEnd(sourceEnd + 1, end);
        final int portEnd = fieldEnd(destinationEnd + 1, end);
        if (family == 0 || portEnd >= end ||
            IpLiteral.parse(kept, space + 1, sourceEnd - space - 1, source) != family ||
            IpLiteral.parse(kept, sourceEnd + 1, destinationEnd - sourceEnd - 1, destination) != family)
        {
            return false;
        }
        addressLength = family;
        sourcePort = port(destinationEnd + 1, portEnd);
        destinationPort = port(portEnd + 1, end);
        return sourcePort >= 0 && destinationPort >= 0 && isUnicast(source) && isUnicast(destination);
    }

    /** Where the space behind a field is, or the end of the line. */
    private int fieldEnd(final int from, final int end)
    {
        int at = from;
        while (at < end && kept.getByte(at) != ' ')
        {
            at++;
        }
        return Math.min(at, end);
    }

    private boolean isField(final int from, final int to, final String word)
    {
        if (to - from != word.length())
        {
            return false;
        }
        for (int i = 0; i < word.length(); i++)
        {
            if (kept.getByte(from + i) != word.charAt(i))
            {
                return false;
            }
        }
        return true;
    }

    private int port(final int from, final int to)
    {
        if (to <= from || to - from > 5)
        {
            return -1;
        }
        int port = 0;
        for (int i = from; i < to; i++)
        {
            final int digit = kept.getByte(i) - '0';
            if (digit < 0 || digit > 9)
            {
                return -1;
            }
            port = port * 10 + digit;
        }
        return port <= 0xFFFF ? port : -1;
    }

    private void onBinary()
    {
        final int addresses = needed - FIXED_LENGTH;
        if (addresses > 0)
        {
            onAddresses(addresses);
            return;
        }
        final int command = kept.getByte(COMMAND_AT) & 0xFF;
        final int rest = (kept.getByte(LENGTH_AT) & 0xFF) << 8 | kept.getByte(LENGTH_AT + 1) & 0xFF;
        if (command == (VERSION_2 | LOCAL))
        {
            skip(rest);
            return;
        }
        final int expected = switch (kept.getByte(FAMILY_AT))
        {
            case 0x11, 0x12 -> INET4_LENGTH;
            case 0x21, 0x22 -> INET6_LENGTH;
            default -> Integer.MAX_VALUE;
        };
        if (command != (VERSION_2 | PROXY) || rest < expected)
        {
            result = FAULTY;
            return;
        }
        needed += expected;
    }

    private void onAddresses(final int addresses)
    {
        addressLength = addresses == INET4_LENGTH ? IpLiteral.INET4 : IpLiteral.INET6;
        final int ports = FIXED_LENGTH + 2 * addressLength;
        kept.getBytes(FIXED_LENGTH, source, 0, addressLength);
        kept.getBytes(FIXED_LENGTH + addressLength, destination, 0, addressLength);
        sourcePort = (kept.getByte(ports) & 0xFF) << 8 | kept.getByte(ports + 1) & 0xFF;
        destinationPort = (kept.getByte(ports + 2) & 0xFF) << 8 | kept.getByte(ports + 3) & 0xFF;
        if (isUnicast(source) && isUnicast(destination))
        {
            final int rest = (kept.getByte(LENGTH_AT) & 0xFF) << 8 | kept.getByte(LENGTH_AT + 1) & 0xFF;
            valuesLeft = rest - addresses;
            result = valuesLeft == 0 ? FOUND : MORE;
        }
        else
        {
            result = FAULTY;
        }
    }

    /** The next byte of a value's type and length. */
    private void onValueHead(final int octet)
    {
        valuesLeft--;
        valueLength = valueLength << Byte.SIZE & 0xFFFF | octet;
        valueHead++;
        if (valueHead < Tlvs.HEAD_LENGTH)
        {
            result = valuesLeft == 0 ? FAULTY : MORE;
        }
        else if (valueLength > valuesLeft)
        {
            result = FAULTY;
        }
        else
        {
            valueHead = 0;
            valuesLeft -= valueLength;
            skipped = valueLength;
            result = skipped == 0 && valuesLeft == 0 ? FOUND : MORE;
        }
    }

    private void skip(final int count)
    {
        skipped = count;
        result = count == 0 ? FOUND : MORE;
    }

    private boolean isUnicast(final byte[] address)
    {
        int all = 0;
        int none = 0xFF;
        for (int i = 0; i < addressLength; i++)
        {
            all |= address[i];
            none &= address[i];
        }
        final int first = address[0] & 0xFF;
        final boolean isMulticast = addressLength == IpLiteral.INET4 ? first >> 4 == 14 || none == 0xFF : first == 0xFF;
        return all != 0 && !isMulticast;
    }

    /**
     * @return 1 or 2 once the signature has come, else 0.
     */
    public int version()
    {
        return version;
    }

    /**
     * @return bytes of the header, all pieces together.
     */
    public int length()
    {
        return length;
    }

    /**
     * @return bytes in front of the values, in a header that gives addresses in version 2; else {@link #length}.
     */
    public int valuesOffset()
    {
        return version == 2 && addressLength > 0 ? needed : length;
    }

    /**
     * @return bytes of the addresses, 4 or 16; 0 when the header gives none.
     */
    public int addressLength()
    {
        return addressLength;
    }

    /**
     * @return holds the address of the client at its start, in network order.
     */
    public byte[] source()
    {
        return source;
    }

    /**
     * @return port of the client.
     */
    public int sourcePort()
    {
        return sourcePort;
    }

    /**
     * @return holds the address at its start that the client connected to, in network order.
     */
    public byte[] destination()
    {
        return destination;
    }

    /**
     * @return port that the client connected to.
     */
    public int destinationPort()
    {
        return destinationPort;
    }
}
