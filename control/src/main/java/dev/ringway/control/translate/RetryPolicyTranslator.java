package dev.ringway.control.translate;

import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.RetryOn;
import dev.ringway.engine.route.RetryPolicy;
import dev.ringway.engine.route.RetryPolicy.ResetHeader;
import dev.ringway.engine.route.RetryPolicy.RetryBackoff;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.ResetHeaderFormat;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryBackOff;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryHostPredicate;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Translates {@code config.route.v3.RetryPolicy}. Control thread only.
 */
final class RetryPolicyTranslator
{
    private static final String PREVIOUS_HOSTS =
        "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate";
    private static final long LEAST_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int DEFAULT_FACTOR = 10;
    private static final String LIMIT = "per_request_buffer_limit_bytes";

    private final Checks checks;
    private final ConditionTranslator conditions;

    /**
     * @param checks     where faults go.
     * @param conditions translates what is demanded of fields.
     */
    RetryPolicyTranslator(final Checks checks, final ConditionTranslator conditions)
    {
        this.checks = checks;
        this.conditions = conditions;
    }

    /**
     * @param host message.
     * @param path where it stands.
     * @return the policy of its routes that have none of their own.
     */
    RetryPolicy ofHost(final VirtualHost host, final FieldPath path)
    {
        final RetryPolicy policy = host.hasRetryPolicy() ?
            translate(host.getRetryPolicy(), path.field("retry_policy")) : RetryPolicy.NONE;
        return policy.telling(host.getIncludeRequestAttemptCount(), host.getIncludeAttemptCountInResponse());
    }

    /**
     * @param route message.
     * @param path  where it stands.
     * @param host  message of its virtual host.
     * @param from  where that stands.
     * @return {@code per_request_buffer_limit_bytes} of the route, or else of the virtual host; without one what is
     *         kept by default.
     */
    int limit(final Route route, final FieldPath path, final VirtualHost host, final FieldPath from)
    {
        final int ofHost = checks.count(host.hasPerRequestBufferLimitBytes(), host.getPerRequestBufferLimitBytes(),
            from.field(LIMIT), RetryPolicy.NONE.bufferLimit(), 0, Integer.MAX_VALUE);
        return checks.count(route.hasPerRequestBufferLimitBytes(), route.getPerRequestBufferLimitBytes(),
            path.field(LIMIT), ofHost, 0, Integer.MAX_VALUE);
    }

    /**
     * @param action message.
     * @param path   where it stands.
     * @param ofHost policy of the virtual host, of which nothing counts when the route has one.
     * @return the policy of the route; when faults were noted it is of no use.
     */
    RetryPolicy ofRoute(final RouteAction action, final FieldPath path, final RetryPolicy ofHost)
    {
        return action.hasRetryPolicy() ? translate(action.getRetryPolicy(), path.field("retry_policy"))
            .telling(ofHost.tellsEndpoint(), ofHost.tellsClient()) : ofHost;
    }

    private RetryPolicy translate(final io.envoyproxy.envoy.config.route.v3.RetryPolicy config, final FieldPath path)
    {
        final RetryPolicy unset = RetryPolicy.NONE;
        final long morePicks = config.getHostSelectionRetryMaxAttempts();
        if (morePicks < 0)
        {
            checks.fault(path.field("host_selection_retry_max_attempts"), "must not be negative");
        }
        return new RetryPolicy(
            retryOn(config.getRetryOn(), path.field("retry_on")),
            checks.count(config.hasNumRetries(), config.getNumRetries(), path.field("num_retries"), unset.retries(), 0,
                Integer.MAX_VALUE),
            statusCodes(config.getRetriableStatusCodesList(), path.field("retriable_status_codes")),
            conditions.headers(config.getRetriableHeadersList(), path.field("retriable_headers")),
            conditions.headers(config.getRetriableRequestHeadersList(), path.field("retriable_request_headers")),
            backoff(config, path),
            checks.duration(config.hasPerTryTimeout(), config.getPerTryTimeout(), path.field("per_try_timeout"),
                unset.tryTimeoutNs()),
            checks.duration(config.hasPerTryIdleTimeout(), config.getPerTryIdleTimeout(),
                path.field("per_try_idle_timeout"), unset.tryIdleTimeoutNs()),
            avoidsTried(config.getRetryHostPredicateList(), path.field("retry_host_predicate")),
            morePicks == 0 ? unset.morePicks() : (int)Math.min(morePicks, Integer.MAX_VALUE), unset.bufferLimit(),
            unset.tellsEndpoint(), unset.tellsClient());
    }

