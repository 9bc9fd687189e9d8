package dev.ringway.engine.tls;

import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SSLCredential;
import io.netty.internal.tcnative.SessionTicketKey;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Turns settings into an {@code SSL_CTX}, or says in one sentence why not. Control thread only, used once.
 */
final class TlsContextBuilder
{
    private static final int PROTOCOLS = SSL.SSL_PROTOCOL_TLSV1_2 | SSL.SSL_PROTOCOL_TLSV1_3;
    private static final int MOST_CERTIFICATE_BYTES = 64 * 1024;
    private static final int VERIFY_DEPTH = 100;
    private static final int TICKET_NAME_LENGTH = 16;
    private static final int TICKET_HMAC_KEY = TICKET_NAME_LENGTH;
    private static final int TICKET_AES_KEY = 48;
    private static final int TICKET_USED_LENGTH = 16;

    private final TlsSettings settings;
    private final List<NamedCertificate> certificates = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final OpenEngines engines = new OpenEngines();
    private final OwnCertificates own = new OwnCertificates();
    private NamedCertificate authority;
    private List<X509Certificate> anchors = List.of();
    private long context;

    /**
     * @param settings what to build.
     */
    TlsContextBuilder(final TlsSettings settings)
    {
        this.settings = settings;
    }

    /**
     * @param nowMs milliseconds since 1970.
     * @return context with one reference.
     * @throws TlsException when something of the settings is not usable; nothing is held then.
     */
    TlsContext build(final long nowMs) throws TlsException
    {
        if (settings.isServer() && settings.certificates().isEmpty())
        {
            throw new TlsException("a TLS server needs a certificate");
        }
        if (settings.requiresPeerCertificate() && settings.caPem() == null && settings.peerRule() == null)
        {
            throw new TlsException("client certificates are required but there is no trusted CA to verify them by");
        }
        try
        {
            context = SSLContext.make(PROTOCOLS, settings.isServer() ? SSL.SSL_MODE_SERVER : SSL.SSL_MODE_CLIENT);
            fill(nowMs);
        }
        catch (final TlsException e)
        {
            free();
            throw e;
        }
        catch (final Exception e)
        {
            free();
            throw new TlsException("the TLS context cannot be built: " + e.getMessage(), e);
        }
        return new TlsContext(context, settings, engines, own, certificates, authority, anchors, warnings);
    }

    private void free()
    {
        if (context != 0)
        {
            SSLContext.free(context);
        }
        own.free();
    }

