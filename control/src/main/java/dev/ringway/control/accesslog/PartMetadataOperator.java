package dev.ringway.control.accesslog;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.ringway.engine.accesslog.AccessMetadata;
import dev.ringway.engine.accesslog.AccessRecord;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * {@code %METADATA(TYPE:NAMESPACE:KEY...)%} and its older forms {@code %UPSTREAM_METADATA%} and {@code %CLUSTER_METADATA%}:
 * what the configuration says of a part that the request met. A text is printed as it is, what else there is as JSON.
 * What metadata come to is kept, so that it is not worked out for each line. Log thread only.
 */
public final class PartMetadataOperator
{
    static final String OF_ENDPOINT = "UPSTREAM_METADATA";
    static final String OF_CLUSTER = "CLUSTER_METADATA";
    /** The same with a type before the namespace. */
    static final String OF_TYPE = "METADATA";
    /** By the numbers of {@link AccessMetadata}. */
    private static final List<String> TYPES = List.of("UPSTREAM_HOST", "CLUSTER", "ROUTE", "VIRTUAL_HOST");
    /** In the place of a type: what stands behind it is all metadata, as hexadecimal digits of a JSON object. */
    private static final String GIVEN = "#";
    /** A percent sign, or an operator as a whole: what stands in a format one behind the other. */
    private static final Pattern WORD = Pattern.compile("%%|%\\w+(\\([^)]*\\))?(:\\d+)?%");
    private static final byte[] NOTHING = LogOperators.bytes("-");
    /** A power of two. */
    private static final int KEPT = 64;

    private final int part;
    /** All metadata, or null where records have them. */
    private final String given;
    private final String[] path;
    private final boolean isTyped;
    private final int limit;
    private final String[] keys = new String[KEPT];
    private final byte[][] values = new byte[KEPT][];

    private PartMetadataOperator(
        final int part, final String given, final String[] path, final boolean isTyped, final int limit)
    {
        this.part = part;
        this.given = given;
        this.path = path;
        this.isTyped = isTyped;
        this.limit = limit;
    }

    /** All, for messages. */
    static String names()
    {
        return OF_ENDPOINT + " " + OF_CLUSTER + " " + OF_TYPE + '(' + TYPES + ":...)";
    }

    static boolean has(final String name)
    {
        return name.equals(OF_ENDPOINT) || name.equals(OF_CLUSTER) || name.equals(OF_TYPE);
    }

    /**
     * Puts metadata that belong to a place of the configuration into a format, so that no record need have them.
     *
     * @param format with or without operators for them.
     * @param type   of the operators for them.
     * @param told   all of them, a JSON object, or null.
     * @return the format with the metadata.
     */
    public static String given(final String format, final String type, final String told)
    {
        final Pattern wanted = Pattern.compile("^%METADATA\\(" + type + "(?=[:)])");
        final String given = "%METADATA(" + GIVEN + HexFormat.of().formatHex((told == null ? "{}" : told).getBytes(UTF_8));
        return WORD.matcher(format).replaceAll(
            word -> Matcher.quoteReplacement(wanted.matcher(word.group()).replaceFirst(given)));
    }

    /**
     * @param format of the configuration.
     * @return whether it has what only {@link #given} puts into one.
     */
    public static boolean isGiven(final String format)
    {
        return format.contains("%METADATA(" + GIVEN);
    }

    /** Whether it may be cut. */
    static boolean isCut(final String name)
    {
        return !name.equals(OF_CLUSTER);
    }

    static LogOperator of(final String name, final String argument, final int at, final int argumentAt)
        throws LogFormatException
    {
        final String[] parts = argument == null || argument.isEmpty() ? new String[0] : argument.split(":", -1);
        if (name.equals(OF_TYPE) && parts.length > 0 && !isType(parts[0]))
        {
            throw new LogFormatException(argumentAt,
                "metadata of type " + parts[0] + " are not recorded; recorded are " + TYPES +
                    ", LISTENER, LISTENER_FILTER_CHAIN and DYNAMIC");
        }
        final PartMetadataOperator operator = of(name, parts, false, Integer.MAX_VALUE);
        if (operator.path.length == 0)
        {
            throw new LogFormatException(at, "%" + name + "% needs a namespace");
        }
        return operator::append;
    }

    /**
     * @param operator that was compiled before, with its percent signs.
     * @return a step that prints a value of JSON and not a text; null when it is another operator.
     */
    static LogOperator typed(final String operator)
    {
        final int begin = operator.indexOf('(');
        final int end = operator.lastIndexOf(')');
        final String name = begin < 0 ? "" : operator.substring(1, begin);
        final String[] parts = begin < 0 ? new String[1] : operator.substring(begin + 1, end).split(":", -1);
        if (!has(name) || name.equals(OF_TYPE) && !isType(parts[0]))
        {
            return null;
        }
        final String cut = operator.substring(end + 1, operator.length() - 1);
        return of(name, parts, true, cut.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(cut.substring(1)))::append;
    }

    private static PartMetadataOperator of(
        final String name, final String[] parts, final boolean isTyped, final int limit)
    {
        return switch (name)
        {
            case OF_ENDPOINT -> new PartMetadataOperator(AccessMetadata.ENDPOINT, null, parts, isTyped, limit);
            case OF_CLUSTER -> new PartMetadataOperator(AccessMetadata.CLUSTER, null, parts, isTyped, limit);
            default -> parts.length == 0 ? new PartMetadataOperator(0, null, parts, isTyped, limit) :
                new PartMetadataOperator(TYPES.indexOf(parts[0]), given(parts[0]),
                    Arrays.copyOfRange(parts, 1, parts.length), isTyped, limit);
        };
    }

    private static boolean isType(final String type)
    {
        return TYPES.contains(type) || type.length() % 2 == GIVEN.length() && type.matches(GIVEN + "[0-9a-f]+");
    }

    private static String given(final String type)
    {
        return type.startsWith(GIVEN) ?
            new String(HexFormat.of().parseHex(type, GIVEN.length(), type.length()), UTF_8) : null;
    }

    private void append(final AccessRecord record, final LogLine line)
    {
        final String told = given != null ? given : record.metadata().of(part);
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
        if (isTyped)
        {
            return LogOperators.bytes(new JsonPrimitive(taken).toString());
        }
        final byte[] printed = LogOperators.bytes(taken);
        MetadataOperator.keepToLine(printed, 0, printed.length);
        return printed;
    }
}
