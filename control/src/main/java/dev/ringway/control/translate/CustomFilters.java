package dev.ringway.control.translate;

import com.github.xds.type.v3.TypedStruct;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.filter.FilterContext;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.HttpFilterProvider;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Translates {@code xds.type.v3.TypedStruct}: filters that others have written. The last part of its {@code type_url} is
 * what the filter calls itself; its {@code value} has the {@code jar} that it comes in, and its {@code settings}.
 */
final class CustomFilters implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "xds.type.v3.TypedStruct";

    private static final String JAR = "jar";
    private static final String SETTINGS = "settings";
    private static final HttpFilterFactory NONE = loop -> null;

    private final Checks checks;
    private final CounterRegistry counters;
    private final Map<String, HttpFilterProvider> byType = new HashMap<>();

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     */
    CustomFilters(final Checks checks, final CounterRegistry counters)
    {
        this.checks = checks;
        this.counters = counters;
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilterFactory factory(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        final TypedStruct struct = TypedStruct.parseFrom(config.getValue());
        final String type = ExtensionTypes.nameOf(struct.getTypeUrl());
        if (!checks.required(type, path.field("type_url")) || !hasKnownFields(struct, path, true))
        {
            return NONE;
        }
        final FieldPath value = path.field("value");
        try
        {
            final HttpFilterProvider provider = FilterJars.provider(
                struct.getValue().getFieldsOrDefault(JAR, Value.getDefaultInstance()).getStringValue(), type);
            byType.put(type, provider);
            final HttpFilterFactory factory =
                provider.factory(settings(struct), new Context(counters, "http." + statPrefix + "."));
            return new Asked(Objects.requireNonNull(factory, "it makes no filters"), factory.readsLocalAddress());
        }
        catch (final FilterJars.MissingException ex)
        {
            checks.fault(value.field(JAR), ex.getMessage());
        }
        catch (final RuntimeException | Error ex)
        {
            checks.fault(value, "the filter " + type + " refuses them: " + reason(ex));
        }
        return NONE;
    }

    private boolean hasKnownFields(final TypedStruct struct, final FieldPath path, final boolean hasJar)
    {
        boolean isGood = true;
        for (final String name : struct.getValue().getFieldsMap().keySet())
        {
            if (!name.equals(SETTINGS) && !(hasJar && name.equals(JAR)))
            {
                checks.fault(path.field("value").field(name),
                    "is not supported: " + (hasJar ? "there are jar and settings" : "there is settings"));
                isGood = false;
            }
        }
        return isGood;
    }

    private record Context(CounterRegistry registry, String prefix) implements FilterContext
    {
        public int counter(final String name)
        {
            return registry.counter(prefix + name);
        }

        public int gauge(final String name)
        {
            return registry.gauge(prefix + name);
        }
    }

    private static Map<String, Object> settings(final TypedStruct struct)
    {
        return map(struct.getValue().getFieldsOrDefault(SETTINGS, Value.getDefaultInstance()).getStructValue());
    }

    private static Map<String, Object> map(final Struct struct)
    {
        final Map<String, Object> map = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((name, value) -> map.put(name, plain(value)));
        return map;
    }

    private static Object plain(final Value value)
    {
        return switch (value.getKindCase())
        {
            case STRING_VALUE -> value.getStringValue();
            case NUMBER_VALUE -> value.getNumberValue();
            case BOOL_VALUE -> value.getBoolValue();
            case STRUCT_VALUE -> map(value.getStructValue());
            case LIST_VALUE -> value.getListValue().getValuesList().stream().map(CustomFilters::plain).toList();
            default -> null;
        };
    }

    /**
     * {@inheritDoc}
     */
    public String routeType()
    {
        return TYPE;
    }

    /**
     * {@inheritDoc}
     */
    public Object routeSettings(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        final TypedStruct struct = TypedStruct.parseFrom(config.getValue());
        final String type = ExtensionTypes.nameOf(struct.getTypeUrl());
        final HttpFilterProvider provider = byType.get(type);
        if (provider == null)
        {
            checks.fault(path.field("type_url"), "'" + type + "' is no filter of the connection manager");
            return null;
        }
        try
        {
            return !hasKnownFields(struct, path, false) ? null :
                Objects.requireNonNull(provider.routeSettings(settings(struct)), "it makes nothing of them");
        }
        catch (final RuntimeException | Error ex)
        {
            checks.fault(path.field("value"), "the filter " + type + " refuses them: " + reason(ex));
            return null;
        }
    }

    /** What was thrown is of the filter's own making, and may say nothing, or throw itself. */
    private static String reason(final Throwable thrown)
    {
        try
        {
            final String message = thrown.getMessage();
            return message == null ? thrown.getClass().getName() : message;
        }
        catch (final RuntimeException | Error ex)
        {
            return thrown.getClass().getName();
        }
    }

    /** A factory that has been asked here, where what it throws is a fault of the configuration. */
    private record Asked(HttpFilterFactory factory, boolean readsLocalAddress) implements HttpFilterFactory
    {
        public HttpFilter create(final FilterLoop loop)
        {
            return factory.create(loop);
        }
    }
}
