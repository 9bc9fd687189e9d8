package dev.ringway.system;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** An authority and what it has certified, made by keytool as files in PEM. */
final class Certificates
{
    private static final String PASSWORD = "secret";
    private static final String AUTHORITY = "authority";
    /** Valid since then: none is a whole number of days from its end while a test counts the days that are left. */
    private static final String STARTED = "-6H";

    private final Path directory;
    private final String name;
    private final Path store;
    /** What is in the store, or null when that has to be read. */
    private KeyStore known;

    /** A certificate with its key. */
    record Certified(String alias, Path certificate, Path key)
    {
        /** A TlsCertificate in YAML. */
        String yaml()
        {
            return "{ certificate_chain: { filename: \"" + certificate + "\" }, private_key: { filename: \"" + key +
                "\" } }";
        }
    }

    Certificates(final Path directory, final String name) throws Exception
    {
        this.directory = directory;
        this.name = name;
        store = directory.resolve(name + ".p12");
        keytool("-alias", AUTHORITY, "-keyalg", "EC", "-groupname", "secp256r1", "-ext", "bc:c", "-dname",
            "CN=" + name, "-startdate", STARTED, "-validity", "2");
        write(AUTHORITY);
    }

    /** The authority's own certificate. */
    Path authority()
    {
        return directory.resolve(name + "-" + AUTHORITY + ".pem");
    }

    /** Names are as keytool writes them, for example {@code dns:localhost,ip:127.0.0.1}. */
    Certified ecdsa(final String alias, final String names) throws Exception
    {
        return certify(alias, names, "-keyalg", "EC", "-groupname", "secp256r1", "-startdate", STARTED, "-validity", "2");
    }

    Certified rsa(final String alias, final String names) throws Exception
    {
        return certify(alias, names, "-keyalg", "RSA", "-keysize", "2048", "-startdate", STARTED, "-validity", "2");
    }

    Certified expired(final String alias, final String names) throws Exception
    {
        return certify(alias, names, "-keyalg", "EC", "-groupname", "secp256r1", "-startdate", "-3d", "-validity", "1");
    }

    private Certified certify(final String alias, final String names, final String... options) throws Exception
    {
        final List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("-alias", alias, "-signer", AUTHORITY, "-dname", "CN=" + alias, "-ext", "san=" + names));
        keytool(all.toArray(new String[0]));
        return write(alias);
    }

    private void keytool(final String... options) throws Exception
    {
        final List<String> command = new ArrayList<>(List.of(
            "-genkeypair", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD));
        command.addAll(List.of(options));
        known = null;
        final Class<?> keytool = Class.forName("sun.security.tools.keytool.Main");
        final PrintStream errors = System.err;
        try
        {
            // It tells of each key.
            System.setErr(new PrintStream(OutputStream.nullOutputStream()));
            assertEquals(0, keytool.getMethod("run", String[].class, PrintStream.class).invoke(
                keytool.getConstructor().newInstance(), command.toArray(new String[0]), System.out), command::toString);
        }
        finally
        {
            System.setErr(errors);
        }
    }

    private KeyStore load() throws Exception
    {
        if (known == null)
        {
            known = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store))
            {
                known.load(in, PASSWORD.toCharArray());
            }
        }
        return known;
    }

    private Certified write(final String alias) throws Exception
    {
        final KeyStore all = load();
        final Path certificate = directory.resolve(name + "-" + alias + ".pem");
        final Path key = directory.resolve(name + "-" + alias + ".key");
        Files.writeString(certificate, pem("CERTIFICATE", all.getCertificate(alias).getEncoded()));
        Files.writeString(key, pem("PRIVATE KEY", all.getKey(alias, PASSWORD.toCharArray()).getEncoded()));
        return new Certified(alias, certificate, key);
    }

    private static String pem(final String kind, final byte[] der)
    {
        return "-----BEGIN " + kind + "-----\n" +
            Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }

    /** What a client of the JDK trusts, and shows unless it is null. */
    SSLContext client(final Certified own) throws Exception
    {
        final KeyStore all = load();
        final KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(AUTHORITY, all.getCertificate(AUTHORITY));
        final KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        final KeyStore shown = KeyStore.getInstance("PKCS12");
        shown.load(null, null);
        if (own != null)
        {
            shown.setKeyEntry("own", all.getKey(own.alias(), PASSWORD.toCharArray()), PASSWORD.toCharArray(),
                new Certificate[]{all.getCertificate(own.alias()), all.getCertificate(AUTHORITY)});
        }
        keys.init(shown, PASSWORD.toCharArray());
        final TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
