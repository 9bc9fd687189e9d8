package dev.ringway.control.translate;

import com.google.gson.JsonPrimitive;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.ringway.control.accesslog.LogFormat;
import dev.ringway.control.accesslog.LogFormatException;
import dev.ringway.control.accesslog.PartMetadataOperator;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.log.FileFault;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.RecordFilter;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.snapshot.AccessLogSink;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Translates {@code config.accesslog.v3.AccessLog}. A path with a format and a filter is one sink, whoever names it, and
 * keeps its index for the life of the process.
 */
// Fields that Envoy deprecates are still what most configurations use.
@SuppressWarnings("deprecation")
final class AccessLogTranslator
{
    private static final String TYPE = "%ACCESS_LOG_TYPE%";
    private static final Set<String> STREAMS = Set.of("/dev/stdout", "/dev/stderr");
    private static final String CHAIN_NAME = "%FILTER_CHAIN_NAME%";

    private final SinkTable sinks;
    private final Checks checks;
    private final DataSources dataSources;
    private final LogFilterTranslator filters;
    private final RuntimeValues runtime;

    private String chain = "";
    private String listenerMetadata;
    private String chainMetadata;
    private boolean isListener;

    /** What lines look like. */
    private record Format(String text, boolean isJson, boolean omitsEmpty)
    {
    }

    /**
     * @param sinks   all sinks of the process; gains those of the configuration.
     * @param checks  where faults go.
     * @param runtime values that come before those of the configuration.
     */
    AccessLogTranslator(final SinkTable sinks, final Checks checks, final RuntimeValues runtime)
    {
        this.filters = new LogFilterTranslator(checks, runtime);
        this.runtime = runtime;
        this.sinks = sinks;
        this.checks = checks;
        this.dataSources = new DataSources(checks);
    }

    /**
     * Says whose logs are translated from now on: formats are given the name and what else is said of it, so that no
     * record need have them.
     *
     * @param listener of the chain.
     * @param of       a filter chain, or one without a name where there is none.
     */
    void chain(final Listener listener, final FilterChain of)
    {
        chain = of.getName();
        listenerMetadata = MetadataValues.told(listener.getMetadata());
        chainMetadata = MetadataValues.told(of.getMetadata());
    }

    /**
     * Those of a listener, whose records are of no type.
     *
     * @param logs messages.
     * @param path of the repeated field.
     * @return their sinks.
     */
    List<AccessLogSink> ofListener(final List<AccessLog> logs, final FieldPath path)
    {
        isListener = true;
        final List<AccessLogSink> result = translate(logs, path);
        isListener = false;
        return result;
    }

    /**
     * @param logs messages.
     * @param path of the repeated field.
     * @return their sinks.
     */
    List<AccessLogSink> translate(final List<AccessLog> logs, final FieldPath path)
    {
        final List<AccessLogSink> result = new ArrayList<>(logs.size());
        if (logs.size() > AccessRecord.MAX_NAMED_SINKS)
        {
            checks.fault(path, "has " + logs.size() + " access logs; " + AccessRecord.MAX_NAMED_SINKS +
                " are supported in one place");
        }
        for (int i = 0; i < logs.size(); i++)
        {
            final FieldPath config = path.at(i).field("typed_config");
            if (checks.required(logs.get(i).hasTypedConfig(), config))
            {
                final AccessLogSink sink = sink(logs.get(i), path.at(i));
                if (sink != null)
                {
                    result.add(sink);
                }
            }
        }
        return List.copyOf(result);
    }

