package dev.ringway.system;

import java.util.ArrayList;
import java.util.List;

/** What {@link Http2DesyncTest} sends, and what may come of it. */
final class Http2DesyncCases
{
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nhost: evil\r\n\r\n";

    static final List<Case> ACCEPTED = new ArrayList<>();
    static final List<Case> REJECTED = new ArrayList<>();
    static final List<Case> CUT = new ArrayList<>();

    /** One request; body and trailers are null where there are none; upstream as {@link Http1Bytes} takes it apart. */
    record Case(String name, Http2Block block, String body, Http2Block trailers, List<String> upstream)
    {
        public String toString()
        {
            return name;
        }
    }

    private Http2DesyncCases()
    {
    }

    static
    {
        wellFormed();
        names();
        values();
        pseudoHeaders();
        framing();
        authorities();
        trailers();
    }

    private static void accept(final String name, final Http2Block block, final String body, final String... upstream)
    {
        ACCEPTED.add(new Case(name, block, body, null, List.of(upstream)));
    }

    private static void reject(final String name, final Http2Block block)
    {
        REJECTED.add(new Case(name, block, null, null, List.of()));
    }

    private static void reject(final String name, final String... namesAndValues)
    {
        reject(name, Http2Block.request("GET", "/", namesAndValues));
    }

    private static void cut(final String name, final String body, final String... namesAndValues)
    {
        CUT.add(new Case(name, Http2Block.request("POST", "/cut", namesAndValues), body, null, List.of()));
    }

    private static void wellFormed()
    {
        accept("a plain request", Http2Block.request("GET", "/a?b=c", "x-one", "1"), null,
            "GET /a?b=c HTTP/1.1", "host: test", "x-one: 1", "", "");
        accept("a body with a length", Http2Block.request("POST", "/", "content-length", "5"), "hello",
            "POST / HTTP/1.1", "content-length: 5", "host: test", "", "hello");
        accept("a body without a length that looks like chunks", Http2Block.request("POST", "/"),
            "0\r\n\r\n" + SMUGGLED, "POST / HTTP/1.1", "host: test", "transfer-encoding: chunked", "",
            "0\r\n\r\n" + SMUGGLED);
        accept("a body of a length that looks like a request",
            Http2Block.request("POST", "/", "content-length", "" + SMUGGLED.length()), SMUGGLED,
            "POST / HTTP/1.1", "content-length: " + SMUGGLED.length(), "host: test", "", SMUGGLED);
        accept("cookie crumbs", Http2Block.request("GET", "/", "cookie", "a=b", "x-one", "1", "cookie", "c=d",
            "cookie", "e=f"), null, "GET / HTTP/1.1", "cookie: a=b; c=d; e=f", "host: test", "x-one: 1", "", "");
        accept("a field twice", Http2Block.request("GET", "/", "x-one", "1", "x-one", "2"), null,
            "GET / HTTP/1.1", "host: test", "x-one: 1", "x-one: 2", "", "");
        accept("an empty value", Http2Block.request("GET", "/", "x-one", ""), null,
            "GET / HTTP/1.1", "host: test", "x-one: ", "", "");
        accept("a value with high bytes and a tab", Http2Block.request("GET", "/", "x-one", "a\tb\u00e9"), null,
            "GET / HTTP/1.1", "host: test", "x-one: a\tb\u00e9", "", "");
        accept("all characters of a name", Http2Block.request("GET", "/", "!#$%&'*+-.^_`|~19az", "1"), null,
            "GET / HTTP/1.1", "!#$%&'*+-.^_`|~19az: 1", "host: test", "", "");
    }

    private static void names()
    {
        for (final String name : List.of("", "X-Upper", "x-uppeR", "x one", " x", "x ", "x\r\ny", "x\ny", "x\ry",
            "x\0y", "x:y", "x:", "x\ty", "x(y", "x\u007fy", "x\u00e9y", "x\u0001y", "x: 1\r\nhost"))
        {
            reject("a field named " + quoted(name), name, "v");
        }
    }

    private static void values()
    {
        for (final String value : List.of("a\r\nx-smuggled: 1", "a\r\n\r\n" + SMUGGLED, "a\nb", "a\rb", "a\0b", "\r\n",
            "a\u0001b", "a\u007fb"))
        {
            reject("a value of " + quoted(value), "x-one", value);
        }
        for (final String value : List.of(" a", "a ", "\ta", "a\t"))
        {
            reject("a value with space around it, " + quoted(value), "x-one", value);
        }
        reject("a cookie with CR LF", "cookie", "a=b\r\nx-smuggled: 1");
        reject("connection", "connection", "close");
        reject("connection that names a field", "connection", "x-one", "x-one", "1");
        reject("keep-alive", "keep-alive", "1");
        reject("proxy-connection", "proxy-connection", "close");
        reject("transfer-encoding", "transfer-encoding", "chunked");
        reject("transfer-encoding with a length", "transfer-encoding", "chunked", "content-length", "0");
        reject("upgrade", "upgrade", "websocket");
        reject("te of more than trailers", "te", "gzip");
        reject("te of trailers and more", "te", "trailers, gzip");
    }

