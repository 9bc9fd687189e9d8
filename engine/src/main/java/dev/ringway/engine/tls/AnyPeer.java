package dev.ringway.engine.tls;

import io.netty.internal.tcnative.CertificateVerifier;

import java.util.function.Predicate;

/**
 * Takes whatever chain a server shows, as Envoy does without a trusted CA; the rule for names and pins still holds. Any
 * thread, several at once.
 */
final class AnyPeer extends CertificateVerifier
{
    private final Predicate<PeerCertificate> rule;

    /**
     * @param rule what must hold for the certificate, or null for nothing.
     */
    AnyPeer(final Predicate<PeerCertificate> rule)
    {
        this.rule = rule;
    }

    @Override
    public int verify(final long ssl, final byte[][] chain, final String algorithm)
    {
        if (rule == null)
        {
            return X509_V_OK;
        }
        final PeerCertificate peer = chain.length == 0 ? null : PeerCertificate.of(chain[0]);
        return peer != null && rule.test(peer) ? X509_V_OK : X509_V_ERR_CERT_REJECTED;
    }
}
