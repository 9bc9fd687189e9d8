package dev.ringway.codecs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class HeaderTableTest
{
    private final HeaderTable table = new HeaderTable(3);
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[10]);

    @Test
    void shouldKeepFieldsInOrder()
    {
        table.reset(buffer);
        assertTrue(table.add(1 << 20, 1 << 20, 40, 50, HeaderName.OTHER));
        assertTrue(table.addCanonical(100, 4, 7, HeaderName.COUNT - 1));
        assertTrue(table.add(5, 6, 7, 0, HeaderName.OTHER));
        assertFalse(table.add(1, 1, 1, 1, HeaderName.HOST));

        assertEquals(3, table.count());
        assertEquals(1 << 20, table.nameOffset(0));
        assertEquals(1 << 20, table.nameLength(0));
        assertEquals(40, table.valueOffset(0));
        assertEquals(50, table.valueLength(0));
        assertEquals(106, table.valueOffset(1));
        assertEquals(7, table.valueLength(1));
        assertTrue(table.canonical(1));
        assertFalse(table.canonical(2));
        assertEquals(HeaderName.COUNT - 1, table.nameId(1));
        assertEquals(0, table.find(HeaderName.OTHER));
        assertEquals(2, table.findNext(HeaderName.OTHER, 0));
        assertEquals(-1, table.findNext(HeaderName.OTHER, 2));
        assertEquals(-1, table.find(HeaderName.HOST));
        assertEquals(1L | 1L << HeaderName.COUNT - 1, table.presentMask());
    }

    @Test
    void shouldForgetOnReset()
    {
        table.reset(buffer);
        table.add(1, 1, 1, 1, HeaderName.HOST);
        table.nominate(0);
        table.reset(buffer);
        assertEquals(0, table.count());
        assertEquals(-1, table.find(HeaderName.HOST));
        table.add(1, 1, 1, 1, HeaderName.DATE);
        assertFalse(table.nominated(0));
    }

    @Test
    void shouldRestoreWhatWasDroppedAndNotWhatConnectionNames()
    {
        table.reset(buffer);
        table.add(1, 1, 1, 1, HeaderName.COUNT - 1);
        table.add(1, 1, 1, 1, HeaderName.DATE);
        table.add(1, 1, 1, 1, HeaderName.OTHER);
        table.drop(0);
        table.drop(1);
        table.nominate(1);
        assertTrue(table.nominated(0));
        assertTrue(table.nominated(1));
        assertFalse(table.nominated(2));
        assertEquals(HeaderName.COUNT - 1, table.nameId(0));
        table.restore();
        assertFalse(table.nominated(0));
        assertTrue(table.nominated(1));
        assertEquals(1, table.nameLength(0));
    }

    @Test
    void shouldMoveAllOffsets()
    {
        table.reset(buffer);
        table.add(10, 2, 20, 3, HeaderName.HOST);
        table.nominate(0);
        final UnsafeBuffer other = new UnsafeBuffer(new byte[1]);
        table.rebase(other, -5);
        assertSame(other, table.buffer());
        assertEquals(5, table.nameOffset(0));
        assertEquals(15, table.valueOffset(0));
        assertEquals(2, table.nameLength(0));
        assertTrue(table.nominated(0));
        assertEquals(HeaderName.HOST, table.nameId(0));
    }

    @Test
    void shouldGiveAFieldAnotherLine()
    {
        table.reset(buffer);
        table.add(10, 6, 20, 3, HeaderName.COOKIE);
        table.add(50, 4, 60, 3, HeaderName.DATE);
        table.markNeverIndexed(0);
        table.move(0, 100, 12);
        assertEquals(100, table.nameOffset(0));
        assertEquals(6, table.nameLength(0));
        assertEquals(108, table.valueOffset(0));
        assertEquals(12, table.valueLength(0));
        assertEquals(HeaderName.COOKIE, table.nameId(0));
        assertTrue(table.canonical(0));
        assertTrue(table.neverIndexed(0));
        assertFalse(table.nominated(0));
        assertEquals(0, table.find(HeaderName.COOKIE));
        assertEquals(60, table.valueOffset(1));
        assertFalse(table.neverIndexed(1));
        assertFalse(table.canonical(1));
    }

    @Test
    void shouldRefuseNoCapacity()
    {
        assertThrows(IllegalArgumentException.class, () -> new HeaderTable(0));
    }
}
