package dev.ringway.engine.conn;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http1.Http1Encoder;
import dev.ringway.engine.memory.LoopMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes HTTP/1.1 bodies to a connection: as they are when their length is known, in chunks otherwise (RFC 9112, 7.1).
 * Loop thread only.
 */
public final class Http1Body
{
    private static final int FRAME_LENGTH = Http1Encoder.MAX_CHUNK_HEADER_LENGTH;
    private static final int LAST_LENGTH = 8;

    private Http1Body()
    {
    }

    /**
     * Queues a piece of a body.
     *
     * @param connection to send to.
     * @param memory     of its loop.
     * @param meter      counts what is queued.
     * @param isChunked  whether the piece becomes a chunk.
     * @param offset     in the slab.
     * @param length     may be 0.
     * @param isEnd      whether the body ends here, without trailers.
     * @return false when memory has run out.
     */
    public static boolean send(
        final Connection connection,
        final LoopMemory memory,
        final ByteMeter meter,
        final boolean isChunked,
        final int offset,
        final int length,
        final boolean isEnd)
    {
        meter.sent(length);
        if (!isChunked)
        {
            return connection.send(offset, length);
        }
        boolean isSent = true;
        if (length > 0)
        {
            isSent = sendFrame(connection, memory, meter, length) && connection.send(offset, length);
        }
        return isSent && sendChunkEnd(connection, memory, meter, length > 0, isEnd);
    }

    /**
     * Queues the end of a chunked body with trailers.
     *
     * @param connection to send to.
     * @param memory     of its loop.
     * @param meter      counts what is queued.
     * @param trailers   read during the call; fields of one connection were refused by the parser.
     * @return false when memory has run out.
     */
    public static boolean sendTrailers(
        final Connection connection, final LoopMemory memory, final ByteMeter meter, final HeaderTable trailers)
    {
        final int start = memory.scratch().reserve(Http1Encoder.headersLength(trailers) + LAST_LENGTH);
        if (start < 0)
        {
            return false;
        }
        final UnsafeBuffer buffer = memory.slab().buffer();
        int at = Http1Encoder.putLastChunkHeader(buffer, start);
        final int fields = at;
        at = Http1Encoder.copyHeaders(trailers, 0, buffer, at);
        meter.sentLines(0, at - fields);
        at = Http1Encoder.putEnd(buffer, at);
        meter.sent(at - start);
        memory.scratch().commit(at - start);
        connection.sendLeased(start, at - start);
        return true;
    }

    private static boolean sendFrame(
        final Connection connection, final LoopMemory memory, final ByteMeter meter, final int length)
    {
        final int at = memory.scratch().reserve(FRAME_LENGTH);
        if (at < 0)
        {
            return false;
        }
        final int end = Http1Encoder.putChunkHeader(memory.slab().buffer(), at, length);
        meter.sent(end - at);
        memory.scratch().commit(end - at);
        connection.sendLeased(at, end - at);
        return true;
    }

    private static boolean sendChunkEnd(
        final Connection connection,
        final LoopMemory memory,
        final ByteMeter meter,
        final boolean hasData,
        final boolean isEnd)
    {
        if (!hasData && !isEnd)
        {
            return true;
        }
        final int at = memory.scratch().reserve(LAST_LENGTH);
        if (at < 0)
        {
            return false;
        }
        final UnsafeBuffer buffer = memory.slab().buffer();
        int end = at;
        if (hasData)
        {
            end = Http1Encoder.putEnd(buffer, end);
        }
        if (isEnd)
        {
            end = Http1Encoder.putLastChunk(buffer, end);
        }
        meter.sent(end - at);
        memory.scratch().commit(end - at);
        connection.sendLeased(at, end - at);
        return true;
    }
}
