package dev.ringway.engine.balance;

/**
 * How many errors in a row of an endpoint are too many, and who is told of them. Envoy:
 * {@code OutlierDetection.consecutive_5xx} and {@code consecutive_gateway_failure}. Immutable.
 *
 * @param mostErrors        answers 5xx, or none, in a row.
 * @param mostGatewayErrors answers 502, 503 and 504, or none, in a row.
 * @param listener          told on the thread that saw the last of them.
 */
public record ErrorWatch(int mostErrors, int mostGatewayErrors, Listener listener)
{
    /** Decides what is to be done. Must not wait. */
    public interface Listener
    {
        /**
         * @param host             endpoint with so many errors in a row.
         * @param isOfGatewayErrors whether they are those of gateways.
         */
        void onErrors(HostHealth host, boolean isOfGatewayErrors);
    }
}
