package dev.ringway.engine.tls;

import io.netty.internal.tcnative.CertificateCallback;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SSLCredential;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The certificates of a context with their keys. Of several the library shows the first, in the order in which it has
 * them, whose key the client can verify: ECDSA comes before RSA, as in Envoy. Where keys are of one kind, those for the
 * name that a client asks for come before the others, which a handshake puts in order. Filled on the control thread,
 * asked by loops.
 */
final class OwnCertificates implements CertificateCallback
{
    private static final String RSA = "RSA";

    private final List<Own> all = new ArrayList<>();

    /** Certificate and key in the library. */
    private record Own(PeerCertificate certificate, String kind, long credential)
    {
    }

    /**
     * @param leaf       certificate.
     * @param credential of the library with its chain and key, to be freed with this.
     * @throws CertificateException when its names cannot be read.
     */
    void add(final X509Certificate leaf, final long credential) throws CertificateException
    {
        final Own own = new Own(new PeerCertificate(leaf), leaf.getPublicKey().getAlgorithm(), credential);
        int at = all.size();
        while (at > 0 && !own.kind.equals(RSA) && all.get(at - 1).kind.equals(RSA))
        {
            at--;
        }
        all.add(at, own);
    }

    /** Those come last. */
    boolean hasRsa()
    {
        return !all.isEmpty() && all.getLast().kind.equals(RSA);
    }

    /** The first, or null when there are none. */
    PeerCertificate first()
    {
        return all.isEmpty() ? null : all.getFirst().certificate;
    }

    /**
     * The one that a handshake has chosen of several; null where there is no choice or none was made yet. The library knows
     * it as long as the handshake goes on.
     */
    PeerCertificate selected(final long ssl)
    {
        if (all.size() > 1)
        {
            final long selected = credential(ssl);
            for (final Own own : all)
            {
                if (own.credential == selected)
                {
                    return own.certificate;
                }
            }
        }
        return null;
    }

    private static long credential(final long ssl)
    {
        try
        {
            return SSL.getSelectedCredential(ssl);
        }
        catch (final Exception e)
        {
            return 0;
        }
    }

    /** Gives them to a context. */
    void use(final long context) throws Exception
    {
        final Set<String> kinds = new HashSet<>();
        all.forEach(own -> kinds.add(own.kind));
        if (kinds.size() < all.size())
        {
            SSLContext.setCertificateCallback(context, this);
            return;
        }
        for (final Own own : all)
        {
            SSLContext.addCredential(context, own.credential);
        }
    }

    /**
     * Called by the library in a handshake, when what the client asks for is known.
     */
    @Override
    public void handle(final long ssl, final byte[] keyTypes, final byte[][] principals) throws Exception
    {
        final String name = SSL.getSniHostname(ssl);
        for (final Own own : all)
        {
            if (isFor(own, name))
            {
                SSL.addCredential(ssl, own.credential);
            }
        }
        for (final Own own : all)
        {
            if (!isFor(own, name))
            {
                SSL.addCredential(ssl, own.credential);
            }
        }
    }

    private static boolean isFor(final Own own, final String name)
    {
        return name != null && own.certificate.isFor(name);
    }

    /** When no handshake comes any more. */
    void free()
    {
        for (final Own own : all)
        {
            try
            {
                SSLCredential.free(own.credential);
            }
            catch (final Exception e)
            {
                throw new IllegalStateException("the library frees without fail", e);
            }
        }
        all.clear();
    }
}
