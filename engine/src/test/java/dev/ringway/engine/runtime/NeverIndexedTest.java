package dev.ringway.engine.runtime;

import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.filter.HttpFilters.Place;
import dev.ringway.engine.filter.Verdict;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * What came as a never indexed literal of HPACK leaves as one (RFC 7541, 6.2.3), and nothing is put into a table of the
 * peer's. The blocks are written and read byte by byte, apart from the product's codec.
 */
@Timeout(60)
final class NeverIndexedTest
{
    private static final int NEVER = 0x10;
    private static final String LONG = "0123456789".repeat(5);

    /** Literals with names in plain text, each either never indexed or just not indexed. */
    private static byte[] block(final int kind, final String... fields) throws IOException
    {
        final ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2)
        {
            block.write(kind);
            for (final String text : List.of(fields[i], fields[i + 1]))
            {
                block.write(text.length());
                block.write(text.getBytes(ISO_8859_1));
            }
        }
        return block.toByteArray();
    }

    private static byte[] joined(final byte[]... blocks) throws IOException
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final byte[] block : blocks)
        {
            all.write(block);
        }
        return all.toByteArray();
    }

    private static int number(final ByteBuffer block, final int prefix)
    {
        int value = block.get() & prefix;
        for (int shift = 0, more = value == prefix ? 0x80 : 0; more != 0; shift += 7)
        {
            more = block.get();
            value += (more & 0x7F) << shift;
            more &= 0x80;
        }
        return value;
    }

    /** How each field is written, by its name. */
    private static Map<String, String> kinds(final Http2Frame frame)
    {
        final Map<String, String> kinds = new TreeMap<>();
        final ByteBuffer block = ByteBuffer.wrap(frame.payload());
        for (final String[] field : frame.fields())
        {
            final int first = block.get(block.position()) & 0xFF;
            if ((first & 0xE0) == 0x20)
            {
                throw new AssertionError("the size of a table is told");
            }
            if (first >= 0x80)
            {
                number(block, 0x7F);
                kinds.put(field[0], "in the table");
                continue;
            }
            if (number(block, first >= 0x40 ? 0x3F : 0x0F) == 0)
            {
                block.position(number(block, 0x7F) + block.position());
            }
            block.position(number(block, 0x7F) + block.position());
            kinds.put(field[0], first >= 0x40 ? "indexed" : first >= NEVER ? "never" : "not");
        }
        assertEquals(0, block.remaining());
        return kinds;
    }

    private static Http2Frame headers(final Http2Peer peer) throws IOException
    {
        Http2Frame frame = peer.next();
        while (frame.type() != Http2Frame.HEADERS)
        {
            frame = peer.next();
        }
        return frame;
    }

    private static HttpFilter holding()
    {
        return new HttpFilter()
        {
            public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
            {
                exchange.timer(1_000_000);
                exchange.request().add("x-added", LONG);
                return Verdict.HOLD;
            }

            public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
            {
                exchange.timer(1_000_000);
                exchange.response().add("x-added", LONG);
                return Verdict.HOLD;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "held", "rewritten"})
    void shouldKeepSecretsSecretInBothDirections(final String how) throws Exception
    {
        final BlockingQueue<Map<String, String>> asked = new LinkedBlockingQueue<>();
        final String secret = LONG + "s";
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final Http2Peer peer = Http2Peer.server(link);
                final Http2Frame head = headers(peer);
                asked.add(kinds(head));
                asked.add(kinds(headers(peer)));
                final int id = head.streamId();
                peer.frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS, id, joined(block(0, ":status", "200"),
                    block(NEVER, "set-cookie", secret, "x-secret", secret), block(0, "x-open", "1")));
                peer.data(id, false, (byte)'x');
                peer.frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, id,
                    joined(block(NEVER, "x-end", secret), block(0, "x-more", "1")));
                link.awaitEnd();
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend))
        {
            if (how.equals("held"))
            {
                proxy.http.filters = new HttpFilters(proxy.registry(), "in",
                    List.of(new Place("f", loop -> holding(), false)), (name, error) -> { });
            }
            else if (how.equals("rewritten"))
            {
                proxy.http.routes.put("/", proxy.http.rewriting("/", "/new/"));
            }
            proxy.start();
            final Http2Peer client = Http2Peer.client(proxy.connect());
            client.stream(1);
            client.frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS, 1, joined(
                block(0, ":method", "POST", ":scheme", "http"), block(NEVER, ":path", "/", ":authority", "a"),
                block(0, "x-open", "1", "cookie", LONG), block(NEVER, "x-secret", secret, "cookie", secret),
                block(0, "authorization", "Basic YTpi", "te", "trailers")));
            client.frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, 1,
                joined(block(NEVER, "x-end", secret), block(0, "x-more", "1")));
            final Map<String, String> request = asked.take();
            assertEquals("in the table", request.get(":method"));
            for (final String name : List.of(":path", ":authority", "x-secret", "cookie", "authorization"))
            {
                assertEquals("never", request.get(name), name);
            }
            assertEquals("not", request.get("x-open"));
            assertEquals(Map.of("x-end", "never", "x-more", "not"), asked.take());
            final Map<String, String> answer = kinds(headers(client));
            assertEquals("never never not",
                answer.get("set-cookie") + " " + answer.get("x-secret") + " " + answer.get("x-open"));
            assertEquals(Map.of("x-end", "never", "x-more", "not"), kinds(headers(client)));
        }
    }

    /** What need not be secret is not made so, or the root had no byte of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/other"})
    void shouldLeaveOpenWhatCameOpen(final String path) throws Exception
    {
        final BlockingQueue<Map<String, String>> asked = new LinkedBlockingQueue<>();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                asked.add(kinds(headers(Http2Peer.server(link))));
                link.awaitEnd();
            });
            TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = Http2Peer.client(proxy.connect());
            client.open(true, "GET", path);
            final Map<String, String> request = asked.take();
            assertEquals(path.equals("/") ? "in the table" : "not", request.get(":path"));
            assertEquals("not", request.get(":authority"));
        }
    }
}
