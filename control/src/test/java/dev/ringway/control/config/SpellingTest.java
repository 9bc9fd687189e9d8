package dev.ringway.control.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class SpellingTest
{
    private static final List<String> KNOWN =
        List.of("connect_timeout", "cluster", "clusters", "name", "use_remote_address", "START_TIME");

    @ParameterizedTest
    @CsvSource({
        "conect_timeout, connect_timeout", "connect_timeuot, connect_timeout", "connectTimeout, connect_timeout",
        "clusterz, cluster", "clusters_, clusters", "Names, name", "use_remote_adress, use_remote_address",
        "connect_time, connect_timeout", "start_time, START_TIME",
    })
    void shouldFindTheNameThatLooksMostLikeIt(final String given, final String meant)
    {
        assertEquals(meant, Spelling.nearest(given, KNOWN));
        assertEquals("; did you mean " + meant + "?", Spelling.hint(given, KNOWN));
    }

    @ParameterizedTest
    @CsvSource({"nam3s", "timeout", "nm", "''", "cl", "address"})
    void shouldNotGuessWhereTooMuchDiffers(final String given)
    {
        assertNull(Spelling.nearest(given, KNOWN));
        assertEquals("", Spelling.hint(given, KNOWN));
    }

    @Test
    void shouldNotLookAtNamesOfAnyLength()
    {
        final String endless = "a".repeat(1_000_000);
        assertNull(Spelling.nearest(endless, List.of(endless)));
    }
}
