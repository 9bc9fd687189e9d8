package dev.ringway.engine.accesslog;

import static dev.ringway.engine.accesslog.AccessRecordLayout.CALL_OFFSET;

/**
 * How what an {@link AccessRecord} tells of came to its end, where that was out of order. The record's thread.
 */
public final class AccessClosing
{
    /** In order, or as its flags say. */
    public static final int NORMAL = 0;
    /** The client reset its connection. */
    public static final int CLIENT_RESET = 1;
    /** The endpoint reset its connection, so that of the client was reset too. */
    public static final int ENDPOINT_RESET = 2;
    /** Nothing had passed for too long. */
    public static final int IDLE = 3;

    private static final int SHIFT = 1;

    private AccessClosing()
    {
    }

    /**
     * @param record under way.
     * @param how    one of these.
     */
    public static void set(final AccessRecord record, final int how)
    {
        final int at = record.offset() + CALL_OFFSET;
        record.buffer().putByte(at, (byte)(record.buffer().getByte(at) & 1 | how << SHIFT));
    }

    /**
     * @param record to look in.
     * @return one of these.
     */
    public static int get(final AccessRecord record)
    {
        return record.buffer().getByte(record.offset() + CALL_OFFSET) >> SHIFT;
    }
}
