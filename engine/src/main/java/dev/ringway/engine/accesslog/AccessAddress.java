package dev.ringway.engine.accesslog;

import org.agrona.DirectBuffer;

/**
 * Numbers of the addresses in an {@link AccessRecord}.
 */
public final class AccessAddress
{
    /** Address of the client, as trusted headers or the PROXY protocol say. */
    public static final int DOWNSTREAM_REMOTE = 0;
    /** Address the client connected to. */
    public static final int DOWNSTREAM_LOCAL = 1;
    /** Address of the endpoint. */
    public static final int UPSTREAM_REMOTE = 2;
    /** Own address of the connection to the endpoint. */
    public static final int UPSTREAM_LOCAL = 3;
    /** Address of the peer itself, where it has told another one; else not set. */
    public static final int DOWNSTREAM_DIRECT_REMOTE = 4;

    /** Address of the socket that the client connected to, where another was told; else not set. */
    private static final int DIRECT_LOCAL = LogStrings.register("%DIRECT_LOCAL%");
    /** Path of the unix socket that the client connected to, which is all that is known of either end. */
    private static final int PATH = LogStrings.register("%DOWNSTREAM_PATH%");
    private static final int LENGTH = 28;

    private AccessAddress()
    {
    }

    /**
     * Notes what {@link #findDirectLocal} finds.
     *
     * @param record   under way.
     * @param sockAddr holds the address.
     * @param at       its first byte.
     */
    public static void putDirectLocal(final AccessRecord record, final DirectBuffer sockAddr, final int at)
    {
        AccessFields.put(record, DIRECT_LOCAL, sockAddr, at, LENGTH);
    }

    /**
     * @param record to look in.
     * @return where in the record's buffer the address is of the socket that the client connected to.
     */
    public static int findDirectLocal(final AccessRecord record)
    {
        final int at = AccessFields.find(record, DIRECT_LOCAL);
        return at == 0 || AccessFields.isCut(record, at) ?
            record.addressOffset(DOWNSTREAM_LOCAL) : AccessFields.valueOffset(at);
    }

    /**
     * Notes what {@link #findPath} finds.
     *
     * @param record under way.
     * @param text   holds the path.
     * @param at     its first byte.
     * @param count  its length.
     */
    public static void putPath(final AccessRecord record, final DirectBuffer text, final int at, final int count)
    {
        AccessFields.put(record, PATH, text, at, count);
    }

    /**
     * @param record to look in.
     * @return the field of {@link AccessFields} with the path of the unix socket that the client connected to, 0 when it
     *         connected to none.
     */
    public static int findPath(final AccessRecord record)
    {
        return AccessFields.find(record, PATH);
    }
}
