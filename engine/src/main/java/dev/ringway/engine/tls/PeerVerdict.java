package dev.ringway.engine.tls;

/**
 * What was found of the certificate that a peer has shown.
 */
public enum PeerVerdict
{
    /** All that was asked holds. */
    TAKEN,
    /** No trusted CA has signed it, its time is over or has not come, or it cannot be read. */
    UNTRUSTED,
    /** None of its alternative names is one that is asked for. */
    WRONG_NAME,
    /** Neither its hash nor its key's is one that is asked for. */
    WRONG_PIN
}