    private static void pseudoHeaders()
    {
        for (final String path : List.of("", "a", " /", "/ ", "/a b", "/a HTTP/1.1\r\n\r\n" + SMUGGLED, "/\r\n",
            "/a\0b", "/a\tb", "/\u0001", "/a#b", "*"))
        {
            reject("path " + quoted(path), Http2Block.request("GET", path));
        }
        for (final String method : List.of("", "GE T", "GET / HTTP/1.1\r\n\r\n", "GET\r\n", "G\0ET", " GET", "GET ",
            "G:T"))
        {
            reject("method " + quoted(method), Http2Block.request(method, "/"));
        }
        reject("an unknown pseudo-header field", ":foo", "bar");
        reject("a response's pseudo-header field", ":status", "200");
        reject("method twice", ":method", "GET");
        reject("path twice", ":path", "/smuggled");
        reject("scheme twice", ":scheme", "http");
        reject("authority twice", ":authority", "test");
        reject("protocol without CONNECT", ":protocol", "websocket");
        reject("a pseudo-header field behind others",
            Http2Block.of(":method", "GET", ":scheme", "http", ":path", "/", "x-one", "1", ":authority", "test"));
        reject("no method", Http2Block.of(":scheme", "http", ":authority", "test", ":path", "/"));
        reject("no path", Http2Block.of(":method", "GET", ":scheme", "http", ":authority", "test"));
        reject("no scheme", Http2Block.of(":method", "GET", ":authority", "test", ":path", "/"));
        reject("a scheme with CR LF",
            Http2Block.of(":method", "GET", ":scheme", "http\r\nx: y", ":authority", "test", ":path", "/"));
        reject("CONNECT with a path", Http2Block.request("CONNECT", "/"));
        reject("CONNECT without an authority", Http2Block.of(":method", "CONNECT"));
    }

    private static void framing()
    {
        for (final String length : List.of("", "+5", "-5", "5, 5", "5,6", "0x5", " 5", "5 5", "9".repeat(23)))
        {
            reject("content-length " + quoted(length), Http2Block.request("POST", "/", "content-length", length));
        }
        reject("two lengths", Http2Block.request("POST", "/", "content-length", "0", "content-length", "1"));
        reject("a length and no body", Http2Block.request("POST", "/", "content-length", "5"));
        cut("less data than the length", "hel", "content-length", "5");
        cut("more data than the length", "hello" + SMUGGLED, "content-length", "5");
    }

    private static void authorities()
    {
        for (final String authority : List.of("a b", "a\r\nx: y", "a\0", "user@test", "test/path", "test?"))
        {
            reject("authority " + quoted(authority), Http2Block.of(":method", "GET", ":scheme", "http",
                ":authority", authority, ":path", "/"));
        }
        accept("host instead of authority", Http2Block.of(":method", "GET", ":scheme", "http", ":path", "/",
            "host", "test"), null, "GET / HTTP/1.1", "host: test", "", "");
        accept("host beside the same authority", Http2Block.request("GET", "/", "host", "test"), null,
            "GET / HTTP/1.1", "host: test", "", "");
        reject("host beside another authority", "host", "evil");
        reject("no host at all", Http2Block.of(":method", "GET", ":scheme", "http", ":path", "/"));
        reject("host twice", Http2Block.of(":method", "GET", ":scheme", "http", ":path", "/", "host", "test",
            "host", "evil"));
    }

    private static void trailers()
    {
        ACCEPTED.add(new Case("trailers", Http2Block.request("POST", "/", "te", "trailers"), "body",
            Http2Block.of("x-last", "1"), List.of("POST / HTTP/1.1", "host: test", "te: trailers",
            "transfer-encoding: chunked", "", "body", "x-last: 1")));
        for (final String trailer : List.of(":path: /smuggled", ":status: 200", "x-a: 1\r\n\r\n" + SMUGGLED,
            "x\r\ny: 1", "X-Upper: 1", "transfer-encoding: chunked", "connection: close"))
        {
            final int colon = trailer.indexOf(": ");
            CUT.add(new Case("trailer " + quoted(trailer), Http2Block.request("POST", "/cut"), "body",
                Http2Block.of(trailer.substring(0, colon), trailer.substring(colon + 2)), List.of()));
        }
    }

    /** Printable, for the name of a case. */
    private static String quoted(final String text)
    {
        final StringBuilder quoted = new StringBuilder("'");
        for (final char c : text.substring(0, Math.min(24, text.length())).toCharArray())
        {
            quoted.append(c < 0x20 || c > 0x7e ? "\\x%02x".formatted((int)c) : c);
        }
        return quoted.append('\'').toString();
    }
}
