package dev.ringway.codecs.proxyproto;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Headers of both versions whole, at every split point and byte by byte; and what is none or faulty. */
@Timeout(60)
class ProxyHeaderParserTest
{
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private final ProxyHeaderParser parser = new ProxyHeaderParser();

    private int parse(final byte[] input, final int... cuts)
    {
        parser.reset();
        int at = 0;
        int result = ProxyHeaderParser.MORE;
        for (int i = 0; i <= cuts.length; i++)
        {
            final int end = i < cuts.length ? cuts[i] : input.length;
            result = parser.parse(new UnsafeBuffer(Arrays.copyOfRange(input, at, end)), 0, end - at);
            at = end;
        }
        return result;
    }

    private int everywhere(final byte[] input)
    {
        final int expected = parse(input);
        final String found = found();
        final int[] all = new int[Math.max(input.length - 1, 0)];
        Arrays.setAll(all, i -> i + 1);
        assertEquals(expected, parse(input, all));
        assertEquals(found, found());
        for (int cut = 0; cut < input.length; cut++)
        {
            assertEquals(expected, parse(input, cut), "cut at " + cut);
            assertEquals(found, found(), "cut at " + cut);
        }
        return expected;
    }

    private int line(final String text)
    {
        return everywhere(text.getBytes(ISO_8859_1));
    }

    private int binary(final String hex)
    {
        return everywhere(HexFormat.of().parseHex(SIGNATURE + hex.replace(" ", "")));
    }

    private String found()
    {
        final String length = " of " + parser.length();
        return parser.addressLength() == 0 ? "none" + length :
            text(parser.source()) + " " + parser.sourcePort() + " -> " + text(parser.destination()) + " " +
                parser.destinationPort() + length;
    }

    private String text(final byte[] address)
    {
        try
        {
            return InetAddress.getByAddress(Arrays.copyOf(address, parser.addressLength())).getHostAddress();
        }
        catch (final UnknownHostException ex)
        {
            throw new AssertionError(ex);
        }
    }

