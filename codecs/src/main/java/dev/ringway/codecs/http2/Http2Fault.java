package dev.ringway.codecs.http2;

/**
 * What can be wrong with the fields of an HTTP/2 message, as negative ints. Each has a name, and a detail string for
 * the access log as Envoy has it. None ends the connection: the HPACK decoder reads the rest of the field section all
 * the same. Any thread.
 */
public final class Http2Fault
{
    /** Names, values and 32 bytes for each field are more than the limit, or than there is room for. */
    public static final int FIELDS_TOO_LARGE = -1;
    /** More fields than the limit; each cookie crumb and pseudo-header counts. */
    public static final int TOO_MANY_FIELDS = -2;
    /** The cookie crumbs together are longer than the limit. */
    public static final int COOKIES_TOO_LARGE = -3;
    /** A name is empty, has an upper-case letter or another byte that is not of a token (RFC 9113 section 8.2.1). */
    public static final int INVALID_NAME = -4;
    /** A value has a control character, or white space at one of its ends (section 8.2.1). */
    public static final int INVALID_VALUE = -5;
    /** A field that is about the connection of HTTP/1 (section 8.2.2). */
    public static final int CONNECTION_FIELD = -6;
    /** TE is not exactly {@code trailers} (section 8.2.2). */
    public static final int INVALID_TE = -7;
    /** A pseudo-header behind a field (section 8.3). */
    public static final int PSEUDO_AFTER_FIELD = -8;
    /** A pseudo-header that occurs twice (section 8.3). */
    public static final int DUPLICATE_PSEUDO = -9;
    /** A pseudo-header that is not defined for this kind of message, or stands in trailers (section 8.3). */
    public static final int UNKNOWN_PSEUDO = -10;
    /** A pseudo-header that must be there is not (section 8.3). */
    public static final int MISSING_PSEUDO = -11;
    /** A pseudo-header that the method excludes (section 8.5, RFC 8441 section 4). */
    public static final int FORBIDDEN_PSEUDO = -12;
    /** {@code :method} is not a token. */
    public static final int INVALID_METHOD = -13;
    /** {@code :scheme} is neither http nor https. */
    public static final int INVALID_SCHEME = -14;
    /**
     * {@code :path} is empty, does not begin with a slash, has a forbidden byte, or is {@code *} for another method
     * than OPTIONS.
     */
    public static final int INVALID_PATH = -15;
    /** {@code :authority} or Host does not follow RFC 3986, has user info, or no port for CONNECT. */
    public static final int INVALID_AUTHORITY = -16;
    /** {@code :protocol} is not a token. */
    public static final int INVALID_PROTOCOL = -17;
    /** More than one Host. */
    public static final int DUPLICATE_HOST = -18;
    /** {@code :authority} and Host differ (section 8.3.1). */
    public static final int AUTHORITY_MISMATCH = -19;
    /** Neither :authority nor Host. */
    public static final int MISSING_AUTHORITY = -20;
    /** Content-Length is not one plain decimal number that fits. */
    public static final int INVALID_CONTENT_LENGTH = -21;
    /** More than one Content-Length, equal or not. */
    public static final int DUPLICATE_CONTENT_LENGTH = -22;
    /** Content-Length says that content follows, and the stream ends (section 8.1.1). */
    public static final int CONTENT_LENGTH_MISMATCH = -23;
    /** Content-Length in a 1xx or 204 response. */
    public static final int CONTENT_LENGTH_NOT_ALLOWED = -24;
    /** CONNECT with a Content-Length above 0. */
    public static final int CONNECT_WITH_BODY = -25;
    /** {@code :status} is not three digits from 100 on. */
    public static final int INVALID_STATUS = -26;
    /** 101, which HTTP/2 does not have (section 8.6). */
    public static final int SWITCHING_PROTOCOLS = -27;
    /** A 1xx response that ends the stream (section 8.1). */
    public static final int INTERIM_END = -28;
    /** A trailer field that frames, routes or authenticates (RFC 9110 section 6.5.1). */
    public static final int FORBIDDEN_TRAILER = -29;
    /** A name holds an underscore, and the policy refuses that. */
    public static final int UNDERSCORE_IN_NAME = -30;
    /** Number of codes: they run from -1 to {@code -COUNT}. */
    public static final int COUNT = 30;