    private void fill(final long nowMs) throws Exception
    {
        setVersions();
        setCiphers();
        if (!SSLContext.setCurvesList(context, settings.curves().toArray(new String[0])))
        {
            SSL.clearError();
            throw new TlsException("the list of curves has an unknown name: " + String.join(", ", settings.curves()));
        }
        SSLContext.setOptions(context, SSL.SSL_OP_CIPHER_SERVER_PREFERENCE);
        // A write that found no room is repeated from wherever its bytes are then.
        SSLContext.setMode(context, SSLContext.getMode(context) | SSL.SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        SSLContext.setMaxCertList(context, MOST_CERTIFICATE_BYTES);
        for (final TlsCertificate certificate : settings.certificates())
        {
            addCertificate(certificate, nowMs);
        }
        own.use(context);
        // Without X.509 the library trusts no server by itself.
        if (settings.caPem() != null || settings.peerRule() != null || !settings.isServer())
        {
            setVerifier();
        }
        if (!settings.alpn().isEmpty())
        {
            SSLContext.setAlpnProtos(
                context, settings.alpn().toArray(new String[0]), SSL.SSL_SELECTOR_FAILURE_NO_ADVERTISE);
        }
        setResumption();
    }

    private void setVersions() throws TlsException
    {
        final int least = settings.leastVersion();
        final int most = settings.mostVersion();
        if (least < TlsSettings.TLS_1_2 || most > TlsSettings.TLS_1_3 || least > most)
        {
            throw new TlsException("TLS versions must be 1.2 to 1.3, the least not above the most");
        }
        if (least > TlsSettings.TLS_1_2)
        {
            SSLContext.setOptions(context, SSL.SSL_OP_NO_TLSv1_2);
        }
        if (most < TlsSettings.TLS_1_3)
        {
            SSLContext.setOptions(context, SSL.SSL_OP_NO_TLSv1_3);
        }
    }

    /** The library passes over names that it does not know, so each is tried alone first. */
    private void setCiphers() throws TlsException
    {
        for (final String item : settings.ciphers())
        {
            for (final String name : item.split("[\\[\\]|:]"))
            {
                final String bare = name.startsWith("!") || name.startsWith("-") || name.startsWith("+") ?
                    name.substring(1) : name;
                if (!bare.isEmpty() && !isCipher(bare))
                {
                    throw new TlsException("the list of cipher suites has an unknown name: " + bare);
                }
            }
        }
        final String list = String.join(":", settings.ciphers());
        if (!isCipher(list))
        {
            throw new TlsException("the list of cipher suites leaves none: " + list);
        }
    }

    private boolean isCipher(final String list)
    {
        try
        {
            return SSLContext.setCipherSuite(context, list, false);
        }
        catch (final Exception e)
        {
            SSL.clearError();
            return false;
        }
    }

    private void addCertificate(final TlsCertificate certificate, final long nowMs) throws Exception
    {
        final X509Certificate leaf = Pem.certificates(certificate.name(), certificate.chainPem()).get(0);
        Pem.checkKey(certificate.name(), leaf);
        final String warning = Pem.checkTime(certificate.name(), leaf, nowMs);
        if (warning != null)
        {
            warnings.add(warning);
        }
        certificates.add(new NamedCertificate(certificate.name(), leaf));
        final long chain = parseChain(Pem.certificateBlocks(certificate.chainPem()));
        try
        {
            final long key = parseKey(certificate);
            try
            {
                addCredential(certificate, leaf, chain, key);
            }
            finally
            {
                SSL.freePrivateKey(key);
            }
        }
        finally
        {
            SSL.freeX509Chain(chain);
        }
    }

    private void addCredential(
        final TlsCertificate certificate, final X509Certificate leaf, final long chain, final long key)
        throws Exception
    {
        final long credential = SSLCredential.newX509();
        own.add(leaf, credential);
        SSLCredential.setCertChain(credential, chain);
        try
        {
            SSLCredential.setPrivateKey(credential, key);
        }
        catch (final Exception e)
        {
            throw new TlsException("the private key of " + certificate.name() + " does not match the certificate", e);
        }
    }

    private static long parseChain(final byte[] pem) throws Exception
    {
        final long bio = bio(pem);
        try
        {
            return SSL.parseX509Chain(bio);
        }
        finally
        {
            SSL.freeBIO(bio);
        }
    }

    private static long parseKey(final TlsCertificate certificate) throws Exception
    {
        final long bio = bio(certificate.keyPem());
        try
        {
            return SSL.parsePrivateKey(bio, certificate.password());
        }
        catch (final Exception e)
        {
            throw new TlsException("the private key of " + certificate.name() +
                " cannot be read: it is not PEM, damaged, or its password is wrong", e);
        }
        finally
        {
            SSL.freeBIO(bio);
        }
    }

    private static long bio(final byte[] bytes) throws Exception
    {
        final UnsafeBuffer copy = new UnsafeBuffer(ByteBuffer.allocateDirect(Math.max(1, bytes.length)));
        copy.putBytes(0, bytes);
        final long bio = SSL.newMemBIO();
        // SAFETY: copy lives until the call returns, which copies it again.
        SSL.bioWrite(bio, copy.addressOffset(), bytes.length);
        copy.setMemory(0, copy.capacity(), (byte)0);
        return bio;
    }

    private void setVerifier() throws Exception
    {
        anchors = settings.caPem() == null ? List.of() :
            Pem.certificates(settings.caName(), settings.caPem());
        authority = anchors.isEmpty() ? null : new NamedCertificate(settings.caName(), anchors.get(0));
        try
        {
            SSLContext.setCertVerifyCallback(context, new PeerVerifier(anchors, settings, engines));
        }
        catch (final GeneralSecurityException e)
        {
            throw new TlsException(settings.caName() + " cannot be used as trusted CA: " + e.getMessage(), e);
        }
        // The chain is verified between two steps of the handshake, on a thread that the connection's owner chooses.
        SSLContext.setUseTasks(context, true);
        final boolean isNeeded = !settings.isServer() || settings.requiresPeerCertificate();
        SSLContext.setVerify(
            context, isNeeded ? SSL.SSL_CVERIFY_REQUIRED : SSL.SSL_CVERIFY_OPTIONAL, VERIFY_DEPTH);
        if (settings.isServer() && settings.caPem() != null)
        {
            final long bio = bio(Pem.certificateBlocks(settings.caPem()));
            try
            {
                SSLContext.setCACertificateBio(context, bio);
            }
            finally
            {
                SSL.freeBIO(bio);
            }
        }
    }

    private void setResumption() throws Exception
    {
        if (!settings.isResuming())
        {
            SSLContext.setOptions(context, SSL.SSL_OP_NO_TICKET);
            return;
        }
        if (!settings.isServer())
        {
            SSLContext.setSSLSessionCache(context, new SessionKeeper(engines));
            SSLContext.setSessionCacheMode(context, SSL.SSL_SESS_CACHE_CLIENT);
            return;
        }
        SSLContext.setSessionIdContext(context, sessionIdContext());
        if (!settings.ticketKeys().isEmpty())
        {
            final SessionTicketKey[] keys = new SessionTicketKey[settings.ticketKeys().size()];
            for (int i = 0; i < keys.length; i++)
            {
                keys[i] = ticketKey(settings.ticketKeys().get(i));
            }
            SSLContext.setSessionTicketKeys(context, keys);
        }
    }

    private static SessionTicketKey ticketKey(final byte[] key) throws TlsException, GeneralSecurityException
    {
        if (key.length != TlsSettings.TICKET_KEY_LENGTH)
        {
            throw new TlsException("a session ticket key has " + key.length + " bytes instead of " +
                TlsSettings.TICKET_KEY_LENGTH);
        }
        // Envoy's layout: name, 32 bytes for HMAC-SHA256, 32 for AES.
        return new SessionTicketKey(
            Arrays.copyOf(key, TICKET_NAME_LENGTH),
            shortened(key, TICKET_HMAC_KEY, TICKET_AES_KEY),
            shortened(key, TICKET_AES_KEY, TlsSettings.TICKET_KEY_LENGTH));
    }

    /** The library takes 16 bytes only: they depend on all that are given. */
    private static byte[] shortened(final byte[] key, final int from, final int to) throws GeneralSecurityException
    {
        final byte[] digest = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOfRange(key, from, to));
        return Arrays.copyOf(digest, TICKET_USED_LENGTH);
    }

    /**
     * What must be the same where a session is resumed: it was verified by these rules, for these certificates. Without
     * it, a ticket of a listener that asks for no certificate would open one that does when they share keys.
     */
    private byte[] sessionIdContext() throws GeneralSecurityException
    {
        final MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (final NamedCertificate own : certificates)
        {
            digest.update(own.certificate().getEncoded());
        }
        digest.update(settings.caPem() == null ? new byte[0] : settings.caPem());
        digest.update((byte)(settings.requiresPeerCertificate() ? 1 : 0));
        digest.update(settings.sessionScope());
        digest.update(String.join(",", settings.alpn()).getBytes(UTF_8));
        return digest.digest();
    }
}
