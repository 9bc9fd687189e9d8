package dev.ringway.codecs.hpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.http.HeaderName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The same blocks for Netty's HPACK and ours. Seeds are fixed: a failure names the one to look at. */
class NettyHpackDifferentialTest
{
    private static final int CONNECTIONS = 300;
    private static final int BLOCKS = 20;
    private static final String[] PSEUDO = { ":method", ":scheme", ":authority", ":path", ":status" };
    private static final String[] NAMES =
    {
        "accept", "accept-encoding", "cookie", "user-agent", "x-request-id", "authorization", "referer", "te", "etag",
        "x-a", "x-b", "x-c", "a", "x-a-name-of-more-than-thirty-two-bytes-in-all", "set-cookie", "vary", "age"
    };

    @Test
    void shouldReadWhatNettyWrites() throws Http2Exception
    {
        for (int seed = 0; seed < CONNECTIONS; seed++)
        {
            final SplittableRandom random = new SplittableRandom(seed);
            final int maxTableSize = random.nextInt(3) == 0 ? 4096 : random.nextInt(20_000);
            final int huffmanFrom = random.nextBoolean() ? 0 : Integer.MAX_VALUE;
            final int most = Math.max(4096, maxTableSize);
            final Blocks blocks = new Blocks(new HpackDecoder(maxTableSize));
            try (DefaultHttp2HeadersEncoder netty = new DefaultHttp2HeadersEncoder(
                (name, value) -> name.length() == 1, false, 64, huffmanFrom))
            {
                for (int i = 0; i < BLOCKS; i++)
                {
                    for (int changes = random.nextInt(8) - 5; changes > 0; changes--)
                    {
                        netty.maxHeaderTableSize(random.nextInt(most + 1));
                    }
                    final Http2Headers headers = headers(random);
                    final ByteBuf block = Unpooled.buffer();
                    netty.encodeHeaders(3, headers, block);
                    assertTrue(blocks.decode(ByteBufUtil.getBytes(block)) >= 0, "seed " + seed);
                    assertEquals(lines(headers), blocks.fields(), "seed " + seed);
                    for (int field = 0; field < blocks.fields().size(); field++)
                    {
                        assertEquals(blocks.fields().get(field).indexOf(": ", 1) == 1, blocks.flags().get(field) == 1);
                    }
                }
            }
        }
    }

    @Test
    void shouldWriteWhatNettyReads() throws Http2Exception
    {
        final UnsafeBuffer out = new UnsafeBuffer(new byte[65536]);
        for (int seed = 0; seed < CONNECTIONS; seed++)
        {
            final SplittableRandom random = new SplittableRandom(seed);
            final HpackEncoder encoder = new HpackEncoder();
            encoder.huffman(random.nextBoolean());
            final DefaultHttp2HeadersDecoder netty = new DefaultHttp2HeadersDecoder(false, false, 1 << 20);
            for (int i = 0; i < BLOCKS; i++)
            {
                if (random.nextInt(4) == 0)
                {
                    final int size = random.nextInt(8192);
                    netty.maxHeaderTableSize(size);
                    encoder.peerTableSize(size);
                }
                final Http2Headers headers = headers(random);
                final int end = encode(encoder, headers, out);
                final Http2Headers read = netty.decodeHeaders(3, Unpooled.copiedBuffer(out.byteArray(), 0, end));
                assertEquals(lines(headers), lines(read), "seed " + seed);
            }
        }
    }

    @Test
    void shouldJudgeDamagedBlocksAsNettyDoes() throws Http2Exception
    {
        int refused = 0;
        for (int seed = 0; seed < 20 * CONNECTIONS; seed++)
        {
            final SplittableRandom random = new SplittableRandom(seed);
            final byte[] block = damaged(random);
            final Blocks blocks = new Blocks(new HpackDecoder(4096));
            final int result = blocks.decode(block);
            final DefaultHttp2HeadersDecoder netty = new DefaultHttp2HeadersDecoder(false, false, 1 << 20);
            List<String> read = null;
            try
            {
                read = lines(netty.decodeHeaders(3, Unpooled.wrappedBuffer(block)));
            }
            catch (final Http2Exception | IllegalArgumentException e)
            {
                refused++;
            }
            assertEquals(read == null, result == HpackError.COMPRESSION,
                () -> "Netty and we disagree about " + ByteBufUtil.hexDump(block));
            if (read != null)
            {
                assertEquals(read.stream().sorted().toList(), blocks.fields().stream().sorted().toList());
            }
        }
        assertTrue(refused > CONNECTIONS && refused < 19 * CONNECTIONS, "refused " + refused);
    }

