package dev.ringway.control.accesslog;

import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.engine.accesslog.AccessAddress;
import dev.ringway.engine.accesslog.AccessAttempts;
import dev.ringway.engine.accesslog.AccessBytes;
import dev.ringway.engine.accesslog.AccessClosing;
import dev.ringway.engine.accesslog.AccessFields;
import dev.ringway.engine.accesslog.AccessMetadata;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.AccessTimes;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.LoggedField;
import dev.ringway.engine.snapshot.MetadataKeys;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.UUID;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class LogFormatTest
{
    @Test
    void shouldPrintEnvoysDefaultLine() throws LogFormatException
    {
        assertEquals(
            "[2026-11-24T22:06:39.982Z] \"GET /index.html HTTP/1.1\" 200 - 0 3 4 4 \"-\" \"curl/7.88.1\" " +
            "\"1ca3abc3-d347-4947-a617-8dbf0c1d9a08\" \"localhost:28480\" \"127.0.0.1:28491\"\n",
            print(LogFormat.DEFAULT, Records.get()));
    }

    @Test
    void shouldPrintADashForWhatDidNotHappen() throws LogFormatException
    {
        assertEquals("[1970-01-01T00:00:00.000Z] \"- - -\" 0 - 0 0 0 - \"-\" \"-\" \"-\" \"-\" \"-\"\n",
            print(LogFormat.DEFAULT, Records.empty()));
        assertEquals("- - - - - - - - - - -", print("%REQUEST_DURATION% %RESPONSE_DURATION% %RESPONSE_TX_DURATION% " +
            "%ROUTE_NAME% %UPSTREAM_CLUSTER% %RESPONSE_CODE_DETAILS% %UPSTREAM_LOCAL_ADDRESS% %UPSTREAM_REMOTE_PORT% " +
            "%REQUESTED_SERVER_NAME% %RESP(:STATUS)% %COMMON_DURATION(DS_RX_BEG:US_RX_BEG:us)%", Records.empty()));
    }

    @Test
    void shouldTellWhyAnEndpointsTransportFailed() throws LogFormatException
    {
        final String format = "%UPSTREAM_TRANSPORT_FAILURE_REASON%";
        assertEquals("-", print(format, Records.get()));
        assertEquals("TLS_error:|7:a:b:TLS_error_end", print(format, Records.empty().detailId(LogStrings.register(
            "upstream_reset_before_response_started{remote_connection_failure|TLS_error:|7:a:b:TLS_error_end}"))));
    }

    @Test
    void shouldPrintWhatAConnectionCarries() throws LogFormatException
    {
        final AccessRecord record = Records.get();
        final UnsafeBuffer value = new UnsafeBuffer("a\n\u007fb\t".getBytes(US_ASCII));
        AccessFields.put(record, MetadataKeys.number("n", "k"), value, 0, value.capacity());
        assertEquals("a??b?", print("%METADATA(DYNAMIC:n:k)%", record));
        assertEquals(LogFormat.compile("%DYNAMIC_METADATA(n:k)%").fields(), LogFormat.compile("%METADATA(DYNAMIC:n:k)%").fields());
        assertEquals("a??b? a?? - - -", print("%DYNAMIC_METADATA(n:k)% %DYNAMIC_METADATA(n:k):3% " +
            "%DYNAMIC_METADATA(n:l)% %DYNAMIC_METADATA(m:k)% %DYNAMIC_METADATA(n:k:k)%", record));
        for (final String format : List.of("%DYNAMIC_METADATA%", "%DYNAMIC_METADATA(n)%",
            "%DYNAMIC_METADATA(envoy.filters.network.rbac:k)%"))
        {
            assertThrows(LogFormatException.class, () -> LogFormat.compile(format), format);
        }
    }

    @Test
    void shouldMakeIdsOfRelaysAndLines() throws LogFormatException
    {
        assertEquals("1ca3abc3-d347-4947-a617-8dbf0c1d9a08", print("%STREAM_ID%", Records.get()));
        final String relay = print("%STREAM_ID%", Records.empty().connectionId(7).startTimeUs(8));
        assertEquals(relay, print("%STREAM_ID%", Records.empty().connectionId(7).startTimeUs(8)));
        assertNotEquals(relay, print("%STREAM_ID%", Records.empty().connectionId(7).startTimeUs(9)));
        assertEquals(4, UUID.fromString(print("%UNIQUE_ID%", Records.get())).version());
        assertNotEquals(print("%UNIQUE_ID%", Records.get()), print("%UNIQUE_ID%", Records.get()));
        assertEquals("DownstreamEnd", print("%ACCESS_LOG_TYPE%", Records.get()));
        assertEquals("TcpConnectionEnd", print("%ACCESS_LOG_TYPE%", Records.empty()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        %QUERY_PARAM(x)%         | /a?x=%41+%zz%2     | A+%zz%2
        %QUERY_PARAM(x)%         | /a?y=1&%78==b=&x=2 | =b=
        <%QUERY_PARAM(x)%>       | /a?x               | <>
        <%QUERY_PARAM(x)%>       | /a?x=&x=1          | <>
        %QUERY_PARAM(x)%         | /a?x=%0a%00%7f%20. | '%0a%00%7f .'
        %QUERY_PARAM(x)%         | /a?X=1&xx=2&=3     | -
        %QUERY_PARAM(x)%         | /x=1               | -
        <%QUERY_PARAMS%>         | /a?                | <>
        %QUERY_PARAMS(ORIG)%     | /a?b?c             | b?c
        %QUERY_PARAMS%           | /a                 | -
        %PATH(NQ)%               | /a?b?c             | /a
        %PATH(NQ:PATH):3%        | /abcd              | /ab
        %PATH(WQ:ORIG)%          | /a?b               | -
        %PATH%                   | /a?b               | /a?b
        """)
    void shouldPrintPartsOfAPath(final String format, final String path, final String expected)
        throws LogFormatException
    {
        assertEquals(expected, print(format, AccessText.put(Records.empty(), AccessText.PATH, path.getBytes(US_ASCII))));
    }

    @Test
    void shouldSayThatAPathWasCut() throws LogFormatException
    {
        final byte[] path = ("/a?x=" + "v".repeat(AccessText.bound(AccessText.PATH))).getBytes(US_ASCII);
        final AccessRecord record = AccessText.put(Records.empty(), AccessText.PATH, path);
        assertTrue(print("%QUERY_PARAM(x)%", record).endsWith("v..."));
        assertTrue(print("%QUERY_PARAMS%", record).endsWith("v..."));
        assertEquals("/a", print("%PATH(NQ)%", record));
    }

    @Test
    void shouldPrintSpansThatAreRecordedOnDemand() throws LogFormatException
    {
        final String format = "%UPSTREAM_CONNECTION_POOL_READY_DURATION% %COMMON_DURATION(US_CX_BEG:US_HS_END:us)% " +
            "%COMMON_DURATION(DS_RX_BEG:US_CX_END:us)% %DOWNSTREAM_HANDSHAKE_DURATION%";
        assertEquals(AccessLogSink.USES_TIMES, LogFormat.compile(format).uses());
        assertEquals(0, LogFormat.compile("%COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)%").uses());
        final AccessRecord record = Records.empty();
        assertEquals("- - - -", print(format, record));
        AccessTimes.begin(record);
        assertEquals("- - - -", print(format, record));
        AccessTimes.set(record, AccessTimes.ASKED, 1000);
        AccessTimes.set(record, AccessTimes.READY, 3900);
        AccessTimes.set(record, AccessTimes.CONNECTING, -900);
        AccessTimes.set(record, AccessTimes.CONNECTED, -500);
        AccessTimes.set(record, AccessTimes.SECURED, -1);
        AccessTimes.set(record, AccessTimes.HANDSHAKE, 4000);
        assertEquals("2 899 - 4", print(format, record));
    }

    @Test
    void shouldPrintWhatIsSaidOfTheEndpoint() throws LogFormatException
    {
        final String format = "%UPSTREAM_METADATA(n:s)% %METADATA(UPSTREAM_HOST:n:s):1% %METADATA(UPSTREAM_HOST:n)% " +
            "%UPSTREAM_METADATA(n:s:x)% %UPSTREAM_METADATA(n:none)%";
        assertEquals(AccessLogSink.USES_METADATA, LogFormat.compile(format).uses());
        final AccessRecord record = Records.empty();
        assertEquals("- - - - -", print(format, record));
        record.metadata().put(AccessMetadata.ENDPOINT, "{\"n\":{\"s\":\"a\\n\",\"v\":[1.5,2]}}");
        assertEquals("a? a {\"s\":\"a\\n\",\"v\":[1.5,2]} - -", print(format, record));
        record.begin();
        assertEquals("- - - - -", print(format, record));
        for (final String wrong : List.of("%UPSTREAM_METADATA%", "%METADATA(UPSTREAM_HOST)%", "%CLUSTER_METADATA%",
            "%CLUSTER_METADATA(n):3%", "%METADATA%", "%METADATA(CLUSTER)%", "%METADATA(LISTENER:n)%", "%METADATA(ROUTES:n)%"))
        {
            assertThrows(LogFormatException.class, () -> LogFormat.compile(wrong), wrong);
        }
    }

    @Test
    void shouldPrintWhatIsSaidOfEachPart() throws LogFormatException
    {
        final String format = "%METADATA(CLUSTER:n)% %CLUSTER_METADATA(n:s)% %METADATA(ROUTE:n:s):2% " +
            "%METADATA(VIRTUAL_HOST:n:s)% %METADATA(UPSTREAM_HOST:n:s)%";
        assertEquals(AccessLogSink.USES_METADATA, LogFormat.compile(format).uses());
        final AccessRecord record = Records.empty();
        record.metadata().put(AccessMetadata.CLUSTER, "{\"n\":{\"s\":\"one\"}}");
        record.metadata().put(AccessMetadata.ROUTE, "{\"n\":{\"s\":\"two\"}}");
        record.metadata().put(AccessMetadata.VIRTUAL_HOST, "{\"n\":{\"s\":3}}");
        assertEquals("{\"s\":\"one\"} one tw 3 -", print(format, record));
        record.begin();
        assertEquals("- - - - -", print(format, record));
    }

    @Test
    void shouldPrintHowConnectionsEnded() throws LogFormatException
    {
        final String format = "%DOWNSTREAM_DETECTED_CLOSE_TYPE% %UPSTREAM_DETECTED_CLOSE_TYPE% " +
            "%DOWNSTREAM_LOCAL_CLOSE_REASON% %UPSTREAM_LOCAL_CLOSE_REASON%";
        final AccessRecord record = Records.empty();
        assertEquals("Normal - - -", print(format, record));
        AccessClosing.set(record, AccessClosing.CLIENT_RESET);
        assertEquals("RemoteReset - - -", print(format, record));
        record.clusterNameId(LogStrings.register("relayed"));
        AccessClosing.set(record.isCall(true), AccessClosing.ENDPOINT_RESET);
        assertTrue(record.isCall());
        assertEquals("LocalReset RemoteReset - -", print(format, record));
        AccessClosing.set(record, AccessClosing.IDLE);
        assertEquals("Normal Normal tcp_session_idle_timeout tcp_session_idle_timeout", print(format, record.isCall(false)));
        AccessClosing.set(record, AccessClosing.NORMAL);
        assertEquals("Normal Normal - -", print(format, record));
        assertEquals("Normal Normal tcp_initializion_failure:0 -", print(format, record.flags(ResponseFlag.UPSTREAM_CONNECTION_FAILURE)));
        assertEquals("Normal Normal tcp_initializion_failure:1 -", print(format, record.flags(ResponseFlag.NO_HEALTHY_UPSTREAM)));
        assertEquals("Normal Normal tcp_initializion_failure:2 -", print(format, record.flags(ResponseFlag.UPSTREAM_OVERFLOW)));
        assertEquals("Normal Normal max_connection_duration_reached max_connection_duration_reached",
            print(format, record.flags(ResponseFlag.DURATION_TIMEOUT)));
        assertEquals("Normal Normal tcp_initializion_failure:3 -", print(format, record.flags(ResponseFlag.NO_CLUSTER)));
    }

    @Test
    void shouldPrintTheWayToTheEndpoint() throws LogFormatException
    {
        final String format = "%UPSTREAM_PROTOCOL% %UPSTREAM_CONNECTION_ID% %UPSTREAM_HOST_NAME% " +
            "%UPSTREAM_HOST_NAME_WITHOUT_PORT% %REQUEST_TX_DURATION% %COMMON_DURATION(US_TX_BEG:US_TX_END:us)%";
        assertEquals("- 0 - - - -", print(format, Records.empty()));
        final AccessRecord record = Records.empty();
        AccessText.put(record, AccessText.UPSTREAM_HOST, "[::1]:80".getBytes(US_ASCII));
        record.upstream().connection(7, AccessProtocol.HTTP_2, "");
        record.upstream().times(1000, 5200);
        assertEquals("HTTP/2 7 [::1]:80 ::1 5 4200", print(format, record));
        record.upstream().connection(8, AccessProtocol.HTTP_1_1, "a.example");
        assertEquals("HTTP/1.1 8 a.example a.example 5 4200", print(format, record));
        record.upstream().forget();
        assertEquals("- 0 a.example a.example 5 4200", print(format, record));
        record.upstream().connection(9, AccessProtocol.HTTP_1_1, "a.example:80");
        assertEquals("HTTP/1.1 9 a.example:80 a.example 5 4200", print(format, record));
        assertEquals(AccessLogSink.USES_UPSTREAM, LogFormat.compile(format).uses());
    }

    @Test
    void shouldPrintTheEndpointsThatWereTried() throws LogFormatException
    {
        final String format = "%UPSTREAM_HOSTS_ATTEMPTED% %UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT% " +
            "%UPSTREAM_HOST_NAMES_ATTEMPTED% %UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT% " +
            "%UPSTREAM_CONNECTION_IDS_ATTEMPTED%";
        final AccessRecord record = Records.empty();
        assertEquals("- - - - -", print(format, record));
        attempt(record, "[::1]:80", "a:1");
        attempt(record, "/a:1", "");
        attempt(record, "1.2.3.4:80", "[::1]");
        record.upstream().connection(7, AccessProtocol.NONE, "[::1]");
        assertEquals("[::1]:80,/a:1,1.2.3.4:80 ::1,/a:1,1.2.3.4 a:1,/a:1,[::1] a,/a:1,[::1] 7", print(format, record));
        record.protocol(AccessProtocol.HTTP_1_1).upstream().forget();
        assertTrue(print("%UPSTREAM_HOSTS_ATTEMPTED%", record).indexOf("1.2.3.4") < 0);
        assertEquals(AccessLogSink.USES_UPSTREAM, LogFormat.compile(format).uses());
    }

    @Test
    void shouldSayThatMoreEndpointsWereTriedThanAreKept() throws LogFormatException
    {
        final AccessRecord record = Records.empty();
        final String host = "1.2.3.4:8080";
        for (int i = 0; i < 100; i++)
        {
            attempt(record, host, i % 2 == 0 ? "a.example" : "b.example");
        }
        assertTrue(record.isValid());
        assertEquals((host + ',').repeat(AccessAttempts.MAX) + "...", print("%UPSTREAM_HOSTS_ATTEMPTED%", record));
        assertEquals(host + " b.example", print("%UPSTREAM_HOST% %UPSTREAM_HOST_NAME%", record));
        final AccessRecord named = Records.empty();
        attempt(named, host, "n".repeat(255));
        attempt(named, host, "n".repeat(255));
        assertEquals("...", print("%UPSTREAM_HOST_NAMES_ATTEMPTED%", named));
    }

    private static void attempt(final AccessRecord record, final String host, final String name)
    {
        AccessAttempts.keep(record);
        record.upstream().begin(host.getBytes(US_ASCII));
        record.upstream().connection(0, AccessProtocol.NONE, name);
    }

    @Test
    void shouldPrintBytesOnTheWire() throws LogFormatException
    {
        final String format = "%DOWNSTREAM_WIRE_BYTES_RECEIVED% %DOWNSTREAM_HEADER_BYTES_SENT% " +
            "%UPSTREAM_WIRE_BYTES_SENT% %UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT%";
        final AccessRecord record = Records.empty();
        assertEquals("0 0 0 0", print(format, record));
        AccessBytes.begin(record);
        AccessBytes.set(record, AccessBytes.DOWNSTREAM + AccessBytes.RECEIVED, 1L << 40);
        AccessBytes.set(record, AccessBytes.DOWNSTREAM + AccessBytes.HEADERS_SENT, 2);
        AccessBytes.set(record, AccessBytes.UPSTREAM + AccessBytes.SENT, 3);
        AccessBytes.set(record, AccessBytes.UPSTREAM + AccessBytes.FIELDS_SENT, 4);
        assertEquals((1L << 40) + " 2 3 4", print(format, record));
        assertEquals(AccessLogSink.USES_LENGTHS, LogFormat.compile(format).uses());
    }

    @Test
    void shouldPrintWhatACallCameTo() throws LogFormatException
    {
        final String format = "%GRPC_STATUS% %GRPC_STATUS(SNAKE_STRING)% %GRPC_STATUS(NUMBER)% %GRPC_STATUS_NUMBER%";
        assertEquals("- - - -", print(format, Records.empty()));
        assertEquals("- - - -", print(format, Records.empty().isCall(true)));
        assertEquals("- - - -", print(format, Records.empty().grpcStatus(5)));
        assertEquals("Canceled CANCELLED 1 1", print(format, Records.empty().isCall(true).grpcStatus(1)));
        assertEquals("Unauthenticated UNAUTHENTICATED 16 16", print(format, Records.empty().isCall(true).grpcStatus(16)));
        assertEquals("17 17 17 17", print(format, Records.empty().isCall(true).grpcStatus(17)));
        assertEquals("-1 -1 -1 -1", print(format, Records.empty().isCall(true).grpcStatus(-1)));
        assertEquals("Unavailable UNAVAILABLE 14 14", print(format, Records.empty().isCall(true).status(503)));
        assertThrows(LogFormatException.class, () -> LogFormat.compile("%GRPC_STATUS(TEXT)%"));
        assertThrows(LogFormatException.class, () -> LogFormat.compile("%GRPC_STATUS_NUMBER(NUMBER)%"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        %REQ(:method):2%                                 | GE
        %REQ(User-Agent?Referer):5%                      | curl/
        %REQ(X-Envoy-Original-Path?:Path)%               | /index.html
        %REQ(HOST)%                                      | localhost:28480
        %RESP(:STATUS)%                                  | 200
        %RESP(x-envoy-upstream-service-time)%            | 4
        %RESPONSE_CODE_DETAILS%                          | via_upstream
        %ROUTE_NAME%/%UPSTREAM_CLUSTER%                  | myroute/back
        %DOWNSTREAM_REMOTE_ADDRESS%                      | 127.0.0.1:53892
        %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%         | 127.0.0.1
        %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(8)%      | 127.0.0.0/8
        %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(7)%      | 126.0.0.0/7
        %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(0)%      | 0.0.0.0/0
        %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(128)%    | 127.0.0.1/32
        %DOWNSTREAM_DIRECT_REMOTE_ADDRESS%               | 127.0.0.1:53892
        %DOWNSTREAM_REMOTE_PORT%                         | 53892
        %DOWNSTREAM_LOCAL_ADDRESS%                       | 127.0.0.1:28480
        %DOWNSTREAM_LOCAL_PORT%                          | 28480
        %DOWNSTREAM_DIRECT_LOCAL_ADDRESS%                | 127.0.0.1:28480
        %DOWNSTREAM_DIRECT_LOCAL_PORT%                   | 28480
        %DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT(8)% | 127.0.0.0/8
        %UPSTREAM_REMOTE_ADDRESS%                        | 127.0.0.1:28491
        %UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%           | 127.0.0.1
        %UPSTREAM_REMOTE_PORT%                           | 28491
        %REQUEST_DURATION%                               | 0
        %RESPONSE_DURATION%                              | 4
        %RESPONSE_TX_DURATION%                           | 0
        %COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)%        | 4695
        %COMMON_DURATION(DS_RX_END:US_RX_BEG:us)%        | 4310
        %COMMON_DURATION(DS_RX_BEG:DS_TX_END:ns)%        | 4695000
        %COMMON_DURATION(DS_RX_BEG:DS_TX_END:ms)%        | 4
        %REQUEST_HEADERS_BYTES%+%RESPONSE_HEADERS_BYTES% | 196+162
        %CONNECTION_ID% %UPSTREAM_REQUEST_ATTEMPT_COUNT% | 7 1
        100%% %PROTOCOL%                                 | 100% HTTP/1.1
        %START_TIME(%Y/%m/%dT%H:%M:%S%z %3f %6f %9f %f)% | 2026/11/24T22:06:39+0000 982 982603 982603000 982603000
        %START_TIME(%s.%3f %1f %b %e %j)%                | 1795557999.982 9 Nov 24 328
        %START_TIME(%a %A %B %y %I %p %D %F %T %R %u %w %Z %%)% | Tue Tuesday November 26 10 PM 11/24/26 2026-11-24 \
        22:06:39 22:06 2 2 UTC %
        %EMIT_TIME%                                      | 2026-11-24T22:06:39.987Z
        """)
    void shouldPrintOperatorsAsEnvoyDoes(final String format, final String expected) throws LogFormatException
    {
        assertEquals(expected, print(format, Records.get()));
    }

    @Test
    void shouldPrintFlagsInEnvoysOrder() throws LogFormatException
    {
        final AccessRecord record = Records.empty().protocol(AccessProtocol.HTTP_1_1).flags(
            ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED | ResponseFlag.UPSTREAM_CONNECTION_FAILURE);
        assertEquals("URX,UF", print("%RESPONSE_FLAGS%", record));
        assertEquals("UpstreamRetryLimitExceeded,UpstreamConnectionFailure", print("%RESPONSE_FLAGS_LONG%", record));
    }

    /** A relay has failed to connect before it has done so too often. */
    @Test
    void shouldPrintFlagsOfRelaysInEnvoysOrder() throws LogFormatException
    {
        final AccessRecord record = Records.empty().flags(
            ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED | ResponseFlag.UPSTREAM_CONNECTION_FAILURE);
        assertEquals("UF,URX", print("%RESPONSE_FLAGS%", record));
        assertEquals("UpstreamConnectionFailure,UpstreamRetryLimitExceeded", print("%RESPONSE_FLAGS_LONG%", record));
    }

    @Test
    void shouldPreferDetailsOfTheRecordAndReplaceBlanks() throws LogFormatException
    {
        final AccessRecord record = Records.empty().detailId(LogStrings.register("via_upstream"));
        Records.text(record, AccessText.DETAIL, "connect error: Connection refused");
        assertEquals("connect_error:_Connection_refused", print("%RESPONSE_CODE_DETAILS%", record));
        assertEquals("connect error: Connection refused",
            print("%RESPONSE_CODE_DETAILS(ALLOW_WHITESPACES)%", record));
    }

    @Test
    void shouldPrintMethodsThatAreNotWellKnown() throws LogFormatException
    {
        final AccessRecord record = Records.empty().methodId(HttpMethod.OTHER);
        Records.text(record, AccessText.METHOD, "PURGE");
        assertEquals("PURGE", print("%REQ(:METHOD)%", record));
        assertEquals("POST", print("%REQ(:METHOD)%", Records.empty().methodId(HttpMethod.POST)));
    }

    @Test
    void shouldPrintEndpointsGivenAsText() throws LogFormatException
    {
        final AccessRecord v6 = Records.empty();
        Records.text(v6, AccessText.UPSTREAM_HOST, "[2001:db8::1]:80");
        final String format = "%UPSTREAM_HOST% %UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %UPSTREAM_REMOTE_PORT%";
        assertEquals("[2001:db8::1]:80 2001:db8::1 80", print(format, v6));
        final AccessRecord unix = Records.empty();
        Records.text(unix, AccessText.UPSTREAM_HOST, "/run/app:1.sock");
        assertEquals("/run/app:1.sock /run/app:1.sock ", print(format, unix));
        final AccessRecord v4 = Records.empty();
        Records.text(v4, AccessText.UPSTREAM_HOST, "10.0.0.1:8080");
        assertEquals("10.0.0.1:8080 10.0.0.1 8080", print(format, v4));
    }

    @Test
    void shouldMarkWhatWasCut() throws LogFormatException
    {
        final AccessRecord record = Records.empty();
        Records.text(record, AccessText.PATH, "/" + "a".repeat(600));
        assertEquals("/" + "a".repeat(511) + "...", print("%REQ(:PATH)%", record));
    }

    @ParameterizedTest
    @CsvSource({"false, 0, HTTP/1.0", "false, 1, HTTP/1.1", "true, 1, HTTP/2"})
    void shouldNameTheProtocol(final boolean isHttp2, final int minorVersion, final String name) throws LogFormatException
    {
        assertEquals(name + " 200", print("%PROTOCOL% %RESPONSE_CODE%",
            Records.empty().status(200).protocol(AccessProtocol.of(isHttp2, minorVersion))));
    }

    @Test
    void shouldPrintTcpRelays() throws LogFormatException
    {
        final AccessRecord record = Records.empty().protocol(AccessProtocol.NONE).bytesReceived(10).bytesSent(20);
        Records.inet4(record, AccessAddress.UPSTREAM_REMOTE, 10, 0, 0, 9, 6379);
        assertEquals("- 0 10 20 10.0.0.9:6379",
            print("%PROTOCOL% %RESPONSE_CODE% %BYTES_RECEIVED% %BYTES_SENT% %UPSTREAM_HOST%", record));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        %PATH(XQ)%                               | 6  | takes WQ or NQ
        %PATH(NQ:FOO)%                           | 9  | takes ORIG, PATH or ORIG_OR_PATH, not FOO
        %QUERY_PARAMS(DECODED)%                  | 14 | takes ORIG or nothing
        %QUERY_PARAM%                            | 0  | needs the name of a parameter
        %UPSTREAM_PROTOCOL(X)%                   | 19 | takes no argument
        %DOWNSTREAM_TLS_GROUP(X)%                | 22 | takes no argument
        abc %FOO% x                              | 4  | operator %FOO% is not supported
        %                                        | 0  | must begin an operator
        100% sure                                | 3  | must begin an operator
        %DURATION                                | 0  | must end with %
        %DURATION x%                             | 0  | must end with %
        %DURATION(ms)%                           | 10 | takes no argument
        %REQ(%                                   | 4  | is not closed
        %REQ()%                                  | 0  | needs the name
        a%REQ(X SECRET)%                         | 6  | 'X SECRET' is no name of a header field that %REQ% knows
        %REQ(:PATH?:SECRET)%                     | 11 | ':SECRET' is no name of a header field that %REQ% knows
        %TRAILER(:STATUS)%                       | 9  | ':STATUS' is no name of a header field that %TRAILER% knows
        %REQ(A?B?C)%                             | 5  | one alternative
        %REQ(:PATH):abc%                         | 11 | must be a number
        %REQ(:PATH):%                            | 11 | must be a number
        %START_TIME(%Q)%                         | 13 | time conversion %Q is not supported
        %START_TIME(%)%                          | 12 | lone %
        %COMMON_DURATION(A:B:us)%                | 17 | time point A is not recorded
        %COMMON_DURATION(DS_RX_BEG:DS_TX_END:h)% | 17 | must be ms, us or ns
        %COMMON_DURATION%                        | 0  | needs (START:END:PRECISION)
        %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(129)% | 40 | prefix length 129
        %RESPONSE_CODE_DETAILS(X)%               | 23 | ALLOW_WHITESPACES
        %ENVIRONMENT%                            | 0  | needs the name
        """)
    void shouldSayWhereAFormatIsWrong(final String format, final int position, final String message)
    {
        final LogFormatException e = assertThrows(LogFormatException.class, () -> LogFormat.compile(format));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(position, e.position(), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 951_782_399, 951_782_400, 1_078_012_800, 1_709_164_800, 4_107_542_400L, 1_735_689_599,
        1_735_689_600, -1, -86_400})
    void shouldKnowTheCalendar(final long second) throws LogFormatException
    {
        final var expected = java.time.Instant.ofEpochSecond(second).atOffset(java.time.ZoneOffset.UTC);
        final CivilTime time = new CivilTime(java.time.ZoneOffset.UTC);
        time.set(second);
        assertEquals(expected.getYear() + "-" + expected.getMonthValue() + "-" + expected.getDayOfMonth() + " " +
            expected.getDayOfYear() + " " + expected.getDayOfWeek().getValue() % 7 + " " + expected.getHour() + ":" +
            expected.getMinute() + ":" + expected.getSecond(),
            time.year + "-" + time.month + "-" + time.day + " " + time.dayOfYear + " " + time.dayOfWeek + " " +
            time.hour + ":" + time.minute + ":" + time.secondOfMinute);
    }

    @Test
    void shouldPrintFieldsThatRecordsTakeWhenAsked() throws LogFormatException
    {
        final String text = "%REQ(X-A)%|%REQ(x-b?x-a)%|%RESP(X-A)%|%TRAILER(X-A)%|%REQ(:PATH?X-C)%";
        final LogFormat format = LogFormat.compile(text);
        assertEquals(List.of("REQUEST x-a", "REQUEST x-b", "RESPONSE x-a", "TRAILER x-a", "REQUEST x-c"),
            format.fields().stream().map(field -> field.place() + " " +
                field.name().bytes().getStringWithoutLengthAscii(0, field.name().bytes().capacity())).toList());
        assertEquals(AccessLogSink.USES_REQUEST_FIELDS | AccessLogSink.USES_RESPONSE_FIELDS |
            AccessLogSink.USES_TRAILERS, format.uses());

        final AccessRecord record = Records.empty();
        assertEquals("-|-|-|-|-", print(text, record));
        field(record, format.fields().get(0), "one");
        field(record, format.fields().get(2), "");
        field(record, format.fields().get(3), "e".repeat(300));
        assertEquals("one|one||" + "e".repeat(256) + "...|-", print(text, record));
    }

    private static void field(final AccessRecord record, final LoggedField field, final String value)
    {
        AccessFields.put(record, field.id(), new UnsafeBuffer(value.getBytes(US_ASCII)), 0, value.length());
        assertTrue(record.isValid());
    }

    @Test
    void shouldTellTimesOfOneSecondApart() throws LogFormatException
    {
        final TimeFormat format = TimeFormat.compile("%3f %S.%6f", java.time.ZoneOffset.UTC, 0);
        final LogLine line = new LogLine();
        for (final long epochUs : new long[]{5_000_007, 5_120_000, 5_999_999, 6_000_000, 5_000_001})
        {
            line.put((byte)'|');
            format.append(epochUs, line);
        }
        assertEquals("|000 05.000007|120 05.120000|999 05.999999|000 06.000000|000 05.000001", line.toString());
    }

    @Test
    void shouldFollowAZonesOffset() throws LogFormatException
    {
        final TimeFormat format = TimeFormat.compile("%H:%M%z", java.time.ZoneId.of("Europe/Berlin"), 0);
        final LogLine line = new LogLine();
        format.append(1_774_745_999_000_000L, line);
        line.put((byte)' ');
        format.append(1_774_746_000_000_000L, line);
        assertEquals("01:59+0100 03:00+0200", line.toString());
    }

    @ParameterizedTest
    @CsvSource({"Etc/UTC, UTC", "Europe/Berlin, CEST", "America/Sao_Paulo, -03", "Asia/Kolkata, IST", "Asia/Kathmandu, +0545"})
    void shouldNameAZoneAsTheSystemDoes(final String zone, final String name) throws LogFormatException
    {
        final LogLine line = new LogLine();
        TimeFormat.compile("%Z", java.time.ZoneId.of(zone), 0).append(1_774_746_000_000_000L, line);
        assertEquals(name, line.toString());
    }

    private static String print(final String format, final AccessRecord record) throws LogFormatException
    {
        final LogLine line = new LogLine();
        LogFormat.compile(format).append(record, line);
        return line.toString();
    }
}
