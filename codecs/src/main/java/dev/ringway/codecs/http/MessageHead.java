package dev.ringway.codecs.http;

import org.agrona.MutableDirectBuffer;

/**
 * What heads of requests and responses have in common: header fields as ranges of one buffer (see
 * {@link HeaderTable#buffer()}), and how the body is delimited. One owner thread; reused message after message. Parsers
 * reset and fill it; offsets are absolute and valid as long as the bytes stay where they are.
 */
public abstract sealed class MessageHead permits RequestHead, ResponseHead
{
    private final HeaderTable headers;
    private int minorVersion;
    private boolean http2;
    private long contentLength;
    private boolean chunked;
    private boolean keepAlive;
    private boolean upgrade;
    private int headOffset;
    private int headLength;

    /**
     * An empty head.
     *
     * @param maxHeaders most header fields it can hold, at least 1.
     */
    MessageHead(final int maxHeaders)
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
        minorVersion = 1;
        http2 = false;
        contentLength = -1;
        chunked = false;
        keepAlive = false;
        upgrade = false;
        headOffset = 0;
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
        headOffset += delta;
    }

    /**
     * Takes over what another head says; the bytes stay where they are.
     *
     * @param other with no more fields than this can hold.
     */
    final void copy(final MessageHead other)
    {
        headers.copy(other.headers, other.headers.buffer(), 0);
        minorVersion = other.minorVersion;
        http2 = other.http2;
        contentLength = other.contentLength;
        chunked = other.chunked;
        keepAlive = other.keepAlive;
        upgrade = other.upgrade;
        headOffset = other.headOffset;
        headLength = other.headLength;
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
     * Whether the message came in HTTP/2.
     *
     * @return false for HTTP/1.
     */
    public boolean http2()
    {
        return http2;
    }

    /**
     * Minor version of HTTP/1.
     *
     * @return 0 or 1; 1 for a message of HTTP/2, which is forwarded to HTTP/1 as such.
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
     * Whether the body is in chunks, or must be when it goes on in HTTP/1.1.
     *
     * @return true when Transfer-Encoding is {@code chunked}, and for a message of HTTP/2 with a body of unknown
     *     length.
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
     * Whether another protocol is offered, or agreed to: {@code Connection: upgrade} and Upgrade are present, in
     * HTTP/1.1, and in a request not for h2c; in a request of HTTP/2 an extended CONNECT.
     *
     * @return true when it is.
     */
    public boolean upgrade()
    {
        return upgrade;
    }

    /**
     * Where the bytes begin that all offsets of this head lie in.
     *
     * @return absolute offset.
     */
    public int headOffset()
    {
        return headOffset;
    }

    /**
     * Length of the whole head: in HTTP/1 from the offset parsing began at up to and including the empty line, in
     * HTTP/2 all that its fields were decoded to.
     *
     * @return bytes; 0 for HTTP/2.
     */
    public int headLength()
    {
        return headLength;
    }

    /**
     * Sets the minor version; parsers only, as all setters here.
     *
     * @param minorVersion 0 or 1.
     */
    public void minorVersion(final int minorVersion)
    {
        this.minorVersion = minorVersion;
    }

    /**
     * Sets whether the message came in HTTP/2.
     *
     * @param http2 true when it did.
     */
    public void http2(final boolean http2)
    {
        this.http2 = http2;
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
     * Sets where the head lies.
     *
     * @param headOffset absolute.
     * @param headLength bytes.
     */
    public void head(final int headOffset, final int headLength)
    {
        this.headOffset = headOffset;
        this.headLength = headLength;
    }
}
