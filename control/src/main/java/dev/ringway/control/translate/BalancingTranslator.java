package dev.ringway.control.translate;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UInt64Value;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.Balancing;
import dev.ringway.engine.snapshot.Balancing.Hashing;
import dev.ringway.engine.snapshot.Balancing.LeastRequest;
import dev.ringway.engine.snapshot.Balancing.Policy;
import dev.ringway.engine.snapshot.Balancing.SlowStart;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LeastRequestLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.RingHashLbConfig;
import io.envoyproxy.envoy.config.core.v3.RuntimeDouble;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;

/**
 * Translates how a cluster's endpoints share requests: {@code lb_policy} and the fields beside it. What
 * {@code load_balancing_policy} says is {@link PolicyTranslator}'s.
 */
// Fields that Envoy deprecates are still what most configurations use.
@SuppressWarnings("deprecation")
final class BalancingTranslator
{
    private static final double WHOLE = 100;
    private static final double DEFAULT_LEAST_SHARE = 0.1;

    private final Checks checks;
    private final RuntimeValues runtime;
    private final PolicyTranslator policies;
    private final SubsetTranslator subsets;
    private final OriginalDstTranslator originals;

    /** What a policy says, whichever way it is given. */
    record Settings(
        Policy policy, LeastRequest leastRequest, Hashing hashing, SlowStart slowStart, boolean isByLocality)
    {
        static Settings of(final Policy policy, final SlowStart slowStart, final boolean isByLocality)
        {
            return new Settings(policy, LeastRequest.DEFAULT, Hashing.DEFAULT, slowStart, isByLocality);
        }

        Settings with(final LeastRequest settings)
        {
            return new Settings(policy, settings, hashing, slowStart, isByLocality);
        }

        Settings with(final Hashing settings)
        {
            return new Settings(policy, leastRequest, settings, slowStart, isByLocality);
        }
    }

    BalancingTranslator(final Checks checks, final RuntimeValues runtime)
    {
        this.checks = checks;
        this.runtime = runtime;
        policies = new PolicyTranslator(checks, this);
        subsets = new SubsetTranslator(checks);
        originals = new OriginalDstTranslator(checks);
    }

    /**
     * @param config of the cluster.
     * @param path   where it stands.
     * @return what it says, with Envoy's defaults for the rest.
     */
    Balancing translate(final Cluster config, final FieldPath path)
    {
        if (OriginalDstTranslator.isFor(config))
        {
            return originals.translate(config, path);
        }
        originals.refuse(config, path);
        final CommonLbConfig common = config.getCommonLbConfig();
        final FieldPath commonPath = path.field("common_lb_config");
        final Settings settings;
        if (config.hasLoadBalancingPolicy())
        {
            onlyWithoutList(config, path);
            settings = policies.translate(config.getLoadBalancingPolicy(), path.field("load_balancing_policy"));
        }
        else
        {
            settings = legacy(config, path);
        }
        final ClusterLoadAssignment.Policy policy = config.getLoadAssignment().getPolicy();
        final Balancing unset = Balancing.DEFAULT;
        final Balancing result = new Balancing(settings.policy, settings.leastRequest, settings.hashing,
            settings.slowStart,
            (int)Math.round(checks.percent(common.hasHealthyPanicThreshold(), common.getHealthyPanicThreshold(),
                commonPath.field("healthy_panic_threshold"), unset.panicPercent())),
            checks.count(policy.hasOverprovisioningFactor(), policy.getOverprovisioningFactor(),
                path.field("load_assignment").field("policy").field("overprovisioning_factor"),
                unset.overprovisioning(), 1, Integer.MAX_VALUE),
            policy.getWeightedPriorityHealth(), settings.isByLocality,
            subsets.translate(config.getLbSubsetConfig(), path.field("lb_subset_config")),
            config.getHealthChecksCount() > 0);
        return result.equals(unset) ? unset : result;
    }

