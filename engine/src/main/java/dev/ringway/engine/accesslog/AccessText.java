package dev.ringway.engine.accesslog;

/**
 * Texts of an {@link AccessRecord}: their numbers and how long each may be.
 */
public final class AccessText
{
    /** Method, only when it is none of the well-known ones. */
    public static final int METHOD = 0;
    /** Path with query, as forwarded. */
    public static final int PATH = 1;
    /** Path with query as it came, only when it was rewritten. */
    public static final int ORIGINAL_PATH = 2;
    /** Authority or Host. */
    public static final int AUTHORITY = 3;
    /** User-Agent. */
    public static final int USER_AGENT = 4;
    /** X-Forwarded-For. */
    public static final int X_FORWARDED_FOR = 5;
    /** X-Request-Id. */
    public static final int X_REQUEST_ID = 6;
    /** Referer. */
    public static final int REFERER = 7;
    /** Endpoint, only when it is a unix socket. */
    public static final int UPSTREAM_HOST = 8;
    /** Response code details that are not a registered string. */
    public static final int DETAIL = 9;
    /** Why a connection was ended from here. */
    public static final int TERMINATION_DETAIL = 10;
    /** Why TLS with the client failed. */
    public static final int TRANSPORT_FAILURE = 11;
    /** Content-Type of the response. */
    public static final int RESPONSE_CONTENT_TYPE = 12;
    /** Name of the endpoint, where it has one. */
    public static final int UPSTREAM_NAME = 13;
    /** Bytes beyond which any is cut. */
    public static final int MAX_BOUND = 512;
    /** Number of texts. */
    public static final int COUNT = 14;

    private static final int[] BOUNDS = {32, 512, 512, 255, 256, 128, 64, 256, 108, 128, 128, 128, 64, 255};

    private AccessText()
    {
    }

    /**
     * @param field number of a text.
     * @return bytes beyond which it is cut.
     */
    public static int bound(final int field)
    {
        return BOUNDS[field];
    }
}
