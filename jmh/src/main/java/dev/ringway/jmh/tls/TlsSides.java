package dev.ringway.jmh.tls;

import dev.ringway.engine.tls.TlsCertificate;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.engine.tls.TlsEngines;
import dev.ringway.engine.tls.TlsException;
import dev.ringway.engine.tls.TlsSettings;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Client and server in memory, with a certificate that keytool makes. The client verifies nothing: what is measured is
 * the library, not the JDK's chain building. One thread.
 */
final class TlsSides
{
    static final int ROOM = 64 * 1024;

    private static final String PASSWORD = "benchmark";

    private final TlsEngines engines = new TlsEngines();
    private final UnsafeBuffer toServer = new UnsafeBuffer(ByteBuffer.allocateDirect(ROOM));
    private final UnsafeBuffer toClient = new UnsafeBuffer(ByteBuffer.allocateDirect(ROOM));
    private final TlsContext serverContext;
    private final TlsContext clientContext;
    private TlsEngine client;
    private TlsEngine server;
    private long serverNs;

    /**
     * @param key     algorithm of the certificate's key as keytool names it, with its size behind a hyphen.
     * @param version {@link TlsSettings#TLS_1_2} or {@link TlsSettings#TLS_1_3}.
     * @param ciphers of TLS 1.2.
     */
    TlsSides(final String key, final int version, final List<String> ciphers)
        throws IOException, InterruptedException, GeneralSecurityException, TlsException
    {
        final TlsCertificate certificate = certificate(key.split("-")[0], key.split("-")[1]);
        final long nowMs = System.currentTimeMillis();
        serverContext = TlsContext.build(TlsSettings.server().certificates(List.of(certificate)), nowMs);
        clientContext =
            TlsContext.build(TlsSettings.client().versions(version, version).ciphers(ciphers), nowMs);
    }

    private static TlsCertificate certificate(final String algorithm, final String bits)
        throws IOException, InterruptedException, GeneralSecurityException
    {
        final Path folder = Files.createTempDirectory("ringway-jmh");
        final Path file = folder.resolve("store.p12");
        final Process keytool = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "own",
            "-keyalg", algorithm, "-keysize", bits, "-dname", "CN=example.org", "-validity", "30", "-storetype",
            "PKCS12", "-keystore", file.toString(), "-storepass", PASSWORD).inheritIO().start();
        if (keytool.waitFor() != 0)
        {
            throw new IOException("keytool failed");
        }
        try (InputStream in = Files.newInputStream(file))
        {
            final KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            return new TlsCertificate("own", pem("CERTIFICATE", store.getCertificate("own").getEncoded()),
                pem("PRIVATE KEY", store.getKey("own", PASSWORD.toCharArray()).getEncoded()), null);
        }
        finally
        {
            Files.delete(file);
            Files.delete(folder);
        }
    }

    private static byte[] pem(final String kind, final byte[] der)
    {
        return ("-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind +
            "-----\n").getBytes(US_ASCII);
    }

    /**
     * Opens both sides, runs the handshake and moves a byte each way, so that tickets have come.
     *
     * @param session to resume, or 0.
     */
    void connect(final long session)
    {
        server = engines.open(serverContext, null, null, 0);
        client = engines.open(clientContext, "example.org", null, session);
        int toSend = client.handshake(0, 0, toServer.addressOffset(), ROOM);
        while (toSend > 0)
        {
            final long startNs = System.nanoTime();
            toSend = server.handshake(toServer.addressOffset(), toSend, toClient.addressOffset(), ROOM);
            serverNs += System.nanoTime() - startNs;
            if (toSend > 0)
            {
                toSend = client.handshake(toClient.addressOffset(), toSend, toServer.addressOffset(), ROOM);
            }
        }
        if (!client.isEstablished() || !server.isEstablished())
        {
            throw new IllegalStateException("no handshake: " + client.end() + ", " + server.end());
        }
        pass(1);
    }

    /**
     * One record from server to client.
     *
     * @param length plain bytes.
     * @return plain bytes that came.
     */
    int pass(final int length)
    {
        return decrypt(encrypt(length));
    }

    int encrypt(final int length)
    {
        return server.encrypt(toServer.addressOffset(), length, toClient.addressOffset(), ROOM);
    }

    int decrypt(final int length)
    {
        return client.decrypt(toClient.addressOffset(), length, toServer.addressOffset(), ROOM);
    }

    /** Time that the servers' handshakes took so far. */
    long serverNs()
    {
        return serverNs;
    }

    TlsEngine client()
    {
        return client;
    }

    TlsEngine server()
    {
        return server;
    }

    void closeClient()
    {
        engines.close(client);
    }

    void closeServer(final TlsEngine engine)
    {
        engines.close(engine);
    }

    void free()
    {
        serverContext.release();
        clientContext.release();
    }
}
