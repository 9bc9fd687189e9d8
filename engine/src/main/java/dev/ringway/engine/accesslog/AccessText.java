package dev.ringway.engine.accesslog;

import dev.ringway.codecs.text.ShortCopy;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static dev.ringway.engine.accesslog.AccessRecordLayout.TEXTS_OFFSET;
import static dev.ringway.engine.accesslog.AccessRecordLayout.TRUNCATED_OFFSET;

/**
 * Texts of an {@link AccessRecord}: their numbers, how long each may be, and how they are put there. The record's thread.
 */
public final class AccessText
{
    /** Method, only when it is none of the well-known ones. */
    public static final int METHOD = 0;
    /** Path with query, as forwarded. */
    public static final int PATH = 1;
    /** Path with query as it came, only when it was rewritten. */
    public static final int ORIGINAL_PATH = 2;
    /** Authority or Host. */
    public static final int AUTHORITY = 3;
    /** User-Agent. */
    public static final int USER_AGENT = 4;
    /** X-Forwarded-For. */
    public static final int X_FORWARDED_FOR = 5;
    /** X-Request-Id. */
    public static final int X_REQUEST_ID = 6;
    /** Referer. */
    public static final int REFERER = 7;
    /** Endpoint, only when it is a unix socket. */
    public static final int UPSTREAM_HOST = 8;
    /** Response code details that are not a registered string. */
    public static final int DETAIL = 9;
    /** Why a connection was ended from here. */
    public static final int TERMINATION_DETAIL = 10;
    /** Why TLS with the client failed. */
    public static final int TRANSPORT_FAILURE = 11;
    /** Content-Type of the response. */
    public static final int RESPONSE_CONTENT_TYPE = 12;
    /** Name of the endpoint, where it has one. */
    public static final int UPSTREAM_NAME = 13;
    /** Bytes beyond which any is cut. */
    public static final int MAX_BOUND = 512;
    /** Number of texts. */
    public static final int COUNT = 14;

    private static final int[] BOUNDS = {32, 512, 512, 255, 256, 128, 64, 256, 108, 128, 128, 128, 64, 255};

    private AccessText()
    {
    }

    /**
     * @param field number of a text.
     * @return bytes beyond which it is cut.
     */
    public static int bound(final int field)
    {
        return BOUNDS[field];
    }

    /**
     * Adds a text. What is longer than its bound or than the room that is left is cut and marked. Set each text once, the
     * more important ones first.
     *
     * @param record under way.
     * @param field  number of the text.
     * @param source holds it.
     * @param at     its first byte.
     * @param count  its length.
     * @return the record.
     */
    public static AccessRecord put(
        final AccessRecord record, final int field, final DirectBuffer source, final int at, final int count)
    {
        final int position = record.length();
        final int taken = take(record, field, position, count);
        ShortCopy.copy(source, at, record.buffer(), record.offset() + position, taken);
        return record;
    }

    /**
     * As {@link #put(AccessRecord, int, DirectBuffer, int, int)}.
     *
     * @param record under way.
     * @param field  number of the text.
     * @param source the whole text.
     * @return the record.
     */
    public static AccessRecord put(final AccessRecord record, final int field, final byte[] source)
    {
        return put(record, field, source, source.length);
    }

    /**
     * As {@link #put(AccessRecord, int, DirectBuffer, int, int)}.
     *
     * @param record under way.
     * @param field  number of the text.
     * @param source holds the text at its start.
     * @param count  bytes of the text.
     * @return the record.
     */
    public static AccessRecord put(
        final AccessRecord record, final int field, final byte[] source, final int count)
    {
        final int position = record.length();
        final int taken = take(record, field, position, count);
        record.buffer().putBytes(record.offset() + position, source, 0, taken);
        return record;
    }

    /**
     * Puts more behind a text.
     *
     * @param record under way.
     * @param field  number of the text that was set last.
     * @param source holds it.
     * @param at     its first byte.
     * @param count  its length.
     */
    public static void append(
        final AccessRecord record, final int field, final DirectBuffer source, final int at, final int count)
    {
        final int position = record.length();
        final int start = record.textOffset(field) - record.offset();
        final int room = Math.min(bound(field) - (position - start), record.capacity() - position);
        ShortCopy.copy(source, at, record.buffer(), record.offset() + position, Math.min(count, room));
        take(record, field, start, position - start + count);
    }

    /**
     * Puts another text in the place of what was said. One that has grown stands behind the others while there is room,
     * and is cut to its old place otherwise.
     *
     * @param record under way.
     * @param field  number of the text.
     * @param source holds it.
     * @param at     its first byte.
     * @param count  its length.
     */
    public static void replace(
        final AccessRecord record, final int field, final DirectBuffer source, final int at, final int count)
    {
        final int known = record.textLength(field);
        if (!isSet(record, field) ||
            count > known && record.capacity() - record.length() >= Math.min(count, bound(field)))
        {
            put(record, field, source, at, count);
            return;
        }
        final UnsafeBuffer buffer = record.buffer();
        final int taken = Math.min(count, known);
        final int cut = buffer.getInt(record.offset() + TRUNCATED_OFFSET) & ~(1 << field);
        buffer.putInt(record.offset() + TRUNCATED_OFFSET, taken < count ? cut | 1 << field : cut);
        shorten(record, field, taken);
        ShortCopy.copy(source, at, buffer, record.textOffset(field), taken);
    }

    /** Makes room for a text behind the others, and gives how much of it fits. */
    static int take(final AccessRecord record, final int field, final int position, final int count)
    {
        final UnsafeBuffer buffer = record.buffer();
        final int taken = Math.min(count, Math.min(bound(field), record.capacity() - position));
        if (taken < count)
        {
            final int at = record.offset() + TRUNCATED_OFFSET;
            buffer.putInt(at, buffer.getInt(at) | 1 << field);
        }
        buffer.putInt(place(record, field), position << 16 | taken);
        record.length(position + taken);
        return taken;
    }

    /** Leaves a text where it is, with another length. */
    static void shorten(final AccessRecord record, final int field, final int count)
    {
        final int place = place(record, field);
        record.buffer().putInt(place, record.buffer().getInt(place) & 0xFFFF0000 | count);
    }

    /**
     * @param record under way or whole.
     * @param field  number of a text.
     * @return whether it was set, maybe to nothing.
     */
    public static boolean isSet(final AccessRecord record, final int field)
    {
        return record.buffer().getInt(place(record, field)) != 0;
    }

    /**
     * Forgets a text.
     *
     * @param record under way.
     * @param field  number of the text.
     */
    public static void remove(final AccessRecord record, final int field)
    {
        record.buffer().putInt(place(record, field), 0);
    }

    private static int place(final AccessRecord record, final int field)
    {
        return record.offset() + TEXTS_OFFSET + (field << 2);
    }
}
