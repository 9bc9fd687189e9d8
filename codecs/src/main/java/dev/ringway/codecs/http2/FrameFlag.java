package dev.ringway.codecs.http2;

/**
 * Flags of frames (RFC 9113 section 6). A flag that means nothing for a type is ignored. Any thread.
 */
public final class FrameFlag
{
    /** Of SETTINGS and PING: an acknowledgment. */
    public static final int ACK = 0x1;
    /** Of DATA and HEADERS: the last of its stream. */
    public static final int END_STREAM = 0x1;
    /** Of HEADERS and CONTINUATION: the last of its field section. */
    public static final int END_HEADERS = 0x4;
    /** Of DATA and HEADERS: padding follows the payload. */
    public static final int PADDED = 0x8;
    /** Of HEADERS: five bytes of priority lead the payload. */
    public static final int PRIORITY = 0x20;

    private FrameFlag()
    {
    }

    /**
     * Whether a flag is set.
     *
     * @param flags of the frame.
     * @param flag  one of the constants.
     * @return true when it is.
     */
    public static boolean isSet(final int flags, final int flag)
    {
        return (flags & flag) != 0;
    }
}
