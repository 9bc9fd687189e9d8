package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http1.Http1Encoder;
import dev.ringway.codecs.http1.Http1Error;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1RequestParser;
import dev.ringway.codecs.http1.Http1TrailerParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes what came in HTTP/2 for the next hop in HTTP/1.1, and reads it there. */
final class Forwarded
{
    private static final Http1Limits LIMITS = new Http1Limits(1 << 20, 10_000);
    private static final byte[] CHUNKED = "transfer-encoding: chunked\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int ROOM = 256;

    private Forwarded()
    {
    }

    /** The bytes of a request, as a proxy sends them: Host from the authority, chunks for unknown lengths. */
    static String write(final RequestHead head)
    {
        final DirectBuffer source = head.headers().buffer();
        final UnsafeBuffer out = new UnsafeBuffer(new byte[Http1Encoder.headersLength(head.headers()) +
            Http1Encoder.requestLineLength(head, head.pathLength()) + head.authorityLength() + ROOM]);
        int at = Http1Encoder.putRequestLine(out, 0, head);
        at = Http1Encoder.putHeader(out, at, Http1Encoder.prefix(HeaderName.HOST), source, head.authorityOffset(),
            head.authorityLength());
        at = Http1Encoder.copyHeaders(head.headers(), HeaderName.mask(HeaderName.HOST), out, at);
        if (head.chunked())
        {
            at = Http1Encoder.putLine(out, at, CHUNKED);
        }

        return FieldLines.text(out, 0, Http1Encoder.putEnd(out, at));
    }

    /** Asserts that the next hop reads one request that means the same, and not a byte more or less. */
    static void assertReadAsOne(final RequestHead head)
    {
        final String text = write(head);
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        final RequestHead read = new RequestHead(head.headers().count() + 3);
        final int result = new Http1RequestParser(LIMITS).parse(new UnsafeBuffer(bytes), 0, bytes.length, read);
        assertEquals(bytes.length, result, () -> (result < 0 ? Http1Error.name(result) : "cut") + " in " + text);
        assertEquals(start(head), start(read), text);
        assertEquals(head.contentLength(), read.contentLength(), text);
        assertEquals(head.chunked(), read.chunked(), text);
        assertEquals(head.expectContinue(), read.expectContinue(), text);
        assertEquals(head.keepAlive(), read.keepAlive(), text);
        assertEquals(fields(head.headers()), fields(read.headers()), text);
    }

    /** The same for a trailer section. */
    static void assertReadAsOne(final HeaderTable trailers)
    {
        final UnsafeBuffer out = new UnsafeBuffer(new byte[Http1Encoder.headersLength(trailers) + 2]);
        final int end = Http1Encoder.putEnd(out, Http1Encoder.copyHeaders(trailers, 0, out, 0));
        final HeaderTable read = new HeaderTable(trailers.count() + 1);
        assertEquals(end, new Http1TrailerParser(LIMITS).parse(out, 0, end, read));
        assertEquals(fields(trailers), fields(read));
    }

    private static String start(final RequestHead head)
    {
        final DirectBuffer buffer = head.headers().buffer();
        final boolean isConnect = head.methodId() == HttpMethod.CONNECT;
        return FieldLines.text(buffer, head.methodOffset(), head.methodLength()) + " " +
            (isConnect ? "" : FieldLines.text(buffer, head.pathOffset(), head.pathLength())) + " " +
            (head.queryOffset() < 0 ? -1 : head.queryOffset() - head.pathOffset()) + " " +
            FieldLines.text(buffer, head.authorityOffset(), head.authorityLength()).toLowerCase(Locale.ROOT);
    }

    /** What goes on, without Host and the line that says how the content is framed. */
    private static List<String> fields(final HeaderTable table)
    {
        final List<String> fields = new ArrayList<>(FieldLines.lines(table));
        fields.removeIf(line -> line.startsWith("[") || line.startsWith("host: ") ||
            line.startsWith("transfer-encoding: "));
        return fields;
    }
}
