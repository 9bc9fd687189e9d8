package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FramePayloadTest
{
    private static final int AT = 4;
    private static final int PADDED = FrameFlag.PADDED;
    private static final int PRIORITY = FrameFlag.PRIORITY;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[64]);
    private final FramePayload payload = new FramePayload();

    @Test
    void shouldLeavePlainPayloadsAsTheyAre()
    {
        assertEquals("4+10 pad 0 dep -1", parse(FrameType.DATA, 0, 10));
        assertEquals("4+0 pad 0 dep -1", parse(FrameType.DATA, 0, 0));
        assertEquals("4+10 pad 0 dep -1", parse(FrameType.HEADERS, 0, 10));
        assertEquals("4+10 pad 0 dep -1", parse(FrameType.CONTINUATION, PADDED | PRIORITY, 10));
        assertEquals("4+10 pad 0 dep -1", parse(FrameType.DATA, PRIORITY, 10), "DATA knows no priority");
    }

    @Test
    void shouldStripPadding()
    {
        assertEquals("5+6 pad 4 dep -1", parse(FrameType.DATA, PADDED, 10, 3));
        assertEquals("5+9 pad 1 dep -1", parse(FrameType.DATA, PADDED, 10, 0));
        assertEquals("5+0 pad 10 dep -1", parse(FrameType.DATA, PADDED, 10, 9));
        assertEquals("5+0 pad 1 dep -1", parse(FrameType.DATA, PADDED, 1, 0));
        assertEquals("5+6 pad 4 dep -1", parse(FrameType.HEADERS, PADDED, 10, 3));
    }

    @Test
    void shouldRefusePaddingThatIsLongerThanThePayload()
    {
        assertEquals("PROTOCOL_ERROR", parse(FrameType.DATA, PADDED, 10, 10));
        assertEquals("PROTOCOL_ERROR", parse(FrameType.DATA, PADDED, 10, 255));
        assertEquals("PROTOCOL_ERROR", parse(FrameType.DATA, PADDED, 1, 1));
        assertEquals("PROTOCOL_ERROR", parse(FrameType.HEADERS, PADDED | PRIORITY, 10, 5));
        assertEquals("FRAME_SIZE_ERROR", parse(FrameType.DATA, PADDED, 0));
        assertEquals("FRAME_SIZE_ERROR", parse(FrameType.HEADERS, PADDED, 0));
    }

    @Test
    void shouldStripPriority()
    {
        assertEquals("9+5 pad 0 dep 7", parse(FrameType.HEADERS, PRIORITY, 10, 0x80, 0, 0, 7, 255));
        assertTrue(payload.isSelfDependent(7));
        assertFalse(payload.isSelfDependent(5));
        assertEquals("10+2 pad 3 dep 1", parse(FrameType.HEADERS, PADDED | PRIORITY, 10, 2, 0, 0, 0, 1, 255));
        assertEquals("9+0 pad 0 dep 0", parse(FrameType.HEADERS, PRIORITY, 5, 0, 0, 0, 0, 0));
        assertEquals("9+0 pad 0 dep 3", parse(FrameType.PRIORITY, 0, 5, 0, 0, 0, 3, 0));
        assertEquals("FRAME_SIZE_ERROR", parse(FrameType.HEADERS, PRIORITY, 4, 0, 0, 0, 0));
        assertEquals("FRAME_SIZE_ERROR", parse(FrameType.HEADERS, PADDED | PRIORITY, 5, 0, 0, 0, 0, 0));
        assertEquals("4+1 pad 0 dep -1", parse(FrameType.HEADERS, 0, 1), "nothing is left of the one before");
        assertFalse(payload.isSelfDependent(3));
    }

    @Test
    void shouldReadIncrementsWithoutTheReservedBit()
    {
        assertEquals(FlowWindow.MAX_SIZE, increment(0xFF, 0xFF, 0xFF, 0xFF));
        assertEquals(0, increment(0x80, 0, 0, 0));
        assertEquals(0x01020304, increment(1, 2, 3, 4));
    }

    private int increment(final int... bytes)
    {
        for (int i = 0; i < bytes.length; i++)
        {
            buffer.putByte(AT + i, (byte)bytes[i]);
        }

        return FramePayload.windowIncrement(buffer, AT);
    }

    private String parse(final int type, final int flags, final int length, final int... lead)
    {
        buffer.setMemory(0, buffer.capacity(), (byte)0xAA);
        for (int i = 0; i < lead.length; i++)
        {
            buffer.putByte(AT + i, (byte)lead[i]);
        }
        final int result = payload.parse(buffer, AT, length, type, flags);
        return result < 0 ? ErrorCode.name(-result) : payload.offset() + "+" + payload.length() + " pad " +
            payload.paddingLength() + " dep " + payload.dependency();
    }
}
