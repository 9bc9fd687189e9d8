package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;

/** Frames as Netty reads and writes them. */
class NettyFramesTest
{
    private static final int SETTING_LENGTH = 6;
    private static final int MAX_FRAME_SIZE = 16384;

    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ChannelHandlerContext context = channel.pipeline().firstContext();
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[MAX_FRAME_SIZE]);
    private final FramePayload payload = new FramePayload();

    /** Writes down what a reader finds. */
    private static final class Events implements Http2FrameListener
    {
        private final List<String> seen = new ArrayList<>();

        public int onDataRead(
            final ChannelHandlerContext ctx,
            final int streamId,
            final ByteBuf data,
            final int padding,
            final boolean isEndOfStream)
        {
            seen.add("DATA " + streamId + " " + ByteBufUtil.hexDump(data) + " " + padding + " " + isEndOfStream);
            return data.readableBytes() + padding;
        }

        public void onHeadersRead(
            final ChannelHandlerContext ctx,
            final int streamId,
            final Http2Headers headers,
            final int padding,
            final boolean isEndOfStream)
        {
            seen.add("HEADERS " + streamId + " " + padding + " " + isEndOfStream);
        }

        public void onHeadersRead(
            final ChannelHandlerContext ctx,
            final int streamId,
            final Http2Headers headers,
            final int streamDependency,
            final short weight,
            final boolean isExclusive,
            final int padding,
            final boolean isEndOfStream)
        {
            seen.add("HEADERS " + streamId + " " + padding + " " + isEndOfStream + " on " + streamDependency);
        }

        public void onPriorityRead(
            final ChannelHandlerContext ctx,
            final int streamId,
            final int streamDependency,
            final short weight,
            final boolean isExclusive)
        {
            seen.add("PRIORITY " + streamId + " on " + streamDependency);
        }

        public void onRstStreamRead(final ChannelHandlerContext ctx, final int streamId, final long errorCode)
        {
            seen.add("RST_STREAM " + streamId + " " + errorCode);
        }

        public void onSettingsAckRead(final ChannelHandlerContext ctx)
        {
            seen.add("SETTINGS ack");
        }

        public void onSettingsRead(final ChannelHandlerContext ctx, final Http2Settings settings)
        {
            final Map<Integer, Long> values = new TreeMap<>();
            settings.forEach((id, value) -> values.put((int)id, value));
            seen.add("SETTINGS " + values);
        }

        public void onPingRead(final ChannelHandlerContext ctx, final long data)
        {
            seen.add("PING " + data);
        }

        public void onPingAckRead(final ChannelHandlerContext ctx, final long data)
        {
            seen.add("PING ack " + data);
        }

        public void onPushPromiseRead(
            final ChannelHandlerContext ctx,
            final int streamId,
            final int promisedStreamId,
            final Http2Headers headers,
            final int padding)
        {
            seen.add("PUSH_PROMISE");
        }

        public void onGoAwayRead(
            final ChannelHandlerContext ctx, final int lastStreamId, final long errorCode, final ByteBuf debugData)
        {
            seen.add("GOAWAY " + lastStreamId + " " + errorCode + " " + ByteBufUtil.hexDump(debugData));
        }

        public void onWindowUpdateRead(final ChannelHandlerContext ctx, final int streamId, final int increment)
        {
            seen.add("WINDOW_UPDATE " + streamId + " " + increment);
        }

        public void onUnknownFrame(
            final ChannelHandlerContext ctx,
            final byte frameType,
            final int streamId,
            final Http2Flags flags,
            final ByteBuf data)
        {
            seen.add("type " + (frameType & 0xFF));
        }
    }

    @Property(tries = 300)
    void shouldWriteWhatNettyReads(
        @ForAll final long opaque,
        @ForAll @IntRange(min = 1) final int streamId,
        @ForAll @IntRange(min = 1) final int number,
        @ForAll @IntRange(max = 13) final int code,
        @ForAll final boolean isAck,
        @ForAll @IntRange(min = MAX_FRAME_SIZE, max = (1 << 24) - 1) final int frameSize) throws Http2Exception
    {
        final dev.ringway.codecs.http2.Http2Settings ours = new dev.ringway.codecs.http2.Http2Settings(false);
        ours.maxFrameSize(frameSize);
        ours.initialWindowSize(number);
        ours.enablePush(false);
        ours.maxConcurrentStreams(streamId);
        int at = FrameWriter.putSettings(buffer, 0, ours);
        at = FrameWriter.putSettingsAck(buffer, at);
        at = FrameWriter.putPing(buffer, at, opaque, isAck);
        at = FrameWriter.putReset(buffer, at, streamId, code);
        at = FrameWriter.putWindowUpdate(buffer, at, streamId, number);
        at = FrameWriter.putWindowUpdate(buffer, at, 0, number);
        at = FrameHeader.put(buffer, at, 3, FrameType.DATA, FrameFlag.END_STREAM, streamId);
        buffer.putBytes(at, new byte[] {1, 2, 3});
        at = FrameWriter.putGoAway(buffer, at + 3, number, code);

        final StringBuilder settings = new StringBuilder("SETTINGS {2=0");
        settings.append(streamId == Integer.MAX_VALUE ? "" : ", 3=" + streamId);
        settings.append(number == 65535 ? "" : ", 4=" + number);
        settings.append(frameSize == MAX_FRAME_SIZE ? "" : ", 5=" + frameSize).append('}');
        assertEquals(List.of(settings.toString(), "SETTINGS ack", (isAck ? "PING ack " : "PING ") + opaque,
            "RST_STREAM " + streamId + " " + code, "WINDOW_UPDATE " + streamId + " " + number,
            "WINDOW_UPDATE 0 " + number, "DATA " + streamId + " 010203 0 true", "GOAWAY " + number + " " + code + " "),
            nettyReads(at));
    }

    @Property(tries = 300)
    void shouldReadWhatNettyWrites(
        @ForAll @IntRange(min = 1) final int streamId,
        @ForAll @IntRange(max = 256) final int padding,
        @ForAll @IntRange(max = 2000) final int length,
        @ForAll @IntRange final int dependency,
        @ForAll final boolean isEnd,
        @ForAll @IntRange(min = 1) final int number)
    {
        final DefaultHttp2FrameWriter writer = new DefaultHttp2FrameWriter();
        final byte[] data = new byte[length];
        Arrays.fill(data, (byte)number);
        writer.writeData(context, streamId, Unpooled.wrappedBuffer(data), padding, isEnd, context.newPromise());
        assertFrame(FrameType.DATA, streamId, isEnd);
        assertEquals(length, payload.length());
        assertEquals(padding, payload.paddingLength());
        for (int i = 0; i < length; i++)
        {
            assertEquals(data[i], buffer.getByte(payload.offset() + i));
        }

        final int parent = dependency == streamId ? 0 : dependency;
        writer.writeHeaders(context, streamId, new DefaultHttp2Headers().method("GET"), parent, (short)16, isEnd,
            padding, isEnd, context.newPromise());
        assertFrame(FrameType.HEADERS, streamId, isEnd);
        assertEquals(1, payload.length());
        assertEquals((byte)0x82, buffer.getByte(payload.offset()));
        assertEquals(padding, payload.paddingLength());
        assertEquals(parent, payload.dependency());

        writer.writeSettings(context, new Http2Settings().initialWindowSize(number).maxConcurrentStreams(number)
            .headerTableSize(number).maxHeaderListSize(number).pushEnabled(isEnd), context.newPromise());
        final int settingsLength = assertFrame(FrameType.SETTINGS, 0, false);
        final dev.ringway.codecs.http2.Http2Settings theirs = new dev.ringway.codecs.http2.Http2Settings(false);
        assertEquals(0, theirs.apply(buffer, FrameHeader.LENGTH, settingsLength));
        assertEquals(number, theirs.initialWindowSize());
        assertEquals(number, theirs.maxConcurrentStreams());
        assertEquals(number, theirs.headerTableSize());
        assertEquals(number, theirs.maxHeaderListSize());
        assertEquals(isEnd, theirs.enablePush());
    }

    /** One frame of any kind: both refuse it, or neither. What is judged by state is left out. */
    @Property(tries = 3000)
    void shouldRefuseTheSameFrames(
        @ForAll @IntRange(max = 11) final int type,
        @ForAll @IntRange(max = 255) final int flags,
        @ForAll @IntRange(max = 3) final int streamId,
        @ForAll @Size(max = 14) final List<@IntRange(max = 12) Integer> bytes)
    {
        if (type == FrameType.PUSH_PROMISE || type == FrameType.CONTINUATION ||
            type == FrameType.SETTINGS && hasNoPriorities(bytes))
        {
            return;
        }
        int at = FrameHeader.put(buffer, 0, bytes.size(), type, flags | FrameFlag.END_HEADERS, streamId);
        for (final int b : bytes)
        {
            buffer.putByte(at++, (byte)b);
        }

        String netty = "NO_ERROR";
        try
        {
            nettyReads(at);
        }
        catch (final Http2Exception exception)
        {
            // What is inside the field block is the business of HPACK.
            netty = exception.error() == Http2Error.COMPRESSION_ERROR ? netty : exception.error().name();
        }
        final String ours = judge(type, flags | FrameFlag.END_HEADERS, streamId, bytes.size());
        assertEquals(netty.equals("NO_ERROR"), ours.equals("NO_ERROR"), () -> type + " " + flags + " " + streamId +
            " " + bytes + " " + ours);
    }

    /** A setting that Netty does not know; a value that is neither 0 nor 1 is an error (RFC 9218 section 2.1). */
    private static boolean hasNoPriorities(final List<Integer> bytes)
    {
        for (int i = 0; i + 1 < bytes.size(); i += SETTING_LENGTH)
        {
            if ((bytes.get(i) << 8 | bytes.get(i + 1)) == SettingId.NO_RFC7540_PRIORITIES)
            {
                return true;
            }
        }
        return false;
    }

    private String judge(final int type, final int flags, final int streamId, final int length)
    {
        int error = FrameChecker.check(type, flags, length, streamId, MAX_FRAME_SIZE);
        if (error == 0)
        {
            error = payload.parse(buffer, FrameHeader.LENGTH, length, type, flags);
        }
        if (error == 0 && type <= FrameType.PRIORITY && payload.isSelfDependent(streamId))
        {
            error = -ErrorCode.PROTOCOL_ERROR;
        }
        if (error == 0 && type == FrameType.WINDOW_UPDATE &&
            FramePayload.windowIncrement(buffer, FrameHeader.LENGTH) == 0)
        {
            error = -ErrorCode.PROTOCOL_ERROR;
        }
        if (error == 0 && type == FrameType.SETTINGS)
        {
            error = new dev.ringway.codecs.http2.Http2Settings(false).apply(buffer, FrameHeader.LENGTH, length);
        }

        return ErrorCode.name(-error);
    }

    private List<String> nettyReads(final int length) throws Http2Exception
    {
        final byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        final Events events = new Events();
        try (DefaultHttp2FrameReader reader = new DefaultHttp2FrameReader(false))
        {
            final ByteBuf input = Unpooled.wrappedBuffer(bytes);
            while (input.isReadable())
            {
                reader.readFrame(context, input, events);
            }
        }

        return events.seen;
    }

    /** Takes what was written as one frame into the buffer; returns the length of its payload. */
    private int assertFrame(final int type, final int streamId, final boolean isEnd)
    {
        context.flush();
        int end = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound())
        {
            final byte[] bytes = ByteBufUtil.getBytes(out);
            buffer.putBytes(end, bytes);
            end += bytes.length;
            out.release();
        }
        final int length = FrameHeader.length(buffer, 0);
        assertEquals(end, FrameHeader.LENGTH + length);
        assertEquals(type, FrameHeader.type(buffer, 0));
        assertEquals(streamId, FrameHeader.streamId(buffer, 0));
        final int flags = FrameHeader.flags(buffer, 0);
        assertEquals(isEnd, FrameFlag.isSet(flags, FrameFlag.END_STREAM));
        assertEquals(0, FrameChecker.check(type, flags, length, streamId, MAX_FRAME_SIZE));
        assertTrue(payload.parse(buffer, FrameHeader.LENGTH, length, type, flags) == 0);
        return length;
    }
}
