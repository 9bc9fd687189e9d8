package dev.ringway.jmh.codecs;

import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.hpack.HpackDecoder;
import dev.ringway.codecs.hpack.HpackEncoder;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What header compression costs. A message is decoded twice: as the first one of a connection, all of whose fields are
 * literals that go to the table, and as one that repeats it, where each field is an index. Encoding has no table, so it
 * has one case.
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
public class HpackBenchmark
{
    private static final String[] BROWSER =
    {
        "sec-ch-ua", "\"Chromium\";v=\"131\", \"Not_A Brand\";v=\"24\"", "sec-ch-ua-mobile", "?0",
        "sec-ch-ua-platform", "\"Linux\"", "upgrade-insecure-requests", "1",
        "user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 " +
            "Safari/537.36",
        "accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "sec-fetch-site", "none", "sec-fetch-mode", "navigate", "sec-fetch-user", "?1", "sec-fetch-dest", "document",
        "accept-encoding", "gzip, deflate, br, zstd", "accept-language", "en-US,en;q=0.9",
        "cookie", "session=4c1f0a6be1d24f0e9a7d3b5c; theme=dark; consent=yes", "priority", "u=0, i"
    };
    private static final String[] H2LOAD = { "user-agent", "h2load nghttp2/1.52.0" };
    private static final String[] RESPONSE =
    {
        "server", "nginx/1.22.1", "date", "Tue, 24 Nov 2026 20:51:00 GMT", "content-type", "text/html",
        "content-length", "116", "last-modified", "Tue, 24 Nov 2026 20:21:00 GMT", "etag", "\"6743a1b2-74\"",
        "accept-ranges", "bytes"
    };

    /** What is sent: 18 fields of 720 bytes, 5 fields, 8 fields. */
    @Param({ "browser", "h2load", "response" })
    public String message;
    /** Whether strings are Huffman coded. */
    @Param({ "true", "false" })
    public boolean huffman;

    private final UnsafeBuffer text = offHeap(4096);
    private final UnsafeBuffer first = offHeap(4096);
    private final UnsafeBuffer again = offHeap(4096);
    private final UnsafeBuffer lines = offHeap(4096);
    private final UnsafeBuffer out = offHeap(4096);
    private final HeaderTable fields = new HeaderTable(32);
    private final HeaderTable decoded = new HeaderTable(32);
    private final HpackEncoder encoder = new HpackEncoder();
    private final HpackDecoder fresh = new HpackDecoder(4096);
    private final HpackDecoder used = new HpackDecoder(4096);
    private final HeaderSink sink = (nameOffset, nameLength, valueOffset, valueLength, nameId, flags) ->
        nameId < 0 || decoded.addCanonical(nameOffset, nameLength, valueLength, nameId);
    private int firstLength;
    private int againLength;
    private boolean isResponse;
    private int authority;
    private int pathLength;

    /** Makes the blocks. */
    @Setup
    public void makeBlocks()
    {
        encoder.huffman(huffman);
        isResponse = message.equals("response");
        authority = put(0, message.equals("h2load") ? "/" : "/assets/app.js?v=1.2.3");
        int at = put(authority, "127.0.0.1:8080");
        pathLength = authority;
        fields.reset(text);
        final String[] pairs = message.equals("browser") ? BROWSER : message.equals("h2load") ? H2LOAD : RESPONSE;
        for (int i = 0; i < pairs.length; i += 2)
        {
            final int nameLength = pairs[i].length();
            put(at, pairs[i] + ": " + pairs[i + 1] + "\r\n");
            fields.addCanonical(at, nameLength, pairs[i + 1].length(), HeaderName.idOf(text, at, nameLength));
            at += nameLength + pairs[i + 1].length() + 4;
        }

        int position = putStart(first, 0);
        if (!isResponse)
        {
            position = putIndexing(encoder.putAuthority(out, 0, text, authority, 14), position);
            if (pathLength > 1)
            {
                position = putIndexing(encoder.putPath(out, 0, text, 0, pathLength), position);
            }
        }
        final HeaderTable one = new HeaderTable(1);
        for (int i = 0; i < fields.count(); i++)
        {
            one.reset(text);
            one.addCanonical(
                fields.nameOffset(i), fields.nameLength(i), fields.valueLength(i), fields.nameId(i));
            position = putIndexing(encoder.putFields(one, 0, out, 0), position);
        }
        firstLength = position;
        final int inserted = fields.count() + (isResponse ? 0 : pathLength > 1 ? 2 : 1);
        againLength = putStart(again, 0);
        for (int i = 0; i < inserted; i++)
        {
            again.putByte(againLength++, (byte)(0x80 | 61 + inserted - i));
        }
        if (decode(fresh, first, firstLength) < 0 || decode(used, first, firstLength) < 0 ||
            decode(used, again, againLength) != decode(used, first, firstLength))
        {
            throw new IllegalStateException("blocks are wrong");
        }
        fresh.reset();
        used.reset();
        decode(used, first, firstLength);
    }

    /**
     * The first message of a connection.
     *
     * @return bytes of its lines.
     */
    @Benchmark
    public int decodeFirst()
    {
        fresh.reset();
        return decode(fresh, first, firstLength);
    }

    /**
     * The same message again.
     *
     * @return bytes of its lines.
     */
    @Benchmark
    public int decodeAgain()
    {
        return decode(used, again, againLength);
    }

    /**
     * The message as we send it.
     *
     * @return bytes of the block.
     */
    @Benchmark
    public int encode()
    {
        int at = encoder.putBlockStart(out, 0);
        if (isResponse)
        {
            at = encoder.putStatus(out, at, 200);
        }
        else
        {
            at = encoder.putMethod(out, at, text, 0, 0, HttpMethod.GET);
            at = encoder.putScheme(out, at, false);
            at = encoder.putAuthority(out, at, text, authority, 14);
            at = encoder.putPath(out, at, text, 0, pathLength);
        }

        return encoder.putFields(fields, 0, out, at);
    }

    private int decode(final HpackDecoder decoder, final UnsafeBuffer block, final int length)
    {
        decoded.reset(lines);
        return decoder.decode(block, 0, length, lines, 0, lines.capacity(), sink);
    }

    /** The fields that the static table holds whole. */
    private int putStart(final UnsafeBuffer block, final int at)
    {
        if (isResponse)
        {
            return encoder.putStatus(block, at, 200);
        }
        final int position = encoder.putScheme(
            block, encoder.putMethod(block, at, text, 0, 0, HttpMethod.GET), false);
        return pathLength == 1 ? encoder.putPath(block, position, text, 0, 1) : position;
    }

    /** Turns a literal without indexing in {@code out} into one with. */
    private int putIndexing(final int end, final int at)
    {
        final int index = out.getByte(0) == 0x0F ? 0x0F + out.getByte(1) : out.getByte(0);
        final int from = index < 0x0F ? 1 : 2;
        first.putByte(at, (byte)(0x40 | index));
        first.putBytes(at + 1, out, from, end - from);
        return at + 1 + end - from;
    }

    private int put(final int at, final String value)
    {
        text.putBytes(at, value.getBytes(StandardCharsets.US_ASCII));
        return at + value.length();
    }

    private static UnsafeBuffer offHeap(final int length)
    {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(length));
    }
}
