package dev.ringway.engine.accesslog;

/**
 * What an exchange spoke, as numbers of an {@link AccessRecord}.
 */
public final class AccessProtocol
{
    /** Protocol of something that is not HTTP. */
    public static final int NONE = 0;
    /** HTTP/1.0. */
    public static final int HTTP_1_0 = 1;
    /** HTTP/1.1. */
    public static final int HTTP_1_1 = 2;
    /** HTTP/2. */
    public static final int HTTP_2 = 3;
    /** HTTP/3. */
    public static final int HTTP_3 = 4;

    private AccessProtocol()
    {
    }

    /**
     * @param isHttp2      whether a message came in HTTP/2.
     * @param minorVersion of one that came in HTTP/1: 0 or 1.
     * @return the number.
     */
    public static int of(final boolean isHttp2, final int minorVersion)
    {
        if (isHttp2)
        {
            return HTTP_2;
        }
        return minorVersion == 0 ? HTTP_1_0 : HTTP_1_1;
    }
}
