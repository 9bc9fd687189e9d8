package dev.ringway.codecs.http;

import org.agrona.MutableDirectBuffer;

/**
 * Head of one response: status line, and what every {@link MessageHead} has.
 */
public final class ResponseHead extends MessageHead
{
    private int status;
    private int reasonOffset;
    private int reasonLength;

    /**
     * An empty head.
     *
     * @param maxHeaders most header fields it can hold, at least 1.
     */
    public ResponseHead(final int maxHeaders)
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
        status = 0;
        reasonOffset = 0;
        reasonLength = 0;
    }

    /**
     * {@inheritDoc}
     */
    @Override
    public void rebase(final MutableDirectBuffer buffer, final int delta)
    {
        super.rebase(buffer, delta);
        reasonOffset += delta;
    }

    /**
     * Takes over what another head says; the bytes stay where they are.
     *
     * @param other with no more fields than this can hold.
     */
    public void copy(final ResponseHead other)
    {
        super.copy(other);
        status = other.status;
        reasonOffset = other.reasonOffset;
        reasonLength = other.reasonLength;
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
     * Sets status and reason.
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
}
