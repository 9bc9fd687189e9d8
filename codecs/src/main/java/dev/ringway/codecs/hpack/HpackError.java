package dev.ringway.codecs.hpack;

/**
 * What can be wrong with a header block, as negative ints. Any thread.
 */
public final class HpackError
{
    /** The block is malformed; both ends no longer agree on the table: a connection error COMPRESSION_ERROR. */
    public static final int COMPRESSION = -1;
    /** The block is well-formed and the table is right, but it did not fit or the sink refused a field. */
    public static final int TOO_LARGE = -2;

    private HpackError()
    {
    }

    /**
     * Name of a code, for counters and people.
     *
     * @param code one of the constants.
     * @return the name of the constant.
     */
    public static String name(final int code)
    {
        return code == COMPRESSION ? "COMPRESSION" : "TOO_LARGE";
    }
}
