package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.ffi.uring.IoUring;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
final class KeptTrailersTest
{
    private static final String BEFORE = "0\r\n";

    private final IoUring uring = new IoUring(8, 16, 0);
    private final LoopMemory memory = new LoopMemory(uring, 8, 2);
    private final KeptTrailers kept = new KeptTrailers();
    private final HeaderTable table = new HeaderTable(Exchanges.MAX_HEADERS);

    @AfterEach
    void tearDown()
    {
        kept.release(memory);
        assertFalse(kept.isTaken());
        assertEquals(0, memory.blocks().inUse());
        uring.close();
        memory.close();
    }

    private UnsafeBuffer lines(final String... lines)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer((BEFORE + String.join("\r\n", lines) + "\r\n").getBytes(US_ASCII));
        table.reset(buffer);
        int at = BEFORE.length();
        for (final String line : lines)
        {
            final int colon = line.indexOf(':');
            final int value = line.length() - line.substring(colon + 1).stripLeading().length();
            table.add(at, colon, at + value, line.length() - value, HeaderName.OTHER);
            at += line.length() + 2;
        }
        return buffer;
    }

    private static String text(final HeaderTable of, final int index)
    {
        return of.buffer().getStringWithoutLengthAscii(of.nameOffset(index), of.nameLength(index)) + '=' +
            of.buffer().getStringWithoutLengthAscii(of.valueOffset(index), of.valueLength(index));
    }

    @Test
    void shouldKeepBytesAndWhatIsKnownOfEachField()
    {
        final UnsafeBuffer source = lines("x-one: 1", "X-Secret:  s", "x-dropped:");
        table.markNeverIndexed(1);
        table.nominate(2);
        assertTrue(kept.keep(memory, table));
        source.setMemory(0, source.capacity(), (byte)'?');
        table.reset(source);
        assertTrue(kept.isTaken());
        assertEquals(3, kept.table().count());
        assertEquals("x-one=1", text(kept.table(), 0));
        assertEquals("X-Secret=s", text(kept.table(), 1));
        assertEquals("x-dropped=", text(kept.table(), 2));
        assertTrue(kept.table().neverIndexed(1));
        assertFalse(kept.table().neverIndexed(0));
        assertTrue(kept.table().nominated(2));
        assertFalse(kept.table().nominated(1));
    }

    @Test
    void shouldRefuseWhatFitsNoBlock()
    {
        lines("x-long: " + "x".repeat(70_000));
        assertFalse(kept.keep(memory, table));
        assertFalse(kept.isTaken());
    }
}
