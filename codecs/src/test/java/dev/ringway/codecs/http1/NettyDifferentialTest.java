package dev.ringway.codecs.http1;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

/**
 * Smuggling needs two readers who disagree. Whatever the parsers accept, Netty must read in the same way, as it came
 * and as the encoder writes it for the next hop, wherever the bytes are cut. What is refused does not matter here.
 */
final class NettyDifferentialTest
{
    private static final Http1Limits LIMITS = Http1Limits.DEFAULT;
    private static final long HOP_BY_HOP = HeaderName.mask(HeaderName.CONNECTION, HeaderName.KEEP_ALIVE,
        HeaderName.PROXY_CONNECTION, HeaderName.TRANSFER_ENCODING, HeaderName.UPGRADE, HeaderName.TE);
    private static final String[] LINES =
    {
        "Content-Length: 5", "Content-Length: 0", "content-length: 3", "Content-Length:5", "Content-Length: 05",
        "Content-Length: +5", "Content-Length: 5, 5", "Content-Length : 5", "Content-Length: 5 ", "Content-Length: 0x5",
        "Content-Length: 4", "X-Content-Length: 9", "Content_Length: 9",
        "Transfer-Encoding: chunked", "transfer-encoding:\tchunked", "Transfer-Encoding: Chunked",
        "Transfer-Encoding: identity", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked", "Transfer-Encoding : chunked", "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding:\u000bchunked", "Transfer-Encoding: \"chunked\"", "X: Y\r\nTransfer-Encoding: chunked",
        "Host: b", "Host: a:80", "host:", "Connection: close", "Connection: keep-alive, x-a",
        "Connection: content-length",
        "Connection: transfer-encoding", "Connection: te", "TE: trailers", "Upgrade: h2c", "Expect: 100-continue",
        "X-A: 1", "x-a: 2", "X-A:", "X-A: \t v \t", "x-b: \u00e9\u00ff", "x-c: a\tb", "x-c: a\rb", "x-c: a\nb",
        "x-d: a\r\n b", " x-e: 1", "x e: 1", "x-f", ":x", "Cookie: a=b", "x-g: GET / HTTP/1.1", "\u0000", "Trailer: x-t"
    };
    private static final String[] STARTS =
    {
        "GET / HTTP/1.1", "POST /p?q=1 HTTP/1.1", "PUT /a//b/../c;d HTTP/1.1", "OPTIONS * HTTP/1.1", "HEAD /h HTTP/1.1",
        "GET http://h.example:80/x?y HTTP/1.1", "PURGE /p HTTP/1.1", "POST / HTTP/1.0", "GET / HTTP/1.2",
        "GET  / HTTP/1.1",
        "GET / HTTP/1.1 ", "GET\t/ HTTP/1.1", "get / HTTP/1.1", "GET /\u00e9 HTTP/1.1", "GET / http/1.1",
        "\r\nGET / HTTP/1.1",
        "GET /#f HTTP/1.1", "GET /"
    };
    private static final String[] RESPONSE_STARTS =
    {
        "HTTP/1.1 200 OK", "HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified", "HTTP/1.0 200 OK", "HTTP/1.1 404",
        "HTTP/1.1 404 ", "HTTP/1.1 500 Some Reason \u00e9", "HTTP/1.1 099 X", "HTTP/1.1 2000 X", "HTTP/1.1  200 OK",
        "HTTP/2.0 200 OK", "http/1.1 200 OK", "HTTP/1.1 200\tOK", "HTTP/1.1 +20 OK", "HTTP/1.1 599 x"
    };
    private static final String[] BODIES =
    {
        "", "hello", "hel", "hello!", "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n",
        "3\r\nabc\r\n00000A\r\n0123456789\r\n0\r\nX-T: 1\r\nx-t: 2\r\n\r\n", "0\r\nContent-Length: 5\r\n\r\n",
        "5\nhello\n0\n\n", "5 \r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n x: 1\r\n\r\n", "5;\"\r\n\"\r\nhello\r\n0\r\n\r\n",
        "0000000000000000005\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0;x\r\n\r\n"
    };
    private static final String NEXT = "GET /smuggled HTTP/1.1\r\nhost: s\r\n\r\n";

