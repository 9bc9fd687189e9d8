package dev.ringway.codecs.hpack;

/**
 * Takes the fields of a header block in order. Called on the thread that decodes.
 */
@FunctionalInterface
public interface HeaderSink
{
    /** Flag: the field came as a never indexed literal and must be sent on as one (RFC 7541 section 6.2.3). */
    int NEVER_INDEXED = 1;

    /**
     * One field. It lies in the buffer that {@link HpackDecoder#decode} writes to, as
     * {@code name ":" SP value CRLF}. Its bytes are as the peer sent them: upper case, control characters and an empty
     * name are the sink's to judge.
     *
     * @param nameOffset  absolute offset of the name.
     * @param nameLength  bytes, may be 0.
     * @param valueOffset absolute offset of the value: {@code nameOffset + nameLength + 2}.
     * @param valueLength bytes, may be 0.
     * @param nameId      a constant of {@link dev.ringway.codecs.http.HeaderName}, or of {@link PseudoHeader} when the
     *                    name begins with a colon.
     * @param flags       0 or {@link #NEVER_INDEXED}.
     * @return false when no further field is wanted: the rest of the block only goes to the table.
     */
    boolean onField(int nameOffset, int nameLength, int valueOffset, int valueLength, int nameId, int flags);
}
