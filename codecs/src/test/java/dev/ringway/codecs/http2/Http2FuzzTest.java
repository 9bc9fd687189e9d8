package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.hpack.HpackDecoder;
import dev.ringway.codecs.hpack.HpackError;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http.UnderscorePolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;

/**
 * Arbitrary fields and field blocks. A normal test run replays the inputs kept beside the test resources;
 * {@code JAZZER_FUZZ=1 mvn -pl codecs -am test -Dtest='Http2FuzzTest#shouldSurviveRequests'} searches for new ones for
 * 40 seconds (the time limit of a test is 60). What makes a run fail: an exception, bytes touched outside the buffer's
 * part, a limit that does not hold, or an accepted request that the next hop in HTTP/1.1 reads as anything but the
 * same one.
 */
@Tag("fuzz")
class Http2FuzzTest
{
    private static final int MAX_LENGTH = 2048;
    private static final int ROOM = 8192;
    private static final Http2FieldLimits LIMITS = new Http2FieldLimits(4096, 32, 1024);
    private static final List<String> PSEUDO =
        List.of(":method", ":scheme", ":authority", ":path", ":status", ":protocol", ":");
    private static final String[] START = {":method", "POST", ":scheme", "https", ":authority", "a", ":path", "/"};

    private final UnsafeBuffer buffer = FieldLines.buffer(FieldLines.OFFSET + ROOM + 16);
    private final RequestHead head = new RequestHead(32);
    private final RequestFields fields = new RequestFields(32);

    /** The first byte chooses policy, end of stream and whether a good start is given; fields follow. */
    @FuzzTest(maxDuration = "40s")
    void shouldSurviveRequests(final byte[] data)
    {
        final int choice = data.length > 0 ? data[0] : 0;
        final List<String> list = new ArrayList<>((choice & 1) == 0 ? List.of() : List.of(START));
        addFields(data, list);
        fields.allowProtocol((choice & 2) != 0);
        begin(choice);
        FieldLines.feed(fields, buffer, FieldLines.OFFSET, list.toArray(String[]::new));
        finish((choice & 4) != 0);
    }

    /** The first byte as above; a field block follows, which may use what an earlier one put in the table. */
    @FuzzTest(maxDuration = "40s")
    void shouldSurviveBlocks(final byte[] data)
    {
        final int choice = data.length > 0 ? data[0] : 0;
        final UnsafeBuffer block = new UnsafeBuffer(Arrays.copyOf(data, Math.min(data.length, MAX_LENGTH)));
        final int from = Math.min(1, block.capacity());
        final HpackDecoder decoder = new HpackDecoder(4096);
        fields.allowProtocol((choice & 2) != 0);
        for (int round = 0; round < 2; round++)
        {
            begin(choice);
            final int result = decoder.decode(
                block, from, block.capacity() - from, buffer, FieldLines.OFFSET, ROOM, fields);
            if (result == HpackError.COMPRESSION)
            {
                return;
            }
            if (result < 0)
            {
                assertTrue(fields.fault() != 0, "limits come before the room of the buffer");
            }
            finish((choice & 4) != 0);
        }
    }

    /** Fields as a response, and as trailers. */
    @FuzzTest(maxDuration = "40s")
    void shouldSurviveResponses(final byte[] data)
    {
        final int choice = data.length > 0 ? data[0] : 0;
        final List<String> list = new ArrayList<>((choice & 1) == 0 ? List.of() : List.of(":status", "200"));
        addFields(data, list);
        final String[] lines = list.toArray(String[]::new);
        final ResponseFields response = new ResponseFields();
        final ResponseHead responseHead = new ResponseHead(32);
        response.begin(responseHead, buffer, LIMITS);
        FieldLines.feed(response, buffer, FieldLines.OFFSET, lines);
        if (response.end((choice & 4) != 0, (choice & 2) != 0) == 0)
        {
            assertTrue(responseHead.status() >= 100 && responseHead.status() <= 999);
            assertInOrder(responseHead.headers());
        }

        final HeaderTable trailers = new HeaderTable(32);
        final TrailerFields section = new TrailerFields();
        section.begin(trailers, buffer, LIMITS, UnderscorePolicy.ALLOW);
        feedTrailers(section, lines, (choice & 1) == 0 ? 0 : 2);
        if (section.end() == 0)
        {
            assertInOrder(trailers);
            Forwarded.assertReadAsOne(trailers);
        }
    }

    private void feedTrailers(final HeaderSink section, final String[] lines, final int from)
    {
        FieldLines.feed(section, buffer, FieldLines.OFFSET, Arrays.copyOfRange(lines, from, lines.length));
    }

    private void begin(final int choice)
    {
        buffer.setMemory(0, buffer.capacity(), FieldLines.FILLER);
        final UnderscorePolicy[] policies = UnderscorePolicy.values();
        fields.begin(head, buffer, FieldLines.OFFSET + ROOM, LIMITS, policies[(choice >>> 3 & 3) % policies.length]);
    }

    private void finish(final boolean isEndStream)
    {
        final int result = fields.end(isEndStream);
        for (int i = 0; i < 16; i++)
        {
            assertEquals(FieldLines.FILLER, buffer.getByte(FieldLines.OFFSET + ROOM + i), "byte behind our part");
        }
        assertTrue(result <= 0 && result >= -Http2Fault.COUNT);
        if (result != 0)
        {
            return;
        }

        assertTrue(fields.endOffset() <= FieldLines.OFFSET + ROOM);
        assertTrue(
            head.headers().findNext(HeaderName.COOKIE, head.headers().find(HeaderName.COOKIE)) < 0, "one cookie");
        assertInOrder(head.headers());
        if (head.protocolLength() == 0)
        {
            Forwarded.assertReadAsOne(head);
        }
    }

    private static void assertInOrder(final HeaderTable table)
    {
        assertTrue(table.count() <= LIMITS.maxFields());
        int length = 0;
        for (int i = 0; i < table.count(); i++)
        {
            assertTrue(table.canonical(i));
            assertEquals("\r\n", FieldLines.text(table.buffer(), table.valueOffset(i) + table.valueLength(i), 2));
            length += table.nameLength(i) + table.valueLength(i) + Http2FieldLimits.FIELD_OVERHEAD;
        }
        assertTrue(length <= LIMITS.maxListLength());
    }

    /** A byte that names a field or says how long its name is, the name, a length, the value, and again. */
    private static void addFields(final byte[] data, final List<String> list)
    {
        int at = 1;
        while (at < data.length && at < MAX_LENGTH && list.size() < 200)
        {
            final int kind = data[at++] & 0xFF;
            String name = "";
            if (kind < HeaderName.COUNT)
            {
                name = new String(HeaderName.bytes(kind), StandardCharsets.US_ASCII);
            }
            else if (kind < HeaderName.COUNT + PSEUDO.size())
            {
                name = PSEUDO.get(kind - HeaderName.COUNT);
            }
            else
            {
                final int length = Math.min(kind & 0x1F, data.length - at);
                name = new String(data, at, length, StandardCharsets.ISO_8859_1);
                at += length;
            }

            final int length = at < data.length ? Math.min(data[at++] & 0x3F, data.length - at) : 0;
            list.add(name);
            list.add(new String(data, at, length, StandardCharsets.ISO_8859_1));
            at += length;
        }
    }
}
