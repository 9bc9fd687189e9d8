package dev.ringway.engine.tls;

import dev.ringway.engine.tls.TestCertificates.Certified;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.security.cert.CertificateEncodingException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;

import static dev.ringway.engine.tls.TlsFixture.CA;
import static dev.ringway.engine.tls.TlsFixture.EC;
import static dev.ringway.engine.tls.TlsFixture.EC_KEYS;
import static dev.ringway.engine.tls.TlsFixture.RSA;
import static dev.ringway.engine.tls.TlsFixture.RSA_KEYS;
import static dev.ringway.engine.tls.TlsFixture.client;
import static dev.ringway.engine.tls.TlsFixture.server;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class TlsContextTest
{
    private static final byte[] NOT_PEM = "not PEM".getBytes();

    private static void shouldRefuse(final String reason, final TlsSettings settings)
    {
        final TlsException refusal =
            assertThrows(TlsException.class, () -> TlsContext.build(settings, TestCertificates.NOW.toEpochMilli()));
        assertEquals(reason, refusal.getMessage());
    }

    private static TlsSettings showing(final byte[] chain, final byte[] key, final String password)
    {
        return TlsSettings.server().certificates(List.of(new TlsCertificate("cert.pem", chain, key, password)));
    }

    @Test
    void shouldRefuseAKeyThatDoesNotMatch()
    {
        shouldRefuse("the private key of cert.pem does not match the certificate",
            showing(EC.pem(), RSA.keyPem(), null));
        shouldRefuse("the private key of cert.pem does not match the certificate",
            showing(EC.pem(), TestCertificates.pem("PRIVATE KEY",
                TestCertificates.keys("EC", 256).getPrivate().getEncoded()), null));
    }

    @Test
    void shouldRefuseWhatIsNotPem()
    {
        shouldRefuse("cert.pem holds no certificate in PEM", showing(NOT_PEM, EC.keyPem(), null));
        shouldRefuse("cert.pem holds no certificate in PEM", showing(new byte[0], EC.keyPem(), null));
        shouldRefuse("cert.pem holds no certificate in PEM", showing(EC.keyPem(), EC.keyPem(), null));
        final String unreadable =
            "the private key of cert.pem cannot be read: it is not PEM, damaged, or its password is wrong";
        shouldRefuse(unreadable, showing(EC.pem(), NOT_PEM, null));
        shouldRefuse(unreadable, showing(EC.pem(), new byte[0], null));
        shouldRefuse(unreadable, showing(EC.pem(), EC.pem(), null));
    }

    @Test
    void shouldRefuseADamagedCertificate()
    {
        final byte[] damaged = EC.pem();
        Arrays.fill(damaged, 60, 100, (byte)'A');
        final TlsException refusal = assertThrows(TlsException.class,
            () -> TlsContext.build(showing(damaged, EC.keyPem(), null), TestCertificates.NOW.toEpochMilli()));
        assertTrue(refusal.getMessage().startsWith("cert.pem cannot be read as certificates: "), refusal.getMessage());
    }

    @Test
    void shouldRefuseWeakAndUnknownKeys()
    {
        final Certified weak = TestCertificates.leaf(CA, "weak", TestCertificates.keys("RSA", 1024));
        shouldRefuse("weak has an RSA key of less than 2048 bits", server(weak));
        final Certified unknown = TestCertificates.leaf(CA, "ed", TestCertificates.keys("Ed25519", 255));
        shouldRefuse("ed has a key that is neither RSA nor ECDSA", server(unknown));
    }

    @Test
    void shouldRefuseAnEmptyOrWrongCa()
    {
        shouldRefuse("ca.pem holds no certificate in PEM", server(EC).trustedCa("ca.pem", new byte[0]));
        shouldRefuse("ca.pem holds no certificate in PEM", client().trustedCa("ca.pem", NOT_PEM));
        shouldRefuse("client certificates are required but there is no trusted CA to verify them by",
            server(EC).requirePeerCertificate(true));
    }

    @Test
    void shouldRefuseUnknownNames()
    {
        shouldRefuse("the list of cipher suites has an unknown name: ECDHE-NONE",
            server(EC).ciphers(List.of("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-NONE")));
        shouldRefuse("the list of cipher suites has an unknown name: NONE",
            server(EC).ciphers(List.of("[ECDHE-ECDSA-AES128-GCM-SHA256|NONE]")));
        shouldRefuse("the list of cipher suites leaves none: !ECDHE-ECDSA-AES128-GCM-SHA256",
            server(EC).ciphers(List.of("!ECDHE-ECDSA-AES128-GCM-SHA256")));
        shouldRefuse("the list of curves has an unknown name: P-256, P-1",
            server(EC).curves(List.of("P-256", "P-1")));
    }

    @Test
    void shouldRefuseWhatMakesNoSense()
    {
        shouldRefuse("a TLS server needs a certificate", TlsSettings.server());
        shouldRefuse("a session ticket key has 48 bytes instead of 80",
            server(EC).ticketKeys(List.of(new byte[48])));
        shouldRefuse("TLS versions must be 1.2 to 1.3, the least not above the most",
            server(EC).versions(TlsSettings.TLS_1_3, TlsSettings.TLS_1_2));
        shouldRefuse("TLS versions must be 1.2 to 1.3, the least not above the most",
            server(EC).versions(0x0301, TlsSettings.TLS_1_3));
    }

    @Test
    void shouldRefuseWhatExpired()
    {
        final Certified expired = TestCertificates.leaf(CA, "old.pem", EC_KEYS,
            TestCertificates.NOW.minusSeconds(7200), TestCertificates.NOW.minusSeconds(3600));
        shouldRefuse("old.pem expired at " +
            TestCertificates.NOW.minusSeconds(3600).truncatedTo(ChronoUnit.SECONDS), server(expired));
    }

    @Test
    void shouldUseWhatIsNotValidYetAndSaySo()
    {
        final Certified early = TestCertificates.leaf(CA, "new.pem", RSA_KEYS,
            TestCertificates.NOW.plusSeconds(3600), TestCertificates.NOW.plusSeconds(7200));
        final TlsContext context = TlsFixture.build(server(early));
        assertEquals(1, context.warnings().size());
        assertTrue(context.warnings().get(0).startsWith("new.pem is not valid before "), context.warnings().get(0));
        assertEquals(1, context.certificates().size());
        context.release();
        assertEquals(0, context.references());
    }

    @Test
    void shouldKeepTheFirstAuthority() throws CertificateEncodingException
    {
        final TlsContext context =
            TlsFixture.build(server(EC).trustedCa("ca.pem", concat(CA.pem(), EC.pem())).requirePeerCertificate(true));
        assertEquals("ca.pem", context.authority().name());
        assertArrayEquals(CA.der(), context.authority().certificate().getEncoded());
        context.release();
    }

    @Test
    void shouldTakeKeyAndChainFromOneFile()
    {
        final byte[] text = "words\n".getBytes();
        final byte[] all = concat(EC.keyPem(), text, EC.pem(), text, CA.pem());
        final TlsContext context = TlsFixture.build(showing(all, all, null));
        assertEquals(List.of("CN=example.org"), context.certificates().stream()
            .map(own -> own.certificate().getSubjectX500Principal().getName()).toList());
        assertNull(context.authority());
        context.release();
    }

    @Test
    void shouldRefuseWhatIsCutOff()
    {
        final TlsException refusal = assertThrows(TlsException.class, () -> TlsContext.build(
            showing(Arrays.copyOf(EC.pem(), EC.pem().length - 60), EC.keyPem(), null),
            TestCertificates.NOW.toEpochMilli()));
        assertTrue(refusal.getMessage().startsWith("cert.pem cannot be read as certificates: "), refusal.getMessage());
    }

    private static byte[] concat(final byte[]... parts)
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final byte[] part : parts)
        {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void shouldTakeKeysAsTheyAreWritten()
    {
        final byte[] pkcs8 = RSA.keys().getPrivate().getEncoded();
        // PKCS#1 lies in the last octet string of PKCS#8.
        final byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
        TlsFixture.build(showing(RSA.pem(), TestCertificates.pem("RSA PRIVATE KEY", pkcs1), null)).release();
        TlsFixture.build(showing(RSA.pem(), RSA.keyPem(), "not needed")).release();
    }

    @Test
    void shouldStayUntilTheLastConnectionIsGone()
    {
        final TlsContext context = TlsFixture.build(server(EC));
        final TlsEngines engines = new TlsEngines();
        final TlsEngine engine = engines.open(context, null, null, 0);
        assertEquals(2, context.references());
        context.release();
        assertEquals(1, context.references());
        assertTrue(engine.errorId() == 0 && !engine.isEstablished());
        engines.close(engine);
        assertEquals(0, context.references());
    }
}
