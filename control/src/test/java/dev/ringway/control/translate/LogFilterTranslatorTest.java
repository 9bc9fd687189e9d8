package dev.ringway.control.translate;

import com.google.protobuf.TextFormat;
import dev.ringway.codecs.http.Grpc;
import dev.ringway.control.config.ConfigErrors;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.RecordFilter;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.snapshot.AccessLogSink;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.bootstrap.v3.LayeredRuntime;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(20)
final class LogFilterTranslatorTest
{
    private final ConfigErrors errors = new ConfigErrors();
    private final List<Condition> conditions = new ArrayList<>();

    private RecordFilter filter(final String text) throws Exception
    {
        final LayeredRuntime runtime = TextFormat.parse("layers { name: \"a\" static_layer { " +
            "fields { key: \"least\" value { number_value: 404 } } fields { key: \"all\" value { number_value: 100 } } } }",
            LayeredRuntime.class);
        return new LogFilterTranslator(new Checks(errors), new RuntimeValues(runtime))
            .translate(TextFormat.parse(text, AccessLogFilter.class), FieldPath.ROOT.field("filter"), conditions);
    }

    private static AccessRecord record(final int status, final long durationMs, final int flags, final String id)
    {
        final AccessRecord record = new AccessRecord().wrap(new UnsafeBuffer(new byte[1024]), 0, 1024).begin()
            .protocol(AccessProtocol.HTTP_1_1).status(status).durationUs(durationMs * 1000).flags(flags);
        return AccessText.put(record, AccessText.X_REQUEST_ID, id.getBytes(US_ASCII));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        status_code_filter { comparison { op: GE value { default_value: 500 } } }                       | 3
        status_code_filter { comparison { op: LE value { default_value: 200 } } }                       | 1
        status_code_filter { comparison { value { default_value: 404 } } }                              | 2
        status_code_filter { comparison { op: GE value { default_value: 500 runtime_key: "least" } } }  | 23
        duration_filter { comparison { op: GE value { default_value: 100 } } }                          | 23
        response_flag_filter { }                                                                        | 23
        response_flag_filter { flags: "NR" }                                                            | 2
        response_flag_filter { flags: "NR" flags: "UF" }                                                | 23
        and_filter { filters { response_flag_filter { } } filters { duration_filter { comparison { op: GE value { default_value: 1000 } } } } } | 3
        or_filter { filters { response_flag_filter { flags: "NR" } } filters { status_code_filter { comparison { value { default_value: 200 } } } } } | 12
        log_type_filter { types: DownstreamEnd }                                                        | 123
        log_type_filter { types: TcpConnectionEnd }                                                     | ``
        log_type_filter { types: TcpConnectionEnd exclude: true }                                       | 123
        runtime_filter { runtime_key: "none" percent_sampled { numerator: 50 } }                        | 2
        runtime_filter { runtime_key: "all" percent_sampled { numerator: 0 } }                          | 123
        runtime_filter { runtime_key: "none" }                                                          | ``
        """)
    void shouldTakeRecords(final String config, final String taken) throws Exception
    {
        final RecordFilter filter = filter(config);
        errors.conclude();
        final AccessRecord[] records = {
            record(200, 5, 0, "00000063-0000"), record(404, 100, ResponseFlag.NO_ROUTE, "00000064-0000"),
            record(503, 2000, ResponseFlag.UPSTREAM_CONNECTION_FAILURE, "000000c7-0000")};
        final StringBuilder seen = new StringBuilder();
        for (int i = 0; i < records.length; i++)
        {
            seen.append(filter.takes(records[i]) ? String.valueOf(i + 1) : "");
        }
        assertEquals(taken, seen.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        grpc_status_filter { statuses: OK }                                | 1
        grpc_status_filter { statuses: UNAVAILABLE statuses: NOT_FOUND }   | 24
        grpc_status_filter { statuses: UNKNOWN }                           | 3
        grpc_status_filter { statuses: OK exclude: true }                  | 2345
        grpc_status_filter { }                                             | ``
        grpc_status_filter { exclude: true }                               | 12345
        """)
    void shouldTakeRecordsByWhatACallCameTo(final String config, final String taken) throws Exception
    {
        final RecordFilter filter = filter(config);
        errors.conclude();
        final AccessRecord[] records = {record(200, 5, 0, "").grpcStatus(Grpc.OK), record(200, 5, 0, "").grpcStatus(5),
            record(200, 5, 0, ""), record(503, 5, 0, ""), record(200, 5, 0, "").grpcStatus(77)};
        final StringBuilder seen = new StringBuilder();
        for (int i = 0; i < records.length; i++)
        {
            seen.append(filter.takes(records[i]) ? String.valueOf(i + 1) : "");
        }
        assertEquals(taken, seen.toString());
    }

