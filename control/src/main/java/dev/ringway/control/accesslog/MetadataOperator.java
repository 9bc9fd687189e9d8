package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessFields;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.snapshot.LoggedField;
import dev.ringway.engine.snapshot.MetadataKeys;

import java.util.Set;

/**
 * {@code %DYNAMIC_METADATA(NAMESPACE:KEY)%}: a value that the connection carries. Requests carry none, as in Envoy, which
 * does not show them those of their connection.
 */
public final class MetadataOperator
{
    /** Its name. */
    public static final String NAME = "DYNAMIC_METADATA";

    /** What stands before its argument in {@code %METADATA(TYPE:NAMESPACE:KEY)%}. */
    static final String TYPE = "DYNAMIC:";

    /** Namespaces that extensions fill in Envoy which are without metadata here. */
    private static final Set<String> FILLED = Set.of("envoy.filters.http.rbac", "envoy.filters.network.rbac",
        "envoy.filters.listener.tls_inspector");

    private MetadataOperator()
    {
    }

    /**
     * @param namespace that is read or written.
     * @return whether it is one that an extension of Envoy fills and that is not supported.
     */
    public static boolean isFilled(final String namespace)
    {
        return FILLED.contains(namespace);
    }

    /** Adds the value that an operator asks for, which was compiled before. */
    static void addField(final String operator, final String argument, final LogNeeds needs)
    {
        final String[] path = operator.equals(NAME) ? argument.split(":", -1) : new String[0];
        if (path.length == 2)
        {
            needs.add(LoggedField.ofMetadata(MetadataKeys.number(path[0], path[1])));
        }
    }

    static LogOperator of(final String argument, final int at, final int argumentAt) throws LogFormatException
    {
        final String[] path = argument == null ? new String[0] : argument.split(":", -1);
        if (path.length < 2)
        {
            throw new LogFormatException(at, "%DYNAMIC_METADATA(NAMESPACE:KEY)% needs a namespace and a key");
        }
        if (isFilled(path[0]))
        {
            throw new LogFormatException(argumentAt, "metadata of '" + path[0] + "' is not supported");
        }
        if (path.length > 2)
        {
            // All values are texts: none has anything below it.
            return (record, line) -> line.put((byte)'-');
        }
        final int key = MetadataKeys.number(path[0], path[1]);
        return (record, line) -> append(AccessFields.find(record, key), record, line);
    }

    /** A line stays a line: what would control a terminal or end it becomes a question mark. */
    static void keepToLine(final byte[] bytes, final int from, final int to)
    {
        for (int i = from; i < to; i++)
        {
            final byte c = bytes[i];
            bytes[i] = c >= 0 && c < ' ' || c == 0x7F ? (byte)'?' : c;
        }
    }

    private static void append(final int at, final AccessRecord record, final LogLine line)
    {
        if (at == 0)
        {
            line.put((byte)'-');
            return;
        }
        final int start = line.length();
        line.put(record.buffer(), AccessFields.valueOffset(at), AccessFields.length(record, at));
        keepToLine(line.bytes(), start, line.length());
        if (AccessFields.isCut(record, at))
        {
            line.put(LogOperators.CUT);
        }
    }
}
