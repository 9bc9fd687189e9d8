package dev.ringway.codecs.proxyproto;

import dev.ringway.codecs.text.AsciiNumbers;
import org.agrona.MutableDirectBuffer;

import java.nio.ByteOrder;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Writes headers of the PROXY protocol. Pure functions; any thread.
 */
public final class ProxyHeaderWriter
{
    /** Bytes that must be there for either, without values. */
    public static final int MAX_LENGTH = 128;

    private static final byte[] TCP4 = "PROXY TCP4 ".getBytes(US_ASCII);
    private static final byte[] TCP6 = "PROXY TCP6 ".getBytes(US_ASCII);
    private static final byte[] UNKNOWN = "PROXY UNKNOWN\r\n".getBytes(US_ASCII);
    private static final int FIXED_LENGTH = 16;
    private static final int INET4 = 4;
    private static final int INET6 = 16;
    private static final byte LOCAL = 0x20;
    private static final byte PROXY = 0x21;
    private static final byte FAMILY_4 = 0x11;
    private static final byte FAMILY_6 = 0x21;

    private ProxyHeaderWriter()
    {
    }

    /**
     * Writes version 1.
     *
     * @param dst             gets it.
     * @param at              where.
     * @param source          address of the client, in network order.
     * @param destination     address that the client connected to.
     * @param addressLength   4 or 16; 0 when there are no addresses to be told of.
     * @param sourcePort      port of the client.
     * @param destinationPort port that the client connected to.
     * @return bytes written.
     */
    public static int putLine(
        final MutableDirectBuffer dst,
        final int at,
        final byte[] source,
        final byte[] destination,
        final int addressLength,
        final int sourcePort,
        final int destinationPort)
    {
        if (addressLength == 0)
        {
            dst.putBytes(at, UNKNOWN);
            return UNKNOWN.length;
        }
        int to = at;
        dst.putBytes(to, addressLength == INET4 ? TCP4 : TCP6);
        to += TCP4.length;
        to = putAddress(dst, to, source, addressLength);
        to = putAddress(dst, to, destination, addressLength);
        to = AsciiNumbers.putDecimal(dst, to, sourcePort);
        dst.putByte(to++, (byte)' ');
        to = AsciiNumbers.putDecimal(dst, to, destinationPort);
        dst.putByte(to++, (byte)'\r');
        dst.putByte(to++, (byte)'\n');
        return to - at;
    }

    /** An address and a space; of IPv6 all groups, which every reader takes. */
    private static int putAddress(
        final MutableDirectBuffer dst, final int at, final byte[] address, final int length)
    {
        int to = at;
        final int step = length == INET4 ? 1 : 2;
        for (int i = 0; i < length; i += step)
        {
            if (i > 0)
            {
                dst.putByte(to++, (byte)(length == INET4 ? '.' : ':'));
            }
            to = length == INET4 ? AsciiNumbers.putDecimal(dst, to, address[i] & 0xFF) :
                AsciiNumbers.putHex(dst, to, (address[i] & 0xFF) << 8 | address[i + 1] & 0xFF);
        }
        dst.putByte(to++, (byte)' ');
        return to;
    }

    /**
     * Says in a header of version 2 with addresses that values follow, which are put behind it.
     *
     * @param dst    holds it.
     * @param at     where.
     * @param header bytes of the header without them.
     * @param values bytes of them.
     */
    public static void putValuesLength(
        final MutableDirectBuffer dst, final int at, final int header, final int values)
    {
        dst.putShort(at + FIXED_LENGTH - Short.BYTES, (short)(header - FIXED_LENGTH + values), ByteOrder.BIG_ENDIAN);
    }

    /**
     * Writes version 2; parameters as for {@link #putLine}. Without addresses it says that the connection is this
     * host's own.
     */
    public static int putBinary(
        final MutableDirectBuffer dst,
        final int at,
        final byte[] source,
        final byte[] destination,
        final int addressLength,
        final int sourcePort,
        final int destinationPort)
    {
        int to = at;
        dst.putBytes(to, ProxyHeaderParser.SIGNATURE_2);
        to += ProxyHeaderParser.SIGNATURE_2.length;
        dst.putByte(to++, addressLength == 0 ? LOCAL : PROXY);
        dst.putByte(to++, addressLength == 0 ? 0 : addressLength == INET4 ? FAMILY_4 : FAMILY_6);
        dst.putShort(to, (short)(addressLength == 0 ? 0 : 2 * addressLength + 4), ByteOrder.BIG_ENDIAN);
        to += Short.BYTES;
        if (addressLength > 0)
        {
            dst.putBytes(to, source, 0, addressLength);
            dst.putBytes(to + addressLength, destination, 0, addressLength);
            to += 2 * addressLength;
            dst.putShort(to, (short)sourcePort, ByteOrder.BIG_ENDIAN);
            dst.putShort(to + Short.BYTES, (short)destinationPort, ByteOrder.BIG_ENDIAN);
            to += 2 * Short.BYTES;
        }
        return to - at;
    }
}
