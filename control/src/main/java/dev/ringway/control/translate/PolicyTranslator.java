package dev.ringway.control.translate;

import com.github.xds.type.v3.TypedStruct;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.translate.BalancingTranslator.Settings;
import dev.ringway.engine.snapshot.Balancing.Hashing;
import dev.ringway.engine.snapshot.Balancing.LeastRequest;
import dev.ringway.engine.snapshot.Balancing.Policy;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;

/**
 * Translates {@code load_balancing_policy}: the first of its policies that is supported. Of the others nothing is used.
 */
// Fields that Envoy deprecates are still what many configurations use.
@SuppressWarnings("deprecation")
final class PolicyTranslator
{
    private final Checks checks;
    private final BalancingTranslator balancing;

    PolicyTranslator(final Checks checks, final BalancingTranslator balancing)
    {
        this.checks = checks;
        this.balancing = balancing;
    }

    Settings translate(final LoadBalancingPolicy config, final FieldPath path)
    {
        final Settings unset = Settings.of(Policy.ROUND_ROBIN, null, false);
        final FieldPath policies = path.field("policies");
        if (!checks.required(config.getPoliciesCount() > 0, policies))
        {
            return unset;
        }
        for (int i = 0; i < config.getPoliciesCount(); i++)
        {
            final TypedExtensionConfig extension = config.getPolicies(i).getTypedExtensionConfig();
            final FieldPath at = policies.at(i).field("typed_extension_config").field("typed_config");
            if (config.getPolicies(i).hasTypedExtensionConfig() && !checks.required(extension.hasTypedConfig(), at))
            {
                return unset;
            }
            final Settings settings = translate(extension.getTypedConfig(), at, unset);
            if (settings != null && i > 0)
            {
                checks.errors().warn(policies.at(i), "counts: those before it are of types that are not supported");
            }
            if (settings != null)
            {
                return settings;
            }
        }
        checks.fault(policies, "has none of a type that is supported");
        return unset;
    }

    /** Null when it is of a type that is not supported. */
    private Settings translate(final Any any, final FieldPath at, final Settings unset)
    {
        try
        {
            return switch (ExtensionTypes.nameOf(any.getTypeUrl()))
            {
                case "envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin" ->
                    roundRobin(RoundRobin.parseFrom(any.getValue()), at);
                case "envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest" ->
                    leastRequest(io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest
                        .parseFrom(any.getValue()), at);
                case "envoy.extensions.load_balancing_policies.random.v3.Random" -> Settings.of(Policy.RANDOM, null,
                    Random.parseFrom(any.getValue()).getLocalityLbConfig().hasLocalityWeightedLbConfig());
                case "envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash" ->
                    ring(RingHash.parseFrom(any.getValue()), at);
                case "envoy.extensions.load_balancing_policies.maglev.v3.Maglev" ->
                    maglev(Maglev.parseFrom(any.getValue()), at);
                case "xds.type.v3.TypedStruct" -> struct(TypedStruct.parseFrom(any.getValue()), at, unset);
                default -> null;
            };
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(at, "cannot be decoded: " + ex.getMessage());
            return unset;
        }
    }

    /** What Envoy would take must not be passed over. */
    private Settings struct(final TypedStruct config, final FieldPath at, final Settings unset)
    {
        if (ExtensionTypes.find(config.getTypeUrl()) == null)
        {
            return null;
        }
        checks.fault(at, "must be written as its own type, " + config.getTypeUrl());
        return unset;
    }

    private Settings roundRobin(final RoundRobin config, final FieldPath path)
    {
        return Settings.of(Policy.ROUND_ROBIN,
            balancing.slowStart(config.getSlowStartConfig(), path.field("slow_start_config")),
            config.getLocalityLbConfig().hasLocalityWeightedLbConfig());
    }

    private Settings leastRequest(
        final io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest config,
        final FieldPath path)
    {
        return Settings.of(Policy.LEAST_REQUEST,
            balancing.slowStart(config.getSlowStartConfig(), path.field("slow_start_config")),
            config.getLocalityLbConfig().hasLocalityWeightedLbConfig()).with(
                new LeastRequest(checks.count(config.hasChoiceCount(), config.getChoiceCount(),
                    path.field("choice_count"), LeastRequest.DEFAULT.choiceCount(), 2, Integer.MAX_VALUE),
                    balancing.bias(config.hasActiveRequestBias(), config.getActiveRequestBias(),
                        path.field("active_request_bias"))));
    }

    private Settings ring(final RingHash config, final FieldPath path)
    {
        final boolean byHostname = config.hasConsistentHashingLbConfig() ?
            config.getConsistentHashingLbConfig().getUseHostnameForHashing() : config.getUseHostnameForHashing();
        return Settings.of(Policy.RING_HASH, null, config.hasLocalityWeightedLbConfig()).with(balancing.hashing(
            balancing.size(config.hasMinimumRingSize(), config.getMinimumRingSize(), path.field("minimum_ring_size"),
                Hashing.DEFAULT.minimumRingSize(), Hashing.MAX_RING_SIZE),
            balancing.size(config.hasMaximumRingSize(), config.getMaximumRingSize(), path.field("maximum_ring_size"),
                Hashing.DEFAULT.maximumRingSize(), Hashing.MAX_RING_SIZE),
            config.getHashFunction() == RingHash.HashFunction.MURMUR_HASH_2, byHostname, path));
    }

    private Settings maglev(final Maglev config, final FieldPath path)
    {
        return balancing.maglev(config.hasTableSize(), config.getTableSize(), config.hasLocalityWeightedLbConfig(),
            config.getConsistentHashingLbConfig().getUseHostnameForHashing(), path);
    }
}
