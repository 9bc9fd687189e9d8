package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class FrameCheckerTest
{
    private static final int MAX = 16384;

    @ParameterizedTest
    @CsvSource({
        "DATA, 0, 0, 1, NO_ERROR", "DATA, 0, 16384, 1, NO_ERROR", "DATA, 0, 16385, 1, FRAME_SIZE_ERROR",
        "DATA, 0, 5, 0, PROTOCOL_ERROR", "HEADERS, 0, 1, 1, NO_ERROR", "HEADERS, 0, 1, 0, PROTOCOL_ERROR",
        "HEADERS, 0, 16385, 1, FRAME_SIZE_ERROR", "CONTINUATION, 0, 1, 1, NO_ERROR",
        "CONTINUATION, 0, 1, 0, PROTOCOL_ERROR", "CONTINUATION, 0, 16385, 1, FRAME_SIZE_ERROR",
        "PRIORITY, 0, 5, 1, NO_ERROR", "PRIORITY, 0, 4, 1, FRAME_SIZE_ERROR", "PRIORITY, 0, 6, 1, FRAME_SIZE_ERROR",
        "PRIORITY, 0, 5, 0, PROTOCOL_ERROR", "PRIORITY, 0, 4, 0, PROTOCOL_ERROR", "RST_STREAM, 0, 4, 1, NO_ERROR",
        "RST_STREAM, 0, 3, 1, FRAME_SIZE_ERROR", "RST_STREAM, 0, 5, 1, FRAME_SIZE_ERROR",
        "RST_STREAM, 0, 4, 0, PROTOCOL_ERROR", "SETTINGS, 0, 0, 0, NO_ERROR", "SETTINGS, 0, 12, 0, NO_ERROR",
        "SETTINGS, 0, 5, 0, FRAME_SIZE_ERROR", "SETTINGS, 0, 6, 1, PROTOCOL_ERROR", "SETTINGS, 1, 0, 0, NO_ERROR",
        "SETTINGS, 1, 6, 0, FRAME_SIZE_ERROR", "SETTINGS, 1, 0, 1, PROTOCOL_ERROR",
        "SETTINGS, 0, 16386, 0, FRAME_SIZE_ERROR", "PUSH_PROMISE, 0, 4, 1, PROTOCOL_ERROR", "PING, 0, 8, 0, NO_ERROR",
        "PING, 1, 8, 0, NO_ERROR", "PING, 0, 7, 0, FRAME_SIZE_ERROR", "PING, 0, 9, 0, FRAME_SIZE_ERROR",
        "PING, 0, 8, 1, PROTOCOL_ERROR", "GOAWAY, 0, 8, 0, NO_ERROR", "GOAWAY, 0, 100, 0, NO_ERROR",
        "GOAWAY, 0, 7, 0, FRAME_SIZE_ERROR", "GOAWAY, 0, 8, 1, PROTOCOL_ERROR", "WINDOW_UPDATE, 0, 4, 0, NO_ERROR",
        "WINDOW_UPDATE, 0, 4, 1, NO_ERROR", "WINDOW_UPDATE, 0, 3, 0, FRAME_SIZE_ERROR",
        "WINDOW_UPDATE, 0, 5, 1, FRAME_SIZE_ERROR"})
    void shouldJudgeEachType(
        final String type, final int flags, final int length, final int streamId, final String error)
        throws ReflectiveOperationException
    {
        final int id = FrameType.class.getField(type).getInt(null);
        final int result = FrameChecker.check(id, flags, length, streamId, MAX);
        assertEquals(error, ErrorCode.name(-result));
    }

    @Test
    void shouldLetUnknownTypesPass()
    {
        for (int type = 10; type < 256; type++)
        {
            assertEquals(0, FrameChecker.check(type, 0xFF, 0, 0, MAX));
            assertEquals(0, FrameChecker.check(type, 0xFF, MAX, 3, MAX));
            assertEquals(-ErrorCode.FRAME_SIZE_ERROR, FrameChecker.check(type, 0, MAX + 1, 3, MAX));
        }
    }

    @Test
    void shouldIgnoreFlagsThatMeanNothing()
    {
        assertEquals(0, FrameChecker.check(FrameType.PING, 0xFE, 8, 0, MAX));
        assertEquals(0, FrameChecker.check(FrameType.RST_STREAM, 0xFF, 4, 1, MAX));
        assertEquals(0, FrameChecker.check(FrameType.SETTINGS, 0xFE, 6, 0, MAX));
    }

    @Test
    void shouldKeepStreamErrorsToTheStream()
    {
        final int error = -ErrorCode.FRAME_SIZE_ERROR;
        assertTrue(FrameChecker.isStreamError(error, FrameType.PRIORITY, 4, MAX));
        assertFalse(FrameChecker.isStreamError(error, FrameType.PRIORITY, MAX + 1, MAX));
        assertFalse(FrameChecker.isStreamError(-ErrorCode.PROTOCOL_ERROR, FrameType.PRIORITY, 5, MAX));
        assertFalse(FrameChecker.isStreamError(error, FrameType.RST_STREAM, 3, MAX));
        assertFalse(FrameChecker.isStreamError(error, FrameType.DATA, MAX + 1, MAX));
    }
}
