package dev.ringway.codecs.http2;

/**
 * Identifiers of settings (RFC 9113 section 6.5.2, RFC 8441 section 3, RFC 9218 section 2.1). Others are ignored. Any
 * thread.
 */
public final class SettingId
{
    /** Size of the HPACK table its sender reads with. */
    public static final int HEADER_TABLE_SIZE = 0x1;
    /** Whether a server may push. */
    public static final int ENABLE_PUSH = 0x2;
    /** Most streams the peer may have open. */
    public static final int MAX_CONCURRENT_STREAMS = 0x3;
    /** Window a stream begins with. */
    public static final int INITIAL_WINDOW_SIZE = 0x4;
    /** Largest payload of a frame. */
    public static final int MAX_FRAME_SIZE = 0x5;
    /** Largest field section, advisory. */
    public static final int MAX_HEADER_LIST_SIZE = 0x6;
    /** Whether a client may send {@code :protocol}. */
    public static final int ENABLE_CONNECT_PROTOCOL = 0x8;
    /** Whether PRIORITY means nothing. */
    public static final int NO_RFC7540_PRIORITIES = 0x9;

    private SettingId()
    {
    }
}
