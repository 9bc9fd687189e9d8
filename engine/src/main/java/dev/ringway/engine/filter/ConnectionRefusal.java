package dev.ringway.engine.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What access logs say of a connection that a filter had closed.
 *
 * @param flags  response flags.
 * @param detail ASCII, the connection's termination details; not changed afterwards, empty for none.
 */
public record ConnectionRefusal(int flags, byte[] detail)
{
    /** Nothing. */
    public static final ConnectionRefusal SILENT = new ConnectionRefusal(0, new byte[0]);

    /**
     * @param flags  response flags.
     * @param detail the connection's termination details, may be empty.
     * @return that.
     */
    public static ConnectionRefusal of(final int flags, final String detail)
    {
        return new ConnectionRefusal(flags, detail.getBytes(US_ASCII));
    }
}
