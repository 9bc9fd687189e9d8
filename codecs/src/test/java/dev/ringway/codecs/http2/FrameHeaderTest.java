package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FrameHeaderTest
{
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[32]);

    @Test
    void shouldReadEachField()
    {
        buffer.putBytes(3, HexFormat.of().parseHex("0a0b0c0105ffffffff"));

        assertEquals(0x0A0B0C, FrameHeader.length(buffer, 3));
        assertEquals(FrameType.HEADERS, FrameHeader.type(buffer, 3));
        assertEquals(FrameFlag.END_STREAM | FrameFlag.END_HEADERS, FrameHeader.flags(buffer, 3));
        assertEquals(Integer.MAX_VALUE, FrameHeader.streamId(buffer, 3), "the reserved bit is ignored");
    }

    @Test
    void shouldReadTheHighestValues()
    {
        buffer.putBytes(0, HexFormat.of().parseHex("ffffffffff00000000"));

        assertEquals((1 << 24) - 1, FrameHeader.length(buffer, 0));
        assertEquals(255, FrameHeader.type(buffer, 0));
        assertEquals(255, FrameHeader.flags(buffer, 0));
        assertEquals(0, FrameHeader.streamId(buffer, 0));
    }

    @Test
    void shouldWriteNineBytesAndNoMore()
    {
        buffer.setMemory(0, 32, (byte)'x');
        assertEquals(14, FrameHeader.put(buffer, 5, 0x123456, FrameType.DATA, FrameFlag.PADDED, 0x7BCDEF01));

        final byte[] written = new byte[11];
        buffer.getBytes(4, written);
        assertArrayEquals(HexFormat.of().parseHex("78" + "12345600087bcdef01" + "78"), written);
    }
}
