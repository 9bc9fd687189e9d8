package dev.ringway.engine.balance;

/**
 * What outlier detection found in its last interval, in percent; -1 for nothing. Immutable.
 *
 * @param average   success of the endpoints that had enough requests.
 * @param threshold below which endpoints are ejected.
 */
public record SuccessRates(double average, double threshold)
{
    /** Nothing was found. */
    public static final SuccessRates NONE = new SuccessRates(-1, -1);
}
