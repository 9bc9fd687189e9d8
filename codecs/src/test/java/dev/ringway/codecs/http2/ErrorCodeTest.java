package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ErrorCodeTest
{
    @Test
    void shouldNameEachCode() throws IllegalAccessException
    {
        int codes = 0;
        for (final Field field : ErrorCode.class.getFields())
        {
            if (!field.getName().equals("COUNT"))
            {
                assertEquals(field.getName(), ErrorCode.name(field.getInt(null)));
                codes++;
            }
        }
        assertEquals(ErrorCode.COUNT, codes);
        assertEquals("UNKNOWN", ErrorCode.name(14));
        assertEquals("UNKNOWN", ErrorCode.name(-1));
    }

    @Test
    void shouldDescribeEachFault() throws IllegalAccessException
    {
        int codes = 0;
        for (final Field field : Http2Fault.class.getFields())
        {
            if (field.getName().equals("COUNT"))
            {
                continue;
            }
            final int code = field.getInt(null);
            assertEquals(field.getName(), Http2Fault.name(code));
            assertTrue(Http2Fault.detail(code).matches("http2\\.[a-z._]+|missing_host_header"), field.getName());
            assertEquals(Http2Fault.isTooLarge(code), !Http2Fault.isMalformed(code));
            assertEquals(Http2Fault.isTooLarge(code) ? 431 : 400, Http2Fault.status(code));
            assertEquals(Http2Fault.isTooLarge(code), Http2Fault.detail(code).matches("http2\\.(too_many_headers|.*_too_large)"));
            codes++;
        }
        assertEquals(Http2Fault.COUNT, codes);
    }
}
