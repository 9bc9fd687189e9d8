package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1RequestParser;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldChanges.Action;
import dev.ringway.engine.route.FieldChanges.Level;
import dev.ringway.engine.route.FieldChanges.Put;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.ValuePart;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.ffi.uring.IoUring;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What levels of changes make of the head of a response. */
@Timeout(30)
final class FieldChangerTest
{
    private final IoUring uring = new IoUring(8, 16, 0);
    private final LoopMemory memory = new LoopMemory(uring, 8, 2);
    private final AskedValues asked = new AskedValues(memory);
    private final HeaderEdits edits = HeaderEdits.ofResponses();
    private final UnsafeBuffer out = new UnsafeBuffer(new byte[1 << 16]);

    @AfterEach
    void tearDown()
    {
        asked.end();
        assertEquals(0, memory.blocks().inUse());
        uring.close();
        memory.close();
    }

    private static RequestHead head(final String target, final String... fields)
    {
        final byte[] bytes = ("GET " + target + " HTTP/1.1\r\nhost: a\r\n" + lines(fields) + "\r\n").getBytes(US_ASCII);
        final RequestHead head = new RequestHead(100);
        assertEquals(bytes.length,
            new Http1RequestParser(Http1Limits.DEFAULT).parse(new UnsafeBuffer(bytes), 0, bytes.length, head));
        return head;
    }

    private static String lines(final String... fields)
    {
        final StringBuilder text = new StringBuilder();
        Arrays.stream(fields).forEach(field -> text.append(field).append("\r\n"));
        return text.toString();
    }

    private static Put put(final String name, final Action action, final ValuePart... value)
    {
        return new Put(new FieldName(name), List.of(value), action, false);
    }

    private static ValuePart text(final String text)
    {
        return new ValuePart.Text(text.getBytes(US_ASCII));
    }

    private static Put absent(final String name)
    {
        return put(name, Action.ADD_IF_ABSENT, text("new"));
    }

    private static Level level(final Put... puts)
    {
        return new Level(List.of(), List.of(puts));
    }

