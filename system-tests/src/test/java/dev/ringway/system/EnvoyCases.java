package dev.ringway.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The bytes of {@link EnvoyComparisonTest}, and where Ringway differs on purpose. */
final class EnvoyCases
{
    /** Answers of the upstream by path; anything else is "ok". */
    static final Map<String, String> ANSWERS = Map.ofEntries(
        Map.entry("/chunked", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nfoo\r\n4;x=y\r\nbars\r\n0\r\n\r\n"),
        Map.entry("/until-end", "HTTP/1.1 200 OK\r\n\r\nall until the end" + Origin.CLOSE),
        Map.entry("/not-modified", "HTTP/1.1 304 Not Modified\r\netag: \"1\"\r\n\r\n"),
        Map.entry("/no-content", "HTTP/1.1 204 No Content\r\n\r\n"),
        Map.entry("/head", "HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n"),
        Map.entry("/hints", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
        Map.entry("/own", "HTTP/1.1 200 OK\r\nServer: mine\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nX-Mixed-Case: Yes\r\n" +
            "x-envoy-upstream-service-time: 77777\r\nx-twice: 1\r\nx-twice: 2\r\ncontent-length: 0\r\n\r\n"),
        Map.entry("/hop", "HTTP/1.1 200 OK\r\nconnection: x-hop, keep-alive\r\nx-hop: 1\r\nkeep-alive: timeout=5\r\n" +
            "proxy-connection: keep-alive\r\nupgrade: h2c\r\ncontent-length: 0\r\n\r\n"),
        Map.entry("/close", "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\nbye" + Origin.CLOSE),
        Map.entry("/reason", "HTTP/1.1 299 Fine By Me\r\ncontent-length: 0\r\n\r\n"),
        Map.entry("/old", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi" + Origin.CLOSE),
        Map.entry("/garbage", "\u0016\u0003 nonsense\r\n\r\n" + Origin.CLOSE),
        Map.entry("/end", Origin.CLOSE),
        Map.entry("/never", ""),
        Map.entry("/half-head", "HTTP/1.1 200 OK\r\ncontent-le" + Origin.CLOSE),
        Map.entry("/half-body", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf" + Origin.CLOSE),
        Map.entry("/half-chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab" + Origin.CLOSE),
        Map.entry("/two-lengths",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc" + Origin.CLOSE),
        Map.entry("/both", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
        Map.entry("/bad-name", "HTTP/1.1 200 OK\r\nbad name: 1\r\ncontent-length: 0\r\n\r\n"),
        Map.entry("/nul", "HTTP/1.1 200 OK\r\nx-nul: a\0b\r\ncontent-length: 0\r\n\r\n"));

    private static final String HOST = "Host: a.example\r\n";
    private static final String TIMEOUT = "X-Envoy-Upstream-Rq-Timeout-Ms: ";
    private static final String PER_TRY = "X-Envoy-Upstream-Rq-Per-Try-Timeout-Ms: ";
    private static final Set<String> MOMENTARY = Set.of("date", "x-envoy-upstream-service-time");

    /**
     * What one connection sends, and to which listener ("in", "edge", "inside" or "paths"). {@code isHead} has an element for each final answer to read:
     * whether it answers HEAD.
     */
    record Case(String name, String request, List<Boolean> isHead, String listener)
    {
        Case(final String name, final String request, final List<Boolean> isHead)
        {
            this(name, request, isHead, "in");
        }

        @Override
        public String toString()
        {
            return name;
        }
    }

    /** Cases that are right. */
    private static final List<Case> GOOD = List.of(
        one("get", "GET /a?b=c&d=%20 HTTP/1.1\r\n" + HOST + "\r\n"),
        new Case("head", "HEAD /head HTTP/1.1\r\n" + HOST + "\r\n", List.of(true)),
        one("post", "POST /a HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nhello"),
        one("empty post", "POST /a HTTP/1.1\r\n" + HOST + "Content-Length: 0\r\n\r\n"),
        one("post without framing", "POST /a HTTP/1.1\r\n" + HOST + "\r\n"),
        one("put without framing", "PUT /a HTTP/1.1\r\n" + HOST + "\r\n"),
        one("patch without framing", "PATCH /a HTTP/1.1\r\n" + HOST + "\r\n"),
        one("delete without framing", "DELETE /a HTTP/1.1\r\n" + HOST + "\r\n"),
        one("trace without framing", "TRACE /a HTTP/1.1\r\n" + HOST + "\r\n"),
        one("propfind without framing", "PROPFIND /a HTTP/1.1\r\n" + HOST + "\r\n"),
        one("chunked post", "POST /a HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        one("chunk extension",
            "POST /a HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n"),
        one("trailers dropped",
            "POST /a HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx-trailer: 1\r\n\r\n"),
        one("expect", "POST /a HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi"),
        new Case("two at once", "GET /a HTTP/1.1\r\n" + HOST + "\r\nGET /b HTTP/1.1\r\n" + HOST + "\r\n",
            List.of(false, false)),
        new Case("behind close", "GET /a HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\nGET /b HTTP/1.1\r\n" + HOST +
            "\r\n", List.of(false, false)),
        one("absolute form", "GET http://other.example/x?y HTTP/1.1\r\n" + HOST + "\r\n"),
        one("absolute form without path", "GET http://other.example HTTP/1.1\r\n" + HOST + "\r\n"),
        one("close", "GET / HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"),
        one("hop by hop", "GET / HTTP/1.1\r\n" + HOST + "Connection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n" +
            "Proxy-Connection: keep-alive\r\nTE: trailers\r\n\r\n"),
        one("forwarded", "GET / HTTP/1.1\r\n" + HOST + "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n" +
            "X-Forwarded-Host: f.example\r\n\r\n"),
        one("request id given", "GET / HTTP/1.1\r\n" + HOST + "X-Request-Id: mine\r\n\r\n"),
        one("envoy's own fields", "GET / HTTP/1.1\r\n" + HOST + "X-Envoy-Expected-Rq-Timeout-Ms: 5\r\n" +
            "X-Envoy-Internal: true\r\nX-Envoy-Original-Path: /x\r\nX-Envoy-Decorator-Operation: y\r\n\r\n"),
        one("field values", "GET / HTTP/1.1\r\n" + HOST + "X-Empty:\r\nX-Spaces: \t a  b \t\r\nX-High: \u00e9\r\n" +
            "X-Two: 1\r\nX-Two: 2\r\nCookie: a=b\r\nCookie: c=d\r\nx_under: 1\r\n\r\n"),
        one("dot segments", "GET /a/../b/./c HTTP/1.1\r\n" + HOST + "\r\n"),
        one("double slash", "GET //a//b HTTP/1.1\r\n" + HOST + "\r\n"),
        one("escaped slash", "GET /a%2Fb%5cc HTTP/1.1\r\n" + HOST + "\r\n"),
        one("method of no RFC", "FROB / HTTP/1.1\r\n" + HOST + "\r\n"),
        one("options", "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n"),
        one("empty lines first", "\r\n\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n"),
        one("host with port", "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n"),
        one("direct response", "GET /direct HTTP/1.1\r\n" + HOST + "\r\n"),
        one("direct 400", "GET /wrong HTTP/1.1\r\n" + HOST + "\r\n"),
        one("post without framing, direct response", "POST /direct HTTP/1.1\r\n" + HOST + "\r\n"),
        new Case("direct response to head", "HEAD /direct HTTP/1.1\r\n" + HOST + "\r\n", List.of(true)),
        one("redirect", "GET /redirect?x HTTP/1.1\r\n" + HOST + "\r\n"),
        one("prefix rewrite", "GET /rewrite/a HTTP/1.1\r\n" + HOST + "\r\n"),
        one("dead cluster", "GET /dead HTTP/1.1\r\n" + HOST + "\r\n"));

    private static final List<Case> UPSTREAM = ANSWERS.keySet().stream().filter(path -> !path.equals("/head") && !path.equals("/never")).sorted()
        .map(path -> one("upstream " + path, "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n")).toList();

    /** Cases that are wrong, or that a proxy had better refuse. */
    static final List<Case> BAD = List.of(
        one("HTTP/1.0", "GET / HTTP/1.0\r\n" + HOST + "\r\n"),
        one("no host", "GET / HTTP/1.1\r\n\r\n"),
        one("two hosts", "GET / HTTP/1.1\r\n" + HOST + "Host: b.example\r\n\r\n"),
        one("user in target", "GET http://u@other.example/x HTTP/1.1\r\n" + HOST + "\r\n"),
        one("user in host", "GET / HTTP/1.1\r\nHost: u@a.example\r\n\r\n"),
        one("empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        one("space before colon", "GET / HTTP/1.1\r\n" + HOST + "X-A : 1\r\n\r\n"),
        one("folded field", "GET / HTTP/1.1\r\n" + HOST + "X-A: 1\r\n 2\r\n\r\n"),
        one("NUL in value", "GET / HTTP/1.1\r\n" + HOST + "X-A: 1\0002\r\n\r\n"),
        one("CR in value", "GET / HTTP/1.1\r\n" + HOST + "X-A: 1\r2\r\n\r\n"),
        one("bare LF in head", "GET / HTTP/1.1\n" + HOST + "\r\n"),
        one("empty field name", "GET / HTTP/1.1\r\n" + HOST + ": 1\r\n\r\n"),
        one("parenthesis in field name", "GET / HTTP/1.1\r\n" + HOST + "X(A): 1\r\n\r\n"),
        one("field without colon", "GET / HTTP/1.1\r\n" + HOST + "nonsense\r\n\r\n"),
        one("length and chunked", "POST / HTTP/1.1\r\n" + HOST +
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        one("two lengths", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
        one("length list", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5, 5\r\n\r\nabcde"),
        one("same length twice", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde"),
        one("length with plus", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: +5\r\n\r\nabcde"),
        one("empty length", "POST / HTTP/1.1\r\n" + HOST + "Content-Length:\r\n\r\n"),
        one("huge length", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 99999999999999999999\r\n\r\n"),
        one("unknown coding", "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        one("chunked is not last", "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
        one("identity", "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: identity\r\n\r\n"),
        one("chunked twice", "POST / HTTP/1.1\r\n" + HOST +
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        one("chunked in HTTP/1.0", "POST / HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        one("chunk size 0x", "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"),
        one("chunk size with space",
            "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n 3\r\nabc\r\n0\r\n\r\n"),
        one("chunk too long", "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n0\r\n\r\n"),
        one("chunk line with LF",
            "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n"),
        one("huge chunk",
            "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"),
        one("HTTP/2.0", "GET / HTTP/2.0\r\n" + HOST + "\r\n"),
        one("HTTP/1.2", "GET / HTTP/1.2\r\n" + HOST + "\r\n"),
        one("lower-case version", "GET / http/1.1\r\n" + HOST + "\r\n"),
        one("no version", "GET /\r\n\r\n"),
        one("two spaces in the request line", "GET  / HTTP/1.1\r\n" + HOST + "\r\n"),
        one("control character in method", "G\u0001T / HTTP/1.1\r\n" + HOST + "\r\n"),
        one("fragment", "GET /a#b HTTP/1.1\r\n" + HOST + "\r\n"),
        one("control character in path", "GET /a\u0001b HTTP/1.1\r\n" + HOST + "\r\n"),
        one("bytes above ASCII in path", "GET /\u00e9 HTTP/1.1\r\n" + HOST + "\r\n"),
        one("path without slash", "GET a HTTP/1.1\r\n" + HOST + "\r\n"),
        one("connect and more", "CONNECT a.example:443 HTTP/1.1\r\n" + HOST + "\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n"),
        one("connect", "CONNECT a.example:443 HTTP/1.1\r\n" + HOST + "\r\n"),
        one("TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n"),
        one("too many fields", "GET / HTTP/1.1\r\n" + HOST + "x: 1\r\n".repeat(101) + "\r\n"),
        one("head too large", "GET / HTTP/1.1\r\n" + HOST + "x: " + "y".repeat(62_000) + "\r\n\r\n"));

    /** Cases for a listener that faces the world: it uses the client's own address and takes HTTP/1.0. */
    private static final List<Case> EDGE = List.of(
        edge("get", "GET / HTTP/1.1\r\n" + HOST + "\r\n"),
        edge("forwarded", "GET / HTTP/1.1\r\n" + HOST + "X-Forwarded-For: 192.0.2.1, 10.0.0.1\r\n" +
            "X-Forwarded-Proto: https\r\n\r\n"),
        edge("request id given", "GET / HTTP/1.1\r\n" + HOST + "X-Request-Id: mine\r\n\r\n"),
        edge("envoy's own fields", "GET / HTTP/1.1\r\n" + HOST + "X-Envoy-Expected-Rq-Timeout-Ms: 5\r\n" +
            "X-Envoy-Internal: true\r\nX-Envoy-External-Address: 192.0.2.9\r\nX-Envoy-Force-Trace: true\r\n" +
            "X-Envoy-Decorator-Operation: y\r\nX-Envoy-Downstream-Service-Cluster: z\r\n\r\n"),
        edge("HTTP/1.0", "GET / HTTP/1.0\r\n" + HOST + "\r\n"),
        edge("HTTP/1.0 keep-alive", "GET / HTTP/1.0\r\n" + HOST + "Connection: keep-alive\r\n\r\n"),
        edge("HTTP/1.0 chunked answer", "GET /chunked HTTP/1.0\r\n" + HOST + "\r\n"),
        edge("HTTP/1.0 without host", "GET / HTTP/1.0\r\n\r\n"),
        edge("HTTP/1.0 post", "POST / HTTP/1.0\r\n" + HOST + "Content-Length: 3\r\n\r\nabc"),
        edge("HTTP/1.0 expect", "POST / HTTP/1.0\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi"),
        edge("HTTP/1.0 chunked", "POST / HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        edge("direct response", "GET /direct HTTP/1.1\r\n" + HOST + "\r\n"),
        edge("redirect", "GET /redirect HTTP/1.1\r\n" + HOST + "\r\n"));

    /** Cases for a listener whose clients are internal, so that they may steer the router. */
    private static final List<Case> INSIDE = List.of(
        inside("get", "/", ""),
        inside("retries", "/", "X-Envoy-Retry-On: gateway-error\r\nX-Envoy-Max-Retries: 2\r\n" +
            "X-Envoy-Retry-Grpc-On: cancelled\r\nX-Envoy-Retriable-Status-Codes: 599\r\n" +
            "X-Envoy-Retriable-Header-Names: x-y\r\nX-Envoy-Hedge-On-Per-Try-Timeout: false\r\n"),
        inside("other fields", "/", "X-Envoy-Upstream-Alt-Stat-Name: a\r\nX-Envoy-Force-Trace: true\r\n" +
            "X-Envoy-Upstream-Rq-Timeout-Alt-Response: true\r\nX-Envoy-Upstream-Stream-Duration-Ms: 9000\r\n" +
            "X-Envoy-Ip-Tags: a\r\nX-Envoy-Original-Host: b\r\nX-Envoy-Downstream-Service-Node: c\r\n" +
            "X-Envoy-Downstream-Service-Cluster: d\r\nX-Envoy-Decorator-Operation: e\r\nX-Envoy-Original-Path: /f\r\n" +
            "X-Envoy-External-Address: 192.0.2.7\r\nX-Envoy-Attempt-Count: 3\r\nX-Envoy-Internal: false\r\n"),
        inside("time-out", "/", TIMEOUT + "7000\r\n"),
        inside("time-out 0", "/", TIMEOUT + "0\r\n"),
        inside("time-out of the route", "/brief", ""),
        inside("time-out longer than the route's", "/brief", TIMEOUT + "7000\r\n"),
        inside("time-out that is no number", "/", TIMEOUT + "abc\r\n"),
        inside("time-out with plus", "/", TIMEOUT + "+7000\r\n"),
        inside("time-out with minus", "/", TIMEOUT + "-7\r\n"),
        inside("time-out with zeros", "/", TIMEOUT + "007000\r\n"),
        inside("time-out with fraction", "/", TIMEOUT + "7000.5\r\n"),
        inside("time-out that is empty", "/", TIMEOUT + "\r\n"),
        inside("time-out too large", "/", TIMEOUT + "99999999999999999999\r\n"),
        inside("two time-outs", "/", TIMEOUT + "7000\r\n" + TIMEOUT + "8000\r\n"),
        inside("time-out expected", "/", "X-Envoy-Expected-Rq-Timeout-Ms: 5\r\n"),
        inside("time-out per try", "/", PER_TRY + "500\r\n"),
        inside("time-out per try 0", "/", PER_TRY + "0\r\n"),
        inside("time-out per try too long", "/", TIMEOUT + "7000\r\n" + PER_TRY + "8000\r\n"),
        inside("time-out per try that is no number", "/", PER_TRY + "x\r\n"),
        inside("time-out per try alone", "/", TIMEOUT + "0\r\n" + PER_TRY + "8000\r\n"),
        inside("time-out comes", "/never", TIMEOUT + "200\r\n"),
        inside("time-out per try comes", "/never", PER_TRY + "200\r\n"),
        inside("time-out with suppressed fields", "/", TIMEOUT + "7000\r\n"));

    /** Cases for a listener that brings paths and hosts into one form. */
    private static final List<Case> PATHS = List.of(
        path("/a/b"), path("/a/../b"), path("/a/./b"), path("/../a"), path("/a/b/.."), path("/a/b/."), path("//a///b"),
        path("/a//../b"), path("/a/%2e%2e/b"), path("/a/%2E/b"), path("/%41%7e"), path("/a%2Fb"), path("/a%5Cb"),
        path("/a\\b"), path("/a?b=../c//d"), path("/a/..?b"), path("/a%00b"), path("/a%zz"), path("/a;p=1/../b"),
        path("/a/..;/b"), path("/"), path("/."), path("/.."), path("/%"), path("/%00"), path("/direct%00"),
        paths("post to a refused path", "POST /%00 HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\nab"),
        paths("host with port", "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n"),
        paths("address with port", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"),
        paths("absolute form", "GET http://other.example:81/a/../b HTTP/1.1\r\n" + HOST + "\r\n"));

    static final List<Case> ALL = java.util.stream.Stream.of(GOOD, UPSTREAM, BAD, EDGE, INSIDE, PATHS).flatMap(List::stream).toList();

    /**
     * A difference. {@code lines} are all that differs as the test prints it ("what: Envoy's -> ours"), or, where
     * statuses, connections or the number of requests differ, those alone.
     */
    record Difference(String reason, List<String> lines)
    {
    }

    private static final String OK = "HTTP/1.1 200 OK";
    private static final String BAD_REQUEST = "HTTP/1.1 400 Bad Request";
    private static final String UPGRADE = "HTTP/1.1 426 Upgrade Required";

    /** Where Ringway does otherwise on purpose, by the name of the case. */
    static final Map<String, Difference> DIFFERENCES = Map.ofEntries(
        refused("two hosts", "a request with two hosts is refused (RFC 9112, 3.2)"),
        refused("user in target", "a user in an authority is an error (RFC 9110, 4.2.4)"),
        refused("user in host", "an authority in Host has no user (RFC 9110, 7.2)"),
        refused("empty host", "without an authority nothing can be routed or forwarded (RFC 9110, 7.2)"),
        refused("folded field", "a folded field is refused, not repaired (RFC 9112, 5.2)"),
        refused("CR in value", "a bare CR is refused, not dropped (RFC 9112, 2.2)"),
        refused("bare LF in head", "a line ends with CRLF and nothing else"),
        refused("two spaces in the request line", "a request line has single spaces (RFC 9112, 3)"),
        refused("chunk too long", "data behind the length of a chunk is refused (RFC 9112, 7.1)"),
        differs("method of no RFC", "methods are an open set (RFC 9110, 9.1)",
            "answer 0 start: " + BAD_REQUEST + " -> " + OK, "goes on: no -> yes", "upstream requests: 0 -> 1"),
        differs("HTTP/2.0", "a version that is not served gets 505 (RFC 9110, 15.6.6)",
            "answer 0 start: " + UPGRADE + " -> HTTP/1.1 505 HTTP Version Not Supported"),
        differs("HTTP/1.2", "a version that is not served gets 505 (RFC 9110, 15.6.6)",
            "answer 0 start: " + UPGRADE + " -> HTTP/1.1 505 HTTP Version Not Supported"),
        differs("no version", "a request line without a version is no request line (RFC 9112, 3)",
            "answer 0 start: " + UPGRADE + " -> " + BAD_REQUEST),
        differs("chunked in HTTP/1.0", "the framing is wrong in any case (RFC 9112, 6.1)",
            "answer 0 start: " + UPGRADE + " -> " + BAD_REQUEST),
        differs("chunked twice", "chunked may be applied once (RFC 9112, 6.1): an error, not a coding that lacks",
            "answer 0 start: HTTP/1.1 501 Not Implemented -> " + BAD_REQUEST),
        differs("no host", "all refusals of a head have the same text",
            "answer 0 body: 0 bytes  -> 11 bytes Bad Request", "answer 0 content-length: 0 -> 11",
            "answer 0 content-type: (none) -> text/plain"),
        differs("fragment", "all refusals of a head have the same text",
            "answer 0 body: 0 bytes  -> 11 bytes Bad Request", "answer 0 content-length: 0 -> 11",
            "answer 0 content-type: (none) -> text/plain"),
        differs("edge: HTTP/1.0 expect", "an HTTP/1.0 client knows no 1xx answers (RFC 9110, 10.1.1)",
            "answer 0 start: HTTP/1.0 100 Continue -> HTTP/1.0 200 OK", "answer 1 start: HTTP/1.0 200 OK -> (none)"),
        differs("edge: HTTP/1.0 chunked", "chunked in HTTP/1.0 is refused (RFC 9112, 6.1)",
            "answer 0 start: HTTP/1.0 200 OK -> " + BAD_REQUEST, "upstream requests: 1 -> 0"),
        differs("upstream /end", "a connection that had served before may have been closed as idle: a GET is sent again on " +
            "another one (RFC 9112, 9.3.1)", "upstream requests: 1 -> 2"),
        differs("upstream /hints", "a proxy forwards 1xx answers (RFC 9110, 15.2)",
            "answer 0 start: " + OK + " -> HTTP/1.1 103 Early Hints", "answer 1 start: (none) -> " + OK),
        differs("upstream /hop", "what Connection names ends here (RFC 9110, 7.6.1)", "answer 0 x-hop: 1 -> (none)"),
        differs("upstream /reason", "the upstream's own words are kept",
            "answer 0 start: HTTP/1.1 299 Unknown -> HTTP/1.1 299 Fine By Me"),
        differs("upstream /half-head", "a connection that ends within a head has ended; nothing in it was wrong",
            "answer 0 start: HTTP/1.1 502 Bad Gateway -> HTTP/1.1 503 Service Unavailable"));

    /**
     * Differences that nobody decided on, faults until they are settled: there may be fewer than these and none besides.
     * An entry goes when its fault is gone.
     */
    static final Map<String, Difference> OPEN = Map.of();

    private EnvoyCases()
    {
    }

    private static Case one(final String name, final String request)
    {
        return new Case(name, request, List.of(false));
    }

    private static Case edge(final String name, final String request)
    {
        return new Case("edge: " + name, request, List.of(false), "edge");
    }

    private static Case inside(final String name, final String path, final String fields)
    {
        return new Case("inside: " + name, "GET " + path + " HTTP/1.1\r\n" + HOST + fields + "\r\n", List.of(false),
            "inside");
    }

    private static Case paths(final String name, final String request)
    {
        return new Case("paths: " + name, request, List.of(false), "paths");
    }

    private static Case path(final String path)
    {
        return paths(path, "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n");
    }

    private static Map.Entry<String, Difference> differs(
        final String name, final String reason, final String... lines)
    {
        return Map.entry(name, new Difference(reason, List.of(lines)));
    }

    /** Envoy takes it and goes on; here it is a 400 and the end, and nothing of it reaches the upstream. */
    private static Map.Entry<String, Difference> refused(final String name, final String reason)
    {
        return differs(name, reason, "answer 0 start: " + OK + " -> " + BAD_REQUEST, "goes on: yes -> no",
            "upstream requests: 1 -> 0");
    }

    /** A field's value without what is of the moment, of the machine or of the product. */
    static String comparable(final String name, final String value)
    {
        if (MOMENTARY.contains(name) && !value.equals("77777"))
        {
            return "(some)";
        }
        if (name.equals("x-request-id"))
        {
            return value.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "(some)");
        }
        if (name.equals("x-forwarded-for"))
        {
            // For a client on loopback Envoy writes the machine's own address.
            final int last = value.lastIndexOf(',') + 1;
            return isOwnAddress(value.substring(last).strip()) ? value.substring(0, last) + "(client)" : value;
        }
        return name.equals("server") && (value.equals("envoy") || value.equals("ringway")) ? "(product)" : value;
    }

    private static boolean isOwnAddress(final String address)
    {
        try
        {
            return NetworkInterface.getByInetAddress(InetAddress.getByName(address)) != null;
        }
        catch (final IOException e)
        {
            return false;
        }
    }
}
