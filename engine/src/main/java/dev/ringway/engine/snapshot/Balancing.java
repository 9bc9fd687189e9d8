package dev.ringway.engine.snapshot;

/**
 * How the endpoints of a cluster share its requests. Envoy: {@code Cluster.lb_policy} with what belongs to it, or
 * {@code Cluster.load_balancing_policy}.
 *
 * @param policy           the way of picking.
 * @param leastRequest     for {@link Policy#LEAST_REQUEST}.
 * @param hashing          for {@link Policy#RING_HASH} and {@link Policy#MAGLEV}.
 * @param slowStart        how new endpoints come in, or null for at once.
 * @param panicPercent     when fewer endpoints are healthy, all are used; 0 means never (default 50).
 * @param overprovisioning health in percent of a priority that is whole, at least 100 (default 140).
 * @param weighsHealth     whether weights count for the health of a priority, and not numbers.
 * @param isByLocality     whether localities share by their weights.
 * @param subsets          groups of endpoints by metadata, or null.
 * @param isChecked        whether endpoints are asked for their health, and are unhealthy until they have answered.
 * @param original         of a cluster of the type ORIGINAL_DST, which has no endpoints of its own and where nothing
 *                         else of this counts; null for any other.
 */
public record Balancing(
    Policy policy,
    LeastRequest leastRequest,
    Hashing hashing,
    SlowStart slowStart,
    int panicPercent,
    int overprovisioning,
    boolean weighsHealth,
    boolean isByLocality,
    SubsetRules subsets,
    boolean isChecked,
    OriginalDst original)
{
    /** Envoy's default for {@code healthy_panic_threshold}. */
    public static final int DEFAULT_PANIC_PERCENT = 50;
    /** Envoy's default for {@code overprovisioning_factor}. */
    public static final int DEFAULT_OVERPROVISIONING = 140;

    /** Envoy's default. */
    public static final Balancing DEFAULT = of(Policy.ROUND_ROBIN);

    /** Ways of picking. */
    public enum Policy
    {
        /** One after the other, as often as their weights say. */
        ROUND_ROBIN,
        /** The one with fewest requests of some picked by chance. */
        LEAST_REQUEST,
        /** By chance. */
        RANDOM,
        /** By a hash, on a ring. */
        RING_HASH,
        /** By a hash, in a table. */
        MAGLEV;

        /**
         * @return whether hashes of requests decide.
         */
        public boolean isHashing()
        {
            return this == RING_HASH || this == MAGLEV;
        }
    }

    /**
     * Settings of LEAST_REQUEST.
     *
     * @param choiceCount how many are compared, at least 1 (default 2).
     * @param bias        where weights differ: they are divided by the number of requests to this power (default 1).
     */
    public record LeastRequest(int choiceCount, double bias)
    {
        /** Envoy's defaults. */
        public static final LeastRequest DEFAULT = new LeastRequest(2, 1.0);
    }

    /**
     * Settings of RING_HASH and MAGLEV.
     *
     * @param minimumRingSize least number of points on the ring (default 1024).
     * @param maximumRingSize most of them (default 8 Mi).
     * @param isMurmur        whether the ring is made with MurmurHash2 and not xxHash.
     * @param tableSize       entries of Maglev's table, a prime (default 65537).
     * @param byHostname      whether endpoints are known by their names and not their addresses.
     */
    public record Hashing(
        int minimumRingSize, int maximumRingSize, boolean isMurmur, int tableSize, boolean byHostname)
    {
        /** Most points that a ring may have. */
        public static final int MAX_RING_SIZE = 8 << 20;
        /** Most entries that a table may have. */
        public static final int MAX_TABLE_SIZE = 5_000_011;
        /** Envoy's defaults. */
        public static final Hashing DEFAULT = new Hashing(1024, MAX_RING_SIZE, false, 65_537, false);
    }

    /**
     * Settings of slow start.
     *
     * @param windowNs   how long an endpoint is new, more than 0.
     * @param aggression 1 for a weight that grows with time, more for one that grows sooner (default 1).
     * @param leastShare share of its weight that an endpoint has in any case, of 1 (default 0.1).
     */
    public record SlowStart(long windowNs, double aggression, double leastShare)
    {
    }

    /**
     * Of a cluster of any type but ORIGINAL_DST.
     *
     * @param policy           the way of picking.
     * @param leastRequest     for {@link Policy#LEAST_REQUEST}.
     * @param hashing          for {@link Policy#RING_HASH} and {@link Policy#MAGLEV}.
     * @param slowStart        how new endpoints come in, or null for at once.
     * @param panicPercent     when fewer endpoints are healthy, all are used; 0 means never.
     * @param overprovisioning health in percent of a priority that is whole, at least 100.
     * @param weighsHealth     whether weights count for the health of a priority, and not numbers.
     * @param isByLocality     whether localities share by their weights.
     * @param subsets          groups of endpoints by metadata, or null.
     * @param isChecked        whether endpoints are asked for their health.
     */
    public Balancing(
        final Policy policy,
        final LeastRequest leastRequest,
        final Hashing hashing,
        final SlowStart slowStart,
        final int panicPercent,
        final int overprovisioning,
        final boolean weighsHealth,
        final boolean isByLocality,
        final SubsetRules subsets,
        final boolean isChecked)
    {
        this(policy, leastRequest, hashing, slowStart, panicPercent, overprovisioning, weighsHealth, isByLocality,
            subsets, isChecked, null);
    }

    /**
     * @param policy the way of picking.
     * @return that with Envoy's defaults.
     */
    public static Balancing of(final Policy policy)
    {
        return new Balancing(policy, LeastRequest.DEFAULT, Hashing.DEFAULT, null, DEFAULT_PANIC_PERCENT,
            DEFAULT_OVERPROVISIONING, false, false, null, false);
    }

    /**
     * @param rules of a cluster of the type ORIGINAL_DST.
     * @return what balancing it has.
     */
    public static Balancing of(final OriginalDst rules)
    {
        return new Balancing(Policy.ROUND_ROBIN, LeastRequest.DEFAULT, Hashing.DEFAULT, null, DEFAULT_PANIC_PERCENT,
            DEFAULT_OVERPROVISIONING, false, false, null, false, rules);
    }
}
