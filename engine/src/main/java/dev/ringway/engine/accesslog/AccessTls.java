package dev.ringway.engine.accesslog;

/**
 * What a record tells of the TLS of its connections: reports of {@code TlsReport}, which belong to their connections and
 * never change. They stand beside the record, which holds them until it is handed over or begun anew and copies nothing.
 * Of its record in all respects.
 */
public final class AccessTls
{
    private byte[] downstream;
    private byte[] upstream;

    AccessTls()
    {
    }

    /** @return of the client's connection, or null when there is none. Recorded on demand. */
    public byte[] downstream()
    {
        return downstream;
    }

    /** @param report see {@link #downstream()}. */
    public void downstream(final byte[] report)
    {
        downstream = report;
    }

    /** @return of the connection to the endpoint, or null when there is none. Recorded on demand. */
    public byte[] upstream()
    {
        return upstream;
    }

    /** @param report see {@link #upstream()}. */
    public void upstream(final byte[] report)
    {
        upstream = report;
    }

    /** Lets go of both. */
    void clear()
    {
        downstream = null;
        upstream = null;
    }

    /** Moves them to two places that are empty. */
    void moveTo(final byte[][] places, final int first)
    {
        if (downstream != null)
        {
            places[first] = downstream;
        }
        if (upstream != null)
        {
            places[first + 1] = upstream;
        }
        clear();
    }

    /** Takes what two places hold, and empties them. */
    void moveFrom(final byte[][] places, final int first)
    {
        downstream = places[first];
        upstream = places[first + 1];
        if (downstream != null)
        {
            places[first] = null;
        }
        if (upstream != null)
        {
            places[first + 1] = null;
        }
    }
}