    private int retryOn(final String words, final FieldPath path)
    {
        int bits = RetryOn.NOTHING;
        for (final String word : words.split(","))
        {
            final String name = word.strip();
            final int bit = RetryOn.ofWord(name);
            bits |= bit;
            if (bit == RetryOn.NOTHING && !name.isEmpty())
            {
                checks.fault(path, "'" + name + "' is no reason to send a request again");
            }
        }
        return bits;
    }

    private int[] statusCodes(final List<Integer> codes, final FieldPath path)
    {
        for (int i = 0; i < codes.size(); i++)
        {
            if (codes.get(i) < 0)
            {
                checks.fault(path.at(i), "is no status: " + Integer.toUnsignedString(codes.get(i)));
            }
        }
        return codes.stream().mapToInt(Integer::intValue).toArray();
    }

    private RetryBackoff backoff(final io.envoyproxy.envoy.config.route.v3.RetryPolicy config, final FieldPath path)
    {
        long baseNs = RetryBackoff.DEFAULT.baseNs();
        long maxNs = RetryBackoff.DEFAULT.maxNs();
        if (config.hasRetryBackOff())
        {
            final FieldPath at = path.field("retry_back_off");
            final RetryBackOff given = config.getRetryBackOff();
            baseNs = 0;
            if (checks.required(given.hasBaseInterval(), at.field("base_interval")))
            {
                baseNs = interval(true, given.getBaseInterval(), at.field("base_interval"), 0);
            }
            maxNs = interval(given.hasMaxInterval(), given.getMaxInterval(), at.field("max_interval"),
                baseNs > Long.MAX_VALUE / DEFAULT_FACTOR ? baseNs : baseNs * DEFAULT_FACTOR);
            if (maxNs < baseNs)
            {
                checks.fault(at.field("max_interval"), "must not be less than base_interval");
            }
        }
        if (!config.hasRateLimitedRetryBackOff())
        {
            return new RetryBackoff(baseNs, maxNs, List.of(), RetryBackoff.DEFAULT.resetMaxNs());
        }
        final FieldPath at = path.field("rate_limited_retry_back_off");
        final RateLimitedRetryBackOff given = config.getRateLimitedRetryBackOff();
        return new RetryBackoff(baseNs, maxNs, resets(given, at.field("reset_headers")),
            interval(given.hasMaxInterval(), given.getMaxInterval(), at.field("max_interval"),
                RetryBackoff.DEFAULT.resetMaxNs()));
    }

    /** Positive, and as Envoy no less than a millisecond. */
    private long interval(
        final boolean isSet, final com.google.protobuf.Duration duration, final FieldPath path, final long unsetNs)
    {
        final long ns = checks.duration(isSet, duration, path, unsetNs);
        if (isSet && ns == 0)
        {
            checks.fault(path, "must be greater than 0");
        }
        return Math.max(ns, LEAST_INTERVAL_NS);
    }

    private List<ResetHeader> resets(final RateLimitedRetryBackOff config, final FieldPath path)
    {
        checks.required(config.getResetHeadersCount() > 0, path);
        final List<ResetHeader> resets = new ArrayList<>(config.getResetHeadersCount());
        for (int i = 0; i < config.getResetHeadersCount(); i++)
        {
            final String name = config.getResetHeaders(i).getName();
            final FieldPath namePath = path.at(i).field("name");
            if (checks.required(name, namePath) &&
                !name.chars().allMatch(c -> c < 0x80 && AsciiScan.lowerToken((byte)c) != 0))
            {
                checks.fault(namePath, "'" + name + "' is no name of a field");
            }
            resets.add(new ResetHeader(name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8),
                config.getResetHeaders(i).getFormat() == ResetHeaderFormat.UNIX_TIMESTAMP));
        }
        return resets;
    }

    private boolean avoidsTried(final List<RetryHostPredicate> predicates, final FieldPath path)
    {
        for (int i = 0; i < predicates.size(); i++)
        {
            final FieldPath at = path.at(i);
            checks.required(predicates.get(i).getName(), at.field("name"));
            if (checks.required(predicates.get(i).hasTypedConfig(), at.field("typed_config")) &&
                !ExtensionTypes.nameOf(predicates.get(i).getTypedConfig().getTypeUrl()).equals(PREVIOUS_HOSTS))
            {
                checks.fault(at.field("typed_config"), "only " + PREVIOUS_HOSTS + " is supported");
            }
        }
        return !predicates.isEmpty();
    }
}
