package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class Http2SettingsTest
{
    private static final int AT = 3;

    private final Http2Settings settings = new Http2Settings(false);

    @Test
    void shouldBeginWithWhatTheRfcSays()
    {
        assertInitial();
        assertEquals(0, apply("000100000001" + "000200000000" + "000300000001" + "000400000001" + "000500ffffff" +
            "000600000001" + "000800000001"));
        assertEquals(1, settings.headerTableSize());
        assertFalse(settings.enablePush());
        assertEquals(1, settings.maxConcurrentStreams());
        assertEquals(1, settings.initialWindowSize());
        assertEquals(Http2Settings.MAX_FRAME_SIZE, settings.maxFrameSize());
        assertEquals(1, settings.maxHeaderListSize());
        assertTrue(settings.enableConnectProtocol());

        settings.reset(false);
        assertInitial();
    }

    private void assertInitial()
    {
        assertEquals(4096, settings.headerTableSize());
        assertEquals(4096, settings.smallestHeaderTableSize());
        assertTrue(settings.enablePush());
        assertEquals(Http2Settings.UNLIMITED, settings.maxConcurrentStreams());
        assertEquals(65535, settings.initialWindowSize());
        assertEquals(16384, settings.maxFrameSize());
        assertEquals(Http2Settings.UNLIMITED, settings.maxHeaderListSize());
        assertFalse(settings.enableConnectProtocol());
    }

    @ParameterizedTest
    @CsvSource({
        "000200000002, PROTOCOL_ERROR", "0002ffffffff, PROTOCOL_ERROR", "000200000001, NO_ERROR",
        "000480000000, FLOW_CONTROL_ERROR", "0004ffffffff, FLOW_CONTROL_ERROR", "00047fffffff, NO_ERROR",
        "000400000000, NO_ERROR", "000500003fff, PROTOCOL_ERROR", "000501000000, PROTOCOL_ERROR",
        "0005ffffffff, PROTOCOL_ERROR", "000500004000, NO_ERROR", "000500ffffff, NO_ERROR",
        "000800000002, PROTOCOL_ERROR", "000800000000, NO_ERROR", "000800000001, NO_ERROR",
        "000800000001000800000000, PROTOCOL_ERROR", "000800000001000800000001, NO_ERROR",
        "000900000002, PROTOCOL_ERROR", "000900000001, NO_ERROR", "000700000001, NO_ERROR", "ffffffffffff, NO_ERROR",
        "000000000000, NO_ERROR", "0001ffffffff, NO_ERROR", "000300000000, NO_ERROR", "00, FRAME_SIZE_ERROR",
        "0004000000, FRAME_SIZE_ERROR", "00040000000100, FRAME_SIZE_ERROR",
        "ffff00000000000480000000, FLOW_CONTROL_ERROR"})
    void shouldJudgeEachValue(final String payload, final String error)
    {
        final int result = apply(payload);
        assertEquals(error, ErrorCode.name(-result));
    }

    @Test
    void shouldNotLetServersEnablePush()
    {
        settings.reset(true);
        assertEquals(0, apply("000200000000"));
        assertEquals(-ErrorCode.PROTOCOL_ERROR, apply("000200000001"));
    }

    @Test
    void shouldTakeSettingsInTheirOrder()
    {
        assertEquals(0, apply("000400000001" + "000400000002" + "000100001000" + "000100000000" + "000100000800"));
        assertEquals(2, settings.initialWindowSize());
        assertEquals(2048, settings.headerTableSize());
        assertEquals(0, settings.smallestHeaderTableSize(), "a table that was emptied in between must be emptied");

        assertEquals(0, apply(""));
        assertEquals(2048, settings.smallestHeaderTableSize());
    }

    @Test
    void shouldStopAtTheFirstError()
    {
        assertEquals(-ErrorCode.PROTOCOL_ERROR, apply("000300000005" + "000500000000" + "000300000006"));
        assertEquals(5, settings.maxConcurrentStreams());
        assertEquals(16384, settings.maxFrameSize());
    }

    @Test
    void shouldReadHugeNumbersAsNoLimit()
    {
        assertEquals(0, apply("0001ffffffff" + "000380000000" + "0006ffffffff"));
        assertEquals(Http2Settings.UNLIMITED, settings.headerTableSize());
        assertEquals(Http2Settings.UNLIMITED, settings.maxConcurrentStreams());
        assertEquals(Http2Settings.UNLIMITED, settings.maxHeaderListSize());
    }

    private int apply(final String hex)
    {
        final byte[] payload = HexFormat.of().parseHex(hex);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[AT + payload.length]);
        buffer.putBytes(AT, payload);
        return settings.apply(buffer, AT, payload.length);
    }
}
