package dev.ringway.control.translate;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.RecordFilter;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.snapshot.AccessLogSink;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.GrpcStatusFilter;
import io.envoyproxy.envoy.config.accesslog.v3.HeaderFilter;
import io.envoyproxy.envoy.config.accesslog.v3.LogTypeFilter;
import io.envoyproxy.envoy.config.accesslog.v3.RuntimeFilter;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogType;
import io.envoyproxy.envoy.type.v3.FractionalPercent;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Translates {@code config.accesslog.v3.AccessLogFilter}.
 */
final class LogFilterTranslator
{
    private static final long MICROS_PER_MILLI = 1000;
    /** Digits of a request id that decide on it, as in Envoy. */
    private static final int RANDOM_DIGITS = 8;

    private final Checks checks;
    private final RuntimeValues runtime;
    private final ConditionTranslator headers;

    /**
     * @param checks  where faults go.
     * @param runtime values that come before those of the configuration.
     */
    LogFilterTranslator(final Checks checks, final RuntimeValues runtime)
    {
        this.checks = checks;
        this.runtime = runtime;
        headers = new ConditionTranslator(checks, runtime);
    }

    /**
     * @param config     message.
     * @param path       where it stands.
     * @param conditions gains those on the request, whose numbers are their places.
     * @return the filter; when faults were noted it is of no use.
     */
    RecordFilter translate(final AccessLogFilter config, final FieldPath path, final List<Condition> conditions)
    {
        return switch (config.getFilterSpecifierCase())
        {
            case STATUS_CODE_FILTER -> comparison(
                config.getStatusCodeFilter().getComparison(), path.field("status_code_filter"), AccessRecord::status);
            case DURATION_FILTER -> comparison(config.getDurationFilter().getComparison(),
                path.field("duration_filter"), record -> record.durationUs() / MICROS_PER_MILLI);
            case RUNTIME_FILTER -> share(config.getRuntimeFilter(), path.field("runtime_filter"));
            case AND_FILTER -> all(filters(
                config.getAndFilter().getFiltersList(), path.field("and_filter").field("filters"), conditions));
            case OR_FILTER -> any(filters(
                config.getOrFilter().getFiltersList(), path.field("or_filter").field("filters"), conditions));
            case RESPONSE_FLAG_FILTER -> flags(
                config.getResponseFlagFilter().getFlagsList(), path.field("response_flag_filter").field("flags"));
            case HEADER_FILTER -> header(config.getHeaderFilter(), path.field("header_filter"), conditions);
            case GRPC_STATUS_FILTER -> grpc(config.getGrpcStatusFilter());
            case NOT_HEALTH_CHECK_FILTER -> record -> !record.isHealthCheck();
            case LOG_TYPE_FILTER -> type(config.getLogTypeFilter());
            default ->
            {
                checks.fault(path, "needs a filter");
                yield RecordFilter.ALL;
            }
        };
    }

    /**
     * @param config of a filter.
     * @return what it asks for that is only recorded on demand: {@code AccessLogSink.USES_*}.
     */
    static long uses(final AccessLogFilter config)
    {
        long uses = config.hasGrpcStatusFilter() ? AccessLogSink.USES_GRPC_STATUS : 0;
        for (final AccessLogFilter filter : config.getAndFilter().getFiltersList())
        {
            uses |= uses(filter);
        }
        for (final AccessLogFilter filter : config.getOrFilter().getFiltersList())
        {
            uses |= uses(filter);
        }
        return uses;
    }

    private RecordFilter comparison(
        final ComparisonFilter config, final FieldPath path, final ToLongFunction<AccessRecord> value)
    {
        if (!checks.required(config.hasValue(), path.field("comparison").field("value")))
        {
            return RecordFilter.ALL;
        }
        final long bound = runtime.number(config.getValue().getRuntimeKey(),
            Integer.toUnsignedLong(config.getValue().getDefaultValue()));
        return switch (config.getOp())
        {
            case GE -> record -> value.applyAsLong(record) >= bound;
            case LE -> record -> value.applyAsLong(record) <= bound;
            default -> record -> value.applyAsLong(record) == bound;
        };
    }

