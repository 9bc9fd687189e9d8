package dev.ringway.codecs.http1;

/**
 * Limits of one head or trailer section. Immutable.
 *
 * @param maxHeadLength most bytes from the first byte to the empty line, both included; 64 to 2^20.
 * @param maxHeaders    most header fields; 1 to 10,000. Envoy: {@code HttpProtocolOptions.max_headers_count}.
 */
public record Http1Limits(int maxHeadLength, int maxHeaders)
{
    /** Envoy's defaults: 60 KiB and 100 fields. */
    public static final Http1Limits DEFAULT = new Http1Limits(60 * 1024, 100);

    /** Checks the ranges. */
    public Http1Limits
    {
        if (maxHeadLength < 64 || maxHeadLength > 1 << 20)
        {
            throw new IllegalArgumentException("maxHeadLength must be 64 to 1048576, is " + maxHeadLength);
        }
        if (maxHeaders < 1 || maxHeaders > 10_000)
        {
            throw new IllegalArgumentException("maxHeaders must be 1 to 10000, is " + maxHeaders);
        }
    }
}
