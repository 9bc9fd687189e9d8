package dev.ringway.control.accesslog;

import com.google.gson.JsonParser;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.LoggedField;

import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A format string in Envoy's command-operator syntax ({@code %NAME(argument):length%}, {@code %%} for a percent sign),
 * compiled into a list of steps. One thread at a time runs it.
 */
public final class LogFormat
{
    /** Envoy's format when none is configured. */
    public static final String DEFAULT = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% " +
        "%PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% " +
        "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" " +
        "\"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    private static final byte[] NO_TEXT = new byte[0];

    /** What stands before each operator; text alone is put without asking an object for it. */
    private final byte[][] texts;
    private final LogOperator[] operators;
    private final byte[] rest;
    private final LogNeeds needs;
    private final String onlyOperator;

    private LogFormat(final List<LogOperator> steps, final LogNeeds needs, final String onlyOperator)
    {
        this.needs = needs;
        this.onlyOperator = onlyOperator;
        final List<byte[]> before = new ArrayList<>();
        final List<LogOperator> asked = new ArrayList<>();
        byte[] text = NO_TEXT;
        for (final LogOperator step : steps)
        {
            if (step instanceof final Literal literal)
            {
                text = literal.text();
            }
            else
            {
                before.add(text);
                asked.add(step);
                text = NO_TEXT;
            }
        }
        texts = before.toArray(new byte[0][]);
        operators = asked.toArray(new LogOperator[0]);
        rest = text;
    }

    /** Text of the format; never two in a row. */
    private record Literal(byte[] text) implements LogOperator
    {
        public void append(final AccessRecord record, final LogLine line)
        {
            line.put(text);
        }
    }

    static LogFormat of(final LogOperator line, final LogNeeds needs)
    {
        return new LogFormat(List.of(line), needs, null);
    }

    /**
     * Compiles what a sink prints.
     *
     * @param sink whose format is text, or a JSON object of texts.
     * @return the program.
     * @throws LogFormatException when an operator is not known, not supported or malformed; says where.
     */
    public static LogFormat compile(final AccessLogSink sink) throws LogFormatException
    {
        return compile(sink.format(), sink.isJson(), sink.omitsEmpty());
    }

    /**
     * Compiles a format.
     *
     * @param text       of the configuration, or a JSON object of texts.
     * @param isJson     which of them.
     * @param omitsEmpty {@code omit_empty_values}.
     * @return the program.
     * @throws LogFormatException when an operator is not known, not supported or malformed; says where.
     */
    public static LogFormat compile(final String text, final boolean isJson, final boolean omitsEmpty)
        throws LogFormatException
    {
        return isJson ? JsonFormat.compile(JsonParser.parseString(text).getAsJsonObject(), omitsEmpty) :
            compile(text, omitsEmpty);
    }

    /**
     * Compiles a format.
     *
     * @param text of the configuration; ends with a line feed if lines are wanted.
     * @return the program.
     * @throws LogFormatException when an operator is not known, not supported or malformed; says where.
     */
    public static LogFormat compile(final String text) throws LogFormatException
    {
        return compile(text, false);
    }

    /** The same; what has no value is left out instead of a dash where that is asked for. */
    static LogFormat compile(final String text, final boolean omitsEmpty) throws LogFormatException
    {
        final List<LogOperator> operators = new ArrayList<>();
        final StringBuilder literal = new StringBuilder();
        final LogNeeds needs = new LogNeeds();
        int i = 0;
        while (i < text.length())
        {
            final char c = text.charAt(i);
            if (c != '%')
            {
                literal.append(c);
                i++;
            }
            else if (i + 1 < text.length() && text.charAt(i + 1) == '%')
            {
                literal.append('%');
                i += 2;
            }
            else
            {
                flush(literal, operators);
                final int start = i;
                i = operator(text, start, operators, needs);
                if (omitsEmpty && !isDashTold(text, start + 1))
                {
                    operators.add(withoutDash(operators.removeLast()));
                }
            }
        }
        flush(literal, operators);
        final boolean isSingle =
            operators.size() == 1 && text.startsWith("%") && text.indexOf('%', 1) == text.length() - 1;
        return new LogFormat(operators, needs, isSingle ? text.substring(1, text.length() - 1) : null);
    }

    /** Whether a dash of the operator that begins there is a value like others. */
    static boolean isDashTold(final String text, final int at)
    {
        return text.startsWith("RESPONSE_FLAGS", at) || text.startsWith(ProcessOperators.ENVIRONMENT, at);
    }

