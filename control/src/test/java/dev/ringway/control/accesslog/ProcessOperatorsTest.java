package dev.ringway.control.accesslog;

import org.junit.jupiter.api.Test;

import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

final class ProcessOperatorsTest
{
    @Test
    void shouldTellVariablesThatAreEmptyFromSuchAsAreNotSet()
    {
        final Map<String, String> environment = Map.of("SET", "value", "EMPTY", "");
        assertEquals("value", ProcessOperators.value("ENVIRONMENT", "SET", environment));
        assertEquals("", ProcessOperators.value("ENVIRONMENT", "EMPTY", environment));
        assertEquals("-", ProcessOperators.value("ENVIRONMENT", "NONE", environment));
        assertNull(ProcessOperators.value("ENVIRONMENT", null, environment));
        assertNull(ProcessOperators.value("ENVIRONMENT", "", environment));
        assertNull(ProcessOperators.value("HOSTNAME", "SET", environment));
    }
}
