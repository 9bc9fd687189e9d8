package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.codecs.http.Grpc;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.translate.FieldTranslator.Where;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.LocalRateLimitCounters;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.httpfilters.Fraction;
import dev.ringway.engine.httpfilters.LimitAction;
import dev.ringway.engine.httpfilters.LimitBuckets;
import dev.ringway.engine.httpfilters.LimitDescriptor;
import dev.ringway.engine.httpfilters.LimitDescriptor.Entry;
import dev.ringway.engine.httpfilters.LocalRateLimit;
import dev.ringway.engine.httpfilters.RequestLimits;
import dev.ringway.engine.httpfilters.TokenBucket;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.VhRateLimitsOptions;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Translates {@code extensions.filters.http.local_ratelimit.v3.LocalRateLimit}.
 */
final class LocalRateLimitTranslator implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";

    private static final byte[] BODY = "local_rate_limited".getBytes(US_ASCII);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int MOST_EDITS = 10;
    private static final int MOST_DYNAMIC = 20;
    private static final int LAST_STAGE = 10;

    private final Checks checks;
    private final HeadEditTranslator edits;
    private final CounterRegistry counters;
    private final Fractions fractions;
    private final RateLimitRules rules;
    private final Map<LocalRateLimit, Choice> choices = new IdentityHashMap<>();

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     * @param runtime  values that shares may have.
     * @param rules    translates what is said of requests.
     */
    LocalRateLimitTranslator(
        final Checks checks, final CounterRegistry counters, final RuntimeValues runtime, final RateLimitRules rules)
    {
        this.rules = rules;
        this.checks = checks;
        fractions = new Fractions(checks, runtime);
        this.counters = counters;
        edits = new HeadEditTranslator(checks);
    }

    /** Which of the rules that routes have a limit goes by. */
    private record Choice(int stage, VhRateLimitsOptions ofHosts)
    {
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilterFactory factory(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        return limit(config, path, false);
    }

    private LocalRateLimit limit(final Any any, final FieldPath path, final boolean isRoutes)
        throws InvalidProtocolBufferException
    {
        final var config = io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit.parseFrom(
            any.getValue());
        checks.required(config.getStatPrefix(), path.field("stat_prefix"));
        if (isRoutes)
        {
            checks.required(config.hasTokenBucket(), path.field("token_bucket"));
        }
        if (Integer.toUnsignedLong(config.getStage()) > LAST_STAGE)
        {
            checks.fault(path.field("stage"), "must be from 0 to " + LAST_STAGE);
        }
        final int asked = config.getStatus().getCodeValue();
        final int status = asked >= 400 ? asked : TOO_MANY_REQUESTS;
        final LocalRateLimit limit = new LocalRateLimit(
            limits(config, path),
            fractions.of(config.hasFilterEnabled(), config.getFilterEnabled(), Fraction.NONE, path.field("filter_enabled")),
            fractions.of(
                config.hasFilterEnforced(), config.getFilterEnforced(), Fraction.NONE, path.field("filter_enforced")),
            new FilterAnswer(status, BODY, ResponseFlag.RATE_LIMITED, "local_rate_limited",
                config.getRateLimitedAsResourceExhausted() ? RESOURCE_EXHAUSTED : Grpc.statusOf(status)),
            edits.puts(config.getResponseHeadersToAddList(), path.field("response_headers_to_add"), MOST_EDITS,
                Where.FILTERED_RESPONSE),
            edits.puts(config.getRequestHeadersToAddWhenNotEnforcedList(),
                path.field("request_headers_to_add_when_not_enforced"), MOST_EDITS, Where.FILTERED_REQUEST),
            config.getEnableXRatelimitHeaders() == XRateLimitHeadersRFCVersion.DRAFT_VERSION_03,
            new LocalRateLimitCounters(counters, StatName.of(config.getStatPrefix())));
        choices.put(limit, new Choice(config.getStage(), config.getVhRateLimits()));
        return limit;
    }

    private RequestLimits limits(
        final io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit config,
        final FieldPath path)
    {
        final TokenBucket common = config.hasTokenBucket() ?
            TokenBuckets.translate(config.getTokenBucket(), path.field("token_bucket"), checks) : null;
        final List<LimitDescriptor> descriptors = new ArrayList<>(config.getDescriptorsCount());
        final Map<List<RateLimitDescriptor.Entry>, FieldPath> seen = new HashMap<>();
        for (int i = 0; i < config.getDescriptorsCount(); i++)
        {
            final LocalRateLimitDescriptor descriptor = config.getDescriptors(i);
            final FieldPath at = path.field("descriptors").at(i);
            final FieldPath first = seen.putIfAbsent(descriptor.getEntriesList(), at);
            if (first != null)
            {
                checks.fault(at, "is for the same requests as " + first);
            }
            else
            {
                descriptors.add(descriptor(descriptor, at));
            }
        }
        return new RequestLimits(
            new LimitBuckets(common, List.copyOf(descriptors), !config.hasAlwaysConsumeDefaultTokenBucket() ||
                config.getAlwaysConsumeDefaultTokenBucket().getValue(),
                checks.count(config.hasMaxDynamicDescriptors(), config.getMaxDynamicDescriptors(),
                    path.field("max_dynamic_descriptors"), MOST_DYNAMIC, 1, Integer.MAX_VALUE)),
            rules.ofFilter(config.getRateLimitsList(), path.field("rate_limits")),
            config.getLocalRateLimitPerDownstreamConnection());
    }

    private LimitDescriptor descriptor(final LocalRateLimitDescriptor config, final FieldPath path)
    {
        final FieldPath entries = path.field("entries");
        checks.required(config.getEntriesCount() > 0, entries);
        checks.required(config.hasTokenBucket(), path.field("token_bucket"));
        for (int i = 0; i < config.getEntriesCount(); i++)
        {
            checks.required(config.getEntries(i).getKey(), entries.at(i).field("key"));
        }
        return new LimitDescriptor(
            config.getEntriesList().stream().map(entry -> new Entry(entry.getKey(), entry.getValue())).toList(),
            TokenBuckets.translate(config.getTokenBucket(), path.field("token_bucket"), checks));
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
        return limit(config, path, true);
    }

    /**
     * {@inheritDoc}
     */
    public Object ofRoute(
        final HttpFilterFactory filter, final Object settings, final RateLimitRules.OfRoute limits)
    {
        final LocalRateLimit limit = (LocalRateLimit)(settings == null ? filter : settings);
        final Choice choice = choices.get(limit);
        final List<List<LimitAction>> actions =
            limit.limits().asksRoutes() ? limits.actions(choice.stage, choice.ofHosts) : List.of();
        return settings == null && actions.isEmpty() ? null :
            new LocalRateLimit.OfRoute((LocalRateLimit)settings, actions);
    }
}
