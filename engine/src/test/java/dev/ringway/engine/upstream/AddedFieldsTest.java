package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderName;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Added fields with names that have no number. */
class AddedFieldsTest
{
    private static final UnsafeBuffer NAME = new UnsafeBuffer("x-long-name-of-a-field".getBytes(US_ASCII));
    private static final UnsafeBuffer OTHER = new UnsafeBuffer("x-other".getBytes(US_ASCII));

    private final HeaderEdits edits = HeaderEdits.ofResponses();

    private void put(final UnsafeBuffer name, final String value)
    {
        edits.values().put(value.getBytes(US_ASCII), value.length());
        edits.finish(HeaderName.OTHER, name);
    }

    private String text()
    {
        final UnsafeBuffer out = new UnsafeBuffer(new byte[1 << 17]);
        final int length = edits.write(out, 0);
        assertTrue(length <= edits.addedLength());
        return out.getStringWithoutLengthAscii(0, length);
    }

    @Test
    void shouldFindRepeatAndWithdrawThem()
    {
        edits.reset(0);
        put(OTHER, "1");
        put(NAME, "value");
        edits.add(HeaderName.VIA, "v".getBytes(US_ASCII));
        put(NAME, "again");
        assertEquals(1, edits.find(HeaderName.OTHER, NAME));
        edits.repeat(1, 3);
        edits.finish(HeaderName.ETAG);
        edits.withdraw(HeaderName.OTHER, NAME);
        assertEquals(-1, edits.find(HeaderName.OTHER, NAME));
        assertEquals("x-other: 1\r\nvia: v\r\netag: val\r\n", text());
        edits.reset(0);
        assertEquals("", text());
    }

    @Test
    void shouldSayWhenThereAreTooMany()
    {
        edits.reset(0);
        for (int i = 0; i < 576; i++)
        {
            put(NAME, "");
        }
        assertFalse(edits.isTooLong());
        assertEquals((NAME.getStringWithoutLengthAscii(0, NAME.capacity()) + ": \r\n").repeat(576), text());
        put(NAME, "");
        assertTrue(edits.isTooLong());
    }
}