    /** What a reader makes of one message; names in lower case. */
    private record Message(String start, List<String> fields, String body, List<String> trailers)
    {
    }

    /** A message and how many bytes it took. */
    private record Parsed(Message message, int length, byte[] forwarded)
    {
    }

    @Provide
    static Arbitrary<String> requests()
    {
        return messages(STARTS, "Host: a\r\n");
    }

    @Provide
    static Arbitrary<String> responses()
    {
        return messages(RESPONSE_STARTS, "");
    }

    private static Arbitrary<String> messages(final String[] starts, final String first)
    {
        final Arbitrary<String> lines = Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(1, Arbitraries.of(LINES)),
            net.jqwik.api.Tuple.of(1, Arbitraries.of("Content-Length: 5", "Transfer-Encoding: chunked", "X-A: 1")));
        final Arbitrary<String> whole = Combinators.combine(
            Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(3, Arbitraries.of(starts[0], starts[1])),
                net.jqwik.api.Tuple.of(1, Arbitraries.of(starts))),
            lines.list().ofMaxSize(3), Arbitraries.of(BODIES))
            .as((start, fields, body) -> start + "\r\n" + first +
                fields.stream().map(field -> field + "\r\n").collect(Collectors.joining()) + "\r\n" + body);
        final Arbitrary<String> mutated = Combinators.combine(
            whole, Arbitraries.integers().between(0, 1000),
            Arbitraries.of("\r", "\n", " ", "\t", ":", ",", "0", "\u0000", "", "\u000b", ";", "\u0080"))
            .as((text, at, piece) ->
            {
                final int position = at % text.length();
                return text.substring(0, position) + piece + text.substring(position + at % 2);
            });
        return Arbitraries.oneOf(whole, mutated);
    }

    @Property(tries = 6000)
    void shouldReadRequestsAsNettyDoes(@ForAll("requests") final String text, @ForAll final long seed)
    {
        final Parsed parsed = parseRequest(text + NEXT);
        Statistics.collect(parsed == null ? "refused" : "accepted");
        if (parsed == null)
        {
            return;
        }
        final Random random = new Random(seed);
        final byte[] raw = Bytes.of((text + NEXT).substring(0, parsed.length));
        assertSame(parsed, netty(decoder(true), raw, random), text);
        final Message forwarded = netty(decoder(true), parsed.forwarded, random);
        assertEquals(withoutHopByHop(parsed.message), withoutHopByHop(forwarded), text);
    }

    @Property(tries = 6000)
    void shouldReadResponsesAsNettyDoes(@ForAll("responses") final String text, @ForAll final long seed)
    {
        final Parsed parsed = parseResponse(text + "HTTP/1.1 200 Smuggled\r\n\r\n");
        Statistics.collect(parsed == null ? "refused" : "accepted");
        if (parsed != null)
        {
            final byte[] raw = Bytes.of((text + "HTTP/1.1 200 Smuggled\r\n\r\n").substring(0, parsed.length));
            assertSame(parsed, netty(decoder(false), raw, new Random(seed)), text);
        }
    }

    @Test
    void shouldComparePlainMessagesAtAll()
    {
        final String text = "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
            "5;a=b\r\nhello\r\n0\r\nX-T: 1\r\n\r\n";
        final Parsed parsed = parseRequest(text);
        assertNotNull(parsed);
        assertEquals(new Message(
            "POST /p", List.of("host: a", "transfer-encoding: chunked"), "hello", List.of("x-t: 1")), parsed.message);
        assertEquals(parsed.message, netty(decoder(true), Bytes.of(text), new Random(1)));
    }

    private static ChannelHandler decoder(final boolean isRequest)
    {
        final HttpDecoderConfig config = new HttpDecoderConfig()
            .setMaxInitialLineLength(1 << 16).setMaxHeaderSize(1 << 16).setValidateHeaders(false);
        return isRequest ? new HttpRequestDecoder(config) : new HttpResponseDecoder(config);
    }

    /** Reads all bytes, cut at random, as one message; anything else than exactly one is a difference. */
    private static Message netty(
        final ChannelHandler decoder, final byte[] bytes, final Random random)
    {
        final EmbeddedChannel channel = new EmbeddedChannel(decoder);
        final int most = 1 + random.nextInt(bytes.length);
        for (int at = 0; at < bytes.length; )
        {
            final int count = Math.min(bytes.length - at, 1 + random.nextInt(most));
            channel.writeInbound(Unpooled.copiedBuffer(bytes, at, count));
            at += count;
        }
        String start = null;
        List<String> fields = List.of();
        List<String> trailers = null;
        final StringBuilder body = new StringBuilder();
        for (HttpObject object = channel.readInbound(); object != null; object = channel.readInbound())
        {
            if (!object.decoderResult().isSuccess())
            {
                return new Message("refused: " + object.decoderResult().cause(), List.of(), "", List.of());
            }
            if (object instanceof final HttpMessage message)
            {
                start = (start == null ? "" : start + " then ") + start(message);
                fields = list(message.headers());
            }
            if (object instanceof final HttpContent content)
            {
                body.append(content.content().toString(ISO_8859_1));
            }
            if (object instanceof final LastHttpContent last)
            {
                trailers = (trailers == null) ? list(last.trailingHeaders()) : List.of("second end");
            }
            ReferenceCountUtil.release(object);
        }
        channel.finishAndReleaseAll();
        return new Message(start, fields, body.toString(), trailers);
    }

    private static String start(final HttpMessage message)
    {
        return message instanceof final HttpRequest request ? request.method().name() + " " + request.uri() :
            String.valueOf(((HttpResponse)message).status().code());
    }

    private static List<String> list(final HttpHeaders headers)
    {
        return headers.entries().stream().map(NettyDifferentialTest::line).toList();
    }

    private static String line(final Map.Entry<String, String> field)
    {
        return field.getKey().toLowerCase(Locale.ROOT) + ": " + field.getValue();
    }

    private static List<String> list(final HeaderTable headers)
    {
        return java.util.stream.IntStream.range(0, headers.count()).mapToObj(i ->
            Bytes.text(headers.buffer(), headers.nameOffset(i), headers.nameLength(i)) + ": " +
            Bytes.text(headers.buffer(), headers.valueOffset(i), headers.valueLength(i))).toList();
    }

    /** Netty also reads the grammar of chunk extensions, which are skipped here and never forwarded. */
    private static void assertSame(final Parsed parsed, final Message netty, final String text)
    {
        final boolean hasExtension = text.indexOf(';', text.indexOf("\r\n\r\n") + 1) > 0;
        if (!hasExtension || netty.start == null || !netty.start.startsWith("refused"))
        {
            assertEquals(parsed.message, netty, text);
        }
    }

    private static Message withoutHopByHop(final Message message)
    {
        return new Message(message.start, message.fields.stream().filter(field -> !field.startsWith("host:") &&
            !field.matches("(connection|keep-alive|proxy-connection|transfer-encoding|upgrade|te|x-a):.*")).toList(),
            message.body, message.trailers);
    }

    /** Returns null unless head, body and trailers are accepted and complete. */
    private static Parsed parseRequest(final String text)
    {
        final byte[] bytes = Bytes.of(text);
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final RequestHead head = new RequestHead(100);
        final int length = new Http1RequestParser(LIMITS).parse(buffer, 0, bytes.length, head);
        if (length <= 0 || head.methodId() == HttpMethod.CONNECT)
        {
            return null;
        }
        final Http1BodyDecoder decoder = new Http1BodyDecoder();
        if (head.chunked())
        {
            decoder.chunked();
        }
        else
        {
            decoder.fixed(Math.max(0, head.contentLength()));
        }
        final String start = Bytes.text(buffer, head.methodOffset(), head.methodLength()) + " ";
        final String target = Bytes.text(buffer, head.targetOffset(), head.targetLength());
        final List<String> fields = list(head.headers());
        final UnsafeBuffer out = new UnsafeBuffer(new byte[4096]);
        final int headEnd = encode(head, out);
        final Body body = body(decoder, buffer, length, bytes.length, out, headEnd, head.chunked());
        if (body == null)
        {
            return null;
        }
        final byte[] forwarded = new byte[body.outEnd];
        out.getBytes(0, forwarded);
        return new Parsed(new Message(start + target, fields, body.text, body.trailers), body.end,
            head.absoluteForm() ? rawTarget(forwarded, target) : forwarded);
    }

    /** The forwarded target has origin form; it is compared as if it had come so. */
    private static byte[] rawTarget(final byte[] forwarded, final String target)
    {
        final String text = new String(forwarded, ISO_8859_1);
        final int from = text.indexOf(' ') + 1;
        return Bytes.of(text.substring(0, from) + target + text.substring(text.indexOf(' ', from)));
    }

    private static int encode(final RequestHead head, final UnsafeBuffer out)
    {
        int at = Http1Encoder.putRequestLine(out, 0, head);
        at = Http1Encoder.putHeader(out, at, Http1Encoder.prefix(HeaderName.HOST), head.headers().buffer(),
            head.authorityOffset(), head.authorityLength());
        at = Http1Encoder.copyHeaders(head.headers(), HOP_BY_HOP | HeaderName.mask(HeaderName.HOST), out, at);
        if (head.chunked())
        {
            at = Http1Encoder.putHeader(
                out, at, Http1Encoder.prefix(HeaderName.TRANSFER_ENCODING), Bytes.of("chunked"));
        }
        return Http1Encoder.putEnd(out, at);
    }

    private record Body(String text, List<String> trailers, int end, int outEnd)
    {
    }

    private static Body body(
        final Http1BodyDecoder decoder, final UnsafeBuffer buffer, final int from, final int end,
        final UnsafeBuffer out, final int outFrom, final boolean isChunked)
    {
        final StringBuilder data = new StringBuilder();
        int at = from;
        int to = outFrom;
        while (!decoder.complete() && !decoder.inTrailers())
        {
            final int used = at < end ? decoder.decode(buffer, at, end - at) : 0;
            if (used <= 0)
            {
                return null;
            }
            final int length = decoder.dataLength();
            data.append(Bytes.text(buffer, decoder.dataOffset(), length));
            to = isChunked && length > 0 ? Http1Encoder.putChunkHeader(out, to, length) : to;
            out.putBytes(to, buffer, decoder.dataOffset(), length);
            to = isChunked && length > 0 ? Http1Encoder.putEnd(out, to + length) : to + length;
            at += used;
        }
        if (decoder.complete())
        {
            return new Body(data.toString(), List.of(), at, to);
        }
        final HeaderTable trailers = new HeaderTable(100);
        final int used = new Http1TrailerParser(LIMITS).parse(buffer, at, end - at, trailers);
        if (used <= 0)
        {
            return null;
        }
        to = Http1Encoder.putLastChunkHeader(out, to);
        to = Http1Encoder.copyHeaders(trailers, 0, out, to);
        return new Body(data.toString(), list(trailers), at + used, Http1Encoder.putEnd(out, to));
    }

    private static Parsed parseResponse(final String text)
    {
        final byte[] bytes = Bytes.of(text);
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final ResponseHead head = new ResponseHead(100);
        final int length = new Http1ResponseParser(LIMITS).parse(buffer, 0, bytes.length, head);
        final boolean isDelimited = head.bodyless() || head.chunked() || head.contentLength() >= 0;
        if (length <= 0 || head.status() < 200 || !isDelimited)
        {
            return null;
        }
        final Http1BodyDecoder decoder = new Http1BodyDecoder();
        if (head.bodyless())
        {
            decoder.none();
        }
        else if (head.chunked())
        {
            decoder.chunked();
        }
        else
        {
            decoder.fixed(head.contentLength());
        }
        // Netty leaves the field out of a 304, which has no body whatever it says.
        final List<String> fields = list(head.headers()).stream().filter(
            field -> head.status() != 304 || !field.startsWith("transfer-encoding:")).toList();
        final UnsafeBuffer out = new UnsafeBuffer(new byte[4096]);
        final Body body = body(decoder, buffer, length, bytes.length, out, 0, head.chunked());
        return body == null ? null :
            new Parsed(new Message(String.valueOf(head.status()), fields, body.text, body.trailers), body.end, bytes);
    }
}
