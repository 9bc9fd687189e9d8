package dev.ringway.ffi.sock;

import dev.ringway.ffi.libc.Errno;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class SockAddrTest
{
    private static final int AT = 8;

    private final UnsafeBuffer memory = new UnsafeBuffer(new byte[SockAddr.MAX_LENGTH + AT]);

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "1.2.3.4, 1.2.3.4",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "0:0:0:0:1:0:0:0, ::1:0:0:0",
        "0:1:0:1:0:1:0:1, 0:1:0:1:0:1:0:1",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "0:0:1:2:3:4:5:6, ::1:2:3:4:5:6",
        "abcd:ef01:2345:6789:abcd:ef01:2345:6789, abcd:ef01:2345:6789:abcd:ef01:2345:6789",
        "10:100:1000:f:ff:fff:ffff:0, 10:100:1000:f:ff:fff:ffff:0"})
    void shouldPrintAddressesAfterRfc5952(final String given, final String expected) throws UnknownHostException
    {
        final InetAddress inet = InetAddress.getByName(given);
        SockAddr.encode(memory, AT, new InetSocketAddress(inet, 65535));

        final boolean v6 = expected.indexOf(':') >= 0;
        assertEquals(v6 ? "[" + expected + "]:65535" : expected + ":65535", SockAddr.text(memory, AT));
    }

    @Test
    void shouldPrintMappedAddressesInMixedNotation()
    {
        SockAddr.encodeInet6(memory, AT, 0, 0xFFFF_0A00_0001L, 80, 0);

        assertEquals("[::ffff:10.0.0.1]:80", SockAddr.text(memory, AT));
    }

    @Test
    void shouldPrintTheScopeOfLinkLocalAddresses()
    {
        SockAddr.encodeInet6(memory, AT, 0xFE80_0000_0000_0000L, 1, 80, 2);
        assertEquals("[fe80::1%2]:80", SockAddr.text(memory, AT));

        SockAddr.encodeInet6(memory, AT, 0xFE80_0000_0000_0000L, 1, 80, -1);
        assertEquals("[fe80::1%4294967295]:80", SockAddr.text(memory, AT));
    }

    @Test
    void shouldPrintWhatParsesBackForRandomAddresses() throws UnknownHostException
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++)
        {
            final byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            final int zeros = random.nextInt(0x10000);
            for (int group = 0; group < 8; group++)
            {
                if ((zeros >>> group & 1) != 0)
                {
                    bytes[group * 2] = 0;
                    bytes[group * 2 + 1] = 0;
                }
            }
            final InetAddress inet = InetAddress.getByAddress(bytes);
            SockAddr.encode(memory, AT, new InetSocketAddress(inet, i & 0xFFFF));

            final UnsafeBuffer dst = new UnsafeBuffer(new byte[64]);
            final int length = SockAddr.appendAddress(memory, AT, dst, 0);
            final String text = dst.getStringWithoutLengthAscii(0, length);
            assertEquals(inet, InetAddress.getByName(text), "seed " + seed);
            assertEquals(new InetSocketAddress(inet, i & 0xFFFF), SockAddr.decode(memory, AT), "seed " + seed);
        }
    }

    @Test
    void shouldWriteNothingBeyondWhatItReports()
    {
        SockAddr.encodeInet6(memory, AT, -1, -1, 65535, -1);
        final UnsafeBuffer dst = new UnsafeBuffer(new byte[80]);
        dst.setMemory(0, 80, (byte)'#');

        final int length = SockAddr.appendText(memory, AT, dst, 3);

        assertEquals("###[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535#",
            dst.getStringWithoutLengthAscii(0, 3 + length + 1));
    }

    @Test
    void shouldEncodeFromNumbersAsFromObjects()
    {
        assertEquals(SockAddr.INET4_LENGTH, SockAddr.encodeInet4(memory, AT, 0x7F000001, 8080));
        assertEquals(SockAddr.AF_INET, SockAddr.family(memory, AT));
        assertEquals(8080, SockAddr.port(memory, AT));
        assertEquals(4, SockAddr.addressLength(memory, AT));
        assertEquals(127, memory.getByte(AT + SockAddr.addressOffset(memory, AT)));
        assertEquals(new InetSocketAddress("127.0.0.1", 8080), SockAddr.decode(memory, AT));

        SockAddr.port(memory, AT, 443);
        assertEquals("127.0.0.1:443", SockAddr.text(memory, AT));
    }

    @Test
    void shouldTurnMappedAddressesIntoInet4()
    {
        SockAddr.encodeInet6(memory, AT, 0, 0xFFFF_0A00_0001L, 80, 0);
        assertTrue(SockAddr.isInet4Mapped(memory, AT));

        assertTrue(SockAddr.unmap(memory, AT));

        assertEquals("10.0.0.1:80", SockAddr.text(memory, AT));
        assertFalse(SockAddr.unmap(memory, AT));
        SockAddr.encodeInet6(memory, AT, 0, 0xFFFE_0A00_0001L, 80, 0);
        assertFalse(SockAddr.unmap(memory, AT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/run/ringway.sock", "relative", "@abstract", "/käse"})
    void shouldPrintUnixPaths(final String path)
    {
        memory.setMemory(0, memory.capacity(), (byte)'#');
        final int length = SockAddr.encodeUnix(memory, AT, path);

        assertTrue(length > 0 && length <= SockAddr.UNIX_LENGTH);
        assertEquals(SockAddr.AF_UNIX, SockAddr.family(memory, AT));
        assertEquals(path, SockAddr.text(memory, AT));
        assertNull(SockAddr.decode(memory, AT));
        assertEquals(-1, SockAddr.addressOffset(memory, AT));
    }

    @Test
    void shouldTakeTheLongestUnixPathAndRefuseLongerOnes()
    {
        final String longest = "/" + "x".repeat(106);
        assertEquals(SockAddr.UNIX_LENGTH, SockAddr.encodeUnix(memory, AT, longest));
        assertEquals(longest, SockAddr.text(memory, AT));
        final String longestAbstract = "@" + "x".repeat(106);
        assertEquals(2 + 107, SockAddr.encodeUnix(memory, AT, longestAbstract));
        assertEquals(longestAbstract, SockAddr.text(memory, AT));

        assertEquals(-Errno.EINVAL, SockAddr.encodeUnix(memory, AT, longest + "x"));
        assertEquals(-Errno.EINVAL, SockAddr.encodeUnix(memory, AT, ""));
        assertEquals(-Errno.EINVAL, SockAddr.encodeUnix(memory, AT, "a\0b"));
    }

    @Test
    void shouldPrintNothingForUnknownFamiliesAndUnnamedSockets()
    {
        assertEquals("", SockAddr.text(memory, AT));
        memory.putShort(AT, (short)SockAddr.AF_UNIX);
        assertEquals("", SockAddr.text(memory, AT));
        memory.putShort(AT, (short)17);
        assertEquals("", SockAddr.text(memory, AT));
        assertEquals(0, SockAddr.appendAddress(memory, AT, memory, 64));
    }

    @Test
    void shouldRefuseUnresolvedAddresses()
    {
        assertThrows(IllegalArgumentException.class,
            () -> SockAddr.encode(memory, AT, InetSocketAddress.createUnresolved("example.test", 1)));
    }
}
