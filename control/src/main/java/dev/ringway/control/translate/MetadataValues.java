package dev.ringway.control.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
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

    private static void quote(final String text, final StringBuilder out)
    {
        out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
}
