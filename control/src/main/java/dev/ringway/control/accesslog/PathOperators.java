package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Operators that print a part of a request's path.
 */
final class PathOperators
{
    private static final int HEX = 16;

    private PathOperators()
    {
    }

    /**
     * @param name       of an operator.
     * @param argument   between its parentheses, or null.
     * @param at         where the operator begins.
     * @param argumentAt where the argument begins.
     * @return the step, null when it is none of these.
     * @throws LogFormatException when the argument makes no sense.
     */
    static LogOperator of(final String name, final String argument, final int at, final int argumentAt)
        throws LogFormatException
    {
        final String given = argument == null ? "" : argument;
        return switch (name)
        {
            case "PATH" -> path(given, argumentAt);
            case "QUERY_PARAMS" -> query(given, argumentAt);
            case "QUERY_PARAM" -> parameter(given, at);
            default -> null;
        };
    }

    private static LogOperator path(final String argument, final int at) throws LogFormatException
    {
        final String[] parts = argument.split(":", -1);
        final boolean hasQuery = parts[0].isEmpty() || parts[0].equals("WQ");
        if (parts.length > 2 || !hasQuery && !parts[0].equals("NQ"))
        {
            throw new LogFormatException(at, "%PATH% takes WQ or NQ, and one more behind a colon, not " + argument);
        }
        return switch (parts.length == 2 ? parts[1] : "")
        {
            case "", "ORIG_OR_PATH" -> (record, line) -> path(record, original(record), hasQuery, line);
            case "ORIG" -> (record, line) -> path(record, AccessText.ORIGINAL_PATH, hasQuery, line);
            case "PATH" -> (record, line) -> path(record, AccessText.PATH, hasQuery, line);
            default -> throw new LogFormatException(
                at + parts[0].length() + 1, "%PATH% takes ORIG, PATH or ORIG_OR_PATH, not " + parts[1]);
        };
    }

    private static int original(final AccessRecord record)
    {
        return record.textLength(AccessText.ORIGINAL_PATH) > 0 ? AccessText.ORIGINAL_PATH : AccessText.PATH;
    }

    private static void path(final AccessRecord record, final int field, final boolean hasQuery, final LogLine line)
    {
        final int end = queryAt(record, field);
        if (hasQuery || end < 0)
        {
            LogOperators.putText(record, field, line);
        }
        else
        {
            line.put(record.buffer(), record.textOffset(field), end - 1);
        }
    }

    /** Where the query begins in a text, -1 for nowhere. */
    private static int queryAt(final AccessRecord record, final int field)
    {
        final int offset = record.textOffset(field);
        for (int i = 0; i < record.textLength(field); i++)
        {
            if (record.buffer().getByte(offset + i) == '?')
            {
                return i + 1;
            }
        }
        return -1;
    }

    private static LogOperator query(final String argument, final int at) throws LogFormatException
    {
        if (!argument.isEmpty() && !argument.equals("ORIG"))
        {
            throw new LogFormatException(at, "%QUERY_PARAMS% takes ORIG or nothing, not " + argument);
        }
        return (record, line) ->
        {
            final int start = queryAt(record, AccessText.PATH);
            if (start < 0)
            {
                line.put((byte)'-');
                return;
            }
            line.put(record.buffer(), record.textOffset(AccessText.PATH) + start,
                record.textLength(AccessText.PATH) - start);
            putCut(record, line);
        };
    }

    private static void putCut(final AccessRecord record, final LogLine line)
    {
        if (record.isTruncated(AccessText.PATH))
        {
            line.put(LogOperators.CUT);
        }
    }

    private static LogOperator parameter(final String argument, final int at) throws LogFormatException
    {
        if (argument.isEmpty())
        {
            throw new LogFormatException(at, "%QUERY_PARAM(NAME)% needs the name of a parameter");
        }
        final byte[] name = LogOperators.bytes(argument);
        return (record, line) -> parameter(record, name, line);
    }

    private static void parameter(final AccessRecord record, final byte[] name, final LogLine line)
    {
        final int first = queryAt(record, AccessText.PATH);
        final byte[] query = new byte[first < 0 ? 0 : record.textLength(AccessText.PATH) - first];
        record.buffer().getBytes(record.textOffset(AccessText.PATH) + Math.max(first, 0), query);
        for (int start = 0, end; first >= 0 && start < query.length; start = end + 1)
        {
            end = indexOf(query, (byte)'&', start);
            final int equals = Math.min(indexOf(query, (byte)'=', start), end);
            if (Arrays.equals(decoded(query, start, equals), name))
            {
                final byte[] value = decoded(query, Math.min(equals + 1, end), end);
                line.put(value);
                if (end == query.length)
                {
                    putCut(record, line);
                }
                return;
            }
        }
        line.put((byte)'-');
    }

    private static int indexOf(final byte[] text, final byte wanted, final int from)
    {
        for (int i = from; i < text.length; i++)
        {
            if (text[i] == wanted)
            {
                return i;
            }
        }
        return text.length;
    }

    /** Without percent-encoding, but for control characters: a line stays a line. */
    private static byte[] decoded(final byte[] text, final int from, final int to)
    {
        final ByteArrayOutputStream plain = new ByteArrayOutputStream(to - from);
        for (int i = from; i < to; i++)
        {
            final int value = text[i] == '%' && i + 2 < to ? hex(text[i + 1], text[i + 2]) : -1;
            final boolean isEncoded = value >= ' ' && value != 0x7F;
            plain.write(isEncoded ? value : text[i]);
            i += isEncoded ? 2 : 0;
        }
        return plain.toByteArray();
    }

    private static int hex(final byte high, final byte low)
    {
        final int first = Character.digit(high, HEX);
        final int second = Character.digit(low, HEX);
        return first < 0 || second < 0 ? -1 : first << 4 | second;
    }
}
