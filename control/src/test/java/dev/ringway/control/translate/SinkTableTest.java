package dev.ringway.control.translate;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.snapshot.AccessLogSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.BitSet;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Indexes of access logs, over many configurations. */
@Timeout(30)
final class SinkTableTest
{
    private final SinkTable table = new SinkTable();

    private AccessLogSink add(final String key)
    {
        final AccessLogSink sink = new AccessLogSink(
            table.room(), key, "x", false, false, record -> true, List.of(), List.of(), 0, table.nextBorn());
        table.add(key, sink);
        return sink;
    }

    private static BitSet bit(final AccessLogSink sink)
    {
        final BitSet bits = new BitSet();
        bits.set(sink.index());
        return bits;
    }

    @Test
    void shouldHaveRoomForOneConfigurationAfterTheOther()
    {
        table.begin();
        final AccessLogSink stays = add("stays");
        table.commit(bit(stays));
        int born = stays.born();
        for (int i = 0; i < 1_000; i++)
        {
            table.begin();
            final BitSet used = bit(table.find("stays"));
            for (int log = 0; log < 30; log++)
            {
                final AccessLogSink sink = add(i + "/" + log);
                assertFalse(used.get(sink.index()));
                assertTrue(sink.born() > born);
                born = sink.born();
                used.set(sink.index());
            }
            table.commit(used);
            assertSame(stays, table.find("stays"));
            assertTrue(table.all().size() <= AccessRecord.MAX_SINKS);
        }
    }

    @Test
    void shouldGiveAwayFirstWhatIsGoneForLongest()
    {
        for (int i = 0; i < AccessRecord.MAX_SINKS; i++)
        {
            table.begin();
            table.commit(bit(add("log" + i)));
        }
        table.begin();
        assertEquals(0, add("next").index());
        assertEquals(1, add("another").index());
        assertNull(table.find("log0"));
        assertNotNull(table.find("log2"));
        assertEquals(3, table.room());
    }

    @Test
    void shouldHaveNoRoomWhenAllAreInUse()
    {
        table.begin();
        final BitSet used = new BitSet();
        for (int i = 0; i < AccessRecord.MAX_SINKS; i++)
        {
            used.set(add("log" + i).index());
        }
        assertEquals(SinkTable.NONE, table.room());
        table.commit(used);
        table.begin();
        assertEquals(SinkTable.NONE, table.room());
    }

    @Test
    void shouldForgetWhatIsNotPutIntoForce()
    {
        table.begin();
        final AccessLogSink first = add("first");
        table.commit(bit(first));
        table.begin();
        add("refused");
        table.rollback();
        assertNull(table.find("refused"));
        assertSame(first, table.find("first"));
        assertEquals(List.of(first), table.all());
    }
}
