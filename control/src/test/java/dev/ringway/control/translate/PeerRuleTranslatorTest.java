package dev.ringway.control.translate;

import com.google.protobuf.TextFormat;
import dev.ringway.control.config.ConfigErrors;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.tls.PeerCertificate;
import dev.ringway.engine.tls.PeerVerdict;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Base64;
import java.util.Locale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Names and pins that are asked for, against a certificate that openssl made with a name of each kind. */
final class PeerRuleTranslatorTest
{
    private static final PeerCertificate PEER = PeerCertificate.of(Base64.getMimeDecoder().decode("""
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
        """));
    private static final String WRONG = "00".repeat(32);

    private static PeerRules rules(final String config) throws TextFormat.ParseException
    {
        final ConfigErrors errors = new ConfigErrors();
        final PeerRules rules = new PeerRuleTranslator(new Checks(errors))
            .translate(TextFormat.parse(config, CertificateValidationContext.class), FieldPath.ROOT);
        assertTrue(errors.isEmpty(), errors.errors().toString());
        return rules;
    }

    private static PeerVerdict verdict(final String config) throws TextFormat.ParseException
    {
        return rules(config).verdict(PEER);
    }

    @Test
    void shouldAskForNothingWhenNothingIsConfigured() throws Exception
    {
        assertNull(rules(""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        DNS        | exact: "one.example"                  | TAKEN
        DNS        | exact: "ONE.EXAMPLE"                  | TAKEN
        DNS        | exact: "a.example.org"                | TAKEN
        DNS        | exact: "a.b.example.org"              | WRONG_NAME
        DNS        | exact: "example.org"                  | WRONG_NAME
        DNS        | exact: "spiffe://mesh/a"              | WRONG_NAME
        DNS        | suffix: ".example.org"                | TAKEN
        DNS        | suffix: ".EXAMPLE.org"                | WRONG_NAME
        DNS        | suffix: ".EXAMPLE.org" ignore_case: true | TAKEN
        DNS        | contains: "ne.ex"                     | TAKEN
        DNS        | safe_regex { regex: "one[.].*" }      | TAKEN
        DNS        | safe_regex { regex: "one" }           | WRONG_NAME
        URI        | exact: "spiffe://mesh/a"              | TAKEN
        URI        | exact: "spiffe://mesh/A"              | WRONG_NAME
        URI        | prefix: "spiffe://mesh/"              | TAKEN
        URI        | prefix: "spiffe://other/"             | WRONG_NAME
        URI        | exact: "one.example"                  | WRONG_NAME
        EMAIL      | exact: "who@example.org"              | TAKEN
        IP_ADDRESS | exact: "192.0.2.1"                    | TAKEN
        IP_ADDRESS | exact: "2001:db8::1"                  | TAKEN
        IP_ADDRESS | exact: "192.0.2.2"                    | WRONG_NAME
        """)
    void shouldFindNames(final String type, final String matcher, final PeerVerdict expected) throws Exception
    {
        assertEquals(expected,
            verdict("match_typed_subject_alt_names { san_type: " + type + " matcher { " + matcher + " } }"));
    }

    @Test
    void shouldTakeOneNameOfSeveralAndAnyTypeOfTheOlderField() throws Exception
    {
        final String wrong = "match_typed_subject_alt_names { san_type: DNS matcher { exact: \"x\" } } ";
        assertEquals(PeerVerdict.TAKEN,
            verdict(wrong + "match_typed_subject_alt_names { san_type: URI matcher { prefix: \"spiffe:\" } }"));
        assertEquals(PeerVerdict.TAKEN, verdict(wrong + "match_subject_alt_names { exact: \"who@example.org\" }"));
        assertEquals(PeerVerdict.WRONG_NAME, verdict(wrong + "match_subject_alt_names { exact: \"y\" }"));
    }

    @Test
    void shouldTakeOnePinOfSeveral() throws Exception
    {
        final String hash = PEER.sha256();
        final String colons = hash.toUpperCase(Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
        assertEquals(PeerVerdict.TAKEN, verdict("verify_certificate_hash: \"" + hash + "\""));
        assertEquals(PeerVerdict.TAKEN, verdict("verify_certificate_hash: \"" + colons + "\""));
        assertEquals(PeerVerdict.WRONG_PIN, verdict("verify_certificate_hash: \"" + WRONG + "\""));
        assertEquals(PeerVerdict.TAKEN, verdict("verify_certificate_hash: \"" + WRONG +
            "\" verify_certificate_spki: \"" + PEER.spkiSha256() + "\""));
        assertEquals(PeerVerdict.WRONG_NAME, verdict("verify_certificate_hash: \"" + hash +
            "\" match_subject_alt_names { exact: \"y\" }"));
    }
}
