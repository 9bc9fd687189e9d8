package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessBytes;

/** Operators about bytes on the wire. */
final class ByteOperators
{
    private static final String[] SIDES = {"DOWNSTREAM", "UPSTREAM"};
    /** In the order of {@link AccessBytes}. */
    private static final String[] KINDS = {"_WIRE_BYTES_RECEIVED", "_WIRE_BYTES_SENT", "_HEADER_BYTES_RECEIVED",
        "_HEADER_BYTES_SENT", "_DECOMPRESSED_HEADER_BYTES_RECEIVED", "_DECOMPRESSED_HEADER_BYTES_SENT"};

    private ByteOperators()
    {
    }

    /** All of them, for messages. */
    static String names()
    {
        return "RESPONSE_TRAILERS_BYTES, {DOWNSTREAM, UPSTREAM}_{WIRE, HEADER, DECOMPRESSED_HEADER}_BYTES_{RECEIVED, SENT}";
    }

    /**
     * @param name of an operator.
     * @return the step, or null when it is another one.
     */
    static LogOperator of(final String name)
    {
        final int index = indexOf(name);
        return index < 0 ? null : (record, line) -> line.decimal(AccessBytes.get(record, index));
    }

    /**
     * @param name of an operator.
     * @return whether it is one of these.
     */
    static boolean has(final String name)
    {
        return indexOf(name) >= 0;
    }

    private static int indexOf(final String name)
    {
        if (name.equals("RESPONSE_TRAILERS_BYTES"))
        {
            return AccessBytes.TRAILERS;
        }
        for (int side = 0; side < SIDES.length; side++)
        {
            for (int kind = 0; kind < KINDS.length; kind++)
            {
                if (name.equals(SIDES[side] + KINDS[kind]))
                {
                    return (side == 0 ? AccessBytes.DOWNSTREAM : AccessBytes.UPSTREAM) + kind;
                }
            }
        }
        return -1;
    }
}
