package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
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

    @Property(tries = 1000)
    void shouldCountLikeTheModel(@ForAll @Size(max = 20) final List<Integer> steps)
    {
        window.reset(65535);
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
}
