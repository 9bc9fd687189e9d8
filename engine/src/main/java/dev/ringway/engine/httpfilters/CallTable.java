package dev.ringway.engine.httpfilters;

import dev.ringway.engine.counters.LoopCounters;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one loop counts of calls, by method and cluster. Bounded: what is too much is counted without its method. Loop
 * thread only; allocates when a method or a cluster is seen for the first time.
 */
final class CallTable
{
    /** Most methods that are counted by their names. */
    static final int MAX_METHODS = 1024;
    /** Most pairs of cluster and method. */
    static final int MAX_STATS = 8192;

    private final GrpcStats settings;
    private final CallMethods methods;
    /** By method, which 0 stands for none of. */
    private final List<Map<String, CallStats>> stats;
    private int count;

    /**
     * @param settings of the filter.
     */
    CallTable(final GrpcStats settings)
    {
        this.settings = settings;
        final List<byte[]> listed = settings.listed();
        methods = new CallMethods(settings.countsAll() ? MAX_METHODS : listed.size());
        final CallPath path = new CallPath();
        for (final byte[] method : listed)
        {
            final DirectBuffer buffer = new UnsafeBuffer(method);
            if (path.parse(buffer, 0, method.length))
            {
                methods.add(path, buffer);
            }
        }
        stats = new ArrayList<>();
        for (int i = 0; i <= (settings.countsAll() ? MAX_METHODS : listed.size()); i++)
        {
            stats.add(new HashMap<>());
        }
    }

    /**
     * @param counters of the loop.
     * @param cluster  that a call goes to.
     * @param path     of the call.
     * @param buffer   holds the path.
     * @return what counts it, or null when there is no room.
     */
    CallStats find(
        final LoopCounters counters, final String cluster, final CallPath path, final DirectBuffer buffer)
    {
        int method = methods.find(path, buffer);
        if (method == CallMethods.NONE && settings.countsAll())
        {
            method = methods.add(path, buffer);
            if (method == CallMethods.NONE)
            {
                counters.increment(settings.overflow());
            }
        }
        final CallStats known = stats.get(method + 1).get(cluster);
        return known != null ? known : add(counters, method, cluster);
    }

    private CallStats add(final LoopCounters counters, final int method, final String cluster)
    {
        if (count == MAX_STATS)
        {
            counters.increment(settings.overflow());
            return null;
        }
        count++;
        final String name = method == CallMethods.NONE ? "" :
            methods.name(method, settings.countsAll() && settings.replacesDots());
        final CallStats fresh = new CallStats(settings.names(), cluster, "grpc." + name, settings.overflow());
        stats.get(method + 1).put(cluster, fresh);
        return fresh;
    }
}
