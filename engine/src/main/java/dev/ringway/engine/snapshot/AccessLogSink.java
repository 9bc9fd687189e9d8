package dev.ringway.engine.snapshot;

import dev.ringway.engine.accesslog.RecordFilter;
import dev.ringway.engine.route.Condition;

import java.util.List;

/**
 * One configured access log. Envoy: {@code extensions.access_loggers.file.v3.FileAccessLog} and the stream loggers.
 *
 * @param index      number by which access records name the sink; the same path, format and filter keep it across
 *                   snapshots, and another may have it once no snapshot has them.
 * @param path       file path, {@code /dev/stdout} or {@code /dev/stderr}.
 * @param format     format string in Envoy's command-operator syntax, or a JSON object of such strings.
 * @param isJson     which of them: {@code json_format}.
 * @param omitsEmpty {@code omit_empty_values}: what has no value is left out.
 * @param filter     which records it gets.
 * @param conditions of the filter on requests, of which records tell by number which held.
 * @param fields     that the format asks for beyond those that each record has.
 * @param uses       what format and filter ask for that is only recorded on demand: {@code USES_*}.
 * @param born       grows from sink to sink: of two with the same index the younger has the larger one.
 */
public record AccessLogSink(
    int index, String path, String format, boolean isJson, boolean omitsEmpty, RecordFilter filter,
    List<Condition> conditions, List<LoggedField> fields, long uses, int born)
{
    /** Address the client connected to. */
    public static final long USES_DOWNSTREAM_LOCAL = 1;
    /** Own address of the connection to the endpoint. */
    public static final long USES_UPSTREAM_LOCAL = 1 << 1;
    /** Content type of the response. */
    public static final long USES_CONTENT_TYPE = 1 << 2;
    /** What a call of gRPC came to. */
    public static final long USES_GRPC_STATUS = 1 << 3;
    /** Address of the client as trusted headers say. */
    public static final long USES_FORWARDED = 1 << 4;
    /** Some of {@link #fields()} in requests. */
    public static final long USES_REQUEST_FIELDS = 1 << 5;
    /** Some of {@link #fields()} in responses. */
    public static final long USES_RESPONSE_FIELDS = 1 << 6;
    /** Some of {@link #fields()} in trailers. */
    public static final long USES_TRAILERS = 1 << 7;
    /** Number, protocol and name of what a request goes to. */
    public static final long USES_UPSTREAM = 1 << 8;
    /** How long heads are, and what went over the wire. */
    public static final long USES_LENGTHS = 1 << 9;
    /** When connections were ready and answers passed. */
    public static final long USES_TIMES = 1 << 10;
    /** What is said of endpoints, clusters, routes and virtual hosts. */
    public static final long USES_METADATA = 1 << 11;
    /** First of the bits for items of {@code TlsReport} about the client's connection, in their order. */
    public static final int USES_TLS_SHIFT = 16;
    /** First of the bits for items of {@code TlsReport} about the connection to the endpoint, in their order. */
    public static final int USES_UPSTREAM_TLS_SHIFT = USES_TLS_SHIFT + 29;
    /** Mask of the former, shifted down. */
    public static final int TLS_ITEMS = (1 << 29) - 1;
    /** Mask of the latter, shifted down. */
    public static final int UPSTREAM_TLS_ITEMS = (1 << 16) - 1;

    /**
     * A sink that asks for nothing special.
     *
     * @param index  number by which access records name the sink.
     * @param path   file path.
     * @param format format string.
     */
    public AccessLogSink(final int index, final String path, final String format)
    {
        this(index, path, format, 0);
    }

    /**
     * A sink of text that takes all records.
     *
     * @param index  number by which access records name the sink.
     * @param path   file path.
     * @param format format string.
     * @param uses   {@code USES_*}.
     */
    public AccessLogSink(final int index, final String path, final String format, final long uses)
    {
        this(index, path, format, false, false, RecordFilter.ALL, List.of(), List.of(), uses, 0);
    }

    /**
     * @param sinks any sinks.
     * @param use   one of {@code USES_*}.
     * @return whether one of them asks for it.
     */
    public static boolean anyUses(final List<AccessLogSink> sinks, final long use)
    {
        for (final AccessLogSink sink : sinks)
        {
            if ((sink.uses() & use) != 0)
            {
                return true;
            }
        }
        return false;
    }
}
