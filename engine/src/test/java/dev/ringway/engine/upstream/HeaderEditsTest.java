package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1RequestParser;
import dev.ringway.engine.memory.BufferSlab;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class HeaderEditsTest
{
    private static final byte[] COMMA = {','};
    private static final byte[] ADDRESS = "192.168.100.200".getBytes(US_ASCII);

    private final HeaderEdits edits = HeaderEdits.ofRequests();
    private final UnsafeBuffer out = new UnsafeBuffer(new byte[1 << 17]);

    private String written()
    {
        final int length = edits.write(out, 3) - 3;
        assertTrue(length <= edits.addedLength(), length + " bytes written, room for " + edits.addedLength());
        return out.getStringWithoutLengthAscii(3, length);
    }

    private static RequestHead head(final String fields)
    {
        final byte[] bytes = ("GET / HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n").getBytes(US_ASCII);
        final RequestHead head = new RequestHead(100);
        final int length = new Http1RequestParser(Http1Limits.DEFAULT)
            .parse(new UnsafeBuffer(bytes), 0, bytes.length, head);
        assertEquals(bytes.length, length);
        return head;
    }

    private boolean drops(final int nameId)
    {
        return (edits.dropMask() & 1L << nameId) != 0;
    }

    @Test
    void shouldWriteFieldsInTheOrderTheyWereAdded()
    {
        edits.reset(HeaderEdits.HOP_BY_HOP);
        edits.add(HeaderName.SERVER, "ringway".getBytes(US_ASCII));
        edits.add(HeaderName.CONTENT_LENGTH, 0);
        edits.addBytes(HeaderName.LOCATION, "/abc".getBytes(US_ASCII), 2);
        assertEquals("server: ringway\r\ncontent-length: 0\r\nlocation: /a\r\n", written());
        edits.reset(0);
        assertEquals("", written());
        assertEquals(0, edits.dropMask());
    }

    @Property
    void shouldWriteAnyNumber(@ForAll @LongRange(max = Long.MAX_VALUE) final long value)
    {
        edits.reset(0);
        edits.add(HeaderName.CONTENT_LENGTH, value);
        assertEquals("content-length: " + value + "\r\n", written());
    }

    @Test
    void shouldJoinExistingValuesInFrontOfTheNewOne()
    {
        final RequestHead head = head("x-forwarded-for: 1.1.1.1\r\na: b\r\nx-forwarded-for: 2.2.2.2\r\n");
        edits.reset(0);
        edits.append(HeaderName.X_FORWARDED_FOR, head.headers(), COMMA, ADDRESS, ADDRESS.length);
        assertTrue(drops(HeaderName.X_FORWARDED_FOR));
        assertEquals("x-forwarded-for: 1.1.1.1,2.2.2.2,192.168.100.200\r\n", written());
    }

    @Test
    void shouldLeaveOutWhatIsEmpty()
    {
        final RequestHead head = head("x-forwarded-for: \r\nx-forwarded-for: 1.1.1.1\r\nx-forwarded-for: \r\nvia: \r\n");
        edits.reset(0);
        edits.append(HeaderName.X_FORWARDED_FOR, head.headers(), COMMA, ADDRESS, ADDRESS.length);
        edits.append(HeaderName.VIA, head.headers(), COMMA, ADDRESS, 3);
        assertEquals("x-forwarded-for: 1.1.1.1,192.168.100.200\r\nvia: 192\r\n", written());
    }

    @Test
    void shouldKeepALongValueAndAddAFieldBehindIt()
    {
        final RequestHead head = head("x-forwarded-for: " + "9".repeat(9000) + "\r\n");
        edits.reset(0);
        edits.append(HeaderName.X_FORWARDED_FOR, head.headers(), COMMA, ADDRESS, ADDRESS.length);
        assertTrue(!drops(HeaderName.X_FORWARDED_FOR), "what the client sent must not get lost");
        assertEquals("x-forwarded-for: 192.168.100.200\r\n", written());
    }

    /** Whatever a client sends, what is added behind it must fit: an exception here would end the loop. */
    @Property(tries = 3000)
    void shouldTakeTheUsualFieldsBehindAnyLengthOfExistingOnes(@ForAll @IntRange(min = 1, max = 2300) final int length)
    {
        final RequestHead head = head("x-forwarded-for: " + "9".repeat(length) + "\r\n");
        edits.reset(0);
        edits.append(HeaderName.X_FORWARDED_FOR, head.headers(), COMMA, ADDRESS, ADDRESS.length);
        edits.add(HeaderName.X_FORWARDED_PROTO, "http".getBytes(US_ASCII));
        edits.addBytes(HeaderName.X_ENVOY_EXTERNAL_ADDRESS, ADDRESS, ADDRESS.length);
        edits.add(HeaderName.X_REQUEST_ID, "0".repeat(36).getBytes(US_ASCII));
        edits.add(HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS, 15_000);
        final String text = written();
        assertTrue(text.endsWith("192.168.100.200\r\nx-forwarded-proto: http\r\n" +
            "x-envoy-external-address: 192.168.100.200\r\nx-request-id: " + "0".repeat(36) +
            "\r\nx-envoy-expected-rq-timeout-ms: 15000\r\n"), text);
    }

    @Test
    void shouldCutNothingAndSayWhenItIsTooMuch()
    {
        edits.reset(0);
        edits.add(HeaderName.LOCATION, "l".repeat(60_000).getBytes(US_ASCII));
        edits.add(HeaderName.CONTENT_LENGTH, Long.MAX_VALUE);
        assertEquals("location: " + "l".repeat(60_000) + "\r\ncontent-length: " + Long.MAX_VALUE + "\r\n", written());
        assertFalse(edits.isTooLong());
        edits.add(HeaderName.LOCATION, new byte[6000]);
        edits.add(HeaderName.CONTENT_LENGTH, 1);
        assertTrue(edits.isTooLong());
        assertTrue(edits.addedLength() > BufferSlab.CHUNK_LENGTH);
        edits.reset(0);
        assertFalse(edits.isTooLong());
        edits.values().put("a".getBytes(US_ASCII), 1);
        edits.values().put(90);
        edits.finish(HeaderName.VIA);
        assertEquals("via: a90\r\n", written());
    }

    @Test
    void shouldGiveTheRequestAnotherPath()
    {
        edits.reset(0);
        assertEquals(-1, edits.target().pathLength());
        final UnsafeBuffer rest = new UnsafeBuffer("r".repeat(70_000).getBytes(US_ASCII));
        for (final int length : new int[]{1, 1024, 1025, 2048, 60_000})
        {
            assertTrue(edits.target().path("/new".getBytes(US_ASCII), 4, rest, 7, length));
            assertEquals("/new" + "r".repeat(length),
                new String(edits.target().path(), 0, edits.target().pathLength(), US_ASCII));
        }
        assertFalse(edits.target().path("/new".getBytes(US_ASCII), 4, rest, 0, 66_000));
        edits.reset(0);
        assertEquals(-1, edits.target().pathLength());
    }
}
