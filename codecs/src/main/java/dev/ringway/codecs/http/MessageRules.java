package dev.ringway.codecs.http;

import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.codecs.text.Swar;
import java.nio.charset.StandardCharsets;
import org.agrona.UnsafeApi;

/**
 * Rules for fields that every version of HTTP shares, so that no two parsers here judge the same bytes differently. Raw
 * access as in {@link Swar}: the caller has checked the bounds. Any thread.
 */
public final class MessageRules
{
    /**
     * Names that must not stand in a trailer section (RFC 9110 section 6.5.1): framing, routing, modifiers,
     * authentication, response control, how to read content.
     */
    public static final long FORBIDDEN_IN_TRAILERS = HeaderName.mask(HeaderName.HOST, HeaderName.CONTENT_LENGTH,
        HeaderName.TRANSFER_ENCODING, HeaderName.CONNECTION, HeaderName.KEEP_ALIVE, HeaderName.PROXY_CONNECTION,
        HeaderName.UPGRADE, HeaderName.TE, HeaderName.TRAILER, HeaderName.EXPECT, HeaderName.MAX_FORWARDS,
        HeaderName.RANGE, HeaderName.IF_NONE_MATCH, HeaderName.CACHE_CONTROL, HeaderName.AUTHORIZATION,
        HeaderName.PROXY_AUTHORIZATION, HeaderName.PROXY_AUTHENTICATE, HeaderName.WWW_AUTHENTICATE, HeaderName.COOKIE,
        HeaderName.SET_COOKIE, HeaderName.DATE, HeaderName.LOCATION, HeaderName.CONTENT_TYPE,
        HeaderName.CONTENT_ENCODING, HeaderName.CONTENT_RANGE, HeaderName.X_FORWARDED_FOR,
        HeaderName.X_FORWARDED_PROTO, HeaderName.X_FORWARDED_HOST, HeaderName.X_FORWARDED_PORT,
        HeaderName.X_FORWARDED_CLIENT_CERT, HeaderName.HTTP2_SETTINGS);
    /** First eight bytes of the names that {@link HeaderTable#noteOtherEnvoyName} is about, as a word. */
    public static final long ENVOY_PREFIX = Swar.wordOf("x-envoy-");

    private static final int MAX_LENGTH_DIGITS = 18;
    private static final byte[] HTTP = ascii("http");
    private static final byte[] HTTPS = ascii("https");
    private static final byte[] CONTINUE = ascii("100-continue");

    private MessageRules()
    {
    }

    /**
     * Reads the value of Content-Length: one plain decimal number, no sign, no list.
     *
     * @param array   of the buffer, or null.
     * @param address of the first byte.
     * @param length  bytes.
     * @return the number, or -1 when it is none or has more than 18 digits.
     */
    public static long contentLength(final byte[] array, final long address, final int length)
    {
        if (length == 0 || length > MAX_LENGTH_DIGITS)
        {
            return -1;
        }

        long value = 0;
        for (int i = 0; i < length; i++)
        {
            final int digit = UnsafeApi.getByte(array, address + i) - '0';
            if (digit < 0 || digit > 9)
            {
                return -1;
            }
            value = value * 10 + digit;
        }

        return value;
    }

    /**
     * Whether bytes are a scheme that is served here.
     *
     * @param array   of the buffer, or null.
     * @param address of the first byte.
     * @param length  bytes.
     * @return true for http and https, in any case.
     */
    public static boolean servedScheme(final byte[] array, final long address, final int length)
    {
        final byte[] scheme = length == HTTPS.length ? HTTPS : HTTP;

        return length == scheme.length && AsciiScan.equalsIgnoreCase(array, address, scheme);
    }

    /**
     * Whether the value of Expect is {@code 100-continue} (RFC 9110 section 10.1.1).
     *
     * @param array   of the buffer, or null.
     * @param address of the first byte.
     * @param length  bytes.
     * @return true when it is, in any case.
     */
    public static boolean expectsContinue(final byte[] array, final long address, final int length)
    {
        return length == CONTINUE.length && AsciiScan.equalsIgnoreCase(array, address, CONTINUE);
    }

    /**
     * Whether bytes name a protocol to upgrade to; case does not matter (RFC 9110 section 7.8).
     *
     * @param array   of the buffer, or null.
     * @param address of the first byte.
     * @param length  bytes.
     * @param name    of the protocol.
     * @return true when they do.
     */
    public static boolean isProtocol(final byte[] array, final long address, final int length, final byte[] name)
    {
        if (length != name.length)
        {
            return false;
        }

        for (int i = 0; i < length; i++)
        {
            if (lower(UnsafeApi.getByte(array, address + i)) != lower(name[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int lower(final byte b)
    {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }

    private static byte[] ascii(final String text)
    {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
