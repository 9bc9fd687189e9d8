package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.FaultCounters;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.httpfilters.Fault;
import dev.ringway.engine.httpfilters.Fraction;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.type.v3.FractionalPercent;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Translates {@code extensions.filters.http.fault.v3.HTTPFault}.
 */
final class FaultTranslator implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "envoy.extensions.filters.http.fault.v3.HTTPFault";

    private final Checks checks;
    private final CounterRegistry counters;
    private final RuntimeValues runtime;
    private final ConditionTranslator conditions;

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     * @param runtime  values that shares and numbers may have.
     */
    FaultTranslator(final Checks checks, final CounterRegistry counters, final RuntimeValues runtime)
    {
        this.checks = checks;
        this.counters = counters;
        this.runtime = runtime;
        conditions = new ConditionTranslator(checks, runtime);
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilterFactory factory(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        return fault(HTTPFault.parseFrom(config.getValue()), path, statPrefix);
    }

    private Fault fault(final HTTPFault config, final FieldPath path, final String statPrefix)
    {
        final List<byte[]> nodes = config.getDownstreamNodesList().stream()
            .map(node -> node.getBytes(StandardCharsets.UTF_8)).toList();
        final long most = config.hasMaxActiveFaults() ?
            Integer.toUnsignedLong(config.getMaxActiveFaults().getValue()) : Long.MAX_VALUE;
        return new Fault(
            config.hasDelay() ? delay(config, path.field("delay")) : null,
            config.hasAbort() ? abort(config, path.field("abort")) : null,
            config.getUpstreamCluster(),
            List.copyOf(conditions.headers(config.getHeadersList(), path.field("headers"))),
            nodes,
            runtime.number(key(config.getMaxActiveFaultsRuntime(), "fault.http.max_active_faults"), most),
            new AtomicInteger(),
            new FaultCounters(counters, statPrefix));
    }

    private static String key(final String own, final String unset)
    {
        return own.isEmpty() ? unset : own;
    }

    private Fraction share(final FractionalPercent share, final String key)
    {
        return Fractions.of(runtime.fraction(
            RuntimeFractionalPercent.newBuilder().setDefaultValue(share).setRuntimeKey(key).build()));
    }

    private Fault.Delay delay(final HTTPFault config, final FieldPath path)
    {
        final FaultDelay delay = config.getDelay();
        final Fraction share =
            share(delay.getPercentage(), key(config.getDelayPercentRuntime(), "fault.http.delay.fixed_delay_percent"));
        if (delay.hasHeaderDelay())
        {
            return new Fault.Delay(-1, share);
        }
        if (!delay.hasFixedDelay())
        {
            checks.fault(path, "needs fixed_delay or header_delay");
        }
        final long ns = checks.duration(delay.hasFixedDelay(), delay.getFixedDelay(), path.field("fixed_delay"), 1);
        if (ns == 0)
        {
            checks.fault(path.field("fixed_delay"), "must be positive");
        }
        final long ms = runtime.number(
            key(config.getDelayDurationRuntime(), "fault.http.delay.fixed_duration_ms"), ns / 1_000_000);
        return new Fault.Delay(ms * 1_000_000, share);
    }

    private Fault.Abort abort(final HTTPFault config, final FieldPath path)
    {
        final FaultAbort abort = config.getAbort();
        final Fraction share =
            share(abort.getPercentage(), key(config.getAbortPercentRuntime(), "fault.http.abort.abort_percent"));
        return new Fault.Abort(answer(config, abort, path), share);
    }

    private FilterAnswer answer(final HTTPFault config, final FaultAbort abort, final FieldPath path)
    {
        switch (abort.getErrorTypeCase())
        {
            case HEADER_ABORT ->
            {
                return null;
            }
            case GRPC_STATUS ->
            {
                return Fault.answerGrpc((int)Math.min(Integer.MAX_VALUE, runtime.number(
                    key(config.getAbortGrpcStatusRuntime(), "fault.http.abort.grpc_status"),
                    Integer.toUnsignedLong(abort.getGrpcStatus()))));
            }
            case HTTP_STATUS ->
            {
                final int given = abort.getHttpStatus();
                if (given < 200 || given > 599)
                {
                    checks.fault(path.field("http_status"), "must be from 200 to 599");
                    return Fault.answer(500);
                }
                final long status = runtime.number(
                    key(config.getAbortHttpStatusRuntime(), "fault.http.abort.http_status"), given);
                return Fault.answer((int)(status < 200 || status > 599 ? given : status));
            }
            default ->
            {
                checks.fault(path, "needs http_status, grpc_status or header_abort");
                return null;
            }
        }
    }

    /**
     * {@inheritDoc}
     */
    public String routeType()
    {
        return TYPE;
    }

    /**
     * {@inheritDoc}
     */
    public Object routeSettings(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        return fault(HTTPFault.parseFrom(config.getValue()), path, statPrefix);
    }
}
