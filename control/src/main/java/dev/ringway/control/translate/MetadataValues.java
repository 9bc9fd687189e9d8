package dev.ringway.control.translate;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.internal.LazilyParsedNumber;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ringway.engine.route.Route;
import io.envoyproxy.envoy.config.core.v3.Metadata;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes values of metadata as texts that are equal when the values are, of routes and endpoints alike.
 */
final class MetadataValues
{
    /** The only part of metadata that balancing looks at. */
    static final String BALANCING = "envoy.lb";

    private MetadataValues()
    {
    }

    /**
     * @param metadata of a route or an endpoint.
     * @return what it says for balancing, as texts; may be empty.
     */
    static SortedMap<String, String> of(final Metadata metadata)
    {
        final SortedMap<String, String> texts = new TreeMap<>();
        metadata.getFilterMetadataOrDefault(BALANCING, Struct.getDefaultInstance()).getFieldsMap()
            .forEach((key, value) -> texts.put(key, text(value)));
        return Collections.unmodifiableSortedMap(texts);
    }

    /**
     * @param value any.
     * @return its text; no two values that differ have the same.
     */
    static String text(final Value value)
    {
        final StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(final Value value, final StringBuilder out)
    {
        switch (value.getKindCase())
        {
            case STRING_VALUE -> quote(value.getStringValue(), out);
            case NUMBER_VALUE -> out.append(value.getNumberValue());
            case BOOL_VALUE -> out.append(value.getBoolValue());
            case LIST_VALUE ->
            {
                out.append('[');
                for (final Value element : value.getListValue().getValuesList())
                {
                    write(element, out);
                    out.append(',');
                }
                out.append(']');
            }
            case STRUCT_VALUE ->
            {
                out.append('{');
                new TreeMap<>(value.getStructValue().getFieldsMap()).forEach((key, field) ->
                {
                    quote(key, out);
                    out.append(':');
                    write(field, out);
                    out.append(',');
                });
                out.append('}');
            }
            default -> out.append("null");
        }
    }

    /**
     * @param route what is said of a route.
     * @param host  what is said of its virtual host.
     * @return both for access logs.
     */
    static Route.Metadata told(final Metadata route, final Metadata host)
    {
        return route.getFilterMetadataCount() == 0 && host.getFilterMetadataCount() == 0 ?
            Route.Metadata.NONE : new Route.Metadata(told(route), told(host));
    }

    /**
     * @param metadata of an endpoint, a cluster, a route or a virtual host.
     * @return all of it for access logs, a JSON object as Envoy writes it, or null when there is none.
     */
    static String told(final Metadata metadata)
    {
        if (metadata.getFilterMetadataCount() == 0)
        {
            return null;
        }
        final JsonObject all = new JsonObject();
        new TreeMap<>(metadata.getFilterMetadataMap()).forEach((name, fields) -> all.add(name, json(fields)));
        return all.toString();
    }

    private static JsonObject json(final Struct struct)
    {
        final JsonObject object = new JsonObject();
        new TreeMap<>(struct.getFieldsMap()).forEach((key, value) -> object.add(key, json(value)));
        return object;
    }

    private static JsonElement json(final Value value)
    {
        return switch (value.getKindCase())
        {
            case STRING_VALUE -> new JsonPrimitive(value.getStringValue());
            case NUMBER_VALUE -> new JsonPrimitive(new LazilyParsedNumber(number(value.getNumberValue())));
            case BOOL_VALUE -> new JsonPrimitive(value.getBoolValue());
            case LIST_VALUE ->
            {
                final JsonArray list = new JsonArray();
                value.getListValue().getValuesList().forEach(element -> list.add(json(element)));
                yield list;
            }
            case STRUCT_VALUE -> json(value.getStructValue());
            default -> JsonNull.INSTANCE;
        };
    }

    private static String number(final double value)
    {
        return value == Math.rint(value) && Math.abs(value) < 1L << 53 ? Long.toString((long)value) :
            Double.toString(value).replace(".0E", "E").replaceFirst("E(?=\\d)", "e+").replace('E', 'e');
    }

    private static void quote(final String text, final StringBuilder out)
    {
        out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
}