    /** The fields that stay and those that are added. */
    private String changed(final RequestHead head, final Level... levels)
    {
        edits.reset(0);
        new FieldChanger(new UnsafeBuffer(0, 0))
            .changeResponse(new FieldChanges(List.of(levels)), head.headers(), 200, asked, edits);
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < head.headers().count(); i++)
        {
            final String name = head.headers().buffer().getStringWithoutLengthAscii(
                head.headers().nameOffset(i), head.headers().nameLength(i));
            text.append(head.headers().nominated(i) || name.equals("host") ? "" : name + ' ');
        }
        return text + out.getStringWithoutLengthAscii(0, edits.write(out, 0)).replace("\r\n", " ");
    }

    @Test
    void shouldAddWhatIsAbsentAlone()
    {
        assertEquals("x-a: new ", changed(head("/"), level(absent("x-a"))));
        assertEquals("x-a ", changed(head("/", "x-a: old"), level(absent("x-a"))));
        assertEquals("x-a ", changed(head("/", "x-a:"), level(absent("x-a"))));
    }

    @Test
    void shouldTakeForAbsentWhatTheLevelRemoves()
    {
        assertEquals("x-a: new ",
            changed(head("/", "x-a: old"), new Level(List.of(new FieldName("x-a")), List.of(absent("x-a")))));
    }

    @Test
    void shouldTakeForThereWhatAnotherLevelHasAdded()
    {
        assertEquals("x-a: one ", changed(head("/"),
            level(put("x-a", Action.APPEND_IF_EXISTS_OR_ADD, text("one"))), level(absent("x-a"))));
    }

    @Test
    void shouldTakeForThereWhatTheLevelOverwrites()
    {
        assertEquals("x-a: over ", changed(head("/", "x-a: old"),
            level(absent("x-a"), put("x-a", Action.OVERWRITE_IF_EXISTS_OR_ADD, text("over")))));
    }

    @Test
    void shouldMakeValuesOfWhatWasThereBeforeTheLevel()
    {
        final ValuePart before = new ValuePart.Field(new HeaderKey("x-a"), null, Integer.MAX_VALUE, true);
        final Put over = put("x-a", Action.OVERWRITE_IF_EXISTS_OR_ADD, text("two"));
        assertEquals("x-a: two x-b: one ", changed(head("/"),
            level(put("x-a", Action.APPEND_IF_EXISTS_OR_ADD, text("one"))),
            level(over, put("x-b", Action.OVERWRITE_IF_EXISTS_OR_ADD, before))));
        assertEquals("x-a: two x-b: one ", changed(head("/"),
            level(put("x-a", Action.APPEND_IF_EXISTS_OR_ADD, text("one"))),
            level(over, put("x-b", Action.APPEND_IF_EXISTS_OR_ADD, before))));
        assertEquals("x-a: two ", changed(head("/"), level(over),
            new Level(List.of(new FieldName("x-a")), List.of(put("x-b", Action.OVERWRITE_IF_EXISTS_OR_ADD, before), over))));
    }

    @Test
    void shouldJoinWhatTheLevelOverwritesAndAdds()
    {
        final Put first = put("user-agent", Action.APPEND_IF_EXISTS_OR_ADD, text("first"));
        final Put second = put("user-agent", Action.APPEND_IF_EXISTS_OR_ADD, text("second"));
        assertEquals("user-agent: first,second ", changed(head("/"), level(first, second)));
        assertEquals("user-agent: old,first,second ",
            changed(head("/", "user-agent: old"), level(first), level(second)));
        assertEquals("user-agent: over,first,second ", changed(head("/", "user-agent: old"),
            level(first, second, put("user-agent", Action.OVERWRITE_IF_EXISTS_OR_ADD, text("over")))));
    }

    @Test
    void shouldKnowWhatIsAbsentForAllFieldsOfALevel()
    {
        final List<Put> puts = new ArrayList<>();
        for (int i = 0; i < FieldChanges.MAX_PUT; i++)
        {
            puts.add(absent("x-" + i));
        }
        final String last = "x-" + (FieldChanges.MAX_PUT - 1);
        final String changed = changed(head("/", "x-0: old", last + ": old"), new Level(List.of(), puts));
        assertFalse(changed.contains("x-0: ") || changed.contains(last + ": "), changed);
        assertTrue(changed.startsWith("x-0 " + last + " x-1: new "), changed);
    }

    @Test
    void shouldTellOfTheRequestWhatWasKept()
    {
        final ValuePart own = new ValuePart.Field(new HeaderKey("x-own"), null, 3, false);
        final ValuePart other =
            new ValuePart.Field(new HeaderKey("x-none"), new HeaderKey(":path"), Integer.MAX_VALUE, false);
        final Level level = level(put("e-own", Action.ADD_IF_ABSENT, own), put("e-other", Action.ADD_IF_ABSENT, other),
            put("e-query", Action.ADD_IF_ABSENT, new ValuePart.Parameter("k".getBytes(US_ASCII), 2)));
        final List<HeaderKey> keys = new FieldChanges(List.of(level)).asked();
        assertTrue(asked.keep(keys, new RequestView().of(head("/p?k=value", "x-own: first", "x-own: second"))));
        assertEquals("e-own: fir e-other: /p?k=value e-query: va ", changed(head("/"), level));
        assertTrue(asked.keep(keys, new RequestView().of(head("/"))));
        assertEquals("e-other: / ", changed(head("/"), level));
    }

    @Test
    void shouldTellNothingOfARequestWhoseValuesFitNoChunk()
    {
        final List<HeaderKey> keys = new ArrayList<>();
        for (int i = 0; i <= BufferSlab.CHUNK_LENGTH / 1000; i++)
        {
            keys.add(new HeaderKey("x-own"));
        }
        assertFalse(asked.keep(keys, new RequestView().of(head("/", "x-own: " + "a".repeat(1000)))));
        assertFalse(asked.isKept());
        final ValuePart own = new ValuePart.Field(keys.getFirst(), null, Integer.MAX_VALUE, false);
        assertEquals("", changed(head("/"), level(put("e-own", Action.ADD_IF_ABSENT, own))));
    }
}
