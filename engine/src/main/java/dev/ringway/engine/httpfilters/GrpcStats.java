package dev.ringway.engine.httpfilters;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.GrpcMessages;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.filter.FilterData;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.Verdict;
import org.agrona.DirectBuffer;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts calls of gRPC, below the cluster that they go to: {@code cluster.<name>.grpc.<service>.<method>.*}. Envoy:
 * {@code extensions.filters.http.grpc_stats.v3.FilterConfig}. Calls of Connect are not counted.
 */
public final class GrpcStats implements HttpFilterFactory
{
    private final boolean countsAll;
    private final List<byte[]> listed;
    private final boolean countsTime;
    private final boolean replacesDots;
    private final CallNames names;
    private final int overflow;
    private final ConcurrentHashMap<Integer, CallTable> tables = new ConcurrentHashMap<>();

    /**
     * @param countsAll    {@code stats_for_all_methods}: each by its name, as long as there are not too many.
     * @param listed       {@code individual_method_stats_allowlist}: those that are counted by their names otherwise, as
     *                     paths.
     * @param countsTime   {@code enable_upstream_stats}.
     * @param replacesDots {@code replace_dots_in_grpc_service_name}.
     * @param names        has counters made.
     * @param overflow     id of the counter of calls that could not be counted by their names.
     */
    public GrpcStats(
        final boolean countsAll,
        final List<byte[]> listed,
        final boolean countsTime,
        final boolean replacesDots,
        final CallNames names,
        final int overflow)
    {
        this.countsAll = countsAll;
        this.listed = List.copyOf(listed);
        this.countsTime = countsTime;
        this.replacesDots = replacesDots;
        this.names = names;
        this.overflow = overflow;
    }

    boolean countsAll()
    {
        return countsAll;
    }

    List<byte[]> listed()
    {
        return listed;
    }

    boolean replacesDots()
    {
        return replacesDots;
    }

    CallNames names()
    {
        return names;
    }

    int overflow()
    {
        return overflow;
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilter create(final FilterLoop loop)
    {
        return new Counting(countsTime, tables.computeIfAbsent(loop.index(), index -> new CallTable(this)));
    }

    /** One call at a time. */
    private static final class Counting implements HttpFilter
    {
        private static final long NOT_ENDED = Long.MIN_VALUE;
        private static final int OK = 200;

        private final boolean countsTime;
        private final CallTable table;
        private final CallPath path = new CallPath();
        private final GrpcMessages requests = new GrpcMessages();
        private final GrpcMessages responses = new GrpcMessages();
        private CallStats stats;
        private boolean isAnsweredAsCall;
        private long requestEndNs = NOT_ENDED;

        private Counting(final boolean countsTime, final CallTable table)
        {
            this.countsTime = countsTime;
            this.table = table;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            final HeaderTable fields = exchange.request().head().headers();
            final String cluster = exchange.clusterName();
            if (Grpc.isRequest(fields) && !cluster.isEmpty() && path.parse(
                fields.buffer(), exchange.request().pathOffset(), exchange.request().pathLength()))
            {
                stats = table.find(exchange.counters(), cluster, path, fields.buffer());
            }
            noteRequestEnd(exchange, isEnd);
            return Verdict.CONTINUE;
        }

        private void noteRequestEnd(final FilterExchange exchange, final boolean isEnd)
        {
            requestEndNs = isEnd ? exchange.nowNs() : requestEndNs;
        }

        public int onRequestData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            if (stats != null)
            {
                count(exchange, requests.count(data.buffer(), data.offset(), data.length()), CallStats.REQUEST_MESSAGES);
            }
            noteRequestEnd(exchange, isEnd);
            return Verdict.CONTINUE;
        }

        private void count(final FilterExchange exchange, final int messages, final int what)
        {
            if (messages > 0)
            {
                stats.add(exchange.counters(), what, messages);
            }
        }

        public int onRequestTrailers(final FilterExchange exchange, final HeaderTable trailers)
        {
            noteRequestEnd(exchange, true);
            return Verdict.CONTINUE;
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            final HeaderTable fields = exchange.response().head().headers();
            isAnsweredAsCall = exchange.response().status() == OK && Grpc.isRequest(fields);
            if (stats != null)
            {
                onStatus(exchange.counters(), fields);
                onResponseEnd(exchange, isEnd && !exchange.isAnswered());
            }
            return Verdict.CONTINUE;
        }

        public int onResponseData(final FilterExchange exchange, final FilterData data, final boolean isEnd)
        {
            if (stats != null && isAnsweredAsCall)
            {
                count(exchange, responses.count(data.buffer(), data.offset(), data.length()),
                    CallStats.RESPONSE_MESSAGES);
            }
            return Verdict.CONTINUE;
        }

        public int onResponseTrailers(final FilterExchange exchange, final HeaderTable trailers)
        {
            if (stats != null)
            {
                onStatus(exchange.counters(), trailers);
                onResponseEnd(exchange, true);
            }
            return Verdict.CONTINUE;
        }

        /** A head that tells a status counts, and so do trailers that tell one behind it, as in Envoy. */
        private void onStatus(final LoopCounters counters, final HeaderTable fields)
        {
            final int index = fields.find(HeaderName.GRPC_STATUS);
            if (index < 0)
            {
                return;
            }
            final DirectBuffer buffer = fields.buffer();
            final int at = fields.valueOffset(index);
            final int length = fields.valueLength(index);
            final boolean isPlain = length == 1 || length == 2 && buffer.getByte(at) != '0';
            final int status = isPlain ? Grpc.status(buffer, at, length) : Grpc.INVALID;
            if (status >= 0 && status <= Grpc.MAX_KNOWN)
            {
                stats.add(counters, CallStats.STATUS + status, 1);
            }
            stats.add(counters, status == Grpc.OK ? CallStats.SUCCESS : CallStats.FAILURE, 1);
            stats.add(counters, CallStats.TOTAL, 1);
        }

        private void onResponseEnd(final FilterExchange exchange, final boolean isEnd)
        {
            if (isEnd && countsTime && requestEndNs != NOT_ENDED)
            {
                stats.time(exchange.counters(), TimeUnit.NANOSECONDS.toMillis(exchange.nowNs() - requestEndNs));
            }
        }

        public void onEnd(final FilterExchange exchange)
        {
            stats = null;
            isAnsweredAsCall = false;
            requestEndNs = NOT_ENDED;
            requests.reset();
            responses.reset();
        }
    }
}