    private static final int LAST_TOO_LARGE = COOKIES_TOO_LARGE;
    private static final String FIELD = "http2.invalid.header.field";
    private static final String MESSAGE = "http2.violation.of.messaging.rule";
    private static final String[] NAMES =
    {
        "OK",
        "FIELDS_TOO_LARGE",
        "TOO_MANY_FIELDS",
        "COOKIES_TOO_LARGE",
        "INVALID_NAME",
        "INVALID_VALUE",
        "CONNECTION_FIELD",
        "INVALID_TE",
        "PSEUDO_AFTER_FIELD",
        "DUPLICATE_PSEUDO",
        "UNKNOWN_PSEUDO",
        "MISSING_PSEUDO",
        "FORBIDDEN_PSEUDO",
        "INVALID_METHOD",
        "INVALID_SCHEME",
        "INVALID_PATH",
        "INVALID_AUTHORITY",
        "INVALID_PROTOCOL",
        "DUPLICATE_HOST",
        "AUTHORITY_MISMATCH",
        "MISSING_AUTHORITY",
        "INVALID_CONTENT_LENGTH",
        "DUPLICATE_CONTENT_LENGTH",
        "CONTENT_LENGTH_MISMATCH",
        "CONTENT_LENGTH_NOT_ALLOWED",
        "CONNECT_WITH_BODY",
        "INVALID_STATUS",
        "SWITCHING_PROTOCOLS",
        "INTERIM_END",
        "FORBIDDEN_TRAILER",
        "UNDERSCORE_IN_NAME"
    };
    private static final String[] DETAILS =
    {
        "",
        "http2.header_list_size_too_large",
        "http2.too_many_headers",
        "http2.cookies_total_bytes_too_large",
        FIELD,
        FIELD,
        FIELD,
        FIELD,
        FIELD,
        FIELD,
        FIELD,
        MESSAGE,
        MESSAGE,
        FIELD,
        FIELD,
        FIELD,
        FIELD,
        FIELD,
        FIELD,
        MESSAGE,
        "missing_host_header",
        FIELD,
        FIELD,
        MESSAGE,
        MESSAGE,
        MESSAGE,
        FIELD,
        FIELD,
        MESSAGE,
        FIELD,
        "http2.unexpected_underscore"
    };

    private Http2Fault()
    {
    }

    /**
     * Whether a limit was exceeded, rather than a rule broken.
     *
     * @param code one of the constants.
     * @return true for what a server answers with 431; a client or a trailer section resets the stream.
     */
    public static boolean isTooLarge(final int code)
    {
        return code >= LAST_TOO_LARGE;
    }

    /**
     * Whether the message is malformed, which is a PROTOCOL_ERROR of its stream (RFC 9113 section 8.1.1).
     *
     * @param code one of the constants.
     * @return true for all but what {@link #isTooLarge} is about.
     */
    public static boolean isMalformed(final int code)
    {
        return code < LAST_TOO_LARGE;
    }

    /**
     * Status to answer a request with before its stream is reset, if it is answered at all.
     *
     * @param code one of the constants.
     * @return 400 or 431.
     */
    public static int status(final int code)
    {
        return isTooLarge(code) ? 431 : 400;
    }

    /**
     * Response code detail for the access log.
     *
     * @param code one of the constants.
     * @return a fixed string.
     */
    public static String detail(final int code)
    {
        return DETAILS[-code];
    }

    /**
     * Name of the cause, for counters and people.
     *
     * @param code one of the constants.
     * @return the name of the constant.
     */
    public static String name(final int code)
    {
        return NAMES[-code];
    }
}
