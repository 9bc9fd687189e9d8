package dev.ringway.control.translate;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.snapshot.AccessLogSink;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The access logs of the process, each at the index by which records name it. One that is in no configuration any more
 * keeps its index until another needs it, that which is gone for longest first: what began with it is still written.
 * Control thread only.
 */
final class SinkTable
{
    /** There is no room. */
    static final int NONE = -1;

    private final AccessLogSink[] sinks = new AccessLogSink[AccessRecord.MAX_SINKS];
    private final String[] keys = new String[AccessRecord.MAX_SINKS];
    private final long[] goneSince = new long[AccessRecord.MAX_SINKS];
    private final Map<String, Integer> indexes = new HashMap<>();
    private long inForce;
    private long wanted;
    private long added;
    private long changes;
    private int born;

    /** A configuration is being translated. */
    void begin()
    {
        wanted = 0;
        added = 0;
    }

    /**
     * @param key what tells a sink from others.
     * @return the sink, which is kept from now on, or null when it is not there.
     */
    AccessLogSink find(final String key)
    {
        final Integer index = indexes.get(key);
        if (index == null)
        {
            return null;
        }
        wanted |= 1L << index;
        return sinks[index];
    }

    /**
     * @return an index for a sink, or {@link #NONE} when all are in use.
     */
    int room()
    {
        int room = NONE;
        for (int i = 0; i < sinks.length; i++)
        {
            if (sinks[i] == null)
            {
                return i;
            }
            final boolean isFree = ((inForce | wanted) >>> i & 1) == 0;
            if (isFree && (room == NONE || goneSince[i] < goneSince[room]))
            {
                room = i;
            }
        }
        return room;
    }

    /**
     * @return a number for the next sink, larger than those of all before.
     */
    int nextBorn()
    {
        return ++born;
    }

    /**
     * @param key  what tells the sink from others.
     * @param sink at an index from {@link #room}.
     */
    void add(final String key, final AccessLogSink sink)
    {
        final int index = sink.index();
        remove(index);
        sinks[index] = sink;
        keys[index] = key;
        indexes.put(key, index);
        wanted |= 1L << index;
        added |= 1L << index;
    }

    private void remove(final int index)
    {
        indexes.remove(keys[index]);
        keys[index] = null;
        sinks[index] = null;
    }

    /**
     * @return all of them.
     */
    List<AccessLogSink> all()
    {
        final List<AccessLogSink> all = new ArrayList<>();
        for (final AccessLogSink sink : sinks)
        {
            if (sink != null)
            {
                all.add(sink);
            }
        }
        return List.copyOf(all);
    }

    /**
     * What was translated is in force.
     *
     * @param used indexes that it has, a bit each.
     */
    void commit(final long used)
    {
        changes++;
        for (long rest = (inForce | wanted) & ~used; rest != 0; rest &= rest - 1)
        {
            goneSince[Long.numberOfTrailingZeros(rest)] = changes;
        }
        inForce = used;
        begin();
    }

    /** What was translated is not put into force. */
    void rollback()
    {
        for (long rest = added; rest != 0; rest &= rest - 1)
        {
            remove(Long.numberOfTrailingZeros(rest));
        }
        begin();
    }
}
