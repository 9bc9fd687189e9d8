package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;

class Http2PropertiesTest
{
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[512]);
    private final FramePayload payload = new FramePayload();

    @Property(tries = 500)
    void shouldReadBackFrameHeaders(
        @ForAll @IntRange(max = (1 << 24) - 1) final int length,
        @ForAll @IntRange(max = 255) final int type,
        @ForAll @IntRange(max = 255) final int flags,
        @ForAll @IntRange final int streamId)
    {
        FrameHeader.put(buffer, 1, length, type, flags, streamId);

        assertEquals(length, FrameHeader.length(buffer, 1));
        assertEquals(type, FrameHeader.type(buffer, 1));
        assertEquals(flags, FrameHeader.flags(buffer, 1));
        assertEquals(streamId, FrameHeader.streamId(buffer, 1));
    }

    @Property(tries = 500)
    void shouldReadBackSettings(
        @ForAll @IntRange final int tableSize,
        @ForAll @IntRange final int streams,
        @ForAll @IntRange final int window,
        @ForAll @IntRange(min = 16384, max = (1 << 24) - 1) final int frameSize,
        @ForAll @IntRange final int listSize,
        @ForAll final boolean push,
        @ForAll final boolean connect)
    {
        final Http2Settings ours = new Http2Settings(false);
        ours.headerTableSize(tableSize);
        ours.maxConcurrentStreams(streams);
        ours.initialWindowSize(window);
        ours.maxFrameSize(frameSize);
        ours.maxHeaderListSize(listSize);
        ours.enablePush(push);
        ours.enableConnectProtocol(connect);
        final int end = FrameWriter.putSettings(buffer, 0, ours);

        assertEquals(end - FrameHeader.LENGTH, FrameHeader.length(buffer, 0));
        final Http2Settings theirs = new Http2Settings(false);
        assertEquals(0, theirs.apply(buffer, FrameHeader.LENGTH, FrameHeader.length(buffer, 0)));
        assertEquals(tableSize, theirs.headerTableSize());
        assertEquals(streams, theirs.maxConcurrentStreams());
        assertEquals(window, theirs.initialWindowSize());
        assertEquals(frameSize, theirs.maxFrameSize());
        assertEquals(listSize, theirs.maxHeaderListSize());
        assertEquals(push, theirs.enablePush());
        assertEquals(connect, theirs.enableConnectProtocol());
    }

    @Property(tries = 1000)
    void shouldCountLikeTheModel(@ForAll @Size(max = 20) final List<Integer> steps)
    {
        final FlowWindow window = new FlowWindow(65535);
        long model = 65535;
        for (final int step : steps)
        {
            final boolean isRoom = model + step <= Integer.MAX_VALUE && model + step >= -Integer.MAX_VALUE;
            assertEquals(isRoom, window.add(step));
            model += isRoom ? step : 0;
            final int length = step & 0xFFFF;
            final boolean isEnough = length == 0 || length <= model;
            assertEquals(isEnough, window.consume(length));
            model -= isEnough ? length : 0;
            assertEquals(model, window.size());
            assertEquals(Math.max(0, model), window.available());
        }
    }

    @Property(tries = 1000)
    void shouldAccountForEachByteOfPayloads(
        @ForAll @IntRange(max = 300) final int length,
        @ForAll @IntRange(max = 255) final int padding,
        @ForAll final boolean isHeaders,
        @ForAll @IntRange(max = 255) final int flags)
    {
        buffer.putByte(0, (byte)padding);
        final int result =
            payload.parse(buffer, 0, length, isHeaders ? FrameType.HEADERS : FrameType.DATA, flags);
        final int priority = isHeaders && (flags & FrameFlag.PRIORITY) != 0 ? 5 : 0;
        final int padded = (flags & FrameFlag.PADDED) != 0 ? 1 + padding : 0;
        assertEquals(length >= priority + padded, result == 0);
        if (result == 0)
        {
            assertEquals(length, payload.length() + payload.paddingLength() + priority);
            assertEquals(Math.min(1, padded) + priority, payload.offset());
        }
    }
}
