package dev.ringway.control.accesslog;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.ringway.engine.accesslog.AccessRecord;

import java.util.Arrays;

/**
 * {@code %UPSTREAM_METADATA(NAMESPACE:KEY...)%}: what is said of the endpoint. A text is printed as it is, what else there
 * is as JSON. What an endpoint's metadata come to is kept, so that it is not worked out for each line. Log thread only.
 */
final class EndpointMetadataOperator
{
    static final String NAME = "UPSTREAM_METADATA";
    /** The same with a type before the namespace. */
    static final String OF_TYPE = "METADATA";
    private static final String TYPE = "UPSTREAM_HOST";
    private static final byte[] NOTHING = LogOperators.bytes("-");
    /** A power of two. */
    private static final int KEPT = 64;

    private final String[] path;
    private final boolean isTyped;
    private final int limit;
    private final String[] keys = new String[KEPT];
    private final byte[][] values = new byte[KEPT][];

    private EndpointMetadataOperator(final String[] path, final boolean isTyped, final int limit)
    {
        this.path = path;
        this.isTyped = isTyped;
        this.limit = limit;
    }

    /** Both, for messages. */
    static String names()
    {
        return NAME + " " + OF_TYPE + '(' + TYPE + ":...)";
    }

    static boolean has(final String name)
    {
        return name.equals(NAME) || name.equals(OF_TYPE);
    }

    static LogOperator of(final String name, final String argument, final int at, final int argumentAt)
        throws LogFormatException
    {
        final String[] parts = argument == null || argument.isEmpty() ? new String[0] : argument.split(":", -1);
        if (name.equals(OF_TYPE) && parts.length > 0 && !parts[0].equals(TYPE))
        {
            throw new LogFormatException(
                argumentAt, "metadata of type " + parts[0] + " are not recorded; recorded are " + TYPE + " and DYNAMIC");
        }
        final String[] path = name.equals(NAME) ? parts : Arrays.copyOfRange(parts, Math.min(1, parts.length), parts.length);
        if (path.length == 0)
        {
            throw new LogFormatException(at, "%" + name + "% needs a namespace");
        }
        return new EndpointMetadataOperator(path, false, Integer.MAX_VALUE)::append;
    }

    /**
     * @param operator that was compiled before, with its percent signs.
     * @return a step that prints a value of JSON and not a text; null when it is another operator.
     */
    static LogOperator typed(final String operator)
    {
        final int begin = operator.indexOf('(');
        final int end = operator.lastIndexOf(')');
        final String[] parts = begin < 0 ? new String[1] : operator.substring(begin + 1, end).split(":", -1);
        if (begin < 0 || !has(operator.substring(1, begin)) || operator.startsWith(OF_TYPE, 1) && !parts[0].equals(TYPE))
        {
            return null;
        }
        final String cut = operator.substring(end + 1, operator.length() - 1);
        return new EndpointMetadataOperator(
            operator.startsWith(NAME, 1) ? parts : Arrays.copyOfRange(parts, 1, parts.length), true,
            cut.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(cut.substring(1)))::append;
    }

    private void append(final AccessRecord record, final LogLine line)
    {
        final String told = record.upstream().metadata();
        if (told == null)
        {
            line.put(NOTHING);
            return;
        }
        final int slot = told.hashCode() & KEPT - 1;
        if (!told.equals(keys[slot]))
        {
            keys[slot] = told;
            values[slot] = value(told);
        }
        line.put(values[slot]);
    }

    private byte[] value(final String told)
    {
        JsonElement value = JsonParser.parseString(told);
        for (final String key : path)
        {
            value = value instanceof final JsonObject object ? object.get(key) : null;
        }
        if (value == null || value.isJsonNull())
        {
            return NOTHING;
        }
        if (!(value instanceof final JsonPrimitive primitive) || !primitive.isString())
        {
            return LogOperators.bytes(value.toString());
        }
        final String text = primitive.getAsString();
        final String taken = isTyped && limit < text.length() ? text.substring(0, limit) : text;
        return LogOperators.bytes(isTyped ? new JsonPrimitive(taken).toString() : printable(taken));
    }

    /** A line stays a line. */
    private static String printable(final String text)
    {
        return text.replaceAll("[\\x00-\\x1F\\x7F]", "?");
    }
}
