package dev.ringway.engine.tls;

import java.security.cert.X509Certificate;

/**
 * A certificate that a context was built with. Immutable, and good after the context is gone.
 *
 * @param name        of its {@link TlsCertificate}, or of the trusted CA.
 * @param certificate as it was read.
 */
public record NamedCertificate(String name, X509Certificate certificate)
{
}
