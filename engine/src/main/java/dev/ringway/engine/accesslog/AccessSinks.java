package dev.ringway.engine.accesslog;

import org.agrona.concurrent.UnsafeBuffer;

import static dev.ringway.engine.accesslog.AccessRecordLayout.SINKS_BORN_OFFSET;
import static dev.ringway.engine.accesslog.AccessRecordLayout.SINK_COUNT_OFFSET;

/**
 * The logs that are to get an {@link AccessRecord}, each with the conditions of its filter that hold for the request.
 * They stand behind the fixed part of the record and are numbered from 0. The record's thread.
 */
public final class AccessSinks
{
    private final AccessRecord record;
    private int asked;

    AccessSinks(final AccessRecord record)
    {
        this.record = record;
    }

    /**
     * Names one more log that is to get the record. Before any text is added.
     *
     * @param index      of the sink.
     * @param conditions that its filter has on the request and that hold, a bit each; the lower 16 count.
     * @return the record.
     */
    public AccessRecord add(final int index, final int conditions)
    {
        final UnsafeBuffer buffer = record.buffer();
        final int position = record.length();
        buffer.putInt(record.offset() + position, index << 16 | conditions & 0xFFFF);
        record.length(position + Integer.BYTES);
        buffer.putShort(record.offset() + SINK_COUNT_OFFSET, (short)(count() + 1));
        return record;
    }

    /**
     * Says anew which conditions of a log's filter hold.
     *
     * @param n          number of the log.
     * @param conditions a bit each; the lower 16 count.
     */
    public void conditions(final int n, final int conditions)
    {
        final UnsafeBuffer buffer = record.buffer();
        buffer.putInt(place(n), buffer.getInt(place(n)) & 0xFFFF0000 | conditions & 0xFFFF);
    }

    /** @return how many logs are to get the record. */
    public int count()
    {
        return record.buffer().getShort(record.offset() + SINK_COUNT_OFFSET);
    }

    /**
     * @param n number of a log.
     * @return index of its sink.
     */
    public int index(final int n)
    {
        return record.buffer().getInt(place(n)) >>> 16;
    }

    private int place(final int n)
    {
        return record.offset() + AccessRecord.FIXED_LENGTH + (n << 2);
    }

    /** Whether all of them are in a record of that length. */
    boolean areValid(final int length)
    {
        return count() >= 0 && length >= AccessRecord.FIXED_LENGTH + count() * Integer.BYTES;
    }

    /**
     * Says whose filter is asked from now on. Log thread only.
     *
     * @param n number of a log.
     */
    public void ask(final int n)
    {
        asked = record.buffer().getInt(place(n));
    }

    /**
     * @param bit number of a condition of the filter that is asked.
     * @return whether it held when the request came.
     */
    public boolean held(final int bit)
    {
        return (asked >>> bit & 1) != 0;
    }

    /** @return when the youngest of these sinks came to be: an index that was taken by another since is not meant. */
    public int born()
    {
        return record.buffer().getInt(record.offset() + SINKS_BORN_OFFSET);
    }

    /** @param value see {@link #born()}. @return the record. */
    public AccessRecord born(final int value)
    {
        record.buffer().putInt(record.offset() + SINKS_BORN_OFFSET, value);
        return record;
    }
}
