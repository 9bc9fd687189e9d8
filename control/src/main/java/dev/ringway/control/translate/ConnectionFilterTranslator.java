package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.translate.AccessPolicyTranslator.Of;
import dev.ringway.engine.connfilters.ConnectionLimit;
import dev.ringway.engine.connfilters.ConnectionRateLimit;
import dev.ringway.engine.connfilters.ConnectionRbac;
import dev.ringway.engine.counters.ConnectionLimitCounters;
import dev.ringway.engine.counters.ConnectionRateLimitCounters;
import dev.ringway.engine.counters.ConnectionRbacCounters;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.filter.ConnectionFilterFactory;
import dev.ringway.engine.httpfilters.TokenBucket;
import io.envoyproxy.envoy.config.core.v3.RuntimeFeatureFlag;
import io.envoyproxy.envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Translates the filters of a chain before its last one. Control thread only.
 */
final class ConnectionFilterTranslator
{
    private static final String NETWORK = "envoy.extensions.filters.network.";
    private static final String CONNECTION_LIMIT = NETWORK + "connection_limit.v3.ConnectionLimit";
    private static final String LOCAL_RATE_LIMIT = NETWORK + "local_ratelimit.v3.LocalRateLimit";
    private static final String RBAC = NETWORK + "rbac.v3.RBAC";

    private final Checks checks;
    private final CounterRegistry counters;
    private final RuntimeValues runtime;
    private final AccessPolicyTranslator policies;
    private final Map<Shared, TokenBucket> buckets = new HashMap<>();

    /** What filters have in common that take from one bucket. */
    private record Shared(String key, io.envoyproxy.envoy.type.v3.TokenBucket bucket)
    {
    }

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     * @param runtime  values that settings may depend on.
     */
    ConnectionFilterTranslator(final Checks checks, final CounterRegistry counters, final RuntimeValues runtime)
    {
        this.checks = checks;
        this.counters = counters;
        this.runtime = runtime;
        policies = new AccessPolicyTranslator(checks, runtime);
    }

    /**
     * @param config settings of a filter.
     * @return whether it is one of those that stand before the last one.
     */
    boolean takes(final Any config)
    {
        final String type = ExtensionTypes.nameOf(config.getTypeUrl());
        return type.equals(CONNECTION_LIMIT) || type.equals(LOCAL_RATE_LIMIT) || type.equals(RBAC);
    }

    /**
     * @param config   settings of a filter, see {@link #takes}.
     * @param path     where they stand.
     * @param isSecure whether the chain decrypts.
     * @return the filter, or null when it is off or faults were noted.
     */
    ConnectionFilterFactory translate(final Any config, final FieldPath path, final boolean isSecure)
    {
        try
        {
            return switch (ExtensionTypes.nameOf(config.getTypeUrl()))
            {
                case CONNECTION_LIMIT -> limit(
                    io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit.parseFrom(
                        config.getValue()), path);
                case LOCAL_RATE_LIMIT -> rateLimit(LocalRateLimit.parseFrom(config.getValue()), path);
                default -> rbac(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.parseFrom(
                    config.getValue()), path, isSecure);
            };
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(path, "cannot be decoded: " + ex.getMessage());
            return null;
        }
    }

    private boolean isOn(final boolean isSet, final RuntimeFeatureFlag config, final FieldPath path)
    {
        if (isSet)
        {
            checks.required(config.hasDefaultValue(), path.field("default_value"));
        }
        return !isSet || runtime.flag(config);
    }

    private ConnectionFilterFactory limit(
        final io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit config,
        final FieldPath path)
    {
        checks.required(config.getStatPrefix(), path.field("stat_prefix"));
        final long most = config.getMaxConnections().getValue();
        if (checks.required(config.hasMaxConnections(), path.field("max_connections")) && most == 0)
        {
            checks.fault(path.field("max_connections"), "must be at least 1");
        }
        final long delayNs = checks.duration(config.hasDelay(), config.getDelay(), path.field("delay"), 0);
        final ConnectionLimitCounters ids = new ConnectionLimitCounters(counters, StatName.of(config.getStatPrefix()));
        final boolean isOn =
            isOn(config.hasRuntimeEnabled(), config.getRuntimeEnabled(), path.field("runtime_enabled"));
        return isOn ? new ConnectionLimit(most < 0 ? Long.MAX_VALUE : most, delayNs, ids, new AtomicLong()) : null;
    }

    private ConnectionFilterFactory rateLimit(final LocalRateLimit config, final FieldPath path)
    {
        checks.required(config.getStatPrefix(), path.field("stat_prefix"));
        if (!checks.required(config.hasTokenBucket(), path.field("token_bucket")))
        {
            return null;
        }
        final TokenBucket own = TokenBuckets.translate(config.getTokenBucket(), path.field("token_bucket"), checks);
        final TokenBucket used = config.getShareKey().isEmpty() ? own :
            buckets.computeIfAbsent(new Shared(config.getShareKey(), config.getTokenBucket()), any -> own);
        final ConnectionRateLimitCounters ids =
            new ConnectionRateLimitCounters(counters, StatName.of(config.getStatPrefix()));
        return isOn(config.hasRuntimeEnabled(), config.getRuntimeEnabled(), path.field("runtime_enabled")) ?
            new ConnectionRateLimit(used, ids) : null;
    }

    private ConnectionFilterFactory rbac(final RBAC config, final FieldPath path, final boolean isSecure)
    {
        checks.required(config.getStatPrefix(), path.field("stat_prefix"));
        final Of of = isSecure ? Of.SECURE_CONNECTION : Of.CLEAR_CONNECTION;
        return new ConnectionRbac(
            config.hasRules() ? policies.translate(config.getRules(), path.field("rules"), of) : null,
            config.hasShadowRules() ?
                policies.translate(config.getShadowRules(), path.field("shadow_rules"), of) : null,
            checks.duration(config.hasDelayDeny(), config.getDelayDeny(), path.field("delay_deny"), 0),
            new ConnectionRbacCounters(counters, StatName.of(config.getStatPrefix()).replaceFirst("\\.$", ""),
                RbacTranslator.dotted(config.getShadowRulesStatPrefix())));
    }
}
