package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FlowWindowTest
{
    private final FlowWindow window = new FlowWindow(FlowWindow.INITIAL_SIZE);

    @Test
    void shouldGrantNoMoreThanItHas()
    {
        assertTrue(window.consume(65535));
        assertEquals(0, window.size());
        assertFalse(window.consume(1));
        assertTrue(window.consume(0), "a frame without bytes needs no window");
        assertTrue(window.add(10));
        assertFalse(window.consume(11));
        assertEquals(10, window.size());
    }

    @Test
    void shouldRefuseToOverflow()
    {
        window.reset(FlowWindow.MAX_SIZE);
        assertFalse(window.add(1));
        assertEquals(FlowWindow.MAX_SIZE, window.size());
        assertTrue(window.consume(5));
        assertTrue(window.add(5));
        assertFalse(window.add(FlowWindow.MAX_SIZE));
    }

    @Test
    void shouldGoBelowZeroWhenASettingShrinksIt()
    {
        assertTrue(window.consume(65535));
        assertTrue(window.add(-65535));
        assertEquals(-65535, window.size());
        assertEquals(0, window.available());
        assertTrue(window.consume(0));
        assertFalse(window.consume(1));
        assertTrue(window.add(65536));
        assertEquals(1, window.available());
    }
}
