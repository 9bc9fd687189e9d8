package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.AccessLogSink;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;

import java.util.ArrayList;
import java.util.List;

/**
 * Translates {@code config.accesslog.v3.AccessLog}. A path with a format is one sink, whoever names it, and keeps its
 * index for the life of the process.
 */
// Fields that Envoy deprecates are still what most configurations use.
@SuppressWarnings("deprecation")
final class AccessLogTranslator
{
    /** Format when none is given, as Envoy documents it. */
    static final String DEFAULT_FORMAT = "[%START_TIME%] \"%REQ(:METHOD)% " +
        "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% " +
        "%BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" " +
        "\"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    private final List<AccessLogSink> sinks;
    private final IdTable ids;
    private final Checks checks;
    private final DataSources dataSources;

    /**
     * @param sinks  all sinks of the process, each at its own index; grows.
     * @param ids    gives sinks their index.
     * @param checks where faults go.
     */
    AccessLogTranslator(final List<AccessLogSink> sinks, final IdTable ids, final Checks checks)
    {
        this.sinks = sinks;
        this.ids = ids;
        this.checks = checks;
        this.dataSources = new DataSources(checks);
    }

    /**
     * @param logs messages.
     * @param path of the repeated field.
     * @return their sinks.
     */
    List<AccessLogSink> translate(final List<AccessLog> logs, final FieldPath path)
    {
        final List<AccessLogSink> result = new ArrayList<>(logs.size());
        for (int i = 0; i < logs.size(); i++)
        {
            final FieldPath config = path.at(i).field("typed_config");
            if (checks.required(logs.get(i).hasTypedConfig(), config))
            {
                final AccessLogSink sink = sink(logs.get(i).getTypedConfig(), config);
                if (sink != null)
                {
                    result.add(sink);
                }
            }
        }
        return List.copyOf(result);
    }

    private AccessLogSink sink(final Any config, final FieldPath path)
    {
        try
        {
            return switch (ExtensionTypes.nameOf(config.getTypeUrl()))
            {
                case "envoy.extensions.access_loggers.file.v3.FileAccessLog" ->
                    file(FileAccessLog.parseFrom(config.getValue()), path);
                case "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog" ->
                    sink("/dev/stdout", format(StdoutAccessLog.parseFrom(config.getValue()).getLogFormat(), path));
                case "envoy.extensions.access_loggers.stream.v3.StderrAccessLog" ->
                    sink("/dev/stderr", format(StderrAccessLog.parseFrom(config.getValue()).getLogFormat(), path));
                default ->
                {
                    checks.fault(path, ExtensionTypes.nameOf(config.getTypeUrl()) + " is not an access log");
                    yield null;
                }
            };
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(path, "cannot be decoded: " + ex.getMessage());
            return null;
        }
    }

    private AccessLogSink file(final FileAccessLog log, final FieldPath path)
    {
        if (!checks.required(log.getPath(), path.field("path")))
        {
            return null;
        }
        final String format = log.getFormat().isEmpty() ? format(log.getLogFormat(), path) : log.getFormat();
        return sink(log.getPath(), format);
    }

    private String format(final SubstitutionFormatString format, final FieldPath path)
    {
        return switch (format.getFormatCase())
        {
            case TEXT_FORMAT -> format.getTextFormat();
            case TEXT_FORMAT_SOURCE -> dataSources.text(
                format.getTextFormatSource(), path.field("log_format").field("text_format_source"));
            default -> DEFAULT_FORMAT;
        };
    }

    private AccessLogSink sink(final String path, final String format)
    {
        final int index = ids.idOf(path + '\0' + format);
        if (index == sinks.size())
        {
            sinks.add(new AccessLogSink(index, path, format));
        }
        return sinks.get(index);
    }
}
