package dev.ringway.engine.accesslog;

import org.agrona.concurrent.UnsafeBuffer;

import static dev.ringway.engine.accesslog.AccessRecordLayout.*;

/**
 * What a record tells of the way to its endpoint. Of its record in all respects.
 */
public final class AccessUpstream
{
    /** In place of a protocol. */
    private static final int UNCONNECTED = -1;

    private final AccessRecord record;
    private final UnsafeBuffer text = new UnsafeBuffer(0, 0);

    AccessUpstream(final AccessRecord record)
    {
        this.record = record;
    }

    /** @return time from start to the first byte for the endpoint that was asked last, -1 for never. */
    public long sendingUs()
    {
        return record.buffer().getLong(record.offset() + SENDING_US_OFFSET);
    }

    /** @return time from start to the last byte for that endpoint, -1 for never. */
    public long sentUs()
    {
        return record.buffer().getLong(record.offset() + SENT_US_OFFSET);
    }

    /**
     * Notes the times.
     *
     * @param first see {@link #sendingUs()}.
     * @param last  see {@link #sentUs()}.
     */
    public void times(final long first, final long last)
    {
        record.buffer().putLong(record.offset() + SENDING_US_OFFSET, first);
        record.buffer().putLong(record.offset() + SENT_US_OFFSET, last);
    }

    /** @return number of the connection, 0 for none. Recorded on demand. */
    public long connectionId()
    {
        return record.buffer().getLong(record.offset() + UPSTREAM_CONNECTION_ID_OFFSET);
    }

    /** @return what is spoken on it, from {@link AccessProtocol}. Recorded on demand. */
    public int protocol()
    {
        return Math.max(AccessProtocol.NONE, record.buffer().getByte(record.offset() + UPSTREAM_PROTOCOL_OFFSET));
    }

    /** There was no connection after all; the endpoint's name stays. */
    public void forget()
    {
        record.buffer().putLong(record.offset() + UPSTREAM_CONNECTION_ID_OFFSET, 0);
        record.buffer().putByte(record.offset() + UPSTREAM_PROTOCOL_OFFSET, (byte)UNCONNECTED);
    }

    /**
     * An endpoint is asked, on a connection until {@link #forget} says otherwise; once, or for another attempt.
     *
     * @param host of it, see {@link AccessText#UPSTREAM_HOST}.
     */
    public void begin(final byte[] host)
    {
        text.wrap(host);
        AccessText.replace(record, AccessText.UPSTREAM_HOST, text, 0, host.length);
        record.buffer().putByte(record.offset() + UPSTREAM_PROTOCOL_OFFSET, (byte)AccessProtocol.NONE);
    }

    /** @return whether there was a connection to the endpoint that was asked last. */
    public boolean isConnected()
    {
        return record.buffer().getByte(record.offset() + UPSTREAM_PROTOCOL_OFFSET) != UNCONNECTED;
    }

    /**
     * Notes the connection; once, or for another attempt at a request.
     *
     * @param id       see {@link #connectionId()}.
     * @param protocol see {@link #protocol()}.
     * @param name     of the endpoint in ASCII, empty for none, see {@link AccessText#UPSTREAM_NAME}.
     */
    public void connection(final long id, final int protocol, final String name)
    {
        record.buffer().putLong(record.offset() + UPSTREAM_CONNECTION_ID_OFFSET, id);
        record.buffer().putByte(record.offset() + UPSTREAM_PROTOCOL_OFFSET, (byte)protocol);
        final int at = name(name.length());
        for (int i = 0; i < record.textLength(AccessText.UPSTREAM_NAME); i++)
        {
            record.buffer().putByte(at + i, (byte)name.charAt(i));
        }
    }

    /** Makes room for a name, that of an earlier attempt's where it is long enough, and gives where that is. */
    private int name(final int length)
    {
        if (length > record.textLength(AccessText.UPSTREAM_NAME))
        {
            AccessText.take(record, AccessText.UPSTREAM_NAME, record.length(), length);
        }
        else
        {
            AccessText.shorten(record, AccessText.UPSTREAM_NAME, length);
        }
        return record.textOffset(AccessText.UPSTREAM_NAME);
    }
}
