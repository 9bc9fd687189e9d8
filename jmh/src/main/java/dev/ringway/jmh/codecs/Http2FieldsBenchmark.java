package dev.ringway.jmh.codecs;

import dev.ringway.codecs.hpack.PseudoHeader;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.UnderscorePolicy;
import dev.ringway.codecs.http2.Http2FieldLimits;
import dev.ringway.codecs.http2.RequestFields;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to check the fields of a request in HTTP/2 and to make its head, behind the HPACK decoder.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
    "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-Dagrona.disable.bounds.checks=true", "-XX:+UseSerialGC",
    "-Xmx64m"
})
public class Http2FieldsBenchmark
{
    private static final List<String> PSEUDO =
        List.of("", ":method", ":scheme", ":authority", ":path", ":status", ":protocol");
    private static final String[] H2LOAD =
    {
        ":path", "/", ":scheme", "http", ":authority", "127.0.0.1:8080", ":method", "GET",
        "user-agent", "h2load nghttp2/1.52.0"
    };
    private static final String[] BROWSER =
    {
        ":method", "GET", ":authority", "www.example.com", ":scheme", "https", ":path", "/assets/app.js?v=1.2.3",
        "sec-ch-ua", "\"Chromium\";v=\"131\", \"Not_A Brand\";v=\"24\"", "sec-ch-ua-mobile", "?0",
        "sec-ch-ua-platform", "\"Linux\"", "upgrade-insecure-requests", "1",
        "user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 " +
            "Safari/537.36",
        "accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "sec-fetch-site", "none", "sec-fetch-mode", "navigate", "sec-fetch-user", "?1", "sec-fetch-dest", "document",
        "accept-encoding", "gzip, deflate, br, zstd", "accept-language", "en-US,en;q=0.9",
        "cookie", "session=4c1f0a6be1d24f0e9a7d3b5c", "cookie", "theme=dark", "cookie", "consent=yes",
        "priority", "u=0, i"
    };

    /** What is asked: 5 fields, 20 fields with three cookie crumbs. */
    @Param({ "h2load", "browser" })
    public String request;

    private final UnsafeBuffer lines = new UnsafeBuffer(ByteBuffer.allocateDirect(4096));
    private final UnsafeBuffer pristine = new UnsafeBuffer(ByteBuffer.allocateDirect(4096));
    private final RequestFields fields = new RequestFields(100);
    private final RequestHead head = new RequestHead(100);
    private int[] nameLengths;
    private int[] valueLengths;
    private int[] nameIds;
    private int length;

    /** Lays the fields out as the decoder does. */
    @Setup
    public void layOut()
    {
        final String[] pairs = request.equals("h2load") ? H2LOAD : BROWSER;
        nameLengths = new int[pairs.length / 2];
        valueLengths = new int[nameLengths.length];
        nameIds = new int[nameLengths.length];
        for (int i = 0; i < nameLengths.length; i++)
        {
            final String name = pairs[2 * i];
            final String value = pairs[2 * i + 1];
            pristine.putBytes(length, (name + ": " + value + "\r\n").getBytes(StandardCharsets.US_ASCII));
            nameLengths[i] = name.length();
            valueLengths[i] = value.length();
            final int pseudo = PSEUDO.indexOf(name);
            nameIds[i] = pseudo < 0 ? HeaderName.idOf(pristine, length, name.length()) : -pseudo;
            length += name.length() + value.length() + 4;
        }
        if (check() != 0 || head.pathLength() == 0 || nameIds[0] < PseudoHeader.UNKNOWN)
        {
            throw new IllegalStateException("the request is refused");
        }
    }

    /**
     * Checks all fields. Joining crumbs changes the lines, so that they are copied first; that is part of the cost.
     *
     * @return 0.
     */
    @Benchmark
    public int check()
    {
        lines.putBytes(0, pristine, 0, length);
        fields.begin(head, lines, lines.capacity(), Http2FieldLimits.DEFAULT, UnderscorePolicy.ALLOW);
        int at = 0;
        for (int i = 0; i < nameLengths.length; i++)
        {
            final int value = at + nameLengths[i] + 2;
            fields.onField(at, nameLengths[i], value, valueLengths[i], nameIds[i], 0);
            at = value + valueLengths[i] + 2;
        }

        return fields.end(true);
    }
}
