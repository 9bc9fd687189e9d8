package dev.ringway.codecs.http1;

/**
 * What can be wrong with an HTTP/1 message, as negative ints. Each has a name, the status a server answers with, and a
 * detail string for the access log: Envoy's where it has one, {@code http1.codec_error} where it does not tell causes
 * apart. Any thread.
 */
public final class Http1Error
{
    /** The head, or the trailer section, is longer than the limit. */
    public static final int HEAD_TOO_LARGE = -1;
    /** More header or trailer fields than the limit. */
    public static final int TOO_MANY_HEADERS = -2;
    /** Request line or status line does not follow the grammar (RFC 9112 sections 3 and 4). */
    public static final int INVALID_START_LINE = -3;
    /** The method is not a token. */
    public static final int INVALID_METHOD = -4;
    /** The request target has none of the four forms, or a forbidden byte. */
    public static final int INVALID_TARGET = -5;
    /** Absolute form with a scheme other than http and https. */
    public static final int INVALID_SCHEME = -6;
    /** Something else where the HTTP version belongs. */
    public static final int INVALID_VERSION = -7;
    /** A version other than HTTP/1.0 and HTTP/1.1. */
    public static final int UNSUPPORTED_VERSION = -8;
    /** The client speaks HTTP/2 (RFC 9113 section 3.4); the caller may switch. */
    public static final int HTTP2_PREFACE = -9;
    /** The status code is not three digits from 100 on. */
    public static final int INVALID_STATUS = -10;
    /** CR without LF. */
    public static final int BARE_CR = -11;
    /** LF without CR. */
    public static final int BARE_LF = -12;
    /** A header line begins with white space (line folding, RFC 9112 section 5.2). */
    public static final int OBS_FOLD = -13;
    /** White space between header name and colon (RFC 9112 section 5.1). */
    public static final int SPACE_BEFORE_COLON = -14;
    /** A header name is not a token, or the colon is missing. */
    public static final int INVALID_HEADER_NAME = -15;
    /** A control character in a header value. */
    public static final int INVALID_HEADER_VALUE = -16;
    /** HTTP/1.1 request without Host. */
    public static final int MISSING_HOST = -17;
    /** More than one Host. */
    public static final int DUPLICATE_HOST = -18;
    /** Host or authority does not follow RFC 3986. */
    public static final int INVALID_HOST = -19;
    /** Content-Length is not one plain decimal number that fits. */
    public static final int INVALID_CONTENT_LENGTH = -20;
    /** More than one Content-Length, equal or not. */
    public static final int DUPLICATE_CONTENT_LENGTH = -21;
    /** Content-Length beside Transfer-Encoding. */
    public static final int CONTENT_LENGTH_AND_CHUNKED = -22;
    /** Content-Length in a 1xx or 204 response. */
    public static final int CONTENT_LENGTH_NOT_ALLOWED = -23;
    /** Transfer-Encoding is not exactly {@code chunked}. */
    public static final int UNSUPPORTED_TRANSFER_CODING = -24;
    /** More than one Transfer-Encoding. */
    public static final int DUPLICATE_TRANSFER_ENCODING = -25;
    /** Transfer-Encoding in HTTP/1.0, or in a 1xx or 204 response. */
    public static final int TRANSFER_ENCODING_NOT_ALLOWED = -26;
    /** CONNECT with a body. */
    public static final int CONNECT_WITH_BODY = -27;
    /** Connection is no list of tokens, or names a field that frames or routes the message. */
    public static final int CONNECTION_REJECTED = -28;
    /** The chunk size is not plain hexadecimal, or has more than 15 digits. */
    public static final int INVALID_CHUNK_SIZE = -29;
    /** A control character in a chunk extension. */
    public static final int INVALID_CHUNK_EXTENSION = -30;
    /** Chunk extensions exceed the limit of one line or of one body. */
    public static final int CHUNK_EXTENSION_TOO_LONG = -31;
    /** Something else than CRLF after the data of a chunk. */
    public static final int INVALID_CHUNK_END = -32;
    /** A trailer field that frames, routes or authenticates (RFC 9110 section 6.5.1). */
    public static final int FORBIDDEN_TRAILER = -33;
    /** The sender closed before the body was complete. */
    public static final int TRUNCATED_BODY = -34;
    /** A header name holds an underscore, and the policy refuses that. */
    public static final int UNDERSCORE_IN_NAME = -35;
    /** Number of codes: they run from -1 to {@code -COUNT}. */
    public static final int COUNT = 35;

    private static final String[] NAMES =
    {
        "OK",
        "HEAD_TOO_LARGE",
        "TOO_MANY_HEADERS",
        "INVALID_START_LINE",
        "INVALID_METHOD",
        "INVALID_TARGET",
        "INVALID_SCHEME",
        "INVALID_VERSION",
        "UNSUPPORTED_VERSION",
        "HTTP2_PREFACE",
        "INVALID_STATUS",
        "BARE_CR",
        "BARE_LF",
        "OBS_FOLD",
        "SPACE_BEFORE_COLON",
        "INVALID_HEADER_NAME",
        "INVALID_HEADER_VALUE",
        "MISSING_HOST",
        "DUPLICATE_HOST",
        "INVALID_HOST",
        "INVALID_CONTENT_LENGTH",
        "DUPLICATE_CONTENT_LENGTH",
        "CONTENT_LENGTH_AND_CHUNKED",
        "CONTENT_LENGTH_NOT_ALLOWED",
        "UNSUPPORTED_TRANSFER_CODING",
        "DUPLICATE_TRANSFER_ENCODING",
        "TRANSFER_ENCODING_NOT_ALLOWED",
        "CONNECT_WITH_BODY",
        "CONNECTION_REJECTED",
        "INVALID_CHUNK_SIZE",
        "INVALID_CHUNK_EXTENSION",
        "CHUNK_EXTENSION_TOO_LONG",
        "INVALID_CHUNK_END",
        "FORBIDDEN_TRAILER",
        "TRUNCATED_BODY",
        "UNDERSCORE_IN_NAME"
    };
    private static final String[] DETAILS =
    {
        "",
        "http1.headers_too_large",
        "http1.too_many_headers",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.invalid_scheme",
        "http1.codec_error",
        "http1.unsupported_version",
        "http1.unsupported_version",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.invalid_characters",
        "missing_host_header",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.content_length_and_chunked_not_allowed",
        "http1.content_length_not_allowed",
        "http1.invalid_transfer_encoding",
        "http1.invalid_transfer_encoding",
        "http1.transfer_encoding_not_allowed",
        "http1.body_disallowed",
        "http1.connection_header_rejected",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.codec_error",
        "http1.unexpected_underscore"
    };
    private static final short[] STATUSES =
    {
        200,
        431, 431, 400, 400, 400, 400, 400, 505, 505, 400, 400, 400,
        400, 400, 400, 400, 400, 400, 400, 400, 400, 400, 400, 501,
        400, 400, 400, 400, 400, 400, 400, 400, 400, 400, 400
    };

    private Http1Error()
    {
    }

    /**
     * Status to answer a request with.
     *
     * @param code one of the constants.
     * @return 400, 431, 501 or 505. A response with an error is always answered with 502 by the caller.
     */
    public static int status(final int code)
    {
        return STATUSES[-code];
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