    private static LogOperator withoutDash(final LogOperator operator)
    {
        return (record, line) ->
        {
            final int start = line.length();
            operator.append(record, line);
            if (line.length() == start + 1 && line.bytes()[start] == '-')
            {
                line.cut(start);
            }
        };
    }

    private static void flush(final StringBuilder literal, final List<LogOperator> operators)
    {
        if (!literal.isEmpty())
        {
            operators.add(new Literal(literal.toString().getBytes(UTF_8)));
            literal.setLength(0);
        }
    }

    /** Reads one operator and returns where it ends. */
    private static int operator(
        final String text, final int start, final List<LogOperator> operators, final LogNeeds needs)
        throws LogFormatException
    {
        int at = start + 1;
        while (at < text.length() && isNameCharacter(text.charAt(at)))
        {
            at++;
        }
        final String name = text.substring(start + 1, at);
        if (name.isEmpty())
        {
            throw new LogFormatException(
                start, "a % must begin an operator like %DURATION%; write %% for a percent sign");
        }
        String argument = null;
        final int argumentAt = at + 1;
        if (at < text.length() && text.charAt(at) == '(')
        {
            final int end = text.indexOf(')', at);
            if (end < 0)
            {
                throw new LogFormatException(at, "the ( of %" + name + " is not closed");
            }
            argument = text.substring(argumentAt, end);
            at = end + 1;
        }
        int limit = -1;
        if (at < text.length() && text.charAt(at) == ':')
        {
            final int end = text.indexOf('%', at);
            limit = limit(text.substring(at + 1, Math.max(at + 1, end)), at, name);
            at = end;
        }
        if (at >= text.length() || at < 0 || text.charAt(at) != '%')
        {
            throw new LogFormatException(start, "the operator %" + name + " must end with %");
        }
        final LogOperator operator = operator(name, argument, start, argumentAt, needs);
        operators.add(limit < 0 ? operator : cut(operator, limit));
        return at + 1;
    }

    /** The step of an operator, whose needs are added to those of the format. */
    static LogOperator operator(
        final String name, final String argument, final int start, final int argumentAt, final LogNeeds needs)
        throws LogFormatException
    {
        if (FirstOperator.has(name, argument))
        {
            return FirstOperator.of(name, argument, start, argumentAt, needs);
        }
        if (name.equals(PartMetadataOperator.OF_TYPE) && argument != null && argument.startsWith(MetadataOperator.TYPE))
        {
            return operator(MetadataOperator.NAME, argument.substring(MetadataOperator.TYPE.length()), start,
                argumentAt, needs);
        }
        final LogOperator operator = LogOperators.of(name, argument, start, argumentAt);
        needs.addUses(LogOperators.uses(name, argument));
        HeaderOperators.addFields(name, argument, needs);
        MetadataOperator.addField(name, argument, needs);
        return operator;
    }

    private static boolean isNameCharacter(final char c)
    {
        return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    private static int limit(final String digits, final int at, final String name) throws LogFormatException
    {
        if (!PartMetadataOperator.isCut(name))
        {
            throw new LogFormatException(at, "%" + name + "% takes no length");
        }
        if (digits.isEmpty() || digits.length() > 6 || !digits.chars().allMatch(c -> c >= '0' && c <= '9'))
        {
            throw new LogFormatException(at, "%" + name + ": the length after : must be a number of 1 to 6 digits");
        }
        return Integer.parseInt(digits);
    }

    static LogOperator cut(final LogOperator operator, final int limit)
    {
        return (record, line) ->
        {
            final int start = line.length();
            operator.append(record, line);
            line.cut(start + limit);
        };
    }

    /**
     * @return what it asks for that is only recorded on demand, {@code USES_*} of {@link AccessLogSink}.
     */
    public long uses()
    {
        return needs.uses();
    }

    /**
     * @return fields that it asks for and that records have no room of their own for.
     */
    public List<LoggedField> fields()
    {
        return needs.fields();
    }

    LogNeeds needs()
    {
        return needs;
    }

    /** Whether it is one operator and nothing else. */
    boolean isSingle()
    {
        return onlyOperator != null;
    }

    /** Whether it is one operator whose value, as it was printed last, is a number. */
    boolean isNumber()
    {
        return onlyOperator != null && operators[0] instanceof final FirstOperator first ? first.isNumber() :
            onlyOperator != null && LogOperators.isNumber(onlyOperator);
    }

    /**
     * Prints a record.
     *
     * @param record to be printed.
     * @param line   gets the text.
     */
    void append(final AccessRecord record, final LogLine line)
    {
        for (int i = 0; i < operators.length; i++)
        {
            line.put(texts[i]);
            operators[i].append(record, line);
        }
        line.put(rest);
    }
}
