package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1RequestParser;
import dev.ringway.engine.route.Redirect;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Envoy: {@code RedirectAction}; locations as Envoy writes them. */
final class RedirectsTest
{
    private static final byte[] NONE = null;

    private static String location(final String host, final String target, final Redirect redirect, final int matched)
    {
        return location(false, host, target, redirect, matched);
    }

    private static String location(
        final boolean isHttps, final String host, final String target, final Redirect redirect, final int matched)
    {
        final byte[] bytes = ("GET " + target + " HTTP/1.1\r\nhost: " + host + "\r\n\r\n").getBytes(US_ASCII);
        final RequestHead head = new RequestHead(10);
        assertEquals(bytes.length, new Http1RequestParser(Http1Limits.DEFAULT)
            .parse(new UnsafeBuffer(bytes), 0, bytes.length, head));
        final Route route = new RouteBuilder("").matchedLength(matched).redirect(301, redirect).build();
        final HeaderEdits edits = HeaderEdits.ofResponses();
        edits.reset(0);
        new Redirects(new Rewriter()).write(
            head, isHttps, isHttps ? RequestScheme.HTTPS : RequestScheme.HTTP, route, edits);
        final UnsafeBuffer out = new UnsafeBuffer(new byte[1 << 16]);
        final String text = out.getStringWithoutLengthAscii(0, edits.write(out, 0));
        assertEquals("location: ", text.substring(0, 10));
        return text.substring(10, text.length() - 2);
    }

    private static byte[] bytes(final String text)
    {
        return text.getBytes(US_ASCII);
    }

    @Test
    void shouldKeepWhatTheRouteDoesNotReplace()
    {
        final Redirect redirect = Redirect.of(null, "b.example", -1, NONE, NONE, false);
        assertEquals("http://b.example/x/y?q=1", location("a:8080", "/x/y?q=1", redirect, 2));
    }

    @Test
    void shouldKeepAPortThatIsNotTheSchemesDefault()
    {
        final Redirect redirect = Redirect.of("https", null, -1, NONE, NONE, false);
        assertEquals("https://a/x", location("a", "/x", redirect, 1));
        assertEquals("https://a/x", location("a:80", "/x", redirect, 1));
        assertEquals("https://a:8080/x", location("a:8080", "/x", redirect, 1));
        assertEquals("https://[::1]/x", location("[::1]", "/x", redirect, 1));
        assertEquals("https://[::1]/x", location("[::1]:80", "/x", redirect, 1));
        assertEquals("https://[::1]:180/x", location("[::1]:180", "/x", redirect, 1));
    }

    @Test
    void shouldKeepTheSchemeOfTheRequest()
    {
        final Redirect redirect = Redirect.of(null, "b.example", -1, NONE, NONE, false);
        assertEquals("https://b.example/x", location(true, "a:8443", "/x", redirect, 1));
        final Redirect clear = Redirect.of("http", null, -1, NONE, NONE, false);
        assertEquals("http://a/x", location(true, "a:443", "/x", clear, 1));
        assertEquals("http://a:80/x", location(true, "a:80", "/x", clear, 1));
        assertEquals("http://a:8443/x", location(true, "a:8443", "/x", clear, 1));
    }

    @Test
    void shouldReplaceThePort()
    {
        final Redirect redirect = Redirect.of(null, null, 9443, NONE, NONE, false);
        assertEquals("http://a:9443/x", location("a", "/x", redirect, 1));
        assertEquals("http://a:9443/x", location("a:8080", "/x", redirect, 1));
        assertEquals("http://[::1]:9443/x", location("[::1]:80", "/x", redirect, 1));
    }

    @Test
    void shouldReplaceThePath()
    {
        final Redirect redirect = Redirect.of(null, null, -1, bytes("/new"), NONE, false);
        assertEquals("http://a/new?q", location("a", "/x?q", redirect, 1));
        final Redirect withQuery = Redirect.of(null, null, -1, bytes("/new?z=1"), NONE, false);
        assertEquals("http://a/new?z=1", location("a", "/x?q", withQuery, 1));
        final Redirect stripped = Redirect.of(null, null, -1, bytes("/new"), NONE, true);
        assertEquals("http://a/new", location("a", "/x?q", stripped, 1));
    }

    @Test
    void shouldReplaceThePrefix()
    {
        final Redirect redirect = Redirect.of(null, null, -1, NONE, bytes("/new/"), false);
        assertEquals("http://a/new/rest?q", location("a", "/old/rest?q", redirect, 5));
        assertEquals("http://a/new/", location("a", "/old/", redirect, 5));
    }

    @Test
    void shouldStripTheQuery()
    {
        final Redirect redirect = Redirect.of("https", null, -1, NONE, NONE, true);
        assertEquals("https://a/x", location("a", "/x?q=1?2", redirect, 1));
        assertEquals("https://a/x", location("a", "/x", redirect, 1));
    }

    @Test
    void shouldNotCutALongLocation()
    {
        final Redirect redirect = Redirect.of("https", null, -1, NONE, NONE, false);
        final String path = "/" + "p".repeat(20_000);
        assertEquals("https://a" + path, location("a", path, redirect, 1));
    }
}
