package dev.ringway.codecs.hpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class HpackAllocationTest
{
    private static final int BLOCKS = 20_000;
    private static final int ROUNDS = 3;

    private final UnsafeBuffer in = new UnsafeBuffer(ByteBuffer.allocateDirect(512));
    private final UnsafeBuffer lines = new UnsafeBuffer(ByteBuffer.allocateDirect(512));
    private final UnsafeBuffer out = new UnsafeBuffer(ByteBuffer.allocateDirect(512));
    private final byte[] first = Blocks.hex("828684418cf1e3c2e5f23a6ba0ab90f4ff5886a8eb10649cbf");
    private final byte[] second = Blocks.hex("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bfbe");
    private final byte[] wrong = Blocks.hex("000161811fff");
    private final HpackDecoder decoder = new HpackDecoder(4096);
    private final HpackEncoder encoder = new HpackEncoder();
    private final long dropped = HeaderName.mask(HeaderName.HOST);
    private final HeaderTable table = new HeaderTable(16);
    private final HeaderSink sink = (nameOffset, nameLength, valueOffset, valueLength, nameId, flags) ->
        nameId < 0 || table.addCanonical(nameOffset, nameLength, valueLength, nameId);

    @Test
    void shouldAllocateNothing()
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        assertTrue(threads.isThreadAllocatedMemoryEnabled());
        final long checksum = round();
        assertTrue(threads.getCurrentThreadAllocatedBytes() > 0);

        // What the JVM allocates once for itself, as when it compiles anew, is in one round; what a block costs in all.
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++)
        {
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long sum = round();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            assertEquals(checksum, sum);
        }
        assertEquals(0, least);
    }

    private long round()
    {
        long checksum = 0;
        for (int i = 0; i < BLOCKS; i++)
        {
            checksum += exchange();
        }

        return checksum;
    }

    private long exchange()
    {
        decoder.reset();
        long sum = decode(first, 512) + decode(second, 512) + decode(second, 20) + decode(wrong, 512);

        encoder.reset();
        encoder.peerTableSize(0);
        int at = encoder.putBlockStart(out, 0);
        at = encoder.putMethod(out, at, in, 0, 0, HttpMethod.PUT);
        at = encoder.putScheme(out, at, true);
        at = encoder.putPath(out, at, lines, 0, 5);
        at = encoder.putAuthority(out, at, lines, 0, 9);
        at = encoder.putFields(table, dropped, out, at);
        at = encoder.putField(out, at, HeaderName.DATE, first, 0, first.length);
        sum += encoder.putStatus(out, at, 503);

        return sum;
    }

    private int decode(final byte[] block, final int capacity)
    {
        in.putBytes(0, block);
        table.reset(lines);
        return decoder.decode(in, 0, block.length, lines, 0, capacity, sink);
    }
}
