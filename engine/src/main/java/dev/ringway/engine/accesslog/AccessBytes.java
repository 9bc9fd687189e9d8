package dev.ringway.engine.accesslog;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * What an {@link AccessRecord} tells of bytes on the wire, in the place of a field that no message has: only records that
 * are asked for it have it. The record's thread.
 */
public final class AccessBytes
{
    /** Numbers of the side of the client. */
    public static final int DOWNSTREAM = 0;
    /** Numbers of the side of the endpoint. */
    public static final int UPSTREAM = 6;
    /** All bytes that came; the others stand behind it on each side. */
    public static final int RECEIVED = 0;
    /** All bytes that left. */
    public static final int SENT = 1;
    /** Bytes of fields that came. */
    public static final int HEADERS_RECEIVED = 2;
    /** Bytes of fields that left. */
    public static final int HEADERS_SENT = 3;
    /** Bytes of fields that came, without compression. */
    public static final int FIELDS_RECEIVED = 4;
    /** Bytes of fields that left, without compression. */
    public static final int FIELDS_SENT = 5;

    /** Names and values of the trailers of the response; of no side. */
    public static final int TRAILERS = 12;

    private static final int LENGTH = 13 * Long.BYTES;
    private static final int ID = LogStrings.register("%WIRE_BYTES%");
    private static final UnsafeBuffer ZEROS = new UnsafeBuffer(new byte[LENGTH]);

    private AccessBytes()
    {
    }

    /**
     * Makes room for the numbers, all of them 0.
     *
     * @param record that has just begun.
     */
    public static void begin(final AccessRecord record)
    {
        AccessFields.put(record, ID, ZEROS, 0, LENGTH);
    }

    /**
     * Notes a number.
     *
     * @param record for which {@link #begin} has been called.
     * @param index  a side and what is told of it, added.
     * @param value  of it.
     */
    public static void set(final AccessRecord record, final int index, final long value)
    {
        final int at = AccessFields.find(record, ID);
        if (at != 0)
        {
            record.buffer().putLong(AccessFields.valueOffset(at) + index * Long.BYTES, value);
        }
    }

    /**
     * @param record to look in.
     * @param index  a side and what is told of it, added.
     * @return the number, 0 where the record was not asked for it.
     */
    public static long get(final AccessRecord record, final int index)
    {
        final int at = AccessFields.find(record, ID);
        return at == 0 ? 0 : record.buffer().getLong(AccessFields.valueOffset(at) + index * Long.BYTES);
    }
}
