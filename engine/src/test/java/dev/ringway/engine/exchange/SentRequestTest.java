package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1RequestParser;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.ffi.uring.IoUring;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

@Timeout(30)
final class SentRequestTest
{
    private static final String HEAD =
        "GET /path?q HTTP/1.1\r\nhost: a\r\nx-gone: 1\r\nuser-agent: u\r\nx-stays: 2\r\n\r\n";

    private final IoUring uring = new IoUring(8, 16, 0);
    private final LoopMemory memory = new LoopMemory(uring, 8, 2);
    private final SentRequest sent = new SentRequest(memory, new HeadEdits());
    private final HeadBlock block = new HeadBlock(memory);
    private final HeaderEdits edits = HeaderEdits.ofRequests();
    private final RequestHead head = new RequestHead(Exchanges.MAX_HEADERS);

    @AfterEach
    void tearDown()
    {
        sent.end();
        block.end();
        assertEquals(0, memory.blocks().inUse());
        uring.close();
        memory.close();
    }

    private void parse()
    {
        final byte[] bytes = HEAD.getBytes(US_ASCII);
        assertEquals(bytes.length,
            new Http1RequestParser(Http1Limits.DEFAULT).parse(new UnsafeBuffer(bytes), 0, bytes.length, head));
        edits.reset(0);
    }

    private static String text(final RequestHead of)
    {
        final HeaderTable fields = of.headers();
        final var buffer = fields.buffer();
        final StringBuilder text = new StringBuilder(buffer.getStringWithoutLengthAscii(of.pathOffset(), of.pathLength()))
            .append(' ').append(buffer.getStringWithoutLengthAscii(of.authorityOffset(), of.authorityLength()));
        for (int i = 0; i < fields.count(); i++)
        {
            text.append(' ').append(buffer.getStringWithoutLengthAscii(fields.nameOffset(i), fields.nameLength(i)))
                .append('=').append(buffer.getStringWithoutLengthAscii(fields.valueOffset(i), fields.valueLength(i)));
        }
        return text.toString();
    }

    @Test
    void shouldBeTheRequestWithWhatBecameOfIt()
    {
        parse();
        head.headers().drop(1);
        edits.drop(HeaderName.USER_AGENT);
        edits.add(HeaderName.USER_AGENT, "mine".getBytes(US_ASCII));
        edits.values().put("new".getBytes(US_ASCII), 3);
        edits.finish(HeaderName.OTHER, new UnsafeBuffer("x-new".getBytes(US_ASCII)));
        edits.target().path(
            "/longer/".getBytes(US_ASCII), 8, head.headers().buffer(), head.pathOffset() + 1, head.pathLength() - 1);
        edits.target().host(new UnsafeBuffer("b.example".getBytes(US_ASCII)), 0, 9);
        final RequestHead copy = sent.take(head, block, edits);
        assertEquals("/longer/path?q b.example host=a x-stays=2 user-agent=mine x-new=new", text(copy));
        assertEquals('?', copy.headers().buffer().getByte(copy.queryOffset()));
        assertEquals("/path?q a host=a x-gone=1 user-agent=u x-stays=2", text(head));
    }

    @Test
    void shouldTakeEachAttemptAnewFromTheBlockThatHoldsTheRequest()
    {
        parse();
        block.keep(head);
        block.takeHost(head, "later".getBytes(US_ASCII));
        for (int i = 1; i <= 2; i++)
        {
            edits.reset(0);
            edits.add(HeaderName.X_ENVOY_ATTEMPT_COUNT, i);
            assertEquals("/path?q later host=a x-gone=1 user-agent=u x-stays=2 x-envoy-attempt-count=" + i,
                text(sent.take(head, block, edits)));
        }
    }

    @Test
    void shouldBeNoneWhereItFitsNoChunk()
    {
        parse();
        edits.tooLong();
        assertNull(sent.take(head, block, edits));
    }
}
