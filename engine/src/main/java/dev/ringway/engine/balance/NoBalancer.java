package dev.ringway.engine.balance;

/**
 * Has no endpoints to pick from: a cluster before its first snapshot, or after its last.
 */
enum NoBalancer implements Balancer
{
    /** The only one. */
    NONE;

    /**
     * {@inheritDoc}
     */
    public int pick(final PickRequest request, final int attempt, final long nowNs)
    {
        return Picker.NONE;
    }
}
