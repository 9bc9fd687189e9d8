package dev.ringway.engine.accesslog;

import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class AccessRecordTest
{
    private static final int AT = 64;
    private final UnsafeBuffer memory = new UnsafeBuffer(new byte[4096]);
    private final AccessRecord record = new AccessRecord().wrap(memory, AT, 1024);

    private String field(final int id)
    {
        final int at = AccessFields.find(record, id);
        return at == 0 ? null : memory.getStringWithoutLengthUtf8(AccessFields.valueOffset(at), AccessFields.length(record, at)) +
            (AccessFields.isCut(record, at) ? "..." : "");
    }

    private void put(final int id, final String value)
    {
        AccessFields.put(record, id, new UnsafeBuffer(value.getBytes(UTF_8)), 0, value.length());
        assertTrue(record.isValid());
    }

    @Test
    void shouldTakeFieldsAndForgetWhatWasSaidBefore()
    {
        record.begin().sinks().add(1, 0);
        assertNull(field(7));
        put(7, "seven");
        put(70_000, "");
        put(7, "six");
        put(8, "eight");
        put(7, "longer than before");
        assertEquals("longer than before", field(7));
        assertEquals("eight", field(8));
        assertEquals("", field(70_000));
        AccessFields.remove(record, 7);
        assertTrue(record.isValid());
        assertNull(field(7));
        put(9, "n".repeat(300));
        assertEquals("n".repeat(256) + "...", field(9));
    }

    private void join(final int id, final String value)
    {
        AccessFields.join(record, id, new UnsafeBuffer(value.getBytes(UTF_8)), 0, value.length());
        assertTrue(record.isValid());
    }

    @Test
    void shouldJoinValuesAndCutWhatIsTooLong()
    {
        record.begin().sinks().add(1, 0);
        put(7, "");
        join(7, "");
        join(7, "a");
        join(7, "");
        join(7, "b");
        assertEquals("a,b", field(7));
        join(8, "unknown");
        assertNull(field(8));
        put(9, "n".repeat(250));
        join(9, "m".repeat(20));
        join(9, "o");
        assertEquals("n".repeat(250) + ',' + "m".repeat(5) + "...", field(9));
        put(10, "n".repeat(255));
        join(10, "m");
        assertEquals("n".repeat(255) + "...", field(10));
        assertEquals("a,b", field(7));
        while (record.length() < 1024 - 90)
        {
            put(11 + record.length(), "v".repeat(60));
        }
        put(1, "");
        join(1, "w".repeat(100));
        assertTrue(field(1).startsWith("w") && field(1).endsWith("w..."), field(1));
        assertEquals(1024, record.length());
    }

    @Test
    void shouldCutAndLeaveOutFieldsForWhichThereIsNoRoom()
    {
        record.begin();
        int id = 1;
        while (record.length() < 1024 - 100)
        {
            put(id++, "v".repeat(90));
        }
        put(id, "w".repeat(200));
        assertTrue(field(id).endsWith("..."), field(id));
        put(id + 1, "x");
        assertNull(field(id + 1));
        assertEquals("v".repeat(90), field(1));
        assertTrue(record.length() <= 1024);
    }

    @Test
    void shouldRefuseAChainOfFieldsThatLeavesTheRecord()
    {
        record.begin();
        put(1, "one");
        put(2, "two");
        final int second = AccessFields.find(record, 2) - AT;
        memory.putShort(AT + second, (short)(second + 1));
        assertFalse(record.isValid());
        memory.putShort(AT + second, (short)8);
        assertFalse(record.isValid());
    }

    @Test
    void shouldReadBackWhatWasSet()
    {
        memory.setMemory(0, 4096, (byte)0x5A);
        record.begin()
            .protocol(AccessProtocol.HTTP_1_1).methodId(4).status(503)
            .sinks().add(1023, 0x8001).sinks().add(2, 2).sinks().born(7)
            .startTimeUs(1).durationUs(2).bytesReceived(3).bytesSent(4).connectionId(5).flags(1 << 29)
            .detailId(6).clusterNameId(7).routeNameId(8).upstreamServiceTimeMs(9)
            .requestHeaderBytes(10).responseHeaderBytes(11).requestDurationUs(12).responseDurationUs(13).attempts(14);
        assertEquals(AccessProtocol.HTTP_1_1, record.protocol());
        assertEquals(4, record.methodId());
        assertEquals(503, record.status());
        assertEquals(2, record.sinks().count());
        assertEquals(1023, record.sinks().index(0));
        assertEquals(2, record.sinks().index(1));
        record.sinks().ask(0);
        assertTrue(record.sinks().held(0) && record.sinks().held(15) && !record.sinks().held(1));
        record.sinks().ask(1);
        assertTrue(!record.sinks().held(0) && record.sinks().held(1));
        assertEquals(7, record.sinks().born());
        assertEquals(1, record.startTimeUs());
        assertEquals(2, record.durationUs());
        assertEquals(3, record.bytesReceived());
        assertEquals(4, record.bytesSent());
        assertEquals(5, record.connectionId());
        assertEquals(1 << 29, record.flags());
        assertEquals(6, record.detailId());
        assertEquals(7, record.clusterNameId());
        assertEquals(8, record.routeNameId());
        assertEquals(9, record.upstreamServiceTimeMs());
        assertEquals(10, record.requestHeaderBytes());
        assertEquals(11, record.responseHeaderBytes());
        assertEquals(12, record.requestDurationUs());
        assertEquals(13, record.responseDurationUs());
        assertEquals(14, record.attempts());
        assertTrue(record.isValid());
        assertEquals(0x5A, memory.getByte(AT - 1));
        assertEquals(0x5A, memory.getByte(AT + AccessRecord.FIXED_LENGTH + 2 * Integer.BYTES));
    }

    @Test
    void shouldCarryEachVersionOfHttp()
    {
        assertEquals(AccessProtocol.HTTP_1_0, record.begin().protocol(AccessProtocol.of(false, 0)).protocol());
        assertEquals(AccessProtocol.HTTP_1_1, record.begin().protocol(AccessProtocol.of(false, 1)).protocol());
        assertEquals(AccessProtocol.HTTP_2, record.begin().protocol(AccessProtocol.of(true, 1)).protocol());
    }

    @Test
    void shouldBeginEmpty()
    {
        memory.setMemory(0, 4096, (byte)0x5A);
        record.begin();
        assertEquals(AccessRecord.FIXED_LENGTH, record.length());
        for (int field = 0; field < AccessText.COUNT; field++)
        {
            assertEquals(0, record.textLength(field));
            assertFalse(record.isTruncated(field));
        }
        for (int field = 0; field < 4; field++)
        {
            assertFalse(record.hasAddress(field));
        }
        assertEquals(-1, record.upstreamServiceTimeMs());
        assertEquals(-1, record.requestDurationUs());
        assertEquals(-1, record.responseDurationUs());
    }

    @Test
    void shouldCopyTextsOfEveryLength()
    {
        final byte[] source = new byte[40];
        for (int i = 0; i < source.length; i++)
        {
            source[i] = (byte)(i + 1);
        }
        for (int length = 0; length <= source.length; length++)
        {
            memory.setMemory(0, 4096, (byte)0x5A);
            AccessText.put(record.begin(), AccessText.PATH, new UnsafeBuffer(source), source.length - length, length);
            final byte[] copied = new byte[length];
            memory.getBytes(record.textOffset(AccessText.PATH), copied);
            final byte[] expected = new byte[length];
            System.arraycopy(source, source.length - length, expected, 0, length);
            assertArrayEquals(expected, copied);
            assertEquals(0x5A, memory.getByte(AT + record.length()));
            assertTrue(record.isValid());
        }
    }

    @Test
    void shouldCutAndMarkWhatIsTooLong()
    {
        final byte[] text = "x".repeat(2000).getBytes(UTF_8);
        record.begin();
        AccessText.put(record, AccessText.X_REQUEST_ID, text);
        AccessText.put(record, AccessText.AUTHORITY, "short".getBytes(UTF_8));
        AccessText.put(record, AccessText.PATH, text);
        AccessText.put(record, AccessText.USER_AGENT, text);
        assertEquals(AccessText.bound(AccessText.X_REQUEST_ID), record.textLength(AccessText.X_REQUEST_ID));
        assertTrue(record.isTruncated(AccessText.X_REQUEST_ID));
        assertFalse(record.isTruncated(AccessText.AUTHORITY));
        assertEquals("short", text(AccessText.AUTHORITY));
        assertEquals(512, record.textLength(AccessText.PATH));
        assertTrue(record.textLength(AccessText.USER_AGENT) < AccessText.bound(AccessText.USER_AGENT));
        assertTrue(record.isTruncated(AccessText.USER_AGENT));
        assertEquals(1024, record.length());
        assertTrue(record.isValid());
        AccessText.put(record, AccessText.REFERER, text);
        assertEquals(0, record.textLength(AccessText.REFERER));
        assertTrue(record.isTruncated(AccessText.REFERER));
        assertTrue(record.isValid());
    }

    @Test
    void shouldCarryAddressesOfBothFamilies()
    {
        final UnsafeBuffer sockAddr = new UnsafeBuffer(new byte[SockAddr.MAX_LENGTH]);
        record.begin();
        SockAddr.encode(sockAddr, 0, new InetSocketAddress("10.1.2.3", 65000));
        record.address(AccessAddress.DOWNSTREAM_REMOTE, sockAddr, 0);
        SockAddr.encode(sockAddr, 0, new InetSocketAddress("2001:db8::7", 443));
        record.address(AccessAddress.UPSTREAM_REMOTE, sockAddr, 0);
        SockAddr.encodeUnix(sockAddr, 0, "/run/x.sock");
        record.address(AccessAddress.UPSTREAM_LOCAL, sockAddr, 0);

        assertEquals("10.1.2.3:65000", address(AccessAddress.DOWNSTREAM_REMOTE, true));
        assertEquals("10.1.2.3", address(AccessAddress.DOWNSTREAM_REMOTE, false));
        assertEquals("[2001:db8::7]:443", address(AccessAddress.UPSTREAM_REMOTE, true));
        assertEquals("2001:db8::7", address(AccessAddress.UPSTREAM_REMOTE, false));
        assertEquals(443, SockAddr.port(memory, record.addressOffset(AccessAddress.UPSTREAM_REMOTE)));
        assertFalse(record.hasAddress(AccessAddress.UPSTREAM_LOCAL));
        assertFalse(record.hasAddress(AccessAddress.DOWNSTREAM_LOCAL));
        assertEquals("10.1.2.3:65000", address(AccessAddress.DOWNSTREAM_REMOTE, true));
    }

    @Test
    void shouldNotBelieveLengthsThatLeaveTheSlot()
    {
        AccessText.put(record.begin(), AccessText.PATH, new byte[10]);
        final int path = AT + AccessRecordLayout.TEXTS_OFFSET + 4 * AccessText.PATH;
        memory.putInt(path, 2000 << 16 | 10);
        assertFalse(record.isValid());
        memory.putInt(path, 8 << 16 | 10);
        assertFalse(record.isValid());
        memory.putInt(path, 0);
        assertTrue(record.isValid());
        memory.putInt(AT, 1025);
        assertFalse(record.isValid());
        memory.putInt(AT, 3);
        assertFalse(record.isValid());
        record.begin().sinks().add(1, 0);
        assertTrue(record.isValid());
        memory.putShort(AT + AccessRecordLayout.SINK_COUNT_OFFSET, (short)2);
        assertFalse(record.isValid());
        memory.putShort(AT + AccessRecordLayout.SINK_COUNT_OFFSET, (short)-1);
        assertFalse(record.isValid());
    }

    @Test
    void shouldNumberStringsOnce()
    {
        final int id = LogStrings.register("via_upstream");
        assertEquals(id, LogStrings.register("via_upstream"));
        assertEquals(id, LogStrings.idOf("via_upstream"));
        assertEquals("via_upstream", LogStrings.text(id));
        assertEquals(LogStrings.NONE, LogStrings.idOf("never registered"));
        assertEquals(LogStrings.NONE, LogStrings.register(""));
        for (int i = 0; i < 1000; i++)
        {
            final String text = "string." + i;
            assertEquals(text, LogStrings.text(LogStrings.register(text)));
        }
        assertEquals("via_upstream", LogStrings.text(id));
    }

    @Test
    void shouldHaveACodeAndANameForEveryFlag()
    {
        assertEquals("LH", ResponseFlag.code(0));
        assertEquals("UF", ResponseFlag.code(Integer.numberOfTrailingZeros(ResponseFlag.UPSTREAM_CONNECTION_FAILURE)));
        assertEquals("DownstreamConnectionTermination", ResponseFlag.name(
            Integer.numberOfTrailingZeros(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION)));
        final int last = Integer.numberOfTrailingZeros(ResponseFlag.UNCONDITIONAL_DROP_OVERLOAD);
        assertEquals("UDO", ResponseFlag.code(last));
        assertEquals("UnconditionalDropOverload", ResponseFlag.name(last));
        assertEquals(ResponseFlag.count(), last + 1);
    }

    private String text(final int field)
    {
        return memory.getStringWithoutLengthUtf8(record.textOffset(field), record.textLength(field));
    }

    private String address(final int field, final boolean withPort)
    {
        final UnsafeBuffer target = new UnsafeBuffer(new byte[SockAddr.MAX_TEXT_LENGTH]);
        final int at = record.addressOffset(field);
        return target.getStringWithoutLengthUtf8(0, withPort ? SockAddr.appendText(memory, at, target, 0) :
            SockAddr.appendAddress(memory, at, target, 0));
    }
}
