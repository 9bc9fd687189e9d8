package dev.ringway.engine.tls;

/**
 * What must hold for a peer's certificate besides its chain. Any thread, several at once; must not throw.
 */
@FunctionalInterface
public interface PeerRule
{
    /**
     * @param peer certificate.
     * @return verdict, {@link PeerVerdict#TAKEN} when the rule holds.
     */
    PeerVerdict verdict(PeerCertificate peer);
}