    private RecordFilter share(final RuntimeFilter config, final FieldPath path)
    {
        checks.required(config.getRuntimeKey(), path.field("runtime_key"));
        final FractionalPercent share = runtime.fraction(RuntimeFractionalPercent.newBuilder()
            .setRuntimeKey(config.getRuntimeKey()).setDefaultValue(config.getPercentSampled()).build());
        final long whole = Fractions.whole(share);
        final long part = Integer.toUnsignedLong(share.getNumerator());
        final boolean isIndependent = config.getUseIndependentRandomness();
        return record -> chance(record, isIndependent) % whole < part;
    }

    /** Whether a request is logged goes by its id, so that all proxies on its way agree. */
    private static long chance(final AccessRecord record, final boolean isIndependent)
    {
        long number = 0;
        final boolean hasId = record.textLength(AccessText.X_REQUEST_ID) >= RANDOM_DIGITS;
        for (int i = 0; hasId && !isIndependent && number >= 0 && i < RANDOM_DIGITS; i++)
        {
            final int digit =
                Character.digit(record.buffer().getByte(record.textOffset(AccessText.X_REQUEST_ID) + i), 16);
            number = digit < 0 ? -1 : number << 4 | digit;
        }
        return hasId && !isIndependent && number >= 0 ? number : ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
    }

    /** Loops look at the request while it is there, and records tell what they saw. */
    private RecordFilter header(final HeaderFilter config, final FieldPath path, final List<Condition> conditions)
    {
        final int number = conditions.size();
        conditions.add(headers.header(config.getHeader(), path.field("header")));
        return record -> record.sinks().held(number);
    }

    private List<RecordFilter> filters(
        final List<AccessLogFilter> configs, final FieldPath path, final List<Condition> conditions)
    {
        if (configs.size() < 2)
        {
            checks.fault(path, "must be at least two");
        }
        final List<RecordFilter> filters = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            filters.add(translate(configs.get(i), path.at(i), conditions));
        }
        return filters;
    }

    private static RecordFilter all(final List<RecordFilter> filters)
    {
        return record -> filters.stream().allMatch(filter -> filter.takes(record));
    }

    private static RecordFilter any(final List<RecordFilter> filters)
    {
        return record -> filters.stream().anyMatch(filter -> filter.takes(record));
    }

    /** Without flags those that have any. */
    private RecordFilter flags(final List<String> codes, final FieldPath path)
    {
        int mask = codes.isEmpty() ? -1 : 0;
        for (int i = 0; i < codes.size(); i++)
        {
            int bit = 0;
            while (bit < ResponseFlag.count() && !ResponseFlag.code(bit).equals(codes.get(i)))
            {
                bit++;
            }
            if (bit == ResponseFlag.count())
            {
                checks.fault(path.at(i), "'" + codes.get(i) + "' is not a response flag");
            }
            mask |= 1 << bit;
        }
        final int wanted = mask;
        return record -> (record.flags() & wanted) != 0;
    }

    /** What told none has that which its HTTP status stands for; a status without a name counts as no number. */
    private static RecordFilter grpc(final GrpcStatusFilter config)
    {
        final Set<Integer> statuses =
            config.getStatusesList().stream().map(GrpcStatusFilter.Status::getNumber).collect(Collectors.toSet());
        final boolean excludes = config.getExclude();
        return record ->
        {
            final int told = record.grpcStatus();
            final int known = told > Grpc.MAX_KNOWN ? Grpc.INVALID : told;
            final int status = told == AccessRecord.NO_GRPC_STATUS ? Grpc.statusOf(record.status()) : known;
            return statuses.contains(status) != excludes;
        };
    }

    /** Requests and relays are logged at their end only. */
    private static RecordFilter type(final LogTypeFilter config)
    {
        final boolean excludes = config.getExclude();
        final boolean hasRequests = config.getTypesList().contains(AccessLogType.DownstreamEnd) != excludes;
        final boolean hasRelays = config.getTypesList().contains(AccessLogType.TcpConnectionEnd) != excludes;
        return record -> record.protocol() == AccessProtocol.NONE ? hasRelays : hasRequests;
    }
}
