package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.hpack.HpackDecoder;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.UnderscorePolicy;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.agrona.concurrent.UnsafeBuffer;

/** Whatever is accepted here, Netty's decoder must take for a valid request, with the same fields. */
class NettyFieldsTest
{
    private static final String[] NAMES =
    {
        ":method", ":scheme", ":authority", ":path", ":status", ":protocol", ":x", "host", "cookie", "cookie", "te",
        "content-length", "connection", "transfer-encoding", "keep-alive", "upgrade", "x-a", "x-long-name-here", "X-A",
        "x a", "x:a", "x\u0000", "x\r\n", "", "x\u00e9"
    };
    private static final String[] VALUES =
    {
        "", "a", "trailers", "gzip", "5", "0", "a b", " a", "a ", "a\tb", "a\rb", "a\nb", "a\0b", "a\u007fb", "\u00e9",
        "GET", "https", "/", "a; b"
    };

    private final UnsafeBuffer lines = new UnsafeBuffer(new byte[8192]);
    private final RequestFields fields = new RequestFields(100);
    private final RequestHead head = new RequestHead(100);

    @Provide
    static Arbitrary<List<String>> requests()
    {
        final Arbitrary<List<String>> field = Combinators.combine(Arbitraries.of(NAMES), Arbitraries.of(VALUES))
            .as((name, value) -> List.of(name, value));
        final Arbitrary<List<String>> start = Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.just(
                List.of(":method", "POST", ":scheme", "https", ":authority", "a", ":path", "/"))),
            Tuple.of(1, Arbitraries.just(List.of(":method", "GET", ":scheme", "http", ":path", "/"))),
            Tuple.of(1, Arbitraries.just(List.of(":method", "CONNECT", ":authority", "a:1"))),
            Tuple.of(1, Arbitraries.just(List.of())));
        return Combinators.combine(start, field.list().ofMaxSize(4)).as((first, more) ->
        {
            final List<String> all = new ArrayList<>(first);
            more.forEach(all::addAll);
            return all;
        });
    }

    @Property(tries = 5000)
    void shouldAcceptOnlyWhatNettyAccepts(@ForAll("requests") final List<String> request)
    {
        final byte[] block = block(request);
        fields.begin(head, lines, lines.capacity(), Http2FieldLimits.DEFAULT, UnderscorePolicy.ALLOW);
        new HpackDecoder(4096).decode(
            new UnsafeBuffer(block), 0, block.length, lines, 0, lines.capacity(), fields);
        if (fields.end(false) != 0)
        {
            return;
        }

        final Http2Headers theirs = nettyReads(block);
        assertEquals(String.valueOf(theirs.method()), text(head.methodOffset(), head.methodLength()));
        if (head.methodId() != HttpMethod.CONNECT)
        {
            assertEquals(String.valueOf(theirs.path()), text(head.pathOffset(), head.pathLength()));
            assertEquals(String.valueOf(theirs.scheme()), text(head.schemeOffset(), head.schemeLength()));
        }
        if (theirs.authority() != null)
        {
            assertEquals(String.valueOf(theirs.authority()), text(head.authorityOffset(), head.authorityLength()));
        }
        int crumbs = 0;
        for (int i = 0; i < request.size(); i += 2)
        {
            crumbs += request.get(i).equals("cookie") ? 1 : 0;
        }
        final int pseudo = head.methodId() == HttpMethod.CONNECT ? 2 : theirs.authority() == null ? 3 : 4;
        assertEquals(theirs.size(), head.headers().count() + pseudo + Math.max(0, crumbs - 1));
        assertTrue(head.headers().findNext(HeaderName.COOKIE, head.headers().find(HeaderName.COOKIE)) < 0);
    }

    private Http2Headers nettyReads(final byte[] block)
    {
        try
        {
            return new DefaultHttp2HeadersDecoder(true).decodeHeaders(1, Unpooled.wrappedBuffer(block));
        }
        catch (final Http2Exception exception)
        {
            throw new AssertionError("Netty refuses what is accepted: " + exception.getMessage(), exception);
        }
    }

    private String text(final int offset, final int length)
    {
        return FieldLines.text(lines, offset, length);
    }

    /** Literals without indexing, not coded. */
    private static byte[] block(final List<String> request)
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < request.size(); i++)
        {
            if (i % 2 == 0)
            {
                out.write(0);
            }
            final byte[] bytes = request.get(i).getBytes(StandardCharsets.ISO_8859_1);
            out.write(bytes.length);
            out.writeBytes(bytes);
        }

        return out.toByteArray();
    }
}