    private void onlyWithoutList(final Cluster config, final FieldPath path)
    {
        final String reason = "is without effect beside load_balancing_policy; remove it";
        final CommonLbConfig common = config.getCommonLbConfig();
        check(config.hasLbSubsetConfig(), path.field("lb_subset_config"), reason);
        check(config.hasRingHashLbConfig(), path.field("ring_hash_lb_config"), reason);
        check(config.hasMaglevLbConfig(), path.field("maglev_lb_config"), reason);
        check(config.hasLeastRequestLbConfig(), path.field("least_request_lb_config"), reason);
        check(config.hasRoundRobinLbConfig(), path.field("round_robin_lb_config"), reason);
        check(common.hasLocalityWeightedLbConfig(),
            path.field("common_lb_config").field("locality_weighted_lb_config"), reason);
        check(common.hasConsistentHashingLbConfig(),
            path.field("common_lb_config").field("consistent_hashing_lb_config"), reason);
    }

    private void check(final boolean isWrong, final FieldPath path, final String reason)
    {
        if (isWrong)
        {
            checks.fault(path, reason);
        }
    }

    private Settings legacy(final Cluster config, final FieldPath path)
    {
        final boolean isByLocality = config.getCommonLbConfig().hasLocalityWeightedLbConfig();
        final LbPolicy policy = config.getLbPolicy();
        onlyFor(policy, LbPolicy.RING_HASH, config.hasRingHashLbConfig(), path.field("ring_hash_lb_config"));
        onlyFor(policy, LbPolicy.MAGLEV, config.hasMaglevLbConfig(), path.field("maglev_lb_config"));
        onlyFor(policy, LbPolicy.LEAST_REQUEST, config.hasLeastRequestLbConfig(),
            path.field("least_request_lb_config"));
        onlyFor(policy, LbPolicy.ROUND_ROBIN, config.hasRoundRobinLbConfig(), path.field("round_robin_lb_config"));
        final boolean byHostname =
            config.getCommonLbConfig().getConsistentHashingLbConfig().getUseHostnameForHashing();
        check(byHostname && config.getType() != Cluster.DiscoveryType.STRICT_DNS,
            path.field("common_lb_config").field("consistent_hashing_lb_config").field("use_hostname_for_hashing"),
            "is for clusters of the type STRICT_DNS");
        return switch (policy)
        {
            case LEAST_REQUEST -> leastRequest(
                config.getLeastRequestLbConfig(), isByLocality, path.field("least_request_lb_config"));
            case RANDOM -> Settings.of(Policy.RANDOM, null, isByLocality);
            case RING_HASH -> ring(
                config.getRingHashLbConfig(), isByLocality, byHostname, path.field("ring_hash_lb_config"));
            case MAGLEV -> maglev(config.getMaglevLbConfig().hasTableSize(),
                config.getMaglevLbConfig().getTableSize(), isByLocality, byHostname, path.field("maglev_lb_config"));
            case LOAD_BALANCING_POLICY_CONFIG ->
            {
                checks.fault(path.field("load_balancing_policy"), "is required by the lb_policy");
                yield Settings.of(Policy.ROUND_ROBIN, null, false);
            }
            default -> Settings.of(Policy.ROUND_ROBIN,
                slowStart(config.getRoundRobinLbConfig().getSlowStartConfig(),
                    path.field("round_robin_lb_config").field("slow_start_config")), isByLocality);
        };
    }

    private void onlyFor(final LbPolicy policy, final LbPolicy wanted, final boolean isSet, final FieldPath path)
    {
        check(isSet && policy != wanted, path, "is without effect with lb_policy " + policy + "; remove it");
    }

    private Settings leastRequest(
        final LeastRequestLbConfig config, final boolean isByLocality, final FieldPath path)
    {
        return Settings.of(Policy.LEAST_REQUEST,
            slowStart(config.getSlowStartConfig(), path.field("slow_start_config")), isByLocality).with(
                new LeastRequest(checks.count(config.hasChoiceCount(), config.getChoiceCount(),
                    path.field("choice_count"), LeastRequest.DEFAULT.choiceCount(), 2, Integer.MAX_VALUE),
                    bias(config.hasActiveRequestBias(), config.getActiveRequestBias(),
                        path.field("active_request_bias"))));
    }

