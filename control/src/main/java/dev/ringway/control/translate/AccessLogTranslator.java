package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.accesslog.LogFormat;
import dev.ringway.control.accesslog.LogFormatException;
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
                    stream("/dev/stdout", StdoutAccessLog.parseFrom(config.getValue()).getLogFormat(), path);
                case "envoy.extensions.access_loggers.stream.v3.StderrAccessLog" ->
                    stream("/dev/stderr", StderrAccessLog.parseFrom(config.getValue()).getLogFormat(), path);
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
        return sink(log.getPath(), format, path);
    }

    private AccessLogSink stream(final String name, final SubstitutionFormatString format, final FieldPath path)
    {
        return sink(name, format(format, path), path);
    }

    private String format(final SubstitutionFormatString format, final FieldPath path)
    {
        return switch (format.getFormatCase())
        {
            case TEXT_FORMAT -> format.getTextFormat();
            case TEXT_FORMAT_SOURCE -> dataSources.text(
                format.getTextFormatSource(), path.field("log_format").field("text_format_source"));
            default -> LogFormat.DEFAULT;
        };
    }

    private AccessLogSink sink(final String path, final String format, final FieldPath config)
    {
        final int uses;
        try
        {
            uses = LogFormat.compile(format).uses();
        }
        catch (final LogFormatException ex)
        {
            checks.fault(config, "format, " + ex.getMessage());
            return null;
        }
        final int index = ids.idOf(path + '\0' + format);
        if (index == sinks.size())
        {
            sinks.add(new AccessLogSink(index, path, format, uses));
        }
        return sinks.get(index);
    }
}
