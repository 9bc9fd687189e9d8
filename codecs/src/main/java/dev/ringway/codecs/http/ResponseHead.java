package dev.ringway.codecs.http;

import org.agrona.MutableDirectBuffer;

/**
 * Head of one response: status line and header fields as ranges of one buffer (see {@link HeaderTable#buffer()}). One
 * owner thread; reused response after response. Parsers reset and fill it; offsets are absolute and valid as long as
 * the bytes stay where they are.
 */
public final class ResponseHead
{
    private final HeaderTable headers;
    private int status;
    private int reasonOffset;
    private int reasonLength;
    private int minorVersion;
    private long contentLength;
    private boolean chunked;
    private boolean keepAlive;
    private boolean upgrade;
    private int headLength;

    /**
     * An empty head.
     *
     * @param maxHeaders most header fields it can hold, at least 1.
     */
    public ResponseHead(final int maxHeaders)
    {
        headers = new HeaderTable(maxHeaders);
    }

    /**
     * Forgets everything and takes a buffer for the next head.
     *
     * @param buffer that the offsets will refer to.
     */
    public void reset(final MutableDirectBuffer buffer)
    {
        headers.reset(buffer);
        status = 0;
        reasonOffset = 0;
        reasonLength = 0;
        minorVersion = 1;
        contentLength = -1;
        chunked = false;
        keepAlive = false;
        upgrade = false;
        headLength = 0;
    }

    /**
     * Moves all offsets, after the caller has copied the head elsewhere.
     *
     * @param buffer that holds the head now.
     * @param delta  new offset minus old offset.
     */
    public void rebase(final MutableDirectBuffer buffer, final int delta)
    {
        headers.rebase(buffer, delta);
        reasonOffset += delta;
    }

    /**
     * Header fields.
     *
     * @return the same table always.
     */
    public HeaderTable headers()
    {
        return headers;
    }

    /**
     * Status code.
     *
     * @return 100 to 999.
     */
    public int status()
    {
        return status;
    }

    /**
     * Where the reason phrase starts.
     *
     * @return absolute offset.
     */
    public int reasonOffset()
    {
        return reasonOffset;
    }

    /**
     * Length of the reason phrase.
     *
     * @return bytes, may be 0.
     */
    public int reasonLength()
    {
        return reasonLength;
    }

    /**
     * Minor version of HTTP/1.
     *
     * @return 0 or 1.
     */
    public int minorVersion()
    {
        return minorVersion;
    }

    /**
     * Declared length of the body.
     *
     * @return bytes, or -1 when none is declared.
     */
    public long contentLength()
    {
        return contentLength;
    }

    /**
     * Whether the body is in chunks.
     *
     * @return true when Transfer-Encoding is {@code chunked}.
     */
    public boolean chunked()
    {
        return chunked;
    }

    /**
     * Whether the connection may carry another message after this one (RFC 9112 section 9.3).
     *
     * @return from Connection and version alone.
     */
    public boolean keepAlive()
    {
        return keepAlive;
    }

    /**
     * Whether {@code Connection: upgrade} and Upgrade are present, in HTTP/1.1.
     *
     * @return true when both are.
     */
    public boolean upgrade()
    {
        return upgrade;
    }

    /**
     * Length of the whole head, from the offset parsing began at up to and including the empty line.
     *
     * @return bytes.
     */
    public int headLength()
    {
        return headLength;
    }

    /**
     * Whether the status forbids a body whatever the header fields say (RFC 9112 section 6.3). The caller knows HEAD
     * and CONNECT.
     *
     * @return true for 1xx, 204 and 304.
     */
    public boolean bodyless()
    {
        return status < 200 || status == 204 || status == 304;
    }

    /**
     * Sets status and reason; parsers only, as all setters here.
     *
     * @param status 100 to 999.
     * @param offset of the reason, absolute.
     * @param length of the reason, bytes.
     */
    public void status(final int status, final int offset, final int length)
    {
        this.status = status;
        reasonOffset = offset;
        reasonLength = length;
    }

    /**
     * Sets the minor version.
     *
     * @param minorVersion 0 or 1.
     */
    public void minorVersion(final int minorVersion)
    {
        this.minorVersion = minorVersion;
    }

    /**
     * Sets how the body is delimited.
     *
     * @param contentLength bytes, or -1.
     * @param chunked       true for chunked.
     */
    public void body(final long contentLength, final boolean chunked)
    {
        this.contentLength = contentLength;
        this.chunked = chunked;
    }

    /**
     * Sets what Connection says.
     *
     * @param keepAlive another message may follow.
     * @param upgrade   another protocol is offered.
     */
    public void connection(final boolean keepAlive, final boolean upgrade)
    {
        this.keepAlive = keepAlive;
        this.upgrade = upgrade;
    }

    /**
     * Sets the length of the head.
     *
     * @param headLength bytes.
     */
    public void headLength(final int headLength)
    {
        this.headLength = headLength;
    }
}
