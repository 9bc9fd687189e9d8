package dev.ringway.codecs.http;

import org.agrona.MutableDirectBuffer;

/**
 * Head of one request: start line, and what every {@link MessageHead} has.
 */
public final class RequestHead extends MessageHead
{
    private static final int PATH = 1;
    private static final int AUTHORITY = 2;

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
    private int protocolOffset;
    private int protocolLength;
    private boolean absoluteForm;
    private boolean expectContinue;
    private boolean isCompleted;
    private int neverIndexed;
    private boolean isHttps;

    /**
     * An empty head.
     *
     * @param maxHeaders most header fields it can hold, at least 1.
     */
    public RequestHead(final int maxHeaders)
    {
        super(maxHeaders);
    }

    /**
     * {@inheritDoc}
     */
    @Override
    public void reset(final MutableDirectBuffer buffer)
    {
        super.reset(buffer);
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
        protocolOffset = 0;
        protocolLength = 0;
        absoluteForm = false;
        expectContinue = false;
        isCompleted = false;
        neverIndexed = 0;
    }

    /**
     * {@inheritDoc}
     */
    @Override
    public void rebase(final MutableDirectBuffer buffer, final int delta)
    {
        super.rebase(buffer, delta);
        methodOffset += delta;
        targetOffset += delta;
        pathOffset += delta;
        queryOffset = queryOffset < 0 ? -1 : queryOffset + delta;
        authorityOffset += delta;
        schemeOffset += delta;
        protocolOffset += delta;
    }

    /**
     * Takes over what another head says; the bytes stay where they are.
     *
     * @param other with no more fields than this can hold.
     */
    public void copy(final RequestHead other)
    {
        super.copy(other);
        methodId = other.methodId;
        methodOffset = other.methodOffset;
        methodLength = other.methodLength;
        targetOffset = other.targetOffset;
        targetLength = other.targetLength;
        pathOffset = other.pathOffset;
        pathLength = other.pathLength;
        queryOffset = other.queryOffset;
        authorityOffset = other.authorityOffset;
        authorityLength = other.authorityLength;
        schemeOffset = other.schemeOffset;
        schemeLength = other.schemeLength;
        protocolOffset = other.protocolOffset;
        protocolLength = other.protocolLength;
        absoluteForm = other.absoluteForm;
        expectContinue = other.expectContinue;
        isCompleted = other.isCompleted;
        neverIndexed = other.neverIndexed;
        isHttps = other.isHttps;
    }

    /** Marks the path as secret: it came as a never indexed literal of HPACK. */
    public void markPathNeverIndexed()
    {
        neverIndexed |= PATH;
    }

    /**
     * Whether the path, also one that takes its place, is to be sent on as a never indexed literal where HPACK is used
     * (RFC 7541 section 6.2.3).
     *
     * @return true after {@link #markPathNeverIndexed}.
     */
    public boolean pathNeverIndexed()
    {
        return (neverIndexed & PATH) != 0;
    }

    /** Marks the authority as {@link #markPathNeverIndexed} the path. */
    public void markAuthorityNeverIndexed()
    {
        neverIndexed |= AUTHORITY;
    }

    /**
     * As {@link #pathNeverIndexed}.
     *
     * @return true after {@link #markAuthorityNeverIndexed}.
     */
    public boolean authorityNeverIndexed()
    {
        return (neverIndexed & AUTHORITY) != 0;
    }

    /**
     * Says that the head holds what the proxy has it gain and lose before it is routed.
     *
     * @param fromHttps whether it came by HTTPS, which stays whatever becomes of its fields.
     */
    public void complete(final boolean fromHttps)
    {
        isCompleted = true;
        isHttps = fromHttps;
    }

    /**
     * Whether a completed head came by HTTPS.
     *
     * @return what was said to {@link #complete}; of no meaning for one that is not completed.
     */
    public boolean isHttps()
    {
        return isHttps;
    }

    /**
     * Whether the head holds what the proxy has it gain and lose before it is routed; false for one as it came.
     *
     * @return whether {@link #complete} was said since the last reset.
     */
    public boolean isCompleted()
    {
        return isCompleted;
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
     * Where the request target starts, as sent (RFC 9112 section 3.2); in HTTP/2 the path, for a plain CONNECT the
     * authority.
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
     * @return bytes; 0 for a plain CONNECT, and for an absolute form without a path, which means {@code /}
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
     * Where the protocol starts that an upgrade asks for (RFC 9110 section 7.8) or an extended CONNECT (RFC 8441
     * section 4).
     *
     * @return absolute offset.
     */
    public int protocolOffset()
    {
        return protocolOffset;
    }

    /**
     * Length of the protocol that is asked for.
     *
     * @return bytes; 0 when none is, or more than one field names some.
     */
    public int protocolLength()
    {
        return protocolLength;
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
     * Whether the client waits for 100 (Continue).
     *
     * @return true for {@code Expect: 100-continue} in HTTP/1.1 and HTTP/2.
     */
    public boolean expectContinue()
    {
        return expectContinue;
    }

    /**
     * Whether it asks for a tunnel to its authority (RFC 9110 section 9.3.6).
     *
     * @return true for a CONNECT that is none of RFC 8441.
     */
    public boolean tunnel()
    {
        return methodId == HttpMethod.CONNECT && !upgrade();
    }

    /**
     * Sets the method.
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
     * Sets the protocol that is asked for.
     *
     * @param offset absolute.
     * @param length bytes.
     */
    public void protocol(final int offset, final int length)
    {
        protocolOffset = offset;
        protocolLength = length;
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
}
