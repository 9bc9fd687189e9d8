package dev.ringway.engine.exchange;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class RequestIdsTest
{
    private static final int COUNT = 200_000;

    @Test
    void shouldBeVersion4()
    {
        final RequestIds ids = new RequestIds(7);
        for (int i = 0; i < COUNT; i++)
        {
            final String text = new String(ids.next(), US_ASCII);
            final UUID id = UUID.fromString(text);
            assertEquals(text, id.toString());
            assertEquals(4, id.version());
            assertEquals(2, id.variant());
        }
    }

    @Test
    void shouldDifferAlsoBetweenNeighbouringSeeds()
    {
        final Set<String> seen = new HashSet<>();
        for (int loop = 0; loop < 16; loop++)
        {
            final RequestIds ids = new RequestIds(1_700_000_000_000_000_000L ^ (long)loop << 56);
            for (int i = 0; i < COUNT / 16; i++)
            {
                assertTrue(seen.add(new String(ids.next(), US_ASCII)));
            }
        }
        for (int seed = 0; seed < 1000; seed++)
        {
            assertTrue(seen.add(new String(new RequestIds(seed).next(), US_ASCII)));
        }
    }
}
