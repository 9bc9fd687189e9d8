package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class Http1AllocationTest
{
    private static final int MESSAGES = 20_000;

    private final byte[] requestBytes = Bytes.of("POST http://a/b?c HTTP/1.1\r\nHost: a\r\n" +
        "Transfer-Encoding: chunked\r\nConnection: keep-alive, foo\r\nFoo: 1\r\nExpect: 100-continue\r\n" +
        "X_Rare: y\r\n\r\n");
    private final byte[] responseBytes = Bytes.of("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 5\r\n\r\n");
    private final byte[] chunkBytes = Bytes.of("5;x\r\nhello\r\n0\r\n");
    private final byte[] trailerBytes = Bytes.of("Grpc-Status: 0\r\n\r\n");
    private final byte[] badBytes = Bytes.of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n");
    private final UnsafeBuffer in = new UnsafeBuffer(ByteBuffer.allocateDirect(512));
    private final UnsafeBuffer out = new UnsafeBuffer(ByteBuffer.allocateDirect(512));
    private final Http1RequestParser requestParser = new Http1RequestParser(Http1Limits.DEFAULT);
    private final Http1ResponseParser responseParser = new Http1ResponseParser(Http1Limits.DEFAULT);
    private final Http1TrailerParser trailerParser = new Http1TrailerParser(Http1Limits.DEFAULT);
    private final Http1BodyDecoder decoder = new Http1BodyDecoder();
    private final RequestHead request = new RequestHead(100);
    private final ResponseHead response = new ResponseHead(100);
    private final HeaderTable trailers = new HeaderTable(100);
    private final long dropped = HeaderName.mask(HeaderName.HOST, HeaderName.CONNECTION);

    @Test
    void shouldAllocateNothing()
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        assertTrue(threads.isThreadAllocatedMemoryEnabled());
        long checksum = 0;
        for (int i = 0; i < MESSAGES; i++)
        {
            checksum += exchange();
        }
        assertTrue(threads.getCurrentThreadAllocatedBytes() > 0);

        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MESSAGES; i++)
        {
            checksum -= exchange();
        }
        final long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertEquals(0, checksum);
        assertEquals(0, allocated);
    }

    private long exchange()
    {
        in.putBytes(0, requestBytes);
        long sum = requestParser.parse(in, 0, requestBytes.length, request);
        int at = Http1Encoder.putRequestLine(out, 0, request);
        at = Http1Encoder.copyHeaders(request.headers(), dropped, out, at);
        at = Http1Encoder.putHeader(out, at, Http1Encoder.prefix(HeaderName.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS), 15000);
        sum += Http1Encoder.putEnd(out, at);
        sum += Http1HeadScanner.findEnd(out, 0, at, 3);

        in.putBytes(0, chunkBytes);
        decoder.chunked();
        for (int i = 0; i < chunkBytes.length; sum += decoder.dataLength())
        {
            i += decoder.decode(in, i, chunkBytes.length - i);
        }
        in.putBytes(0, trailerBytes);
        sum += trailerParser.parse(in, 0, trailerBytes.length, trailers);

        in.putBytes(0, responseBytes);
        sum += responseParser.parse(in, 0, responseBytes.length, response);
        response.rebase(in, 7);
        at = Http1Encoder.putStatusLine(out, 0, response.status());
        sum += Http1Encoder.putLastChunk(out, Http1Encoder.putChunkHeader(out, at, 1000));

        in.putBytes(0, badBytes);
        final int error = requestParser.parse(in, 0, badBytes.length, request);
        return sum + Http1Error.status(error) + Http1Error.detail(error).length();
    }
}
