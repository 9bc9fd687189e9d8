package dev.ringway.codecs.http;

import org.agrona.MutableDirectBuffer;

/**
 * Head of one request: start line and header fields as ranges of one buffer (see {@link HeaderTable#buffer()}). One
 * owner thread; reused request after request. Parsers reset and fill it; offsets are absolute and valid as long as
 * the bytes stay where they are.
 */
public final class RequestHead
{
    private final HeaderTable headers;
    private int methodId;
    private int methodOffset;
    private int methodLength;
    private int targetOffset;
    private int targetLength;
    private int pathOffset;
    private int pathLength;
    private int queryOffset;
    private int authorityOffset;
    private int authorityLength;
    private int schemeOffset;
    private int schemeLength;
    private boolean absoluteForm;
    private int minorVersion;
    private long contentLength;
    private boolean chunked;
    private boolean keepAlive;
    private boolean expectContinue;
    private boolean upgrade;
    private int headLength;

    /**
     * An empty head.
     *
     * @param maxHeaders most header fields it can hold, at least 1.
     */
    public RequestHead(final int maxHeaders)
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
        methodId = HttpMethod.UNKNOWN;
        methodOffset = 0;
        methodLength = 0;
        targetOffset = 0;
        targetLength = 0;
        pathOffset = 0;
        pathLength = 0;
        queryOffset = -1;
        authorityOffset = 0;
        authorityLength = 0;
        schemeOffset = 0;
        schemeLength = 0;
        absoluteForm = false;
        minorVersion = 1;
        contentLength = -1;
        chunked = false;
        keepAlive = false;
        expectContinue = false;
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
        methodOffset += delta;
        targetOffset += delta;
        pathOffset += delta;
        queryOffset = queryOffset < 0 ? -1 : queryOffset + delta;
        authorityOffset += delta;
        schemeOffset += delta;
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
     * Method.
     *
     * @return a constant of {@link HttpMethod}.
     */
    public int methodId()
    {
        return methodId;
    }

    /**
     * Where the method starts.
     *
     * @return absolute offset.
     */
    public int methodOffset()
    {
        return methodOffset;
    }

    /**
     * Length of the method.
     *
     * @return bytes.
     */
    public int methodLength()
    {
        return methodLength;
    }

    /**
     * Where the request target starts, as sent (RFC 9112 section 3.2).
     *
     * @return absolute offset.
     */
    public int targetOffset()
    {
        return targetOffset;
    }

    /**
     * Length of the request target.
     *
     * @return bytes.
     */
    public int targetLength()
    {
        return targetLength;
    }

    /**
     * Where path and query start: the origin form, the part behind the authority of an absolute form, or
     * the {@code *} of OPTIONS.
     *
     * @return absolute offset.
     */
    public int pathOffset()
    {
        return pathOffset;
    }

    /**
     * Length of path and query.
     *
     * @return bytes; 0 for CONNECT, and for an absolute form without a path, which means {@code /}
     *     ({@code *} when the method is OPTIONS, RFC 9112 section 3.2.4).
     */
    public int pathLength()
    {
        return pathLength;
    }

    /**
     * Where the query starts.
     *
     * @return absolute offset of the {@code ?}, or -1.
     */
    public int queryOffset()
    {
        return queryOffset;
    }

    /**
     * Where the authority starts: of an absolute or authority form, which wins over Host, else the value of Host.
     *
     * @return absolute offset.
     */
    public int authorityOffset()
    {
        return authorityOffset;
    }

    /**
     * Length of the authority.
     *
     * @return bytes; 0 only for HTTP/1.0 without Host.
     */
    public int authorityLength()
    {
        return authorityLength;
    }

    /**
     * Where the scheme starts.
     *
     * @return absolute offset.
     */
    public int schemeOffset()
    {
        return schemeOffset;
    }

    /**
     * Length of the scheme.
     *
     * @return bytes; 0 when the target has none.
     */
    public int schemeLength()
    {
        return schemeLength;
    }

    /**
     * Whether the target is an absolute form.
     *
     * @return true when scheme and authority come from the target.
     */
    public boolean absoluteForm()
    {
        return absoluteForm;
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
     * Whether the client waits for 100 (Continue).
     *
     * @return true for {@code Expect: 100-continue} in HTTP/1.1.
     */
    public boolean expectContinue()
    {
        return expectContinue;
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
     * Sets the method; parsers only, as all setters here.
     *
     * @param id     a constant of {@link HttpMethod}.
     * @param offset absolute.
     * @param length bytes.
     */
    public void method(final int id, final int offset, final int length)
    {
        methodId = id;
        methodOffset = offset;
        methodLength = length;
    }

    /**
     * Sets the raw request target.
     *
     * @param offset absolute.
     * @param length bytes.
     */
    public void target(final int offset, final int length)
    {
        targetOffset = offset;
        targetLength = length;
    }

    /**
     * Sets path and query.
     *
     * @param offset absolute.
     * @param length bytes.
     * @param query  absolute offset of the {@code ?}, or -1.
     */
    public void path(final int offset, final int length, final int query)
    {
        pathOffset = offset;
        pathLength = length;
        queryOffset = query;
    }

    /**
     * Sets the authority.
     *
     * @param offset absolute.
     * @param length bytes.
     */
    public void authority(final int offset, final int length)
    {
        authorityOffset = offset;
        authorityLength = length;
    }

    /**
     * Sets the scheme.
     *
     * @param offset absolute.
     * @param length bytes.
     */
    public void scheme(final int offset, final int length)
    {
        schemeOffset = offset;
        schemeLength = length;
    }

    /**
     * Sets whether the target is an absolute form.
     *
     * @param absoluteForm true when it is.
     */
    public void absoluteForm(final boolean absoluteForm)
    {
        this.absoluteForm = absoluteForm;
    }

    /**
     * Sets whether the client waits for 100 (Continue).
     *
     * @param expectContinue true when it does.
     */
    public void expectContinue(final boolean expectContinue)
    {
        this.expectContinue = expectContinue;
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
