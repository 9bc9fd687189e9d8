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

    /** Made by openssl with other names besides: a text, an older kind of text, and a number. */
    private static final String OTHERS = """
        MIIB2TCCAYCgAwIBAgICD+0wCgYIKoZIzj0EAwIwEDEOMAwGA1UEAwwFaW50ZXIw
        HhcNMjYxMTMwMDk0NTU2WhcNMjYxMjA3MDk0NTU2WjAdMQ8wDQYDVQQDDAZjbGll
        bnQxCjAIBgNVBAoMAUEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT8EZ7rxWQV
        w6+jlGxFFginHH+hChr3GssOcmnqF1Puyr5k5U28vIOwcdjcPY0MPAYKEosHgm7B
        VGyoQN8mBPaCo4G8MIG5MHcGA1UdEQRwMG6GDHNwaWZmZTovL2EvYoIGYy50ZXN0
        hwQKAAABhxAgAQ24AAAAAAAAAAAAAAAFgQhhQGIudGVzdKAOBgMqAwSgBwwFb3Ro
        ZXKgEAYDKgMFoAkWB2lhNW5hbWWgCgYDKgMGoAMCAU2CBmQudGVzdDAdBgNVHQ4E
        FgQUfy/yY4+Ys066YoFGK78TjEvrNBEwHwYDVR0jBBgwFoAUZr0HGULKCCG3HoGI
        Q6wzG0oixzQwCgYIKoZIzj0EAwIDRwAwRAIgVUm0kJYObSmDgrXdJgOaVqfFp9pK
        aKPAHpWbWyg/jFMCICVq/HDi1TxeM9MmDp8SpkoCaJesrmd0WKOHZdnvlLz8
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
    void shouldReadNamesOfOtherTypesAsTextAndBeForNoneOfThem()
    {
        final PeerCertificate peer = PeerCertificate.of(Base64.getMimeDecoder().decode(OTHERS));
        assertEquals(List.of("other", "ia5name", "77"), peer.values(PeerCertificate.OTHER));
        assertEquals(List.of("c.test", "d.test"), peer.values(PeerCertificate.DNS));
        assertTrue(peer.isFor("c.test"));
        assertFalse(peer.isFor("other"));
    }

    @Test
    void shouldNotReadWhatIsNoCertificate()
    {
        assertNull(PeerCertificate.of(new byte[20]));
        assertNull(PeerCertificate.of(new byte[0]));
    }
}
