package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FrameWriterTest
{
    private static final int AT = 2;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[128]);

    @Test
    void shouldWriteSettings()
    {
        final Http2Settings ours = new Http2Settings(false);
        assertEquals(AT + 9, FrameWriter.putSettings(buffer, AT, ours), "what is assumed need not be said");
        assertWritten("000000" + "04" + "00" + "00000000", AT + 9);

        ours.headerTableSize(0);
        ours.enablePush(false);
        ours.maxConcurrentStreams(100);
        ours.initialWindowSize(1 << 20);
        ours.maxFrameSize(32768);
        ours.maxHeaderListSize(61440);
        ours.enableConnectProtocol(true);
        final int end = FrameWriter.putSettings(buffer, AT, ours);
        assertEquals(AT + FrameWriter.MAX_SETTINGS_LENGTH, end);
        assertWritten("00002a" + "04" + "00" + "00000000" + "000100000000" + "000200000000" + "000300000064" +
            "000400100000" + "000500008000" + "00060000f000" + "000800000001", end);
    }

    @Test
    void shouldWriteSettingsAcknowledgment()
    {
        assertWritten("000000" + "04" + "01" + "00000000", FrameWriter.putSettingsAck(buffer, AT));
    }

    @Test
    void shouldWritePing()
    {
        final int end = FrameWriter.putPing(buffer, AT, 0x0102_0304_0506_0708L, false);
        assertEquals(AT + FrameWriter.PING_LENGTH, end);
        assertWritten("000008" + "06" + "00" + "00000000" + "0102030405060708", end);
        assertWritten("000008" + "06" + "01" + "00000000" + "fffffffffffffffe",
            FrameWriter.putPing(buffer, AT, -2, true));
    }

    @Test
    void shouldWriteGoAway()
    {
        final int end = FrameWriter.putGoAway(buffer, AT, Integer.MAX_VALUE, ErrorCode.ENHANCE_YOUR_CALM);
        assertEquals(AT + FrameWriter.GOAWAY_LENGTH, end);
        assertWritten("000008" + "07" + "00" + "00000000" + "7fffffff" + "0000000b", end);
    }

    @Test
    void shouldWriteReset()
    {
        final int end = FrameWriter.putReset(buffer, AT, 5, ErrorCode.REFUSED_STREAM);
        assertEquals(AT + FrameWriter.RESET_LENGTH, end);
        assertWritten("000004" + "03" + "00" + "00000005" + "00000007", end);
    }

    @Test
    void shouldWriteWindowUpdate()
    {
        final int end = FrameWriter.putWindowUpdate(buffer, AT, 0, Integer.MAX_VALUE);
        assertEquals(AT + FrameWriter.WINDOW_UPDATE_LENGTH, end);
        assertWritten("000004" + "08" + "00" + "00000000" + "7fffffff", end);
    }

    @Test
    void shouldKnowThePrefaceAtEverySplit()
    {
        assertEquals(AT + FrameWriter.PREFACE_LENGTH, FrameWriter.putPreface(buffer, AT));
        assertEquals(PREFACE, buffer.getStringWithoutLengthAscii(AT, FrameWriter.PREFACE_LENGTH));
        for (int length = 0; length < FrameWriter.PREFACE_LENGTH; length++)
        {
            assertEquals(0, FrameWriter.matchPreface(buffer, AT, length), "of " + length);
        }
        assertEquals(FrameWriter.PREFACE_LENGTH, FrameWriter.matchPreface(buffer, AT, FrameWriter.PREFACE_LENGTH));
        assertEquals(FrameWriter.PREFACE_LENGTH, FrameWriter.matchPreface(buffer, AT, 100), "bytes may follow");
    }

    @Test
    void shouldTellAnythingElseFromThePrefaceAtItsFirstByte()
    {
        for (int wrong = 0; wrong < FrameWriter.PREFACE_LENGTH; wrong++)
        {
            FrameWriter.putPreface(buffer, AT);
            buffer.putByte(AT + wrong, (byte)(buffer.getByte(AT + wrong) ^ 0x20));
            for (int length = 0; length <= 30; length++)
            {
                assertEquals(length > wrong ? -1 : 0, FrameWriter.matchPreface(buffer, AT, length));
            }
        }
        buffer.putBytes(AT, "PRI / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
        assertEquals(-1, FrameWriter.matchPreface(buffer, AT, 16));
    }

    private void assertWritten(final String hex, final int end)
    {
        final byte[] bytes = new byte[end - AT];
        buffer.getBytes(AT, bytes);
        assertEquals(hex, HexFormat.of().formatHex(bytes));
    }
}
