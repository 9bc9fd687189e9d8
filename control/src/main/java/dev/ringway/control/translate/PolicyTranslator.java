package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.translate.BalancingTranslator.Settings;
import dev.ringway.engine.snapshot.Balancing.Hashing;
import dev.ringway.engine.snapshot.Balancing.LeastRequest;
import dev.ringway.engine.snapshot.Balancing.Policy;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;

/**
 * Translates {@code load_balancing_policy}: the first of its policies, which must be supported.
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
        if (config.getPoliciesCount() > 1)
        {
            checks.fault(policies.at(1), "is without effect, for the first policy is supported; remove it");
        }
        final FieldPath extension = policies.at(0).field("typed_extension_config");
        if (!checks.required(config.getPolicies(0).hasTypedExtensionConfig(), extension))
        {
            return unset;
        }
        final FieldPath at = extension.field("typed_config");
        final Any any = config.getPolicies(0).getTypedExtensionConfig().getTypedConfig();
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
                default ->
                {
                    checks.fault(at, ExtensionTypes.nameOf(any.getTypeUrl()) + " is not a load balancing policy");
                    yield unset;
                }
            };
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(at, "cannot be decoded: " + ex.getMessage());
            return unset;
        }
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