    @Test
    void shouldReadLines()
    {
        assertEquals(ProxyHeaderParser.FOUND, line("PROXY TCP4 1.2.3.4 250.6.7.8 65535 80\r\nGET /"));
        assertEquals("1.2.3.4 65535 -> 250.6.7.8 80 of 39", found());
        assertEquals(1, parser.version());
        assertEquals(ProxyHeaderParser.FOUND, line("PROXY TCP6 2001:db8::1 fd00::2 1 0\r\n"));
        assertEquals("2001:db8:0:0:0:0:0:1 1 -> fd00:0:0:0:0:0:0:2 0 of 36", found());
        assertEquals(ProxyHeaderParser.FOUND, line("PROXY UNKNOWN\r\n"));
        assertEquals("none of 15", found());
        assertEquals(ProxyHeaderParser.FOUND, line("PROXY UNKNOWN ffff::f anything at all\r\nrest"));
        final String longest = "PROXY UNKNOWN " + "x".repeat(91) + "\r\n";
        assertEquals(107, longest.length());
        assertEquals(ProxyHeaderParser.FOUND, line(longest));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n",
        "PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1 -2\r\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 1 \r\n", "PROXY TCP4 ::1 ::2 1 2\r\n", "PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n",
        "PROXY TCP6 ::1 5.6.7.8 1 2\r\n", "PROXY TCP4 1.2.3.256 5.6.7.8 1 2\r\n", "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n",
        "PROXY TCP4 0.0.0.0 5.6.7.8 1 2\r\n", "PROXY TCP4 1.2.3.4 224.0.0.1 1 2\r\n",
        "PROXY TCP4 255.255.255.255 5.6.7.8 1 2\r\n", "PROXY TCP6 ff02::1 ::2 1 2\r\n", "PROXY TCP6 :: ::2 1 2\r\n",
        "PROXY \r\n", "PROXY  UNKNOWN\r\n", "PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n", "PROXY TCP4\r\n",
        "PROXY UNKNOWNS\r\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n\r\n"})
    void shouldRefuseFaultyLines(final String text)
    {
        assertEquals(ProxyHeaderParser.FAULTY, line(text));
    }

    @Test
    void shouldRefuseLinesThatDoNotEnd()
    {
        assertEquals(ProxyHeaderParser.FAULTY, line("PROXY UNKNOWN " + "x".repeat(93)));
        assertEquals(ProxyHeaderParser.FAULTY, line("PROXY UNKNOWN " + "x".repeat(92) + "\r\n"));
        assertEquals(ProxyHeaderParser.MORE, line("PROXY UNKNOWN " + "x".repeat(92)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "GET / HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n", "PROXI", "PROXYTCP4", "\r\n\r\n\0\r\nQUIX", "\026\003\001"})
    void shouldSayThatOtherBytesAreNone(final String text)
    {
        assertEquals(ProxyHeaderParser.NONE, line(text));
        assertEquals(0, parser.version());
    }

    @Test
    void shouldReadAddressesInBinary()
    {
        assertEquals(ProxyHeaderParser.FOUND, binary("21 11 000c 01020304 05060708 1234 0050 4142"));
        assertEquals("1.2.3.4 4660 -> 5.6.7.8 80 of 28", found());
        assertEquals(2, parser.version());
        assertEquals(ProxyHeaderParser.FOUND, binary("21 21 0024 20010db8000000000000000000000001" +
            "fd000000000000000000000000000002 ffff 0001"));
        assertEquals("2001:db8:0:0:0:0:0:1 65535 -> fd00:0:0:0:0:0:0:2 1 of 52", found());
        assertEquals(ProxyHeaderParser.FOUND, binary("21 12 000c 01020304 05060708 0001 0002"), "as Envoy, datagrams");
    }

    @Test
    void shouldPassOverValuesBehindTheAddresses()
    {
        assertEquals(ProxyHeaderParser.FOUND, binary("21 11 0014 01020304 05060708 0001 0002 03 0002 abcd 04 0000 55"));
        assertEquals(28, parser.valuesOffset());
        assertEquals("1.2.3.4 1 -> 5.6.7.8 2 of 36", found());
        final byte[] large = new byte[16 + 0xFFFF + 10];
        System.arraycopy(HexFormat.of().parseHex(SIGNATURE + "2111ffff0102030405060708"), 0, large, 0, 24);
        assertEquals(ProxyHeaderParser.FOUND, parse(large, 1, 13, 16, 17, 28, 29, 3000, 60_000));
        assertEquals(16 + 0xFFFF, parser.length());
        assertEquals(ProxyHeaderParser.MORE, parse(Arrays.copyOf(large, 16 + 0xFFFE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "000d 01020304 05060708 0001 0002 03", "000e 01020304 05060708 0001 0002 0300",
        "000f 01020304 05060708 0001 0002 030001", "0010 01020304 05060708 0001 0002 030002aa",
        "0013 01020304 05060708 0001 0002 030001aa 040001", "0014 01020304 05060708 0001 0002 030001aa 04ffff00",
        "0012 01020304 05060708 0001 0002 030000 040001"})
    void shouldRefuseValuesThatDoNotFillTheHeader(final String rest)
    {
        assertEquals(ProxyHeaderParser.FAULTY, binary("21 11 " + rest + "00 00 00 00 00 00"));
    }

    @Property(tries = 300)
    void shouldFindTheEndOfValues(@ForAll @Size(max = 6) final List<@Size(max = 40) byte[]> values)
    {
        final byte[] told = values(values);
        final byte[] input = header(told);
        assertEquals(ProxyHeaderParser.FOUND, everywhere(Arrays.copyOf(input, input.length + 3)));
        assertEquals(input.length, parser.length());
        assertEquals(28, parser.valuesOffset());
        if (told.length > 0)
        {
            final byte[] cut = header(Arrays.copyOf(told, told.length - 1));
            assertEquals(ProxyHeaderParser.FAULTY, everywhere(cut));
        }
    }

    @Property(tries = 300)
    void shouldKeepTheValuesOfSomeTypesInTheirOrder(
        @ForAll @Size(max = 8) final List<@Size(max = 20) byte[]> values,
        @ForAll final Set<@IntRange(max = 8) Integer> wanted,
        @ForAll @IntRange(max = 100) final int room)
    {
        final TlvTypes types = new TlvTypes();
        wanted.forEach(types::add);
        final ByteArrayOutputStream expected = new ByteArrayOutputStream();
        boolean isShort = false;
        for (int i = 0; i < values.size(); i++)
        {
            final byte[] one = value(i, values.get(i));
            if (wanted.contains(i) && expected.size() + one.length <= room)
            {
                expected.writeBytes(one);
            }
            else
            {
                isShort |= wanted.contains(i);
            }
        }
        final byte[] told = values(values);
        final byte[] around = new byte[told.length + 2];
        System.arraycopy(told, 0, around, 1, told.length);
        final int kept = Tlvs.keep(new UnsafeBuffer(around), 1, told.length, types, room);
        assertEquals(isShort ? ~expected.size() : expected.size(), kept);
        assertArrayEquals(expected.toByteArray(), Arrays.copyOfRange(around, 1, 1 + expected.size()));
    }

    private static byte[] value(final int type, final byte[] value)
    {
        final byte[] one = new byte[Tlvs.HEAD_LENGTH + value.length];
        one[0] = (byte)type;
        one[1] = (byte)(value.length >> 8);
        one[2] = (byte)value.length;
        System.arraycopy(value, 0, one, Tlvs.HEAD_LENGTH, value.length);
        return one;
    }

    /** Their types are 0, 1, 2 and so on. */
    private static byte[] values(final List<byte[]> values)
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < values.size(); i++)
        {
            all.writeBytes(value(i, values.get(i)));
        }
        return all.toByteArray();
    }

    private static byte[] header(final byte[] values)
    {
        final UnsafeBuffer out = new UnsafeBuffer(new byte[ProxyHeaderWriter.MAX_LENGTH + values.length]);
        final byte[] address = {10, 1, 2, 3};
        final int length = ProxyHeaderWriter.putBinary(out, 0, address, address, 4, 1, 2);
        out.putBytes(length, values);
        ProxyHeaderWriter.putValuesLength(out, 0, length, values.length);
        return Arrays.copyOf(out.byteArray(), length + values.length);
    }

    @Test
    void shouldKeepTheAddressesOfLocalConnections()
    {
        assertEquals(ProxyHeaderParser.FOUND, binary("20 00 0000"));
        assertEquals("none of 16", found());
        assertEquals(ProxyHeaderParser.FOUND, binary("20 11 000c 01020304 05060708 0001 0002"));
        assertEquals("none of 28", found());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "11 11 000c 01020304 05060708 0001 0002", "22 11 000c", "21 00 0000", "21 31 00d8", "21 10 000c", "21 13 000c",
        "21 11 000b", "21 21 0023", "21 11 000c 00000000 05060708 0001 0002", "21 11 000c 01020304 e0000001 0001 0002"})
    void shouldRefuseFaultyBinary(final String hex)
    {
        assertEquals(ProxyHeaderParser.FAULTY, binary(hex));
    }

    @Property(tries = 500)
    void shouldReadWhatIsWritten(
        @ForAll final boolean isInet6, @ForAll final long high, @ForAll final long low, @ForAll final short port)
    {
        final byte[] address = new byte[isInet6 ? 16 : 4];
        for (int i = 0; i < address.length; i++)
        {
            address[i] = (byte)((i < 8 ? high : low) >> 8 * (i & 7));
        }
        address[0] = 10;
        for (int version = 1; version <= 2; version++)
        {
            final UnsafeBuffer out = new UnsafeBuffer(new byte[ProxyHeaderWriter.MAX_LENGTH]);
            final int length = version == 1 ?
                ProxyHeaderWriter.putLine(out, 0, address, address, address.length, port & 0xFFFF, 443) :
                ProxyHeaderWriter.putBinary(out, 0, address, address, address.length, port & 0xFFFF, 443);
            final ByteArrayOutputStream input = new ByteArrayOutputStream();
            input.write(out.byteArray(), 0, length);
            input.write('x');
            assertEquals(ProxyHeaderParser.FOUND, everywhere(input.toByteArray()));
            assertEquals(length, parser.length());
            assertEquals(address.length, parser.addressLength());
            assertEquals(port & 0xFFFF, parser.sourcePort());
            assertEquals(443, parser.destinationPort());
            assertEquals(0, Arrays.compare(address, Arrays.copyOf(parser.source(), address.length)));
            assertEquals(0, Arrays.compare(address, Arrays.copyOf(parser.destination(), address.length)));
        }
    }

    @Test
    void shouldWriteHeadersWithoutAddresses()
    {
        final UnsafeBuffer out = new UnsafeBuffer(new byte[ProxyHeaderWriter.MAX_LENGTH]);
        assertEquals("PROXY UNKNOWN\r\n",
            out.getStringWithoutLengthAscii(0, ProxyHeaderWriter.putLine(out, 0, null, null, 0, 0, 0)));
        assertEquals(16, ProxyHeaderWriter.putBinary(out, 0, null, null, 0, 0, 0));
        assertEquals(ProxyHeaderParser.FOUND, everywhere(Arrays.copyOf(out.byteArray(), 16)));
    }
}
