package dev.ringway.engine.accesslog;

import org.agrona.concurrent.UnsafeBuffer;

import static dev.ringway.engine.accesslog.AccessRecordLayout.*;

/**
 * The endpoints that a relay was not connected to before the one an {@link AccessRecord} names: a field each, and one
 * behind it for a name. The record's thread.
 */
public final class AccessAttempts
{
    /** Most of them; there is a mark in place of those behind. */
    public static final int MAX = 8;

    /** Left for what is said later. */
    private static final int RESERVE = 256;
    private static final int HOST = LogStrings.register("%HOST_ATTEMPTED%");
    private static final int NAME = LogStrings.register("%HOST_NAME_ATTEMPTED%");

    private AccessAttempts()
    {
    }

    /**
     * Keeps the endpoint that the record names, if it does: another will be named.
     *
     * @param record under way.
     */
    public static void keep(final AccessRecord record)
    {
        final int host = record.textLength(AccessText.UPSTREAM_HOST);
        final int name = record.textLength(AccessText.UPSTREAM_NAME);
        final int count = host == 0 ? 0 : count(record);
        if (host == 0 || count > 0 && isMark(record, count - 1))
        {
            return;
        }
        final UnsafeBuffer buffer = record.buffer();
        if (count == MAX || record.capacity() - record.length() < host + name + 3 * FIELD_VALUE_OFFSET + RESERVE)
        {
            AccessFields.add(record, HOST, buffer, 0, 0);
            return;
        }
        AccessFields.add(record, HOST, buffer, record.textOffset(AccessText.UPSTREAM_HOST), host);
        if (name > 0)
        {
            AccessFields.add(record, NAME, buffer, record.textOffset(AccessText.UPSTREAM_NAME), name);
        }
    }

    /**
     * @param record to look in.
     * @return how many there are, with the mark.
     */
    public static int count(final AccessRecord record)
    {
        int count = 0;
        for (int at = AccessFields.last(record); at != 0; at = AccessFields.before(record, at))
        {
            count += record.buffer().getInt(at + FIELD_ID_OFFSET) == HOST ? 1 : 0;
        }
        return count;
    }

    /**
     * @param record to look in.
     * @param index  of an endpoint, the first being 0.
     * @return whether it stands for more of them that there was no room for.
     */
    public static boolean isMark(final AccessRecord record, final int index)
    {
        return AccessFields.length(record, find(record, index, false)) == 0;
    }

    /**
     * @param record  to look in.
     * @param index   of an endpoint, the first being 0.
     * @param isNamed whether its name is wanted, if it has one, and not its address.
     * @return where in the record's buffer the field is.
     */
    public static int find(final AccessRecord record, final int index, final boolean isNamed)
    {
        int younger = count(record) - 1 - index;
        int name = 0;
        int at = AccessFields.last(record);
        for (; at != 0; at = AccessFields.before(record, at))
        {
            final int id = record.buffer().getInt(at + FIELD_ID_OFFSET);
            if (id == HOST && younger-- == 0)
            {
                break;
            }
            name = id == NAME ? at : id == HOST ? 0 : name;
        }
        return isNamed && name != 0 ? name : at;
    }
}
