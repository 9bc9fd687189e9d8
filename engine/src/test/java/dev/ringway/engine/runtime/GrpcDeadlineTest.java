package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Endpoints that reset a call because its time is over, before its client or the proxy do. */
@Timeout(180)
final class GrpcDeadlineTest
{
    private static final int CANCEL = 8;
    private static final int INTERNAL_ERROR = 2;
    /** A time that is over with the next duty cycle. */
    private static final String SHORT = "1n";
    private static final String RESET =
        "upstream connect error or disconnect/reset before headers. reset reason: remote reset";

    /** An endpoint that resets what it is asked, on /begun with an answer that has begun. */
    private static TestBackend resetting() throws Exception
    {
        return Http2Peer.answering((peer, id, request) ->
        {
            if (request.target().equals("/begun"))
            {
                peer.headers(id, false, ":status", "200", "content-type", "application/grpc");
            }
            peer.reset(id, CANCEL);
        });
    }

    private static Sent call(final String path, final String type, final String timeout)
    {
        return Sent.of("POST " + path, null, false, "content-type", type, "grpc-timeout", timeout);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1_TO_HTTP2", "HTTP2_TO_HTTP2"})
    void shouldSayThatTheTimeIsOver(final HttpPair pair) throws Exception
    {
        try (TestBackend backend = resetting(); TestProxy proxy = pair.proxy(backend).start())
        {
            final HttpMessage answer = pair.connect(proxy).ask(call("/", "application/grpc", SHORT));
            assertEquals("4", answer.header("grpc-status"));
            assertEquals(RESET, answer.header("grpc-message"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_5xx"));
            assertEquals(1, proxy.counter("cluster.b.upstream_rq_rx_reset"));
        }
    }

    @ParameterizedTest
    @CsvSource({"application/grpc, 100H, 14", "application/grpc, 1x, 14", "application/json, " + SHORT + ","})
    void shouldSayAsOfAnyOtherReset(final String type, final String timeout, final String status) throws Exception
    {
        try (TestBackend backend = resetting(); TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final HttpMessage answer = HttpPair.HTTP2_TO_HTTP2.connect(proxy).ask(call("/", type, timeout));
            assertEquals(status, answer.header("grpc-status"));
            assertEquals(status == null ? 503 : 200, answer.status());
        }
    }

    @ParameterizedTest
    @CsvSource({"application/grpc, " + SHORT + ", " + CANCEL, "application/grpc, 100H, " + INTERNAL_ERROR,
        "application/json, " + SHORT + ", " + INTERNAL_ERROR})
    void shouldPassTheResetOnBehindABeginning(final String type, final String timeout, final int code) throws Exception
    {
        try (TestBackend backend = resetting(); TestProxy proxy = HttpPair.HTTP2_TO_HTTP2.proxy(backend).start())
        {
            final Http2Peer client = HttpPair.HTTP2_TO_HTTP2.connect(proxy).peer();
            final Http2Message answer = client.await(call("/begun", type, timeout).openHttp2(client));
            assertEquals(code, answer.resetCode);
        }
    }
}
