package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.SubsetRules;
import dev.ringway.engine.snapshot.SubsetRules.Fallback;
import dev.ringway.engine.snapshot.SubsetRules.Selector;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbSubsetConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Translates {@code lb_subset_config}.
 */
final class SubsetTranslator
{
    private final Checks checks;

    SubsetTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param config of a cluster.
     * @param path   where it stands.
     * @return the rules, or null when there are no selectors and thus no subsets.
     */
    SubsetRules translate(final LbSubsetConfig config, final FieldPath path)
    {
        final List<Selector> selectors = new ArrayList<>();
        for (int i = 0; i < config.getSubsetSelectorsCount(); i++)
        {
            selectors.add(selector(config.getSubsetSelectors(i), path.field("subset_selectors").at(i)));
        }
        if (selectors.isEmpty())
        {
            return null;
        }
        final SortedMap<String, String> defaultSubset = new TreeMap<>();
        config.getDefaultSubset().getFieldsMap()
            .forEach((key, value) -> defaultSubset.put(key, MetadataValues.text(value)));
        return new SubsetRules(Fallback.valueOf(config.getFallbackPolicy().name()), defaultSubset,
            List.copyOf(selectors), config.getPanicModeAny(), config.getListAsAny());
    }

    private Selector selector(final LbSubsetSelector config, final FieldPath path)
    {
        final List<String> keys = config.getKeysList().stream().distinct().sorted().toList();
        final List<String> fewer = config.getFallbackKeysSubsetList().stream().distinct().sorted().toList();
        final Fallback fallback = Fallback.valueOf(config.getFallbackPolicy().name());
        final FieldPath fewerPath = path.field("fallback_keys_subset");
        if (keys.isEmpty())
        {
            checks.fault(path.field("keys"), "is required");
        }
        if (config.getSingleHostPerSubset() && keys.size() != 1)
        {
            checks.fault(path.field("single_host_per_subset"), "is for selectors with one key");
        }
        if (fallback == Fallback.KEYS_SUBSET &&
            (fewer.isEmpty() || !keys.containsAll(fewer) || fewer.size() == keys.size()))
        {
            checks.fault(fewerPath, "must be some of the keys, and not all");
        }
        if (fallback != Fallback.KEYS_SUBSET && !fewer.isEmpty())
        {
            checks.fault(fewerPath, "is without effect with fallback_policy " + fallback + "; remove it");
        }
        return new Selector(keys, fallback, fewer, config.getSingleHostPerSubset());
    }
}
