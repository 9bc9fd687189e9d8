package dev.ringway.engine.snapshot;

/**
 * One configured access log. Envoy: {@code extensions.access_loggers.file.v3.FileAccessLog} and the stream loggers.
 *
 * @param index  number by which access records name the sink; the same path and format keep it across snapshots.
 * @param path   file path, {@code /dev/stdout} or {@code /dev/stderr}.
 * @param format format string in Envoy's command-operator syntax.
 */
public record AccessLogSink(int index, String path, String format)
{
}
