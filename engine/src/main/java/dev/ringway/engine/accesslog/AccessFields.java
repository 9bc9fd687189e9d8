package dev.ringway.engine.accesslog;

import dev.ringway.codecs.text.ShortCopy;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static dev.ringway.engine.accesslog.AccessRecordLayout.*;

/**
 * Fields of heads and trailers in an {@link AccessRecord}, for which it has no room of their own: a chain, the youngest
 * first. Formats name them by numbers of {@link LogStrings}. The record's thread.
 */
public final class AccessFields
{
    /** Most bytes of a value; what is longer is cut and marked. */
    public static final int MAX_LENGTH = 256;

    private AccessFields()
    {
    }

    /**
     * Adds a field, in place of what was said of it before. One for which there is too little room is cut and marked, or
     * left out.
     *
     * @param record under way.
     * @param id     of the field.
     * @param source holds the value.
     * @param at     its first byte.
     * @param count  its length.
     */
    public static void put(
        final AccessRecord record, final int id, final DirectBuffer source, final int at, final int count)
    {
        final UnsafeBuffer buffer = record.buffer();
        final int known = find(record, id);
        if (known != 0 && !isCut(record, known) && count <= length(record, known))
        {
            buffer.putShort(known + FIELD_LENGTH_OFFSET, (short)count);
            ShortCopy.copy(source, at, buffer, valueOffset(known), count);
            return;
        }
        add(record, id, source, at, count);
    }

    /** As {@link #put}, besides what was said of it before. */
    static void add(final AccessRecord record, final int id, final DirectBuffer source, final int at, final int count)
    {
        final UnsafeBuffer buffer = record.buffer();
        final int position = record.length();
        final int taken = Math.min(count, Math.min(MAX_LENGTH, record.capacity() - position - FIELD_VALUE_OFFSET));
        if (taken < 0)
        {
            return;
        }
        final int start = record.offset() + position;
        buffer.putShort(start, (short)buffer.getInt(record.offset() + LAST_FIELD_OFFSET));
        buffer.putShort(start + FIELD_LENGTH_OFFSET, (short)(taken < count ? taken | FIELD_IS_CUT : taken));
        buffer.putInt(start + FIELD_ID_OFFSET, id);
        ShortCopy.copy(source, at, buffer, valueOffset(start), taken);
        buffer.putInt(record.offset() + LAST_FIELD_OFFSET, position);
        record.length(position + FIELD_VALUE_OFFSET + taken);
    }

    /**
     * Puts another value behind the one that was put last, with a comma between them unless one of them is empty. What
     * finds too little room is cut and marked.
     *
     * @param record under way.
     * @param id     of the field, which was put last and was not known before.
     * @param source holds the value.
     * @param at     its first byte.
     * @param count  its length.
     */
    public static void join(
        final AccessRecord record, final int id, final DirectBuffer source, final int at, final int count)
    {
        final UnsafeBuffer buffer = record.buffer();
        final int known = find(record, id);
        if (known == 0 || count == 0 || isCut(record, known))
        {
            return;
        }
        final int before = length(record, known);
        final int comma = before > 0 ? 1 : 0;
        final int room = Math.min(MAX_LENGTH - before, record.capacity() - record.length());
        final int taken = Math.min(count, room - comma);
        if (taken <= 0)
        {
            buffer.putShort(known + FIELD_LENGTH_OFFSET, (short)(before | FIELD_IS_CUT));
            return;
        }
        final int end = before + comma + taken;
        if (comma > 0)
        {
            buffer.putByte(valueOffset(known) + before, (byte)',');
        }
        ShortCopy.copy(source, at, buffer, valueOffset(known) + before + comma, taken);
        buffer.putShort(known + FIELD_LENGTH_OFFSET, (short)(taken < count ? end | FIELD_IS_CUT : end));
        record.length(record.length() + comma + taken);
    }

    /**
     * Forgets what was said of a field.
     *
     * @param record under way.
     * @param id     of the field.
     */
    public static void remove(final AccessRecord record, final int id)
    {
        for (int at = find(record, id); at != 0; at = find(record, id))
        {
            record.buffer().putInt(at + FIELD_ID_OFFSET, LogStrings.NONE);
        }
    }

    /**
     * @param record to look in.
     * @param id     of the field.
     * @return where in the record's buffer the field is, or 0 when there is none.
     */
    public static int find(final AccessRecord record, final int id)
    {
        int at = last(record);
        while (at != 0 && record.buffer().getInt(at + FIELD_ID_OFFSET) != id)
        {
            at = before(record, at);
        }
        return at;
    }

    /** Where the field is that was added last, 0 when there is none. */
    static int last(final AccessRecord record)
    {
        final int at = record.buffer().getInt(record.offset() + LAST_FIELD_OFFSET);
        return at == 0 ? 0 : record.offset() + at;
    }

    /** Where the field is that was added before another, 0 when there is none. */
    static int before(final AccessRecord record, final int field)
    {
        final int at = record.buffer().getShort(field) & 0xFFFF;
        return at == 0 ? 0 : record.offset() + at;
    }

    /**
     * @param at from {@link #find}.
     * @return where the value starts in the record's buffer.
     */
    public static int valueOffset(final int at)
    {
        return at + FIELD_VALUE_OFFSET;
    }

    /**
     * @param record of the field.
     * @param at     from {@link #find}.
     * @return bytes of the value.
     */
    public static int length(final AccessRecord record, final int at)
    {
        return record.buffer().getShort(at + FIELD_LENGTH_OFFSET) & FIELD_LENGTH_MASK;
    }

    /**
     * @param record of the field.
     * @param at     from {@link #find}.
     * @return whether the value was cut.
     */
    public static boolean isCut(final AccessRecord record, final int at)
    {
        return (record.buffer().getShort(at + FIELD_LENGTH_OFFSET) & FIELD_IS_CUT) != 0;
    }

    /** Whether all of the chain is in the record, and ends. */
    static boolean areValid(final AccessRecord record)
    {
        final UnsafeBuffer buffer = record.buffer();
        final int offset = record.offset();
        int end = record.length();
        int at = buffer.getInt(offset + LAST_FIELD_OFFSET);
        while (at >= AccessRecord.FIXED_LENGTH && at + FIELD_VALUE_OFFSET <= end &&
            length(record, offset + at) <= end - at - FIELD_VALUE_OFFSET)
        {
            end = at;
            at = buffer.getShort(offset + at) & 0xFFFF;
        }
        return at == 0;
    }
}
