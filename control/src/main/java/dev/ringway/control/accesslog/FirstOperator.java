package dev.ringway.control.accesslog;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.ringway.engine.accesslog.AccessRecord;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code %COALESCE({"operators": [...]})%}, and {@code %REQUESTED_SERVER_NAME(X:Y)%}, which is one of them: the first of
 * several operators that has a value, which may be an empty text. Log thread only.
 */
final class FirstOperator implements LogOperator
{
    static final String NAME = "COALESCE";

    private static final String SERVER_NAME = "REQUESTED_SERVER_NAME";
    private static final String OPERATORS = "operators";
    private static final Set<String> KEYS = Set.of("command", "param", "max_length");
    private static final int MOST_LENGTH = 999_999;
    /** What they tell is put in before lines are printed, or always there, or not of one kind. */
    private static final Set<String> ALONE = Set.of(NAME, "FILTER_CHAIN_NAME", "ACCESS_LOG_TYPE", "RESPONSE_FLAGS",
        "RESPONSE_FLAGS_LONG", PartMetadataOperator.OF_ENDPOINT, PartMetadataOperator.OF_CLUSTER,
        PartMetadataOperator.OF_TYPE);

    private final List<Step> steps;
    private boolean isNumber;

    private FirstOperator(final List<Step> steps)
    {
        this.steps = steps;
    }

    private record Step(LogOperator operator, boolean isNumber, boolean isDashTold)
    {
    }

    /**
     * @param name     of an operator.
     * @param argument between its parentheses, or null.
     * @return whether it is one of these.
     */
    static boolean has(final String name, final String argument)
    {
        return name.equals(NAME) || name.equals(SERVER_NAME) && argument != null && !argument.isEmpty();
    }

    /**
     * @param name       for which {@link #has} holds.
     * @param argument   between its parentheses, or null.
     * @param at         where it begins in the format, for messages.
     * @param argumentAt where its argument begins.
     * @param needs      gains what its operators ask for.
     * @return the step.
     * @throws LogFormatException when the argument makes no sense, or an operator in it.
     */
    static FirstOperator of(
        final String name, final String argument, final int at, final int argumentAt, final LogNeeds needs)
        throws LogFormatException
    {
        if (name.equals(SERVER_NAME))
        {
            return serverName(argument, argumentAt, needs);
        }
        final List<Step> steps = new ArrayList<>();
        for (final JsonElement operator : operators(argument, at))
        {
            steps.add(step(operator, argumentAt, needs));
        }
        return new FirstOperator(List.copyOf(steps));
    }

    private static JsonArray operators(final String argument, final int at) throws LogFormatException
    {
        try
        {
            if (argument != null && JsonParser.parseString(argument) instanceof final JsonObject object &&
                object.get(OPERATORS) instanceof final JsonArray operators && object.size() == 1 && !operators.isEmpty())
            {
                return operators;
            }
        }
        catch (final JsonParseException e)
        {
            throw new LogFormatException(at, "the argument of %COALESCE% is no JSON: " + e.getMessage());
        }
        throw new LogFormatException(at, "%COALESCE({\"operators\": [...]})% needs a list of operators");
    }

    private static Step step(final JsonElement config, final int at, final LogNeeds needs) throws LogFormatException
    {
        final JsonObject operator = config instanceof final JsonObject object ? object : new JsonObject();
        final String name = text(config instanceof JsonObject ? operator.get("command") : config, at);
        final String param = operator.has("param") ? text(operator.get("param"), at) : null;
        if (!KEYS.containsAll(operator.keySet()) || ALONE.contains(name) || has(name, param))
        {
            throw new LogFormatException(at, config + " is not supported in %COALESCE%");
        }
        final LogOperator step = LogFormat.operator(name, param, at, at, needs);
        final boolean isDashTold = LogFormat.isDashTold(name, 0);
        if (!operator.has("max_length"))
        {
            return new Step(step, LogOperators.isNumber(param == null ? name : name + '(' + param + ')'), isDashTold);
        }
        return new Step(LogFormat.cut(step, length(operator.get("max_length"), at)), false, isDashTold);
    }

    private static String text(final JsonElement config, final int at) throws LogFormatException
    {
        if (config instanceof final JsonPrimitive text && text.isString())
        {
            return text.getAsString();
        }
        throw new LogFormatException(at, "operators in %COALESCE% are names, or objects with a \"command\" and \"param\"");
    }

    private static int length(final JsonElement config, final int at) throws LogFormatException
    {
        final double length = config instanceof final JsonPrimitive number && number.isNumber() ? number.getAsDouble() : 0;
        if (length < 1 || length > MOST_LENGTH || length != (int)length)
        {
            throw new LogFormatException(at, "max_length " + config + " is no whole number in 1.." + MOST_LENGTH);
        }
        return (int)length;
    }

    private static FirstOperator serverName(final String argument, final int at, final LogNeeds needs)
        throws LogFormatException
    {
        final int colon = argument.indexOf(':');
        final String host = switch (colon < 0 ? "ORIG_OR_HOST" : argument.substring(colon + 1))
        {
            case "ORIG" -> "X-ENVOY-ORIGINAL-HOST";
            case "HOST" -> ":AUTHORITY";
            case "ORIG_OR_HOST" -> "X-ENVOY-ORIGINAL-HOST?:AUTHORITY";
            default -> throw new LogFormatException(at, "'" + argument + "' has no ORIG, HOST or ORIG_OR_HOST behind its colon");
        };
        final Step ofTls = new Step(LogFormat.operator(SERVER_NAME, null, at, at, needs), false, false);
        final String order = colon < 0 ? argument : argument.substring(0, colon);
        if (order.equals("SNI_ONLY"))
        {
            return new FirstOperator(List.of(ofTls));
        }
        final Step ofRequest = new Step(LogFormat.operator("REQ", host, at, at, needs), false, false);
        return switch (order)
        {
            case "SNI_FIRST" -> new FirstOperator(List.of(ofTls, ofRequest));
            case "HOST_FIRST" -> new FirstOperator(List.of(ofRequest, ofTls));
            default -> throw new LogFormatException(at, "'" + argument + "' begins with none of SNI_ONLY, SNI_FIRST and HOST_FIRST");
        };
    }

    /**
     * {@inheritDoc}
     */
    public void append(final AccessRecord record, final LogLine line)
    {
        final int start = line.length();
        for (int i = 0; i < steps.size(); i++)
        {
            line.cut(start);
            steps.get(i).operator.append(record, line);
            isNumber = steps.get(i).isNumber;
            if (steps.get(i).isDashTold || line.length() != start + 1 || line.bytes()[start] != '-')
            {
                return;
            }
        }
    }

    /** Whether the value that was printed last is a number where JSON tells numbers from strings. */
    boolean isNumber()
    {
        return isNumber;
    }
}
