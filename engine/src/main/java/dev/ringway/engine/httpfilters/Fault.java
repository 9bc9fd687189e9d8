package dev.ringway.engine.httpfilters;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.counters.FaultCounters;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterHead;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.Verdict;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.RequestView;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Delays and aborts some requests. Settings of the filter or of a route.
 * Envoy: {@code extensions.filters.http.fault.v3.HTTPFault}.
 *
 * @param delay       {@code delay}, or null.
 * @param abort       {@code abort}, or null.
 * @param cluster     {@code upstream_cluster}, empty for all.
 * @param conditions  {@code headers}, all of which must hold.
 * @param nodes       {@code downstream_nodes}, empty for all.
 * @param maxActive   {@code max_active_faults}.
 * @param active      faults under way on all loops, of the filter and all its routes.
 * @param counters    ids of its counters.
 */
public record Fault(
    Delay delay,
    Abort abort,
    String cluster,
    List<Condition> conditions,
    List<byte[]> nodes,
    long maxActive,
    AtomicInteger active,
    FaultCounters counters) implements HttpFilterFactory
{
    private static final byte[] NODE = "x-envoy-downstream-service-node".getBytes(US_ASCII);
    private static final byte[] DELAY = "x-envoy-fault-delay-request".getBytes(US_ASCII);
    private static final byte[] DELAY_SHARE = "x-envoy-fault-delay-request-percentage".getBytes(US_ASCII);
    private static final byte[] ABORT = "x-envoy-fault-abort-request".getBytes(US_ASCII);
    private static final byte[] ABORT_GRPC = "x-envoy-fault-abort-grpc-request".getBytes(US_ASCII);
    private static final byte[] ABORT_SHARE = "x-envoy-fault-abort-request-percentage".getBytes(US_ASCII);
    private static final byte[] BODY = "fault filter abort".getBytes(US_ASCII);
    private static final int GRPC_STATUSES = 17;
    private static final int FIRST_STATUS = 200;
    private static final int LAST_STATUS = 599;
    private static final int MAX_DIGITS = 9;

    /**
     * {@code FaultDelay}.
     *
     * @param delayNs of every delay, or -1 when the request says it.
     * @param share   of requests.
     */
    public record Delay(long delayNs, Fraction share)
    {
    }

    /**
     * {@code FaultAbort}.
     *
     * @param answer of every abort, or null when the request says the status.
     * @param share  of requests.
     */
    public record Abort(FilterAnswer answer, Fraction share)
    {
    }

    /**
     * @param status of HTTP, 200 to 599.
     * @return answer of an abort.
     */
    public static FilterAnswer answer(final int status)
    {
        return FilterAnswer.of(status, BODY, ResponseFlag.FAULT_INJECTED, "fault_filter_abort");
    }

    /**
     * @param status of gRPC.
     * @return answer of an abort, a success for HTTP also where the request is no call of gRPC, as with Envoy.
     */
    public static FilterAnswer answerGrpc(final int status)
    {
        return new FilterAnswer(Grpc.HTTP_STATUS, BODY, ResponseFlag.FAULT_INJECTED, "fault_filter_abort", status);
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilter create(final FilterLoop loop)
    {
        return new Injecting(this, new Dice(loop));
    }

    /** One request at a time. */
    private static final class Injecting implements HttpFilter
    {
        private final Fault own;
        private final Dice dice;
        private final RequestView view = new RequestView();
        private final FilterAnswer[] answers = new FilterAnswer[LAST_STATUS + 1];
        private final FilterAnswer[] grpcAnswers = new FilterAnswer[GRPC_STATUSES];
        private Fault used;
        private boolean isActive;

        private Injecting(final Fault own, final Dice dice)
        {
            this.own = own;
            this.dice = dice;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            used = exchange.settings() instanceof final Fault given ? given : own;
            if (own.active.get() >= used.maxActive)
            {
                exchange.counters().increment(own.counters.faultsOverflow);
                return Verdict.CONTINUE;
            }
            if (!isMeant(exchange))
            {
                return Verdict.CONTINUE;
            }
            final long delayNs = delayNs(exchange.request());
            if (delayNs > 0)
            {
                begin(exchange);
                exchange.counters().increment(own.counters.delaysInjected);
                exchange.flag(ResponseFlag.DELAY_INJECTED);
                exchange.timer(delayNs);
                return Verdict.HOLD;
            }
            return abort(exchange);
        }

        public int onTimer(final FilterExchange exchange)
        {
            return abort(exchange);
        }

        private boolean isMeant(final FilterExchange exchange)
        {
            if (!used.cluster.isEmpty() && !used.cluster.equals(exchange.clusterName()))
            {
                return false;
            }
            final FilterHead request = exchange.request();
            final int node = used.nodes.isEmpty() ? -1 : request.find(NODE);
            boolean isMeant = used.nodes.isEmpty();
            for (int i = 0; i < used.nodes.size() && node >= 0 && !isMeant; i++)
            {
                isMeant = request.valueIs(node, used.nodes.get(i));
            }
            view.of(exchange.request().head());
            for (int i = 0; i < used.conditions.size() && isMeant; i++)
            {
                isMeant = used.conditions.get(i).holds(view);
            }
            return isMeant;
        }

        private boolean hits(final Fraction share, final FilterHead request, final byte[] field, final boolean isAsked)
        {
            final long told = isAsked ? number(request, field) : -1;
            final int numerator = told < 0 ? share.numerator() : (int)Math.min(told, share.numerator());
            return numerator >= share.denominator() || numerator > 0 && dice.below(share.denominator()) < numerator;
        }

        private long delayNs(final FilterHead request)
        {
            final Delay delay = used.delay;
            if (delay == null || !hits(delay.share, request, DELAY_SHARE, delay.delayNs < 0))
            {
                return 0;
            }
            return delay.delayNs >= 0 ? delay.delayNs : TimeUnit.MILLISECONDS.toNanos(number(request, DELAY));
        }

        private int abort(final FilterExchange exchange)
        {
            final Abort abort = used.abort;
            if (abort == null || !hits(abort.share, exchange.request(), ABORT_SHARE, abort.answer == null))
            {
                return Verdict.CONTINUE;
            }
            final FilterAnswer answer = abort.answer == null ? asked(exchange.request()) : abort.answer;
            if (answer == null)
            {
                return Verdict.CONTINUE;
            }
            begin(exchange);
            exchange.counters().increment(own.counters.abortsInjected);
            return exchange.answer(answer);
        }

        /** Made once for each status. */
        private FilterAnswer asked(final FilterHead request)
        {
            final long status = number(request, ABORT);
            if (status >= FIRST_STATUS && status <= LAST_STATUS)
            {
                if (answers[(int)status] == null)
                {
                    answers[(int)status] = answer((int)status);
                }
                return answers[(int)status];
            }
            final long grpc = number(request, ABORT_GRPC);
            if (grpc < 0 || grpc >= grpcAnswers.length)
            {
                return null;
            }
            if (grpcAnswers[(int)grpc] == null)
            {
                grpcAnswers[(int)grpc] = answerGrpc((int)grpc);
            }
            return grpcAnswers[(int)grpc];
        }

        /** Of a field, -1 when there is none. */
        private static long number(final FilterHead head, final byte[] name)
        {
            final int index = head.find(name);
            final HeaderTable fields = head.fields();
            final int length = index < 0 ? 0 : fields.valueLength(index);
            if (length == 0 || length > MAX_DIGITS)
            {
                return -1;
            }
            long number = 0;
            for (int i = 0; i < length; i++)
            {
                final int digit = head.buffer().getByte(fields.valueOffset(index) + i) - '0';
                if (digit < 0 || digit > 9)
                {
                    return -1;
                }
                number = number * 10 + digit;
            }
            return number;
        }

        private void begin(final FilterExchange exchange)
        {
            if (!isActive)
            {
                isActive = true;
                own.active.incrementAndGet();
                exchange.counters().increment(own.counters.activeFaults);
            }
        }

        public void onEnd(final FilterExchange exchange)
        {
            if (isActive)
            {
                isActive = false;
                own.active.decrementAndGet();
                exchange.counters().decrement(own.counters.activeFaults);
            }
            used = null;
        }
    }
}
