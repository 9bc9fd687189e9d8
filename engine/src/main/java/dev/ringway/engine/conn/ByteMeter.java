package dev.ringway.engine.conn;

import dev.ringway.codecs.http.HeaderTable;

/**
 * What one message and its answer take on the wire of one connection, as access logs tell it (Envoy:
 * {@code BytesMeter}). Whoever reads or writes frames and lines adds to it; what costs a look at each field is added
 * only where a log asks for it. Reused. Loop thread only.
 */
public final class ByteMeter
{
    /** A colon and the end of the line: Envoy does not count the blanks of fields that it reads. */
    private static final int LINE = 3;

    private long received;
    private long sent;
    private int headersReceived;
    private int headersSent;
    private int fieldsReceived;
    private int fieldsSent;
    private long sentBefore;
    private int headersBefore;
    private int fieldsBefore;
    private boolean isAsked;
    private boolean isFramed;

    /** Forgets everything. */
    public void reset()
    {
        received = 0;
        sent = 0;
        headersReceived = 0;
        headersSent = 0;
        fieldsReceived = 0;
        fieldsSent = 0;
        sentBefore = 0;
        headersBefore = 0;
        fieldsBefore = 0;
        isAsked = false;
        isFramed = false;
    }

    /**
     * Goes on from where another one is.
     *
     * @param other that is not used any more.
     */
    public void take(final ByteMeter other)
    {
        reset();
        received = other.received;
        sent = other.sent;
        headersReceived = other.headersReceived;
        headersSent = other.headersSent;
        fieldsReceived = other.fieldsReceived;
        fieldsSent = other.fieldsSent;
        isAsked = other.isAsked;
        isFramed = other.isFramed;
    }

    /** A log asks for it. */
    public void ask()
    {
        isAsked = true;
    }

    /**
     * @return whether a log asks for it, so that {@link #receivedHead} and the like are to be called.
     */
    public boolean isAsked()
    {
        return isAsked;
    }

    /** The connection speaks HTTP/2. */
    public void framed()
    {
        isFramed = true;
    }

    /**
     * @return whether the connection speaks HTTP/2, as far as anything was sent.
     */
    public boolean isFramed()
    {
        return isFramed;
    }

    /** An endpoint is tried: {@link #unsent} leads back here. */
    public void beginTry()
    {
        sentBefore = sent;
        headersBefore = headersSent;
        fieldsBefore = fieldsSent;
    }

    /** There was no connection for what waited to be sent since {@link #beginTry}. */
    public void unsent()
    {
        sent = sentBefore;
        headersSent = headersBefore;
        fieldsSent = fieldsBefore;
    }

    /**
     * @param length bytes that came.
     */
    public void received(final int length)
    {
        received += length;
    }

    /**
     * @param length bytes that leave.
     */
    public void sent(final int length)
    {
        sent += length;
    }

    /**
     * Frames of a block of fields came.
     *
     * @param length bytes of them.
     */
    public void receivedBlock(final int length)
    {
        received += length;
        headersReceived += length;
    }

    /**
     * Frames of a block of fields leave.
     *
     * @param length bytes of them.
     */
    public void sentBlock(final int length)
    {
        sent += length;
        headersSent += length;
    }

    /**
     * A head of HTTP/1.1 leaves, or a block of trailers.
     *
     * @param length all bytes.
     * @param fields bytes of the lines of fields.
     */
    public void sentLines(final int length, final int fields)
    {
        sent += length;
        headersSent += fields;
    }

    /**
     * Fields of a head of HTTP/1.1 came, whose bytes are in {@link #received(int)} already. As Envoy, which takes all that
     * it has counted so far for the fields of each head.
     *
     * @param fields as they came.
     */
    public void receivedHead(final HeaderTable fields)
    {
        headersReceived += fields.count() == 0 ? LINE : lengthOf(fields, LINE);
        fieldsReceived += headersReceived;
    }

    /**
     * Trailers of HTTP/1.1 came, see {@link #receivedHead}.
     *
     * @param fields as they came.
     */
    public void receivedTrailers(final HeaderTable fields)
    {
        headersReceived += lengthOf(fields, LINE);
    }

    /**
     * Fields came in frames.
     *
     * @param length of their names and values.
     */
    public void receivedFields(final int length)
    {
        fieldsReceived += length;
    }

    /**
     * Fields leave in frames.
     *
     * @param length of their names and values.
     */
    public void sentFields(final int length)
    {
        fieldsSent += length;
    }

    /**
     * Fields leave in frames.
     *
     * @param fields all of them.
     */
    public void sentFields(final HeaderTable fields)
    {
        fieldsSent += lengthOf(fields, 0);
    }

    /**
     * @param fields of a head, or trailers.
     * @param more   bytes that each field takes besides.
     * @return bytes of all of them.
     */
    public static int lengthOf(final HeaderTable fields, final int more)
    {
        int length = 0;
        for (int i = 0; i < fields.count(); i++)
        {
            length += fields.nameLength(i) + fields.valueLength(i) + more;
        }
        return length;
    }

    /**
     * @return all bytes that came.
     */
    public long received()
    {
        return received;
    }

    /**
     * @return all bytes that left.
     */
    public long sent()
    {
        return sent;
    }

    /**
     * @return those of them that are fields as they are on the wire.
     */
    public int headersReceived()
    {
        return headersReceived;
    }

    /**
     * @return those of them that are fields as they are on the wire.
     */
    public int headersSent()
    {
        return headersSent;
    }

    /**
     * @return bytes of the fields without compression.
     */
    public int fieldsReceived()
    {
        return fieldsReceived;
    }

    /**
     * @return bytes of the fields without compression, which only HTTP/2 has.
     */
    public int fieldsSent()
    {
        return isFramed ? fieldsSent : headersSent;
    }
}
