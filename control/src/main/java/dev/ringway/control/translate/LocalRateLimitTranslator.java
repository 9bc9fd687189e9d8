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
import dev.ringway.engine.httpfilters.LocalRateLimit;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;

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

    private final Checks checks;
    private final HeadEditTranslator edits;
    private final CounterRegistry counters;
    private final Fractions fractions;

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     * @param runtime  values that shares may have.
     */
    LocalRateLimitTranslator(final Checks checks, final CounterRegistry counters, final RuntimeValues runtime)
    {
        this.checks = checks;
        fractions = new Fractions(checks, runtime);
        this.counters = counters;
        edits = new HeadEditTranslator(checks);
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
        final int asked = config.getStatus().getCodeValue();
        final int status = asked >= 400 ? asked : TOO_MANY_REQUESTS;
        return new LocalRateLimit(
            config.hasTokenBucket() ?
                TokenBuckets.translate(config.getTokenBucket(), path.field("token_bucket"), checks) : null,
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
}
