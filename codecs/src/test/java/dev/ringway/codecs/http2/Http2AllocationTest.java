package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http.UnderscorePolicy;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Http2AllocationTest
{
    private static final int MESSAGES = 20_000;

    private final Lines request = new Lines(":method", "POST", ":scheme", "https", ":authority", "a", ":path", "/p?q",
        "host", "a", "cookie", "a=b", "x_rare-name", "1", "cookie", "c=d", "expect", "100-continue", "te", "trailers");
    private final Lines response = new Lines(":status", "200", "server", "x", "content-length", "5");
    private final Lines trailers = new Lines("grpc-status", "0");
    private final Lines wrong = new Lines(":method", "GET", ":path", "x");
    private final UnsafeBuffer in = new UnsafeBuffer(ByteBuffer.allocateDirect(1024));
    private final UnsafeBuffer out = new UnsafeBuffer(ByteBuffer.allocateDirect(1024));
    private final RequestFields requestFields = new RequestFields(100);
    private final ResponseFields responseFields = new ResponseFields();
    private final TrailerFields trailerFields = new TrailerFields();
    private final RequestHead requestHead = new RequestHead(100);
    private final ResponseHead responseHead = new ResponseHead(100);
    private final HeaderTable table = new HeaderTable(100);
    private final Http2Settings settings = new Http2Settings(false);
    private final FramePayload payload = new FramePayload();
    private final FlowWindow window = new FlowWindow(65535);
    private final FloodGuard guard = new FloodGuard();

    /** Fields laid out beforehand. */
    private static final class Lines
    {
        private final byte[] bytes;
        private final int[] nameLengths;
        private final int[] valueLengths;
        private final int[] nameIds;

        private Lines(final String... fields)
        {
            final StringBuilder text = new StringBuilder();
            nameLengths = new int[fields.length / 2];
            valueLengths = new int[nameLengths.length];
            nameIds = new int[nameLengths.length];
            for (int i = 0; i < nameLengths.length; i++)
            {
                final String name = fields[2 * i];
                text.append(name).append(": ").append(fields[2 * i + 1]).append("\r\n");
                nameLengths[i] = name.length();
                valueLengths[i] = fields[2 * i + 1].length();
                nameIds[i] = FieldLines.nameId(name, new UnsafeBuffer(name.getBytes(StandardCharsets.US_ASCII)), 0);
            }
            bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        }

        private void feed(final UnsafeBuffer buffer, final HeaderSink sink)
        {
            buffer.putBytes(0, bytes);
            int at = 0;
            for (int i = 0; i < nameLengths.length; i++)
            {
                final int value = at + nameLengths[i] + 2;
                sink.onField(at, nameLengths[i], value, valueLengths[i], nameIds[i], 0);
                at = value + valueLengths[i] + 2;
            }
        }
    }

    @Test
    void shouldAllocateNothing()
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        assertTrue(threads.isThreadAllocatedMemoryEnabled());
        long checksum = 0;
        for (int i = 0; i < MESSAGES; i++)
        {
            checksum += exchange(i);
        }
        assertTrue(threads.getCurrentThreadAllocatedBytes() > 0);

        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MESSAGES; i++)
        {
            checksum -= exchange(i);
        }
        final long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertEquals(0, checksum);
        assertEquals(0, allocated);
    }

    private long exchange(final int round)
    {
        requestFields.begin(requestHead, in, 1024, Http2FieldLimits.DEFAULT, UnderscorePolicy.DROP);
        request.feed(in, requestFields);
        long sum = requestFields.end(false) + requestFields.endOffset() + requestHead.headers().count();
        requestFields.begin(requestHead, in, 1024, Http2FieldLimits.DEFAULT, UnderscorePolicy.DROP);
        wrong.feed(in, requestFields);
        final int fault = requestFields.end(true);
        sum += fault + Http2Fault.status(fault) + Http2Fault.detail(fault).length() + Http2Fault.name(fault).length();
        responseFields.begin(responseHead, in, Http2FieldLimits.DEFAULT);
        response.feed(in, responseFields);
        sum += responseFields.end(false, false);
        trailerFields.begin(table, in, Http2FieldLimits.DEFAULT, UnderscorePolicy.REJECT);
        trailers.feed(in, trailerFields);
        sum += trailerFields.end();

        guard.reset(FloodLimits.DEFAULT, round);
        settings.reset(false);
        settings.initialWindowSize(1 << 20);
        int at = FrameWriter.putSettings(out, FrameWriter.putPreface(out, 0), settings);
        at = FrameWriter.putPing(out, FrameWriter.putSettingsAck(out, at), round, true);
        at = FrameWriter.putReset(out, at, 1, ErrorCode.CANCEL);
        at = FrameWriter.putGoAway(out, FrameWriter.putWindowUpdate(out, at, 0, 1), 1, ErrorCode.NO_ERROR);
        for (int frame = FrameWriter.matchPreface(out, 0, at); frame < at;)
        {
            final int length = FrameHeader.length(out, frame);
            final int type = FrameHeader.type(out, frame);
            final int flags = FrameHeader.flags(out, frame);
            sum += FrameChecker.check(type, flags, length, FrameHeader.streamId(out, frame), 16384);
            frame += FrameHeader.LENGTH;
            sum += type == FrameType.SETTINGS ? settings.apply(out, frame, length) : 0;
            sum += payload.parse(out, frame, length, FrameType.DATA, 0) + payload.length();
            frame += length;
        }
        window.reset(65535);
        sum += window.consume(100) && window.add(50) && guard.onReset(round) && guard.onPayload(1, false) ? 1 : 0;

        return sum + window.available();
    }
}
