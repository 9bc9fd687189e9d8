package dev.ringway.engine.tls;

import org.junit.jupiter.api.Test;

import java.util.Base64;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class PeerCertificateTest
{
    /** Made by openssl with a name of each kind. */
    private static final String NAMES = """
        MIIB/DCCAaOgAwIBAgIUG37AceMF1Q4Br4UaT1TQ5OjNSjQwCgYIKoZIzj0EAwIw
        EDEOMAwGA1UEAwwFbmFtZXMwHhcNMjYxMTI5MTMxNjM0WhcNMzYxMTI2MTMxNjM0
        WjAQMQ4wDAYDVQQDDAVuYW1lczBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIbq
        mlGkxThhUupbd6lbG2rW4JYvByB3UT0Dl7TWipEG/Y5zjuYYjM0zN0hA5aItIaU8
        KgV8y41IK4RwXYUM0JWjgdowgdcwHQYDVR0OBBYEFHwqmmhPzmTZGZF7HLj4wVY6
        bCPEMB8GA1UdIwQYMBaAFHwqmmhPzmTZGZF7HLj4wVY6bCPEMA8GA1UdEwEB/wQF
        MAMBAf8wgYMGA1UdEQR8MHqCDSouZXhhbXBsZS5vcmeCC29uZS5leGFtcGxlhg9z
        cGlmZmU6Ly9tZXNoL2GBD3dob0BleGFtcGxlLm9yZ4cEwAACAYcQIAENuAAAAAAA
        AAAAAAAAAYcQAAAAAAAAAAAAAAAAAAAAAYcQIAENuAABAAIAAwAEAAUABjAKBggq
        hkjOPQQDAgNHADBEAiAqM8/QjnrH/DBiSCWhjg25gNTOWC6BsSI1AKXuDt2wXAIg
        DBIn12tavOBjODpOg0AeyNroqygCyUR2SyLC6gwYRgA=
        """;

    private static final PeerCertificate PEER = PeerCertificate.of(Base64.getMimeDecoder().decode(NAMES));

    @Test
    void shouldWriteNamesAsEnvoyDoes()
    {
        assertEquals(
            List.of("*.example.org", "one.example", "spiffe://mesh/a", "who@example.org", "192.0.2.1", "2001:db8::1",
                "::1", "2001:db8:1:2:3:4:5:6"),
            PEER.names().stream().map(PeerCertificate.Name::value).toList());
    }

    @Test
    void shouldBeForItsNamesAlone()
    {
        assertTrue(PEER.isFor("one.example"));
        assertTrue(PEER.isFor("a.example.org"));
        assertTrue(PEER.isFor("2001:db8::1"));
        assertTrue(PEER.isFor("192.0.2.1"));
        assertFalse(PEER.isFor("a.b.example.org"));
        assertFalse(PEER.isFor("example.org"));
        assertFalse(PEER.isFor("names"));
        assertFalse(PEER.isFor("192.0.2.2"));
    }

    @Test
    void shouldNotReadWhatIsNoCertificate()
    {
        assertNull(PeerCertificate.of(new byte[20]));
        assertNull(PeerCertificate.of(new byte[0]));
    }
}
