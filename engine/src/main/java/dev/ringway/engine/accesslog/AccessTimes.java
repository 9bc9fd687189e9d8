package dev.ringway.engine.accesslog;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * When connections were ready and answers passed, in the place of a field that no message has: only an {@link AccessRecord}
 * that is asked for it has it. In microseconds from its start; those of a connection may lie before. The record's thread.
 */
public final class AccessTimes
{
    /** The endpoint's cluster was asked for a connection, the last time. */
    public static final int ASKED = 0;
    /** There was one, or there was none to be had. */
    public static final int READY = 1;
    /** It began to connect. */
    public static final int CONNECTING = 2;
    /** It was connected. */
    public static final int CONNECTED = 3;
    /** Its handshake was over. */
    public static final int SECURED = 4;
    /** The first of the content of the response came. */
    public static final int CONTENT = 5;
    /** The response was whole. */
    public static final int ANSWERED = 6;
    /** The client was sent the first of it. */
    public static final int ANSWERING = 7;
    /** How long the client's handshake took, from when it was connected. */
    public static final int HANDSHAKE = 8;

    /** In place of a time that did not come. */
    public static final long NEVER = Long.MIN_VALUE;

    private static final int COUNT = 9;
    private static final int ID = LogStrings.register("%TIMES%");
    private static final UnsafeBuffer NONE = new UnsafeBuffer(new byte[COUNT * Long.BYTES]);

    static
    {
        for (int i = 0; i < COUNT; i++)
        {
            NONE.putLong(i * Long.BYTES, NEVER);
        }
    }

    private AccessTimes()
    {
    }

    /**
     * Makes room for the times, none of which has come.
     *
     * @param record that has just begun.
     */
    public static void begin(final AccessRecord record)
    {
        AccessFields.put(record, ID, NONE, 0, NONE.capacity());
    }

    /**
     * Notes a time.
     *
     * @param record for which {@link #begin} has been called.
     * @param index  of the time.
     * @param us     microseconds from the start, or {@link #NEVER}.
     */
    public static void set(final AccessRecord record, final int index, final long us)
    {
        final int at = AccessFields.find(record, ID);
        if (at != 0)
        {
            record.buffer().putLong(AccessFields.valueOffset(at) + index * Long.BYTES, us);
        }
    }

    /**
     * @param record to look in.
     * @param index  of the time.
     * @return microseconds from the start, {@link #NEVER} where it did not come or was not asked for.
     */
    public static long get(final AccessRecord record, final int index)
    {
        final int at = AccessFields.find(record, ID);
        return at == 0 ? NEVER : record.buffer().getLong(AccessFields.valueOffset(at) + index * Long.BYTES);
    }
}
