package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;

/** Prints endpoints, which records have as text: {@code 1.2.3.4:80}, {@code [::1]:80}, a path, or a name. */
final class EndpointText
{
    private EndpointText()
    {
    }

    /**
     * Prints a text of a record, nothing when there is none.
     *
     * @param record   of it.
     * @param text     {@link AccessText#UPSTREAM_HOST} or {@link AccessText#UPSTREAM_NAME}.
     * @param withPort whether its port is wanted.
     * @param line     to print to.
     */
    static void put(final AccessRecord record, final int text, final boolean withPort, final LogLine line)
    {
        put(record, record.textOffset(text), record.textLength(text), text == AccessText.UPSTREAM_NAME, withPort, line);
        if (record.isTruncated(text))
        {
            line.put(LogOperators.CUT);
        }
    }

    /**
     * Prints an endpoint.
     *
     * @param record   of it.
     * @param offset   where it starts in the record's buffer.
     * @param length   of it.
     * @param isName   whether it is one, whose brackets stay.
     * @param withPort whether its port is wanted.
     * @param line     to print to.
     */
    static void put(
        final AccessRecord record,
        final int offset,
        final int length,
        final boolean isName,
        final boolean withPort,
        final LogLine line)
    {
        final int colon = withPort ? -1 : isName ? colonOfName(record, offset, length) : colon(record, offset, length);
        final boolean hasBrackets = colon > 0 && !isName && record.buffer().getByte(offset) == '[';
        line.put(record.buffer(), hasBrackets ? offset + 1 : offset,
            colon < 0 ? length : hasBrackets ? colon - 2 : colon);
    }

    /**
     * @param record of the endpoint.
     * @param offset where it starts in the record's buffer.
     * @param length of it.
     * @return where the colon of an address's port is; -1 for a path.
     */
    static int colon(final AccessRecord record, final int offset, final int length)
    {
        final byte first = length == 0 ? 0 : record.buffer().getByte(offset);
        for (int i = length - 1; first != '/' && first != '@' && i > 0; i--)
        {
            if (record.buffer().getByte(offset + i) == ':')
            {
                return i;
            }
        }
        return -1;
    }

    /** As Envoy, to which what stands behind the last colon is a port unless a bracket follows. */
    private static int colonOfName(final AccessRecord record, final int offset, final int length)
    {
        for (int i = length - 1; i >= 0 && record.buffer().getByte(offset + i) != ']'; i--)
        {
            if (record.buffer().getByte(offset + i) == ':')
            {
                return i;
            }
        }
        return -1;
    }
}
