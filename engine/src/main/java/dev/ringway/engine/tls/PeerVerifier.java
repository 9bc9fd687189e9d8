package dev.ringway.engine.tls;

import io.netty.internal.tcnative.CertificateVerifier;

import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Verifies the chain that a peer has shown, by the JDK's PKIX and a rule for its names and pins, and tells the engine
 * what was found. BoringSSL is built without X.509 here. Takes some hundred microseconds and allocates; any thread,
 * several at once.
 */
final class PeerVerifier extends CertificateVerifier
{
    private final X509TrustManager trust;
    private final boolean isServer;
    private final boolean acceptsUntrusted;
    private final PeerRule rule;
    private final OpenEngines engines;

    /**
     * @param anchors  certificates that may have signed the peer's; none when any may.
     * @param settings of the context.
     * @param engines  of the context.
     * @throws GeneralSecurityException when the JDK cannot do it.
     */
    PeerVerifier(final List<X509Certificate> anchors, final TlsSettings settings, final OpenEngines engines)
        throws GeneralSecurityException
    {
        this.engines = engines;
        isServer = settings.isServer();
        acceptsUntrusted = settings.acceptsUntrusted();
        rule = settings.peerRule();
        trust = anchors.isEmpty() ? null : trustManager(anchors);
    }

    private static X509TrustManager trustManager(final List<X509Certificate> anchors) throws GeneralSecurityException
    {
        final KeyStore store = KeyStore.getInstance("PKCS12");
        try
        {
            store.load(null, null);
        }
        catch (final IOException e)
        {
            throw new GeneralSecurityException(e);
        }
        for (int i = 0; i < anchors.size(); i++)
        {
            store.setCertificateEntry(Integer.toString(i), anchors.get(i));
        }
        final TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (final TrustManager manager : factory.getTrustManagers())
        {
            if (manager instanceof final X509TrustManager found)
            {
                return found;
            }
        }
        throw new GeneralSecurityException("the JDK has no X509TrustManager");
    }

    @Override
    public int verify(final long ssl, final byte[][] chain, final String algorithm)
    {
        final TlsEngine engine = engines.find(ssl);
        PeerVerdict verdict = PeerVerdict.UNTRUSTED;
        int code = X509_V_ERR_CERT_REJECTED;
        try
        {
            final X509Certificate[] certificates = read(chain);
            checkTrust(certificates, algorithm);
            verdict = verdict(certificates[0], engine == null ? null : engine.peerName());
        }
        catch (final CertificateException e)
        {
            code = reason(e);
        }
        if (engine != null)
        {
            engine.onVerdict(verdict);
        }
        return verdict == PeerVerdict.TAKEN || acceptsUntrusted ? X509_V_OK : code;
    }

    private PeerVerdict verdict(final X509Certificate certificate, final String peerName) throws CertificateException
    {
        if (rule == null && peerName == null)
        {
            return PeerVerdict.TAKEN;
        }
        final PeerCertificate peer = new PeerCertificate(certificate);
        if (peerName != null && !peer.isFor(peerName))
        {
            return PeerVerdict.WRONG_NAME;
        }
        return rule == null ? PeerVerdict.TAKEN : rule.verdict(peer);
    }

    private static X509Certificate[] read(final byte[][] chain) throws CertificateException
    {
        if (chain.length == 0)
        {
            throw new CertificateException("the chain is empty");
        }
        final CertificateFactory factory = CertificateFactory.getInstance("X.509");
        final X509Certificate[] certificates = new X509Certificate[chain.length];
        for (int i = 0; i < chain.length; i++)
        {
            certificates[i] = (X509Certificate)factory.generateCertificate(new ByteArrayInputStream(chain[i]));
        }
        return certificates;
    }

    private void checkTrust(final X509Certificate[] certificates, final String algorithm) throws CertificateException
    {
        if (trust == null)
        {
            return;
        }
        if (isServer)
        {
            trust.checkClientTrusted(certificates, algorithm);
        }
        else
        {
            trust.checkServerTrusted(certificates, algorithm);
        }
    }

    /** What the alert to the peer is made from. */
    private static int reason(final Throwable failure)
    {
        for (Throwable cause = failure; cause != null; cause = cause.getCause())
        {
            if (cause instanceof CertificateExpiredException ||
                cause instanceof final CertPathValidatorException path && path.getReason() == BasicReason.EXPIRED)
            {
                return X509_V_ERR_CERT_HAS_EXPIRED;
            }
            if (cause instanceof CertificateNotYetValidException)
            {
                return X509_V_ERR_CERT_NOT_YET_VALID;
            }
        }
        return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    }
}