    /** A block of Netty's with a few bytes changed. */
    private static byte[] damaged(final SplittableRandom random) throws Http2Exception
    {
        final ByteBuf block = Unpooled.buffer();
        try (DefaultHttp2HeadersEncoder netty = new DefaultHttp2HeadersEncoder(
            (name, value) -> false, false, 64, random.nextBoolean() ? 0 : Integer.MAX_VALUE))
        {
            netty.encodeHeaders(3, headers(random), block);
            netty.encodeHeaders(3, headers(random), block);
        }
        final byte[] bytes = ByteBufUtil.getBytes(block);
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--)
        {
            final int at = random.nextInt(bytes.length);
            bytes[at] = (byte)(random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << random.nextInt(8));
        }

        return bytes;
    }

    private static int encode(final HpackEncoder encoder, final Http2Headers headers, final UnsafeBuffer out)
    {
        int at = encoder.putBlockStart(out, 0);
        for (final var header : headers)
        {
            final UnsafeBuffer name = new UnsafeBuffer(bytes(header.getKey()));
            final UnsafeBuffer value = new UnsafeBuffer(bytes(header.getValue()));
            at = switch (header.getKey().toString())
            {
                case ":method" -> encoder.putMethod(out, at, value, 0, value.capacity(), 1);
                case ":scheme" -> encoder.putScheme(out, at, header.getValue().toString().equals("https"));
                case ":authority" -> encoder.putAuthority(out, at, value, 0, value.capacity());
                case ":path" -> encoder.putPath(out, at, value, 0, value.capacity());
                case ":status" -> encoder.putStatus(out, at, Integer.parseInt(header.getValue().toString()));
                default -> encoder.putField(out, at, HeaderName.idOf(name, 0, name.capacity()),
                    name, 0, name.capacity(), value, 0, value.capacity());
            };
        }

        return at;
    }

    private static Http2Headers headers(final SplittableRandom random)
    {
        final Http2Headers headers = new DefaultHttp2Headers(false);
        for (final String name : PSEUDO)
        {
            if (random.nextInt(3) > 0)
            {
                headers.add(name, new AsciiString(pseudoValue(name, random)));
            }
        }
        for (int count = random.nextInt(12); count > 0; count--)
        {
            headers.add(NAMES[random.nextInt(NAMES.length)], new AsciiString(value(random)));
        }

        return headers;
    }

    private static String pseudoValue(final String name, final SplittableRandom random)
    {
        return switch (name)
        {
            case ":scheme" -> random.nextBoolean() ? "https" : "http";
            case ":status" -> Integer.toString(random.nextInt(100, 1000));
            case ":path" -> random.nextBoolean() ? "/" : "/" + value(random);
            case ":method" -> random.nextBoolean() ? "GET" : "POST";
            default -> value(random);
        };
    }

    private static String value(final SplittableRandom random)
    {
        final int length = random.nextInt(20) == 0 ? random.nextInt(3000) : random.nextInt(40);
        final int from = random.nextInt(4) == 0 ? 0 : 'a';
        final int to = from == 0 ? 256 : random.nextBoolean() ? 'c' : 'z';
        final StringBuilder value = new StringBuilder();
        for (int i = 0; i < (random.nextBoolean() ? length : length / 16); i++)
        {
            value.append((char)random.nextInt(from, to));
        }

        return value.toString();
    }

    private static List<String> lines(final Http2Headers headers)
    {
        final List<String> lines = new ArrayList<>();
        headers.forEach(header -> lines.add(header.getKey() + ": " + header.getValue()));
        return lines;
    }

    private static byte[] bytes(final CharSequence text)
    {
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
