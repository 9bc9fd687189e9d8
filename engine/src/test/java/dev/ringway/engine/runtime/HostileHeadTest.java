package dev.ringway.engine.runtime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Heads that others read differently: each gets a 4xx or 5xx and the end of its connection, and no byte of it or of
 * what follows reaches the endpoint.
 */
final class HostileHeadTest
{
    private static final String HOST = "host: a\r\n";
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n";

    private static Arguments post(final String name, final String fields)
    {
        return arguments(name, "POST / HTTP/1.1\r\n" + HOST + fields + "\r\n");
    }

    private static Arguments get(final String name, final String fields)
    {
        return arguments(name, "GET / HTTP/1.1\r\n" + fields + "\r\n");
    }

    private static Arguments line(final String name, final String line)
    {
        return arguments(name, line + "\r\n" + HOST + "\r\n");
    }

    static Stream<Arguments> framing()
    {
        return Stream.of(
            post("length and chunked", "content-length: 5\r\ntransfer-encoding: chunked\r\n"),
            post("chunked and length", "transfer-encoding: chunked\r\ncontent-length: 0\r\n"),
            post("two lengths", "content-length: 5\r\ncontent-length: 6\r\n"),
            post("equal lengths", "content-length: 5\r\ncontent-length: 5\r\n"),
            post("list of lengths", "content-length: 5, 5\r\n"),
            post("signed length", "content-length: +5\r\n"),
            post("negative length", "content-length: -5\r\n"),
            post("hexadecimal length", "content-length: 0x5\r\n"),
            post("empty length", "content-length:\r\n"),
            post("length overflow", "content-length: 99999999999999999999999\r\n"),
            post("length with a space", "content-length: 1 2\r\n"),
            post("unknown coding", "transfer-encoding: gzip, chunked\r\n"),
            post("chunked not final", "transfer-encoding: chunked, gzip\r\n"),
            post("chunked twice", "transfer-encoding: chunked, chunked\r\n"),
            post("identity", "transfer-encoding: identity\r\n"),
            post("two transfer-encodings", "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n"),
            post("chunked with a tail", "transfer-encoding: chunkedx\r\n"),
            post("quoted chunked", "transfer-encoding: \"chunked\"\r\n"),
            post("vertical tab before chunked", "transfer-encoding: \u000bchunked\r\n"),
            arguments("chunked in HTTP/1.0", "POST / HTTP/1.0\r\n" + HOST + "transfer-encoding: chunked\r\n\r\n"));
    }

    static Stream<Arguments> fields()
    {
        return Stream.of(
            get("space before colon", HOST + "x-a : b\r\n"),
            get("space before colon of the length", HOST + "content-length : 5\r\n"),
            get("folded line", HOST + "x-a: b\r\n c\r\n"),
            get("folded first line", " x: y\r\n" + HOST),
            get("NUL in a value", HOST + "x-a: b\u0000c\r\n"),
            get("CR in a value", HOST + "x-a: b\rc\r\n"),
            get("bare LF", HOST + "x-a: b\nx-c: d\r\n"),
            get("control in a name", HOST + "x\u0001a: b\r\n"),
            get("empty name", HOST + ": b\r\n"),
            get("no colon", HOST + "x-a\r\n"),
            get("space in a name", HOST + "x a: b\r\n"),
            get("no host", "x-a: b\r\n"),
            get("two hosts", HOST + "host: b\r\n"),
            get("two equal hosts", HOST + HOST),
            get("empty host", "host:\r\n"),
            get("list of hosts", "host: a, b\r\n"),
            get("host with a path", "host: a/b\r\n"),
            get("host with user info", "host: u@a\r\n"),
            get("host with a space", "host: a b\r\n"),
            get("host with a bad port", "host: a:port\r\n"));
    }

