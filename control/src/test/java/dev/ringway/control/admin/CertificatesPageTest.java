package dev.ringway.control.admin;

import com.google.gson.JsonParser;
import dev.ringway.control.translate.TlsContexts;
import dev.ringway.engine.tls.NamedCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(30)
final class CertificatesPageTest
{
    /** Made by openssl with names of each kind and a serial number whose first digit is 0. */
    private static final String PEM = """
        -----BEGIN CERTIFICATE-----
        MIIBrjCCAVSgAwIBAgIDChssMAoGCCqGSM49BAMCMBAxDjAMBgNVBAMMBXNob3du
        MB4XDTI2MTEyOTEzMzQwNloXDTM2MTEyNjEzMzQwNlowEDEOMAwGA1UEAwwFc2hv
        d24wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT0IIumCL55vFivxiTelTrCsF+Q
        1djCZIn2QDVKx8i7dveehA8IufEUOobISilZYqPaxLVDkgPWUUlaKc7cR/lPo4Gc
        MIGZMB0GA1UdDgQWBBSahgO0E3ZXTe+W2vgjGHH1fRkvHTAfBgNVHSMEGDAWgBSa
        hgO0E3ZXTe+W2vgjGHH1fRkvHTAPBgNVHRMBAf8EBTADAQH/MEYGA1UdEQQ/MD2H
        ECABDbgAAAAAAAAAAAAAAAGGD3NwaWZmZTovL21lc2gvYYIGYS50ZXN0gQp3aG9A
        YS50ZXN0hwTAAAIBMAoGCCqGSM49BAMCA0gAMEUCIHLWmdAY4S9zAMZ1lYJffucN
        Z4/PQiarToOI+kwLPzBLAiEAqMAFUXQ+KgCJLk7uo95kfw5UBC9HZkbWezRJcEKa
        F3w=
        -----END CERTIFICATE-----
        """;

    @TempDir
    private Path directory;

    private static X509Certificate certificate() throws Exception
    {
        return (X509Certificate)CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(PEM.getBytes(US_ASCII)));
    }

    private static String shown(final String path, final int days)
    {
        return """
            { "path": "%s", "serial_number": "0a1b2c", "subject_alt_names": [ { "dns": "a.test" },
              { "uri": "spiffe://mesh/a" }, { "ip_address": "2001:db8::1" }, { "ip_address": "192.0.2.1" } ],
              "days_until_expiration": "%d", "valid_from": "2026-11-29T13:34:06Z",
              "expiration_time": "2036-11-26T13:34:06Z" }
            """.formatted(path, days);
    }

    private void shouldShow(final String now, final int days) throws Exception
    {
        try (FakeServer server = new FakeServer(directory))
        {
            server.certificates = List.of(
                new TlsContexts.Certificates(new NamedCertificate("/ca.pem", certificate()),
                    List.of(new NamedCertificate("/own.pem", certificate()),
                        new NamedCertificate("<inline>", certificate()))),
                new TlsContexts.Certificates(null, List.of()));
            final StringWriter out = new StringWriter();
            new CertificatesPage(server, Instant.parse(now)::toEpochMilli).page().body().write(out);
            assertEquals(JsonParser.parseString("{ certificates: [ { ca_cert: [" + shown("/ca.pem", days) +
                "], cert_chain: [" + shown("/own.pem", days) + ',' + shown("<inline>", days) +
                "] }, { ca_cert: [], cert_chain: [] } ] }"), JsonParser.parseString(out.toString()));
        }
    }

    @Test
    void shouldShowWholeDaysThatAreLeft() throws Exception
    {
        shouldShow("2036-11-16T13:34:06Z", 10);
        shouldShow("2036-11-16T13:34:07Z", 9);
    }

    @Test
    void shouldShowNoDaysOfWhatIsOver() throws Exception
    {
        shouldShow("2036-11-27T13:34:06Z", 0);
    }
}