    double bias(final boolean isSet, final RuntimeDouble value, final FieldPath path)
    {
        check(isSet && value.getDefaultValue() < 0, path.field("default_value"), "must not be negative");
        final double bias = isSet ? runtime.number(value) : LeastRequest.DEFAULT.bias();
        // As Envoy takes what only the runtime says wrong.
        return bias < 0 ? LeastRequest.DEFAULT.bias() : bias;
    }

    private Settings ring(
        final RingHashLbConfig config, final boolean isByLocality, final boolean byHostname, final FieldPath path)
    {
        return Settings.of(Policy.RING_HASH, null, isByLocality).with(hashing(
            size(config.hasMinimumRingSize(), config.getMinimumRingSize(), path.field("minimum_ring_size"),
                Hashing.DEFAULT.minimumRingSize(), Hashing.MAX_RING_SIZE),
            size(config.hasMaximumRingSize(), config.getMaximumRingSize(), path.field("maximum_ring_size"),
                Hashing.DEFAULT.maximumRingSize(), Hashing.MAX_RING_SIZE),
            config.getHashFunction() == RingHashLbConfig.HashFunction.MURMUR_HASH_2, byHostname, path));
    }

    Hashing hashing(
        final int least, final int most, final boolean isMurmur, final boolean byHostname, final FieldPath path)
    {
        check(least > most, path.field("minimum_ring_size"), "must not be more than maximum_ring_size: " + least +
            " > " + most);
        return new Hashing(least, most, isMurmur, Hashing.DEFAULT.tableSize(), byHostname);
    }

    Settings maglev(
        final boolean isSet, final UInt64Value value, final boolean isByLocality, final boolean byHostname,
        final FieldPath path)
    {
        final Hashing unset = Hashing.DEFAULT;
        final int size =
            size(isSet, value, path.field("table_size"), unset.tableSize(), Hashing.MAX_TABLE_SIZE);
        check(!isPrime(size), path.field("table_size"), "must be a prime number, not " + size);
        return Settings.of(Policy.MAGLEV, null, isByLocality).with(
            new Hashing(unset.minimumRingSize(), unset.maximumRingSize(), false, size, byHostname));
    }

    int size(final boolean isSet, final UInt64Value value, final FieldPath path, final int unset, final int most)
    {
        if (isSet && (value.getValue() < 1 || value.getValue() > most))
        {
            checks.fault(path, "must be from 1 to " + most + ", not " + Long.toUnsignedString(value.getValue()));
            return unset;
        }
        return isSet ? (int)value.getValue() : unset;
    }

    private static boolean isPrime(final int number)
    {
        for (long i = 2; i * i <= number; i++)
        {
            if (number % i == 0)
            {
                return false;
            }
        }
        return number > 1;
    }

    /**
     * @param config {@code SlowStartConfig}, which there is twice, with equal fields.
     * @param path   where it stands.
     * @return how new endpoints come in, or null for at once.
     */
    SlowStart slowStart(final Message config, final FieldPath path)
    {
        final Cluster.SlowStartConfig settings = config instanceof final Cluster.SlowStartConfig same ? same :
            copy(config);
        final long windowNs = checks.duration(
            settings.hasSlowStartWindow(), settings.getSlowStartWindow(), path.field("slow_start_window"), 0);
        check(settings.hasAggression() && settings.getAggression().getDefaultValue() <= 0,
            path.field("aggression").field("default_value"), "must be more than 0");
        final double given = settings.hasAggression() ? runtime.number(settings.getAggression()) : 1;
        final double aggression = given <= 0 ? 1 : given;
        final double share = checks.percent(settings.hasMinWeightPercent(), settings.getMinWeightPercent(),
            path.field("min_weight_percent"), DEFAULT_LEAST_SHARE * WHOLE) / WHOLE;
        return windowNs == 0 ? null : new SlowStart(windowNs, aggression, share);
    }

    private static Cluster.SlowStartConfig copy(final Message config)
    {
        try
        {
            return Cluster.SlowStartConfig.parseFrom(config.toByteString());
        }
        catch (final InvalidProtocolBufferException ex)
        {
            throw new IllegalArgumentException(ex);
        }
    }
}
