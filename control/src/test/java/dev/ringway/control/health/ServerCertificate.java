package dev.ringway.control.health;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** A certificate of a server at localhost that has signed itself, made by keytool. */
final class ServerCertificate
{
    private static final String PASSWORD = "secret";
    private static final long PATIENCE_S = 120;

    private final KeyStore store = KeyStore.getInstance("PKCS12");

    ServerCertificate(final Path directory, final String name) throws Exception
    {
        final Path file = directory.resolve(name + ".p12");
        final Path output = directory.resolve(name + ".txt");
        final Process keytool = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "own",
            "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name, "-validity", "2", "-ext", "bc:c",
            "-ext", "san=dns:localhost", "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", PASSWORD)
            .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        if (!keytool.waitFor(PATIENCE_S, TimeUnit.SECONDS) || keytool.exitValue() != 0)
        {
            keytool.destroyForcibly();
            throw new AssertionError(Files.readString(output));
        }
        try (InputStream in = Files.newInputStream(file))
        {
            store.load(in, PASSWORD.toCharArray());
        }
    }

    /** What a client trusts. */
    byte[] pem() throws Exception
    {
        return ("-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(
            store.getCertificate("own").getEncoded()) + "\n-----END CERTIFICATE-----\n").getBytes(US_ASCII);
    }

    SSLContext server() throws Exception
    {
        final KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, PASSWORD.toCharArray());
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
