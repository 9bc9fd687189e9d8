package dev.ringway.control.accesslog;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.ringway.engine.accesslog.AccessRecord;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A JSON object whose strings hold command operators, compiled. As in Envoy the properties are sorted by name, a string
 * that is one operator gives a value of the operator's type or null, and any other a string. One thread at a time runs
 * it.
 */
final class JsonFormat
{
    private static final byte[] NULL = "null".getBytes(UTF_8);
    private static final String ESCAPED = "\"\\\b\f\n\r\t";
    private static final String ESCAPES = "\"\\bfnrt";

    private final Part root;
    private final boolean omitsEmpty;
    private final LogLine text = new LogLine();
    private final LogNeeds needs = new LogNeeds();

    /** Appends a value, and says whether there was one. */
    @FunctionalInterface
    private interface Part
    {
        boolean append(AccessRecord record, LogLine line);
    }

    private record Property(byte[] name, Part value)
    {
    }

    private JsonFormat(final JsonObject config, final boolean omitsEmpty) throws LogFormatException
    {
        this.omitsEmpty = omitsEmpty;
        root = object(config);
    }

    /**
     * @param config     the object.
     * @param omitsEmpty whether properties without a value are left out instead of null.
     * @return the program of a line.
     * @throws LogFormatException when a string of it is no format.
     */
    static LogFormat compile(final JsonObject config, final boolean omitsEmpty) throws LogFormatException
    {
        final JsonFormat format = new JsonFormat(config, omitsEmpty);
        return LogFormat.of((record, line) ->
        {
            if (!format.root.append(record, line))
            {
                line.put((byte)'{').put((byte)'}');
            }
            line.put((byte)'\n');
        }, format.needs);
    }

    private Part part(final JsonElement config) throws LogFormatException
    {
        if (config instanceof final JsonObject object)
        {
            return object(object);
        }
        if (config instanceof final JsonArray array)
        {
            return list(array);
        }
        if (config instanceof final JsonPrimitive primitive && primitive.isString() &&
            primitive.getAsString().indexOf('%') >= 0)
        {
            return string(primitive.getAsString());
        }
        final byte[] literal = literal(config).getBytes(UTF_8);
        return (record, line) ->
        {
            line.put(literal);
            return true;
        };
    }

    /** Whole numbers are printed as such. */
    private static String literal(final JsonElement config)
    {
        if (config instanceof final JsonPrimitive primitive && primitive.isNumber())
        {
            final double number = primitive.getAsDouble();
            return number == Math.rint(number) && Math.abs(number) < 1L << 53 ?
                Long.toString((long)number) : Double.toString(number);
        }
        return config.toString();
    }

    private Part object(final JsonObject config) throws LogFormatException
    {
        final List<Property> properties = new ArrayList<>();
        for (final String name : new TreeSet<>(config.keySet()))
        {
            properties.add(new Property((new JsonPrimitive(name) + ":").getBytes(UTF_8), part(config.get(name))));
        }
        return (record, line) -> append(properties, record, line);
    }

    private boolean append(final List<Property> properties, final AccessRecord record, final LogLine line)
    {
        final int start = line.length();
        line.put((byte)'{');
        for (final Property property : properties)
        {
            final int before = line.length();
            if (before > start + 1)
            {
                line.put((byte)',');
            }
            line.put(property.name);
            if (!property.value.append(record, line))
            {
                if (omitsEmpty)
                {
                    line.cut(before);
                }
                else
                {
                    line.put(NULL);
                }
            }
        }
        if (omitsEmpty && line.length() == start + 1)
        {
            line.cut(start);
            return false;
        }
        line.put((byte)'}');
        return true;
    }

    private Part list(final JsonArray config) throws LogFormatException
    {
        final List<Part> items = new ArrayList<>();
        for (final JsonElement item : config)
        {
            items.add(part(item));
        }
        return (record, line) ->
        {
            line.put((byte)'[');
            for (int i = 0; i < items.size(); i++)
            {
                if (i > 0)
                {
                    line.put((byte)',');
                }
                if (!items.get(i).append(record, line))
                {
                    line.put(NULL);
                }
            }
            line.put((byte)']');
            return true;
        };
    }

    private Part string(final String config) throws LogFormatException
    {
        final LogFormat plain = LogFormat.compile(config, false);
        final boolean isSingle = plain.isSingle() && !LogFormat.isDashTold(config, 1);
        // A value that is there and empty is told, so what is not there has to be told apart.
        final LogFormat format = isSingle ? plain : LogFormat.compile(config, omitsEmpty);
        needs.addAll(format.needs());
        final LogOperator typed = isSingle ? PartMetadataOperator.typed(config) : null;
        if (typed != null)
        {
            return (record, line) ->
            {
                text.clear();
                typed.append(record, text);
                line.put(text.bytes(), isNothing() ? 0 : text.length());
                return !isNothing();
            };
        }
        return (record, line) ->
        {
            text.clear();
            format.append(record, text);
            final boolean isNumber = plain.isNumber();
            if (isSingle && (isNothing() || isNumber && text.length() == 0))
            {
                return false;
            }
            if (isNumber)
            {
                line.put(text.bytes(), text.length());
            }
            else
            {
                quote(text, line);
            }
            return true;
        };
    }

    private boolean isNothing()
    {
        return text.length() == 1 && text.bytes()[0] == '-';
    }

    /** As Envoy does it: in a text that is not UTF-8 everything special is written by its number. */
    private static void quote(final LogLine text, final LogLine line)
    {
        final boolean isUtf8 = Utf8.isValid(text.bytes(), text.length());
        line.put((byte)'"');
        for (int i = 0; i < text.length(); i++)
        {
            final byte value = text.bytes()[i];
            final int escaped = isUtf8 ? ESCAPED.indexOf(value) : -1;
            if (escaped >= 0)
            {
                line.put((byte)'\\').put((byte)ESCAPES.charAt(escaped));
            }
            else if (value >= 0 && value < ' ' || !isUtf8 && (value < 0 || value == '"' || value == '\\'))
            {
                line.put("\\u00%02x".formatted(value & 0xff).getBytes(UTF_8));
            }
            else
            {
                line.put(value);
            }
        }
        line.put((byte)'"');
    }
}