    @Test
    void shouldTellWhatIsToBeRecorded() throws Exception
    {
        assertEquals(AccessLogSink.USES_GRPC_STATUS, uses(
            "or_filter { filters { response_flag_filter { } } filters { and_filter { filters { grpc_status_filter { } } } } }"));
        assertEquals(0, uses("or_filter { filters { response_flag_filter { } } filters { log_type_filter { } } }"));
    }

    private static long uses(final String filter) throws Exception
    {
        return LogFilterTranslator.uses(TextFormat.parse(filter, AccessLogFilter.class));
    }

    @Test
    void shouldTakeWhatConditionsHeldFor() throws Exception
    {
        final RecordFilter filter = filter("or_filter { filters { header_filter { header { name: \"a\" } } } " +
            "filters { and_filter { filters { header_filter { header { name: \"b\" } } } " +
            "filters { header_filter { header { name: \"c\" } } } } } }");
        errors.conclude();
        assertEquals(3, conditions.size());
        final List<Integer> taken = new ArrayList<>();
        for (int held = 0; held < 8; held++)
        {
            final AccessRecord record = record(200, 5, 0, "").begin().sinks().add(0, 0).sinks().add(7, held);
            record.sinks().ask(1);
            if (filter.takes(record))
            {
                taken.add(held);
            }
        }
        assertEquals(List.of(1, 3, 5, 6, 7), taken);
    }

    @Test
    void shouldTakeRelaysByTheirType() throws Exception
    {
        final AccessRecord relay = record(0, 5, 0, "").protocol(AccessProtocol.NONE);
        assertTrue(filter("log_type_filter { types: TcpConnectionEnd }").takes(relay));
    }

    @Test
    void shouldDecideByChanceWithoutAnId() throws Exception
    {
        final RecordFilter filter =
            filter("runtime_filter { runtime_key: \"none\" percent_sampled { numerator: 50 } }");
        int taken = 0;
        for (int i = 0; i < 1000; i++)
        {
            taken += filter.takes(record(200, 5, 0, "")) ? 1 : 0;
        }
        assertTrue(taken > 300 && taken < 700, taken + " of 1000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "and_filter { filters { response_flag_filter { } } }", "or_filter { }",
        "header_filter { }", "traceable_filter { }", "response_flag_filter { flags: \"NONSENSE\" }", "status_code_filter { comparison { } }",
        "runtime_filter { }"})
    void shouldRefuseWhatEnvoyRefuses(final String config) throws Exception
    {
        filter(config);
        assertEquals(1, errors.count(), errors.errors().toString());
    }

    @Test
    void shouldLeaveHealthChecksOut() throws Exception
    {
        final RecordFilter filter = filter("not_health_check_filter: {}");
        final AccessRecord record = record(503, 1, ResponseFlag.FAILED_LOCAL_HEALTH_CHECK, "0");
        assertTrue(filter.takes(record));
        record.healthCheck();
        assertFalse(filter.takes(record));
        assertEquals(ResponseFlag.FAILED_LOCAL_HEALTH_CHECK, record.flags());
    }
}
