package dev.ringway.control.translate;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class IdTableTest
{
    private final IdTable ids = new IdTable();

    @Test
    void shouldKeepNumbersOfNamesThatAreUsed()
    {
        assertEquals(0, ids.idOf("a"));
        assertEquals(1, ids.idOf("b"));
        ids.keep(List.of(1));
        assertEquals(1, ids.idOf("b"));
    }

    @Test
    void shouldGiveNoNumberTwice()
    {
        assertEquals(0, ids.idOf("a"));
        ids.keep(List.of());
        assertEquals(1, ids.idOf("b"));
        assertEquals(2, ids.idOf("a"));
    }

    @Test
    void shouldSayWhenThereAreNoNumbersLeft()
    {
        for (int i = 0; i < IdTable.MOST - 1; i++)
        {
            ids.idOf("always another");
            ids.keep(List.of());
        }
        assertTrue(ids.hasRoomFor(1));
        assertFalse(ids.hasRoomFor(2));
    }
}
