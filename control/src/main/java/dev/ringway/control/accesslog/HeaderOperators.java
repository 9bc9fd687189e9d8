package dev.ringway.control.accesslog;

import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;

import java.util.Locale;

/**
 * {@code %REQ(X?Y)%} and {@code %RESP(X?Y)%} for the header fields that records carry.
 */
final class HeaderOperators
{
    private static final int METHOD = -2;
    private static final int PATH = AccessText.PATH;
    private static final int SERVICE_TIME = -3;
    private static final String REQUEST_FIELDS = ":METHOD, :PATH, :AUTHORITY, HOST, USER-AGENT, X-FORWARDED-FOR, " +
        "X-REQUEST-ID, X-ENVOY-ORIGINAL-PATH, REFERER";
    private static final String RESPONSE_FIELDS = ":STATUS, X-ENVOY-UPSTREAM-SERVICE-TIME, CONTENT-TYPE";
    private static final int STATUS = -4;

    private HeaderOperators()
    {
    }

    /** Says which text or number a name stands for. */
    @FunctionalInterface
    private interface Fields
    {
        int find(String name);
    }

    static LogOperator request(final String argument, final int at, final int argumentAt) throws LogFormatException
    {
        return of("REQ", argument, at, argumentAt, HeaderOperators::requestField, REQUEST_FIELDS);
    }

    static LogOperator response(final String argument, final int at, final int argumentAt) throws LogFormatException
    {
        return of("RESP", argument, at, argumentAt, HeaderOperators::responseField, RESPONSE_FIELDS);
    }

    private static LogOperator of(
        final String operator,
        final String argument,
        final int at,
        final int argumentAt,
        final Fields fields,
        final String recorded) throws LogFormatException
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
            ids[i] = fields.find(names[i].toLowerCase(Locale.ROOT));
            if (ids[i] == -1)
            {
                throw new LogFormatException(argumentAt + (i == 0 ? 0 : names[0].length() + 1), "header field " +
                    names[i] + " is not recorded for %" + operator + "%; recorded are " + recorded);
            }
        }
        return ids.length == 1 ? (record, line) -> append(ids[0], record, line) : (record, line) ->
            append(isPresent(ids[0], record) ? ids[0] : ids[1], record, line);
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
            default -> -1;
        };
    }

    private static int responseField(final String name)
    {
        return switch (name)
        {
            case ":status" -> STATUS;
            case "x-envoy-upstream-service-time" -> SERVICE_TIME;
            case "content-type" -> AccessText.RESPONSE_CONTENT_TYPE;
            default -> -1;
        };
    }

    private static boolean isPresent(final int id, final AccessRecord record)
    {
        return switch (id)
        {
            case METHOD -> record.methodId() != HttpMethod.UNKNOWN;
            case STATUS -> record.status() > 0;
            case SERVICE_TIME -> record.upstreamServiceTimeMs() >= 0;
            default -> record.textLength(id) > 0;
        };
    }

    private static void append(final int id, final AccessRecord record, final LogLine line)
    {
        switch (id)
        {
            case METHOD -> method(record, line);
            case STATUS -> number(record.status() > 0 ? record.status() : -1, line);
            case SERVICE_TIME -> number(record.upstreamServiceTimeMs(), line);
            default -> LogOperators.putText(record, id, line);
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
