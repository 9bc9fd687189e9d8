package dev.ringway.control.accesslog;

import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.engine.accesslog.AccessFields;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.snapshot.LoggedField;
import dev.ringway.engine.snapshot.LoggedField.Place;

import java.util.Locale;

/**
 * {@code %REQ(X?Y)%}, {@code %RESP(X?Y)%} and {@code %TRAILER(X?Y)%}. Records have room of their own for what most
 * formats print, and take other fields where a format asks for them.
 */
final class HeaderOperators
{
    private static final int METHOD = -2;
    private static final int PATH = AccessText.PATH;
    private static final int SERVICE_TIME = -3;
    private static final int STATUS = -4;
    private static final int NONE = -1;
    /** Where the numbers of fields start that records have no room of their own for. */
    private static final int OTHERS = 1 << 16;

    private HeaderOperators()
    {
    }

    /**
     * @param operator name of any operator, compiled before.
     * @param argument its own, or null.
     * @param needs    gains the fields that it asks for and that records have no room of their own for.
     */
    static void addFields(final String operator, final String argument, final LogNeeds needs)
    {
        final Place place = place(operator);
        if (place == null || argument == null)
        {
            return;
        }
        for (final String name : argument.split("\\?", -1))
        {
            if (known(place, name) == NONE)
            {
                needs.add(LoggedField.of(place, name));
            }
        }
    }

    private static Place place(final String operator)
    {
        return switch (operator)
        {
            case "REQ", "REQUEST_HEADER" -> Place.REQUEST;
            case "RESP", "RESPONSE_HEADER" -> Place.RESPONSE;
            case "TRAILER", "RESPONSE_TRAILER" -> Place.TRAILER;
            default -> null;
        };
    }

    static LogOperator of(final String operator, final String argument, final int at, final int argumentAt)
        throws LogFormatException
    {
        if (argument == null || argument.isEmpty())
        {
            throw new LogFormatException(at, "%" + operator + "(NAME)% needs the name of a header field");
        }
        final String[] names = argument.split("\\?", -1);
        if (names.length > 2)
        {
            throw new LogFormatException(argumentAt, "%" + operator + "(X?Y)% takes one alternative, not more");
        }
        final int[] ids = new int[names.length];
        for (int i = 0; i < names.length; i++)
        {
            if (!isName(names[i]) && known(place(operator), names[i]) == NONE &&
                !LoggedField.isScheme(place(operator), names[i]))
            {
                throw new LogFormatException(argumentAt + (i == 0 ? 0 : names[0].length() + 1),
                    "'" + names[i] + "' is no name of a header field that %" + operator + "% knows");
            }
            ids[i] = field(place(operator), names[i]);
        }
        return ids.length == 1 ? (record, line) -> append(ids[0], record, line) : (record, line) ->
            append(isPresent(ids[0], record) ? ids[0] : ids[1], record, line);
    }

    private static boolean isName(final String name)
    {
        return !name.isEmpty() &&
            name.chars().allMatch(c -> c <= Byte.MAX_VALUE && AsciiScan.lowerToken((byte)c) != 0);
    }

    /** Number of what records have room of their own for. */
    private static int known(final Place place, final String name)
    {
        final String lower = name.toLowerCase(Locale.ROOT);
        return switch (place)
        {
            case REQUEST -> requestField(lower);
            case RESPONSE -> responseField(lower);
            case TRAILER, METADATA -> NONE;
        };
    }

    private static int field(final Place place, final String name)
    {
        final int known = known(place, name);
        return known == NONE ? OTHERS + LoggedField.of(place, name).id() : known;
    }

    private static int requestField(final String name)
    {
        return switch (name)
        {
            case ":method" -> METHOD;
            case ":path" -> PATH;
            case ":authority", "host" -> AccessText.AUTHORITY;
            case "user-agent" -> AccessText.USER_AGENT;
            case "x-forwarded-for" -> AccessText.X_FORWARDED_FOR;
            case "x-request-id" -> AccessText.X_REQUEST_ID;
            case "x-envoy-original-path" -> AccessText.ORIGINAL_PATH;
            case "referer" -> AccessText.REFERER;
            default -> NONE;
        };
    }

    private static int responseField(final String name)
    {
        return switch (name)
        {
            case ":status" -> STATUS;
            case "x-envoy-upstream-service-time" -> SERVICE_TIME;
            case "content-type" -> AccessText.RESPONSE_CONTENT_TYPE;
            default -> NONE;
        };
    }

    private static boolean isPresent(final int id, final AccessRecord record)
    {
        return switch (id)
        {
            case METHOD -> record.methodId() != HttpMethod.UNKNOWN;
            case STATUS -> record.status() > 0;
            case SERVICE_TIME -> record.upstreamServiceTimeMs() >= 0;
            default -> id < OTHERS ? hasText(id, record) : AccessFields.find(record, id - OTHERS) != 0;
        };
    }

    private static void append(final int id, final AccessRecord record, final LogLine line)
    {
        switch (id)
        {
            case METHOD -> method(record, line);
            case STATUS -> number(record.status() > 0 ? record.status() : -1, line);
            case SERVICE_TIME -> number(record.upstreamServiceTimeMs(), line);
            default ->
            {
                if (id >= OTHERS)
                {
                    other(AccessFields.find(record, id - OTHERS), record, line);
                }
                else if (!hasText(id, record) || record.textLength(id) > 0)
                {
                    LogOperators.putText(record, id, line);
                }
            }
        }
    }

    /** A field may be there and empty; a path or a host is not. */
    private static boolean hasText(final int id, final AccessRecord record)
    {
        return record.textLength(id) > 0 ||
            id != PATH && id != AccessText.AUTHORITY && AccessText.isSet(record, id);
    }

    private static void other(final int at, final AccessRecord record, final LogLine line)
    {
        if (at == 0)
        {
            line.put((byte)'-');
            return;
        }
        line.put(record.buffer(), AccessFields.valueOffset(at), AccessFields.length(record, at));
        if (AccessFields.isCut(record, at))
        {
            line.put(LogOperators.CUT);
        }
    }

    private static void method(final AccessRecord record, final LogLine line)
    {
        if (record.textLength(AccessText.METHOD) > 0 || record.methodId() <= HttpMethod.OTHER)
        {
            LogOperators.putText(record, AccessText.METHOD, line);
        }
        else
        {
            line.put(HttpMethod.bytes(record.methodId()));
        }
    }

    private static void number(final int value, final LogLine line)
    {
        if (value < 0)
        {
            line.put((byte)'-');
        }
        else
        {
            line.decimal(value);
        }
    }
}
