package dev.ringway.engine.upstream;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http1.Http1Encoder;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.memory.LoopMemory;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Writes heads of HTTP/1.1 requests into scratch memory and queues them. Loop thread only.
 */
final class Http1RequestWriter
{
    private static final byte[] HTTP11_HOST = " HTTP/1.1\r\nhost: ".getBytes(US_ASCII);
    private static final int VERSION_LENGTH = " HTTP/1.1\r\n".length();
    private static final int END_LENGTH = 2;
    private static final byte[] CHUNKED = "transfer-encoding: chunked\r\n".getBytes(US_ASCII);
    private static final byte[] UPGRADE = "connection: upgrade\r\nupgrade: ".getBytes(US_ASCII);
    private static final byte[] GET = "GET".getBytes(US_ASCII);
    private static final byte[] NO_CONTENT = "content-length: 0\r\n".getBytes(US_ASCII);
    /** Methods whose requests have no content, so that they need not say so (RFC 9110, 8.6). */
    private static final int WITHOUT_CONTENT = 1 << HttpMethod.GET | 1 << HttpMethod.HEAD | 1 << HttpMethod.DELETE |
        1 << HttpMethod.CONNECT | 1 << HttpMethod.TRACE;
    /** Most bytes of a head that neither request nor edits have. */
    private static final int FRAMING_LENGTH = 128 + WebSocketKey.LENGTH;

    private final LoopMemory memory;
    private final WebSocketKey webSocketKey = new WebSocketKey();

    Http1RequestWriter(final LoopMemory memory)
    {
        this.memory = memory;
    }

    /** False when memory has run out or, which the edits are told, the head is too long. */
    boolean sendHead(
        final Connection connection, final ByteMeter meter, final RequestHead head, final HeaderEdits edits)
    {
        final EditedTarget target = edits.target();
        final int pathLength = pathLength(head, target);
        final int bound = head.methodLength() + pathLength + HTTP11_HOST.length + target.hostLength(head) +
            Http1Encoder.headersLength(head.headers()) + edits.addedLength() + head.protocolLength() + FRAMING_LENGTH;
        final int start = memory.scratch().reserve(bound);
        if (start < 0)
        {
            if (bound > BufferSlab.CHUNK_LENGTH)
            {
                edits.tooLong();
            }
            return false;
        }
        final UnsafeBuffer buffer = memory.slab().buffer();
        int at = putMethod(head, buffer, start);
        buffer.putByte(at++, (byte)' ');
        putPath(head, target, buffer, at, pathLength);
        at += pathLength;
        final int fields = at + VERSION_LENGTH;
        buffer.putBytes(at, HTTP11_HOST);
        at += HTTP11_HOST.length;
        buffer.putBytes(at, target.hostBuffer(head), target.hostOffset(head), target.hostLength(head));
        at = Http1Encoder.putEnd(buffer, at + target.hostLength(head));
        at = Http1Encoder.copyHeaders(head.headers(), edits.dropMask() | 1L << HeaderName.HOST, buffer, at);
        at = edits.write(buffer, at);
        at = Http1Encoder.putEnd(buffer, putFraming(head, edits.protocol(), buffer, at));
        meter.sentLines(at - start, at - END_LENGTH - fields);
        memory.scratch().commit(at - start);
        connection.sendLeased(start, at - start);
        return true;
    }

    private static int pathLength(final RequestHead head, final EditedTarget target)
    {
        if (head.tunnel())
        {
            return target.hostLength(head);
        }
        return target.pathLength() >= 0 ? target.pathLength() : Math.max(1, head.pathLength());
    }

    /** What an extended CONNECT asks for is asked for with GET here (RFC 8441, 5). */
    private static int putMethod(final RequestHead head, final UnsafeBuffer buffer, final int at)
    {
        if (head.http2() && head.upgrade())
        {
            buffer.putBytes(at, GET);
            return at + GET.length;
        }
        buffer.putBytes(at, head.headers().buffer(), head.methodOffset(), head.methodLength());
        return at + head.methodLength();
    }

    private static void putPath(
        final RequestHead head, final EditedTarget target, final UnsafeBuffer buffer, final int at, final int length)
    {
        if (head.tunnel())
        {
            buffer.putBytes(at, target.hostBuffer(head), target.hostOffset(head), length);
        }
        else if (target.pathLength() >= 0)
        {
            buffer.putBytes(at, target.path(), 0, length);
        }
        else if (head.pathLength() == 0)
        {
            buffer.putByte(at, (byte)'/');
        }
        else
        {
            buffer.putBytes(at, head.headers().buffer(), head.pathOffset(), length);
        }
    }

    private int putFraming(
        final RequestHead head, final byte[] protocol, final UnsafeBuffer buffer, final int start)
    {
        int at = start;
        if (protocol != null)
        {
            buffer.putBytes(at, UPGRADE);
            at += UPGRADE.length;
            buffer.putBytes(at, head.headers().buffer(), head.protocolOffset(), head.protocolLength());
            at = Http1Encoder.putEnd(buffer, at + head.protocolLength());
            if (webSocketKey.isMissing(head))
            {
                at = webSocketKey.put(buffer, at);
            }
        }
        if (head.chunked())
        {
            buffer.putBytes(at, CHUNKED);
            at += CHUNKED.length;
        }
        else if ((WITHOUT_CONTENT >>> head.methodId() & 1) == 0 && head.contentLength() < 0)
        {
            buffer.putBytes(at, NO_CONTENT);
            at += NO_CONTENT.length;
        }
        return at;
    }
}