    private AccessLogSink sink(final AccessLog log, final FieldPath logPath)
    {
        final Any config = log.getTypedConfig();
        final FieldPath path = logPath.field("typed_config");
        final AccessLogFilter filter = log.getFilter();
        if (log.hasFilter())
        {
            if (isListener && asksForType(filter))
            {
                checks.fault(logPath.field("filter"), "asks for a type, which records of listeners do not have");
            }
            final List<Condition> conditions = new ArrayList<>();
            filters.translate(filter, logPath.field("filter"), conditions);
            if (conditions.size() > AccessRecord.MAX_CONDITIONS)
            {
                checks.fault(logPath.field("filter"), "has " + conditions.size() + " header filters; " +
                    AccessRecord.MAX_CONDITIONS + " are supported");
            }
        }
        try
        {
            return switch (ExtensionTypes.nameOf(config.getTypeUrl()))
            {
                case "envoy.extensions.access_loggers.file.v3.FileAccessLog" ->
                    file(FileAccessLog.parseFrom(config.getValue()), filter, path);
                case "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog" ->
                    stream("/dev/stdout", StdoutAccessLog.parseFrom(config.getValue()).getLogFormat(), filter, path);
                case "envoy.extensions.access_loggers.stream.v3.StderrAccessLog" ->
                    stream("/dev/stderr", StderrAccessLog.parseFrom(config.getValue()).getLogFormat(), filter, path);
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

    private static boolean asksForType(final AccessLogFilter filter)
    {
        return filter.hasLogTypeFilter() ||
            filter.getAndFilter().getFiltersList().stream().anyMatch(AccessLogTranslator::asksForType) ||
            filter.getOrFilter().getFiltersList().stream().anyMatch(AccessLogTranslator::asksForType);
    }

    private AccessLogSink file(final FileAccessLog log, final AccessLogFilter filter, final FieldPath path)
    {
        if (!checks.required(log.getPath(), path.field("path")))
        {
            return null;
        }
        final Format format = log.getFormat().isEmpty() ?
            format(log.getLogFormat(), path) : new Format(log.getFormat(), false, false);
        return sink(log.getPath(), format, filter, path);
    }

    private AccessLogSink stream(
        final String name, final SubstitutionFormatString format, final AccessLogFilter filter, final FieldPath path)
    {
        return sink(name, format(format, path), filter, path);
    }

    private Format format(final SubstitutionFormatString format, final FieldPath path)
    {
        final boolean omitsEmpty = format.getOmitEmptyValues();
        return switch (format.getFormatCase())
        {
            case TEXT_FORMAT -> new Format(format.getTextFormat(), false, omitsEmpty);
            case TEXT_FORMAT_SOURCE -> new Format(dataSources.text(
                format.getTextFormatSource(), path.field("log_format").field("text_format_source")), false, omitsEmpty);
            case JSON_FORMAT -> new Format(json(format.getJsonFormat(), path), true, omitsEmpty);
            default -> new Format(LogFormat.DEFAULT, false, omitsEmpty);
        };
    }

    private String json(final Struct format, final FieldPath path)
    {
        try
        {
            return JsonFormat.printer().omittingInsignificantWhitespace().print(format);
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(path.field("log_format").field("json_format"), ex.getMessage());
            return "{}";
        }
    }

    private static Format untyped(final Format format)
    {
        return new Format(format.text.replace(TYPE, "NotSet"), format.isJson, format.omitsEmpty);
    }

    /** With the metadata of the listener and of the chain. */
    private Format described(final Format format)
    {
        final String text = PartMetadataOperator.given(format.text, "LISTENER", listenerMetadata);
        return new Format(PartMetadataOperator.given(text, "LISTENER_FILTER_CHAIN", chainMetadata), format.isJson,
            format.omitsEmpty);
    }

    private Format named(final Format format)
    {
        if (chain.isEmpty() || !format.text.contains(CHAIN_NAME))
        {
            return format;
        }
        final String name = chain.replace("%", "%%");
        final String json = new JsonPrimitive(name).toString();
        return new Format(format.text.replace(CHAIN_NAME, format.isJson ? json.substring(1, json.length() - 1) : name),
            format.isJson, format.omitsEmpty);
    }

    private AccessLogSink sink(
        final String path, final Format given, final AccessLogFilter filter, final FieldPath config)
    {
        if (PartMetadataOperator.isGiven(given.text))
        {
            checks.fault(config, "has an operator %METADATA(#...)%, which is none");
            return null;
        }
        final Format format = named(described(isListener ? untyped(given) : given));
        final LogFormat compiled;
        try
        {
            compiled = LogFormat.compile(format.text, format.isJson, format.omitsEmpty);
        }
        catch (final LogFormatException ex)
        {
            checks.fault(config, "format, " + ex.getMessage());
            return null;
        }
        final boolean takesAll = filter.equals(AccessLogFilter.getDefaultInstance());
        final String key = path + '\0' + format +
            (takesAll ? "" : '\0' + filter.toByteString().toStringUtf8() + '\0' + runtime);
        final AccessLogSink known = sinks.find(key);
        if (known != null)
        {
            return known;
        }
        final String fault = STREAMS.contains(path) ? null : FileFault.ahead(path);
        if (fault != null)
        {
            checks.fault(config.field("path"), "'" + path + "' cannot be opened: " + fault);
            return null;
        }
        final int index = sinks.room();
        if (index == SinkTable.NONE)
        {
            checks.fault(config, "there are " + AccessRecord.MAX_SINKS +
                " other access logs, more are not supported; let listeners share path and format");
            return null;
        }
        final List<Condition> conditions = new ArrayList<>();
        final RecordFilter takes =
            takesAll ? RecordFilter.ALL : filters.translate(filter, FieldPath.ROOT, conditions);
        final AccessLogSink sink = new AccessLogSink(index, path, format.text, format.isJson, format.omitsEmpty, takes,
            List.copyOf(conditions), compiled.fields(), compiled.uses() | LogFilterTranslator.uses(filter),
            sinks.nextBorn());
        sinks.add(key, sink);
        return sink;
    }
}
