package dev.ringway.engine.balance;

/**
 * Picks one of some endpoints that are all as good. Loop thread only.
 */
sealed interface Picker permits TurnPicker, WeightedPicker, ChancePicker, FewestPicker
{
    /** Of {@link #pick}: there is none. */
    int NONE = -1;

    /**
     * Allocates nothing.
     *
     * @param nowNs monotonic.
     * @return index of an endpoint, or {@link #NONE}.
     */
    int pick(long nowNs);
}
