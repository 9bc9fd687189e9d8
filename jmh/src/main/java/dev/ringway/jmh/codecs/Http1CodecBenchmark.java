package dev.ringway.jmh.codecs;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http1.Http1BodyDecoder;
import dev.ringway.codecs.http1.Http1Encoder;
import dev.ringway.codecs.http1.Http1HeadScanner;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1RequestParser;
import dev.ringway.codecs.http1.Http1ResponseParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one proxied request costs in the HTTP/1.1 codec. Heads lie off-heap as received buffers do, and are copied in
 * anew each time with the upper case their senders use, because parsing makes names lower case in place; {@code copyIn}
 * is the cost of that copy alone, to be subtracted.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = {
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
    "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-Dagrona.disable.bounds.checks=true", "-XX:+UseSerialGC",
    "-Xmx64m"
})
public class Http1CodecBenchmark
{
    private static final long DROPPED = HeaderName.mask(HeaderName.HOST, HeaderName.CONNECTION, HeaderName.KEEP_ALIVE,
        HeaderName.PROXY_CONNECTION, HeaderName.TRANSFER_ENCODING, HeaderName.UPGRADE, HeaderName.TE);

    private final byte[] requestBytes = ascii("GET /index.html HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" +
        "User-Agent: Mozilla/5.0 (X11; Linux)\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n\r\n");
    private final byte[] responseBytes = ascii("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n" +
        "Date: Tue, 24 Nov 2026 20:51:00 GMT\r\nContent-Type: text/html\r\nContent-Length: 116\r\n" +
        "Last-Modified: Tue, 24 Nov 2026 20:21:00 GMT\r\nConnection: keep-alive\r\nETag: \"6743a1b2-74\"\r\n" +
        "Accept-Ranges: bytes\r\n\r\n");
    private final byte[] chunkBytes = ascii(
        "400\r\n" + "x".repeat(0x400) + "\r\n1F\r\n" + "x".repeat(0x1F) + "\r\n0\r\n");
    private final UnsafeBuffer request = offHeap(requestBytes);
    private final UnsafeBuffer response = offHeap(responseBytes);
    private final UnsafeBuffer chunks = offHeap(chunkBytes);
    private final UnsafeBuffer out = offHeap(new byte[4096]);
    private final Http1RequestParser requestParser = new Http1RequestParser(Http1Limits.DEFAULT);
    private final Http1ResponseParser responseParser = new Http1ResponseParser(Http1Limits.DEFAULT);
    private final Http1BodyDecoder decoder = new Http1BodyDecoder();
    private final RequestHead requestHead = new RequestHead(100);
    private final ResponseHead responseHead = new ResponseHead(100);
    private final RequestHead parsedRequest = new RequestHead(100);
    private final ResponseHead parsedResponse = new ResponseHead(100);

    /** Parses once for the benchmarks that only encode. */
    @Setup
    public void parseOnce()
    {
        requestParser.parse(offHeap(requestBytes), 0, requestBytes.length, parsedRequest);
        responseParser.parse(offHeap(responseBytes), 0, responseBytes.length, parsedResponse);
    }

    /**
     * Both copies alone.
     *
     * @return something to keep.
     */
    @Benchmark
    public int copyIn()
    {
        request.putBytes(0, requestBytes);
        response.putBytes(0, responseBytes);
        return request.getByte(3) + response.getByte(5);
    }

    /**
     * One request head of 134 bytes.
     *
     * @return length.
     */
    @Benchmark
    public int parseRequest()
    {
        request.putBytes(0, requestBytes);
        return requestParser.parse(request, 0, requestBytes.length, requestHead);
    }

    /**
     * One response head of 234 bytes.
     *
     * @return length.
     */
    @Benchmark
    public int parseResponse()
    {
        response.putBytes(0, responseBytes);
        return responseParser.parse(response, 0, responseBytes.length, responseHead);
    }

    /**
     * Both heads: the budget is 300 ns.
     *
     * @return length.
     */
    @Benchmark
    public int parseBoth()
    {
        return parseRequest() + parseResponse();
    }

    /**
     * Request line, a new Host and all other fields.
     *
     * @return length.
     */
    @Benchmark
    public int encodeRequest()
    {
        int at = Http1Encoder.putRequestLine(out, 0, parsedRequest);
        at = Http1Encoder.putHeader(out, at, Http1Encoder.prefix(HeaderName.HOST), request,
            parsedRequest.authorityOffset(), parsedRequest.authorityLength());
        at = Http1Encoder.copyHeaders(parsedRequest.headers(), DROPPED, out, at);
        return Http1Encoder.putEnd(out, at);
    }

    /**
     * Status line, a number and all other fields.
     *
     * @return length.
     */
    @Benchmark
    public int encodeResponse()
    {
        int at = Http1Encoder.putStatusLine(out, 0, parsedResponse.status());
        at = Http1Encoder.copyHeaders(parsedResponse.headers(), DROPPED, out, at);
        at = Http1Encoder.putHeader(
            out, at, Http1Encoder.prefix(HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME), parsedResponse.headLength());
        return Http1Encoder.putEnd(out, at);
    }

    /**
     * Two chunks and the last one.
     *
     * @return data bytes.
     */
    @Benchmark
    public int decodeChunks()
    {
        decoder.chunked();
        int data = 0;
        for (int at = 0; at < chunkBytes.length && !decoder.inTrailers(); data += decoder.dataLength())
        {
            at += decoder.decode(chunks, at, chunkBytes.length - at);
        }
        return data;
    }

    /**
     * End of a head of 234 bytes.
     *
     * @return offset behind it.
     */
    @Benchmark
    public int findEnd()
    {
        return Http1HeadScanner.findEnd(response, 0, responseBytes.length, 0);
    }

    private static UnsafeBuffer offHeap(final byte[] bytes)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(bytes.length + 8));
        buffer.putBytes(0, bytes);
        return buffer;
    }

    private static byte[] ascii(final String text)
    {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
