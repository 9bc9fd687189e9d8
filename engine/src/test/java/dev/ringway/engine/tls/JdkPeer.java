package dev.ringway.engine.tls;

import dev.ringway.engine.tls.TestCertificates.Certified;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/** The JDK's implementation as the other side. */
final class JdkPeer implements TlsPeer
{
    private static final char[] PASSWORD = "secret".toCharArray();
    private static final int BUFFER_LENGTH = 512 * 1024;

    private final SSLEngine engine;
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_LENGTH);
    private final ByteBuffer out = ByteBuffer.allocate(BUFFER_LENGTH);
    private final ByteBuffer plain = ByteBuffer.allocate(BUFFER_LENGTH);
    private boolean isBegun;
    private boolean isEnded;
    private boolean isFailed;

    private JdkPeer(final SSLEngine engine)
    {
        this.engine = engine;
    }

    static SSLContext context(final Certified own, final Certified authority)
    {
        return context("TLS", own, authority);
    }

    /** The version is the newest that a client speaks. */
    static SSLContext context(final String version, final Certified own, final Certified authority)
    {
        try
        {
            final CertificateFactory factory = CertificateFactory.getInstance("X.509");
            final KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry(
                "ca", factory.generateCertificate(new ByteArrayInputStream(authority.der())));
            if (own != null)
            {
                store.setKeyEntry("own", own.keys().getPrivate(), PASSWORD,
                    new Certificate[]{factory.generateCertificate(new ByteArrayInputStream(own.der()))});
            }
            final KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, PASSWORD);
            final TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            final SSLContext context = SSLContext.getInstance(version);
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        }
        catch (final GeneralSecurityException | IOException e)
        {
            throw new IllegalStateException(e);
        }
    }

    static JdkPeer client(final SSLContext context, final String version, final String... alpn)
    {
        final SSLEngine engine = context.createSSLEngine("example.org", 443);
        engine.setUseClientMode(true);
        return new JdkPeer(engine).with(version, alpn);
    }

    static JdkPeer server(final SSLContext context, final String version, final boolean needsClient,
        final String... alpn)
    {
        final SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(needsClient);
        return new JdkPeer(engine).with(version, alpn);
    }

    private JdkPeer with(final String version, final String... alpn)
    {
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[]{version});
        parameters.setApplicationProtocols(alpn);
        engine.setSSLParameters(parameters);
        return this;
    }

    SSLEngine engine()
    {
        return engine;
    }

    /** Renegotiates with TLS 1.2, changes keys with 1.3. */
    byte[] again()
    {
        try
        {
            engine.beginHandshake();
        }
        catch (final SSLException e)
        {
            throw new IllegalStateException(e);
        }
        return exchange(new byte[0]);
    }

    public byte[] exchange(final byte[] cipher)
    {
        in.put(cipher);
        out.clear();
        try
        {
            if (!isBegun)
            {
                isBegun = true;
                engine.beginHandshake();
            }
            boolean isMoving = true;
            while (isMoving)
            {
                isMoving = step();
            }
        }
        catch (final SSLException e)
        {
            isFailed = true;
            wrapAlert();
        }
        return taken(out);
    }

    private boolean step() throws SSLException
    {
        final HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK)
        {
            engine.getDelegatedTask().run();
            return true;
        }
        if (status == HandshakeStatus.NEED_WRAP)
        {
            return engine.wrap(ByteBuffer.allocate(0), out).getStatus() == Status.OK;
        }
        in.flip();
        final SSLEngineResult result = engine.unwrap(in, plain);
        in.compact();
        isEnded |= result.getStatus() == Status.CLOSED;
        return result.getStatus() == Status.OK &&
            (result.bytesConsumed() > 0 || engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP ||
            engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK);
    }

    private void wrapAlert()
    {
        try
        {
            engine.wrap(ByteBuffer.allocate(0), out);
        }
        catch (final SSLException e)
        {
            isFailed = true;
        }
    }

    private static byte[] taken(final ByteBuffer buffer)
    {
        final byte[] bytes = new byte[buffer.position()];
        buffer.flip();
        buffer.get(bytes);
        buffer.clear();
        return bytes;
    }

    public byte[] write(final byte[] bytes)
    {
        final ByteBuffer source = ByteBuffer.wrap(bytes);
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        try
        {
            while (source.hasRemaining())
            {
                out.clear();
                engine.wrap(source, out);
                all.writeBytes(taken(out));
            }
        }
        catch (final SSLException e)
        {
            throw new IllegalStateException(e);
        }
        return all.toByteArray();
    }

    public byte[] end()
    {
        engine.closeOutbound();
        out.clear();
        wrapAlert();
        return taken(out);
    }

    public byte[] received()
    {
        return taken(plain);
    }

    public boolean isEstablished()
    {
        return isBegun && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING &&
            !engine.getSession().getCipherSuite().contains("NULL");
    }

    public boolean isEnded()
    {
        return isEnded;
    }

    public boolean isFailed()
    {
        return isFailed;
    }

    public void close()
    {
        engine.closeOutbound();
    }
}
