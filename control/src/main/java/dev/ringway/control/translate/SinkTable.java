package dev.ringway.control.translate;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.snapshot.AccessLogSink;

import java.util.ArrayList;
import java.util.BitSet;
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
    private final BitSet inForce = new BitSet();
    private final BitSet wanted = new BitSet();
    private final BitSet added = new BitSet();
    private long changes;
    private int born;

    /** A configuration is being translated. */
    void begin()
    {
        wanted.clear();
        added.clear();
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
        wanted.set(index);
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
            final boolean isFree = !inForce.get(i) && !wanted.get(i);
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
        wanted.set(index);
        added.set(index);
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
     * @param used indexes that it has.
     */
    void commit(final BitSet used)
    {
        changes++;
        wanted.or(inForce);
        wanted.andNot(used);
        wanted.stream().forEach(index -> goneSince[index] = changes);
        inForce.clear();
        inForce.or(used);
        begin();
    }

    /** What was translated is not put into force. */
    void rollback()
    {
        added.stream().forEach(this::remove);
        begin();
    }
}
