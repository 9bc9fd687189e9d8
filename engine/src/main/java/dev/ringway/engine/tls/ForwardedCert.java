package dev.ringway.engine.tls;

import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * What an endpoint is told of a client's certificate: one element of {@code x-forwarded-client-cert}, as Envoy writes it.
 */
public final class ForwardedCert
{
    /** Certificate in PEM. */
    public static final int CERT = 1;
    /** All certificates the client has shown, in PEM. */
    public static final int CHAIN = 1 << 1;
    /** Subject. */
    public static final int SUBJECT = 1 << 2;
    /** URIs. */
    public static final int URI = 1 << 3;
    /** DNS names. */
    public static final int DNS = 1 << 4;

    private ForwardedCert()
    {
    }

    /** Allocates. */
    static byte[] of(
        final TlsAgreement agreement, final PeerCertificate peer, final int details)
    {
        final List<String> parts = new ArrayList<>();
        final PeerCertificate own = agreement.ownCertificate();
        if (own != null)
        {
            own.values(PeerCertificate.URI).forEach(uri -> parts.add("By=" + uri));
        }
        parts.add("Hash=" + peer.sha256());
        if ((details & CERT) != 0)
        {
            parts.add("Cert=\"" + encoded(peer.pem()) + '"');
        }
        if ((details & CHAIN) != 0)
        {
            final StringBuilder chain = new StringBuilder();
            for (final byte[] der : agreement.peerChain())
            {
                chain.append(PeerCertificate.of(der).pem());
            }
            parts.add("Chain=\"" + encoded(chain.toString()) + '"');
        }
        if ((details & SUBJECT) != 0)
        {
            parts.add("Subject=\"" + peer.subject() + '"');
        }
        if ((details & URI) != 0)
        {
            final List<String> uris = peer.values(PeerCertificate.URI);
            (uris.isEmpty() ? List.of("") : uris).forEach(uri -> parts.add("URI=" + uri));
        }
        if ((details & DNS) != 0)
        {
            peer.values(PeerCertificate.DNS).forEach(name -> parts.add("DNS=" + name));
        }
        return TlsReport.printable(String.join(";", parts).getBytes(ISO_8859_1));
    }

    /** What PEM has besides letters, digits and hyphens. */
    static String encoded(final String pem)
    {
        return pem.replace("\n", "%0A").replace(" ", "%20").replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
    }
}
