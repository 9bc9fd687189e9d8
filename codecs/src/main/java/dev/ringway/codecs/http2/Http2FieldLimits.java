package dev.ringway.codecs.http2;

/**
 * Limits of one field section. Immutable.
 *
 * @param maxListLength   most bytes of names and values and 32 for each field, pseudo-headers included (RFC 9113
 *                        section 6.5.2); 64 to 2^20. Envoy: {@code HttpConnectionManager.max_request_headers_kb}.
 * @param maxFields       most fields, pseudo-headers and each cookie crumb included; 1 to 10,000. Envoy:
 *                        {@code HttpProtocolOptions.max_headers_count}.
 * @param maxCookieLength most bytes of the cookie field that the crumbs of a request are joined to; 0 to 2^20.
 */
public record Http2FieldLimits(int maxListLength, int maxFields, int maxCookieLength)
{
    /** 60 KiB and 100 fields, as Envoy has them, and 64 KiB of cookies. */
    public static final Http2FieldLimits DEFAULT = new Http2FieldLimits(60 * 1024, 100, 64 * 1024);

    /** What RFC 9113 section 6.5.2 adds to the length of each field. */
    static final int FIELD_OVERHEAD = 32;

    private static final int MAX_LENGTH = 1 << 20;

    /** Checks the ranges. */
    public Http2FieldLimits
    {
        if (maxListLength < 64 || maxListLength > MAX_LENGTH)
        {
            throw new IllegalArgumentException("maxListLength must be 64 to 1048576, is " + maxListLength);
        }
        if (maxFields < 1 || maxFields > 10_000)
        {
            throw new IllegalArgumentException("maxFields must be 1 to 10000, is " + maxFields);
        }
        if (maxCookieLength < 0 || maxCookieLength > MAX_LENGTH)
        {
            throw new IllegalArgumentException("maxCookieLength must be 0 to 1048576, is " + maxCookieLength);
        }
    }
}
