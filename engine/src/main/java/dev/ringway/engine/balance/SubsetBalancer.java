package dev.ringway.engine.balance;

import dev.ringway.engine.route.MetadataMatch;
import dev.ringway.engine.snapshot.SubsetRules;
import dev.ringway.engine.snapshot.SubsetRules.Fallback;
import dev.ringway.engine.snapshot.SubsetRules.Selector;

import java.util.HashMap;
import java.util.Map;

/**
 * Picks among the endpoints that have what the route asks for. What a route gets is looked up when it is first asked
 * for, and known from then on. Loop thread only.
 */
final class SubsetBalancer implements Balancer
{
    private final BalanceContext context;
    private final HostSet set;
    private final Balancer whole;
    private final Map<MetadataMatch, Choice> choices = new HashMap<>();
    private final Map<Object, Balancer> groups = new HashMap<>();
    private final Choice unmatched;

    /** What requests get that ask for the same. */
    private static final class Choice
    {
        private final Balancer balancer;
        private final boolean isSelected;
        private final boolean isFallback;

        Choice(final Balancer balancer, final boolean isSelected, final boolean isFallback)
        {
            this.balancer = balancer;
            this.isSelected = isSelected;
            this.isFallback = isFallback;
        }
    }

    /**
     * @param context of the loop.
     * @param set     endpoints of the cluster, with rules for subsets.
     * @param whole   picks among all of them.
     * @param nowNs   monotonic.
     */
    SubsetBalancer(final BalanceContext context, final HostSet set, final Balancer whole, final long nowNs)
    {
        this.context = context;
        this.set = set;
        this.whole = whole;
        unmatched = new Choice(fallback(rules().fallback(), nowNs), false, true);
    }

    private SubsetRules rules()
    {
        return set.subsets().rules();
    }

    public int pick(final PickRequest request, final int attempt, final long nowNs)
    {
        final MetadataMatch match = request.metadataMatch();
        Choice choice = unmatched;
        if (match != null)
        {
            choice = choices.get(match);
            if (choice == null)
            {
                choice = choose(match, nowNs);
                choices.put(match, choice);
            }
        }
        return pick(choice, request, attempt, nowNs);
    }

    private int pick(final Choice choice, final PickRequest request, final int attempt, final long nowNs)
    {
        if (choice.isSelected)
        {
            context.counters.increment(context.ids.lbSubsetsSelected);
        }
        if (choice.balancer == null)
        {
            return Picker.NONE;
        }
        final int index = choice.balancer.pick(request, attempt, nowNs);
        if (!choice.isFallback)
        {
            return index;
        }
        if (index >= 0)
        {
            context.counters.increment(context.ids.lbSubsetsFallback);
            return index;
        }
        final int any = rules().panicModeAny() ? whole.pick(request, attempt, nowNs) : Picker.NONE;
        if (any >= 0)
        {
            context.counters.increment(context.ids.lbSubsetsFallbackPanic);
        }
        return any;
    }

    private Choice choose(final MetadataMatch match, final long nowNs)
    {
        final Balancer found = group(match, nowNs);
        if (found != null)
        {
            return new Choice(found, true, false);
        }
        final Selector selector = set.subsets().selector(match);
        if (selector == null || selector.fallback() == Fallback.NOT_DEFINED)
        {
            return unmatched;
        }
        if (selector.fallback() == Fallback.KEYS_SUBSET)
        {
            // Fewer keys each time, so that it ends.
            return choose(match.only(selector.fallbackKeys()), nowNs);
        }
        return new Choice(fallback(selector.fallback(), nowNs), false, false);
    }

    private Balancer fallback(final Fallback policy, final long nowNs)
    {
        return switch (policy)
        {
            case ANY_ENDPOINT -> whole;
            case DEFAULT_SUBSET -> defaultGroup(nowNs);
            default -> null;
        };
    }

    private Balancer defaultGroup(final long nowNs)
    {
        final Balancer group = group(SubsetIndex.DEFAULT, nowNs);
        return group != null ? group : new ListBalancer(context, set, new int[0], nowNs);
    }

    private Balancer group(final Object key, final long nowNs)
    {
        final int[] members = set.subsets().members(key);
        if (members == null)
        {
            return null;
        }
        Balancer group = groups.get(key);
        if (group == null)
        {
            group = set.balancing().policy().isHashing() ?
                new HashBalancer(context, set, key) : new ListBalancer(context, set, members, nowNs);
            groups.put(key, group);
        }
        return group;
    }
}
