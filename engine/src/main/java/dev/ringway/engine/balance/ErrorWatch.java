package dev.ringway.engine.balance;

/**
 * How many errors in a row of an endpoint are too many, and who is told of them. Envoy:
 * {@code OutlierDetection.consecutive_5xx}, {@code consecutive_gateway_failure} and
 * {@code consecutive_local_origin_failure}. Immutable.
 *
 * @param mostErrors        answers 5xx in a row, or none where {@code mostLocalErrors} is 0.
 * @param mostGatewayErrors answers 502, 503 and 504 in a row, or none where {@code mostLocalErrors} is 0.
 * @param mostLocalErrors   times in a row without an answer, or 0 where they count among the others
 *                          ({@code split_external_local_origin_errors}).
 * @param listener          told on the thread that saw the last of them.
 */
public record ErrorWatch(int mostErrors, int mostGatewayErrors, int mostLocalErrors, Listener listener)
{
    /**
     * One to which no answer is an error like others.
     *
     * @param mostErrors        answers 5xx, or none, in a row.
     * @param mostGatewayErrors answers 502, 503 and 504, or none, in a row.
     * @param listener          told on the thread that saw the last of them.
     */
    public ErrorWatch(final int mostErrors, final int mostGatewayErrors, final Listener listener)
    {
        this(mostErrors, mostGatewayErrors, 0, listener);
    }

    /** What is counted in a row. */
    public enum Kind
    {
        /** Answers 5xx. */
        ANSWERS,
        /** Those of them that gateways give. */
        GATEWAY,
        /** No answer. */
        LOCAL
    }

    /** Decides what is to be done. Must not wait. */
    public interface Listener
    {
        /**
         * @param host endpoint with so many errors in a row.
         * @param kind of them.
         */
        void onErrors(HostHealth host, Kind kind);
    }

    /** Whether no answer counts by itself. */
    boolean isSplit()
    {
        return mostLocalErrors > 0;
    }
}
