package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;

class Http1ErrorTest
{
    @Test
    void shouldDescribeEachCode() throws IllegalAccessException
    {
        int codes = 0;
        for (final Field field : Http1Error.class.getFields())
        {
            if (field.getName().equals("COUNT"))
            {
                continue;
            }
            final int code = field.getInt(null);
            assertEquals(field.getName(), Http1Error.name(code));
            assertTrue(Http1Error.status(code) >= 400 && Http1Error.status(code) <= 505, field.getName());
            assertTrue(Http1Error.detail(code).matches("http1\\.[a-z0-9_]+|missing_host_header"), field.getName());
            codes++;
        }
        assertEquals(Http1Error.COUNT, codes);
    }

    @Test
    void shouldAnswerAsEnvoyDoes()
    {
        assertEquals(431, Http1Error.status(Http1Error.HEAD_TOO_LARGE));
        assertEquals("http1.headers_too_large", Http1Error.detail(Http1Error.HEAD_TOO_LARGE));
        assertEquals(501, Http1Error.status(Http1Error.UNSUPPORTED_TRANSFER_CODING));
        assertEquals("http1.content_length_and_chunked_not_allowed",
            Http1Error.detail(Http1Error.CONTENT_LENGTH_AND_CHUNKED));
        assertEquals("http1.codec_error", Http1Error.detail(Http1Error.OBS_FOLD));
        assertEquals("missing_host_header", Http1Error.detail(Http1Error.MISSING_HOST));
    }

    @Test
    void shouldCheckLimits()
    {
        assertThrows(IllegalArgumentException.class, () -> new Http1Limits(63, 1));
        assertThrows(IllegalArgumentException.class, () -> new Http1Limits((1 << 20) + 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Http1Limits(64, 0));
        assertThrows(IllegalArgumentException.class, () -> new Http1Limits(64, 10_001));
    }
}