    static Stream<Arguments> lines()
    {
        return Stream.of(
            line("no version", "GET /"),
            line("HTTP/0.9 with fields", "GET / HTTP/0.9"),
            line("HTTP/2 in text", "GET / HTTP/2.0"),
            line("HTTP/1.2", "GET / HTTP/1.2"),
            line("lower-case version", "GET / http/1.1"),
            line("two spaces", "GET  / HTTP/1.1"),
            line("tab for space", "GET\t/ HTTP/1.1"),
            line("space in the target", "GET /a b HTTP/1.1"),
            line("control in the target", "GET /a\u0001 HTTP/1.1"),
            line("fragment", "GET /a#b HTTP/1.1"),
            line("relative target", "GET a HTTP/1.1"),
            line("star for GET", "GET * HTTP/1.1"),
            line("control in the method", "GE\u0001T / HTTP/1.1"),
            line("leading space", " GET / HTTP/1.1"),
            line("unknown scheme", "GET ftp://a/ HTTP/1.1"),
            line("user info in the target", "GET http://u@a/ HTTP/1.1"),
            line("empty authority", "GET http:///x HTTP/1.1"),
            line("space behind the version", "GET / HTTP/1.1 "),
            arguments("line feeds alone", "GET / HTTP/1.1\nhost: a\n\n"),
            arguments("TLS hello", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n"));
    }

    static Stream<Arguments> sizes()
    {
        return Stream.of(
            get("too many fields", HOST + "x-a: b\r\n".repeat(200)),
            get("too long a value", HOST + "x-a: " + "b".repeat(70_000) + "\r\n"),
            get("too long a name", HOST + "x".repeat(70_000) + ": b\r\n"),
            line("too long a target", "GET /" + "a".repeat(70_000) + " HTTP/1.1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"framing", "fields", "lines", "sizes"})
    void shouldRefuse(final String name, final String head) throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect().send(head + SMUGGLED);
            final HttpMessage response = client.read();
            assertTrue(response.status() >= 400 && response.status() <= 505, response.startLine());
            assertEquals(response.startLine().substring("HTTP/1.1 400 ".length()), response.text());
            assertEquals("close", response.header("connection"));
            client.assertEnd();
            assertEquals(0, backend.accepted());
            assertEquals(1, proxy.counter("http.in.downstream_cx_protocol_error"));
        }
    }

    static Stream<Arguments> chunks()
    {
        return Stream.of(
            arguments("leading space", " 3\r\nfoo\r\n0\r\n\r\n"),
            arguments("hexadecimal prefix", "0x3\r\nfoo\r\n0\r\n\r\n"),
            arguments("sign", "+3\r\nfoo\r\n0\r\n\r\n"),
            arguments("underscore", "0_3\r\nfoo\r\n0\r\n\r\n"),
            arguments("empty size", "\r\nfoo\r\n0\r\n\r\n"),
            arguments("overflow", "fffffffffffffffff\r\nfoo\r\n0\r\n\r\n"),
            arguments("bare LF behind the size", "3\nfoo\r\n0\r\n\r\n"),
            arguments("bare LF behind the data", "3\r\nfoo\n0\r\n\r\n"),
            arguments("longer than said", "3\r\nfoobar\r\n0\r\n\r\n"),
            arguments("control in an extension", "3;a\u0001\r\nfoo\r\n0\r\n\r\n"),
            arguments("endless extension", "3;" + "a".repeat(20_000) + "\r\nfoo\r\n0\r\n\r\n"),
            arguments("framing in a trailer", "3\r\nfoo\r\n0\r\ncontent-length: 3\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chunks")
    void shouldRefuseAChunkedRequest(final String name, final String chunks) throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("x"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient client = proxy.connect().send(
                "POST / HTTP/1.1\r\n" + HOST + "transfer-encoding: chunked\r\n\r\n" + chunks + SMUGGLED);
            final HttpMessage response = client.read();
            assertEquals(400, response.status());
            assertEquals("Bad Request", response.text());
            assertEquals("close", response.header("connection"));
            client.assertGone();
            assertEquals(0, backend.requests().size());
            assertEquals(1, proxy.counter("http.in.downstream_cx_protocol_error"));
        }
    }
}
