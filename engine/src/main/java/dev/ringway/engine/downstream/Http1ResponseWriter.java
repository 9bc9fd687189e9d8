package dev.ringway.engine.downstream;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http1.Http1Encoder;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Writes HTTP/1.1 responses into scratch memory and queues them; gives the bytes of the head, 0 when memory has run out.
 * Loop thread only.
 */
final class Http1ResponseWriter
{
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);
    private static final byte[] CHUNKED = "transfer-encoding: chunked\r\n".getBytes(US_ASCII);
    private static final byte[] CLOSE = "connection: close\r\n".getBytes(US_ASCII);
    private static final byte[] KEEP_ALIVE = "connection: keep-alive\r\n".getBytes(US_ASCII);
    private static final byte[] UPGRADE = "upgrade".getBytes(US_ASCII);
    private static final byte[] BAD_REQUEST = "Bad Request".getBytes(US_ASCII);
    private static final byte[] UPGRADE_REQUIRED = "Upgrade Required".getBytes(US_ASCII);
    private static final byte[] FIELDS_TOO_LARGE = "Request Header Fields Too Large".getBytes(US_ASCII);
    private static final byte[] NOT_IMPLEMENTED = "Not Implemented".getBytes(US_ASCII);
    private static final byte[] VERSION_NOT_SUPPORTED = "HTTP Version Not Supported".getBytes(US_ASCII);
    private static final byte[] EMPTY = new byte[0];
    private static final int VERSION_DIGIT = 7;
    private static final int END_LENGTH = 2;
    private static final int LINES_LENGTH = 256;

    private Http1ResponseWriter()
    {
    }

    /**
     * @param status of a refusal.
     * @return its text: the reason phrase, as Envoy's codec says it.
     */
    static byte[] reason(final int status)
    {
        return switch (status)
        {
            case 400 -> BAD_REQUEST;
            case 426 -> UPGRADE_REQUIRED;
            case 431 -> FIELDS_TOO_LARGE;
            case 501 -> NOT_IMPLEMENTED;
            case 505 -> VERSION_NOT_SUPPORTED;
            default -> EMPTY;
        };
    }

    static void sendContinue(final Connection connection, final LoopMemory memory, final ByteMeter meter)
    {
        final int at = memory.scratch().reserve(CONTINUE.length);
        if (at >= 0)
        {
            memory.slab().buffer().putBytes(at, CONTINUE);
            meter.sent(CONTINUE.length);
            memory.scratch().commit(CONTINUE.length);
            connection.sendLeased(at, CONTINUE.length);
        }
    }

    static int sendHead(
        final Connection connection,
        final LoopMemory memory,
        final ByteMeter meter,
        final ResponseHead head,
        final HeaderEdits edits,
        final boolean isHttp10,
        final boolean addsChunked,
        final boolean addsClose,
        final boolean addsKeepAlive)
    {
        final HeaderTable headers = head.headers();
        final int bound =
            Http1Encoder.headersLength(headers) + edits.addedLength() + head.reasonLength() + LINES_LENGTH;
        final int start = memory.scratch().reserve(bound);
        if (start < 0)
        {
            return 0;
        }
        final UnsafeBuffer buffer = memory.slab().buffer();
        int at = head.http2() ? Http1Encoder.putStatusLine(buffer, start, head.status()) : Http1Encoder.putStatusLine(
            buffer, start, head.status(), headers.buffer(), head.reasonOffset(), head.reasonLength());
        final int fields = at;
        at = Http1Encoder.copyHeaders(headers, edits.dropMask(), buffer, at);
        at = edits.write(buffer, at);
        if (addsChunked)
        {
            buffer.putBytes(at, CHUNKED);
            at += CHUNKED.length;
        }
        at = finish(buffer, start, at, isHttp10, addsClose, addsKeepAlive);
        meter.sentLines(at - start, at - END_LENGTH - fields);
        memory.scratch().commit(at - start);
        connection.sendLeased(start, at - start);
        return at - start;
    }

    /** The head behind which the connection speaks another protocol (RFC 9110, 7.8). */
    static int sendUpgrade(
        final Connection connection,
        final LoopMemory memory,
        final ByteMeter meter,
        final ResponseHead head,
        final HeaderEdits edits)
    {
        final HeaderTable headers = head.headers();
        final int field = headers.find(HeaderName.UPGRADE);
        edits.add(HeaderName.CONNECTION, UPGRADE);
        if (field >= 0)
        {
            edits.addRange(
                HeaderName.UPGRADE, headers.buffer(), headers.valueOffset(field), headers.valueLength(field));
        }
        else
        {
            edits.add(HeaderName.UPGRADE, edits.protocol());
        }
        return sendHead(connection, memory, meter, head, edits, false, false, false, false);
    }

    private static int finish(
        final UnsafeBuffer buffer,
        final int start,
        final int end,
        final boolean isHttp10,
        final boolean addsClose,
        final boolean addsKeepAlive)
    {
        int at = end;
        if (addsClose)
        {
            buffer.putBytes(at, CLOSE);
            at += CLOSE.length;
        }
        else if (addsKeepAlive)
        {
            buffer.putBytes(at, KEEP_ALIVE);
            at += KEEP_ALIVE.length;
        }
        if (isHttp10)
        {
            buffer.putByte(start + VERSION_DIGIT, (byte)'0');
        }
        return Http1Encoder.putEnd(buffer, at);
    }

    /** The content behind a head; false when memory has run out. */
    static boolean sendText(
        final Connection connection, final LoopMemory memory, final ByteMeter meter, final byte[] text)
    {
        final int at = memory.scratch().reserve(text.length);
        if (at >= 0 && text.length > 0)
        {
            memory.slab().buffer().putBytes(at, text);
            meter.sent(text.length);
            memory.scratch().commit(text.length);
            connection.sendLeased(at, text.length);
        }
        return at >= 0;
    }

    static int sendLocalReply(
        final Connection connection,
        final LoopMemory memory,
        final ByteMeter meter,
        final int status,
        final byte[] text,
        final HeaderEdits edits,
        final boolean isHttp10,
        final boolean isHeadRequest,
        final boolean isKeepAlive)
    {
        final int start = memory.scratch().reserve(edits.addedLength() + text.length + LINES_LENGTH);
        if (start < 0)
        {
            return 0;
        }
        final UnsafeBuffer buffer = memory.slab().buffer();
        int at = Http1Encoder.putStatusLine(buffer, start, status);
        final int fields = at;
        if (status != 204 && status != 304)
        {
            at = Http1Encoder.putHeader(buffer, at, Http1Encoder.prefix(HeaderName.CONTENT_LENGTH), text.length);
        }
        at = edits.write(buffer, at);
        at = finish(buffer, start, at, isHttp10, !isKeepAlive, isKeepAlive && isHttp10);
        final int headLength = at - start;
        meter.sentLines(0, at - END_LENGTH - fields);
        if (!isHeadRequest)
        {
            buffer.putBytes(at, text);
            at += text.length;
        }
        meter.sent(at - start);
        memory.scratch().commit(at - start);
        connection.sendLeased(start, at - start);
        return headLength;
    }
}
