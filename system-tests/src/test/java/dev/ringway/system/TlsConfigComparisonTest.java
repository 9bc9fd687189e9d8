package dev.ringway.system;

import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What Envoy refuses of a listener's TLS settings is refused here, and what it takes is taken, but for what is listed
 * as refused here alone.
 */
final class TlsConfigComparisonTest
{
    @TempDir
    private static Path directory;

    private static Certified rsa;
    private static Certified ecdsa;
    private static Certified expired;
    private static Path ca;

    @BeforeAll
    static void certify() throws Exception
    {
        final Certificates certificates = new Certificates(directory, "ca");
        ca = certificates.authority();
        rsa = certificates.rsa("rsa", "dns:localhost");
        ecdsa = certificates.ecdsa("ecdsa", "dns:localhost");
        expired = certificates.expired("expired", "dns:localhost");
        Files.writeString(directory.resolve("empty"), "");
        Files.writeString(directory.resolve("text"), "not PEM\n");
        Files.write(directory.resolve("ticket"), new byte[80]);
        Files.write(directory.resolve("short"), new byte[48]);
    }

    private static String fill(final String options)
    {
        return options.replace("$RSA", rsa.yaml()).replace("$ECDSA", ecdsa.yaml())
            .replace("$EXPIRED", expired.yaml())
            .replace("$CERT", "filename: \"" + ecdsa.certificate() + "\"")
            .replace("$KEY", "filename: \"" + ecdsa.key() + "\"")
            .replace("$OTHER_KEY", "filename: \"" + rsa.key() + "\"")
            .replace("$CA", "filename: \"" + ca + "\"")
            .replace("$DIR", directory.toString())
            .replace('!', '|').replace("$HASH", "ab".repeat(32)).replace("$SPKI", "A".repeat(43) + "=");
    }

    private static Path bootstrap(final String context, final String chain) throws IOException
    {
        final String listener = Bootstraps.tcp("in", Bootstraps.tcpAddress("127.0.0.1", 0), "a") +
            Bootstraps.downstreamTls(fill(context)) + chain;
        return Files.writeString(directory.resolve("bootstrap.yaml"), "static_resources:\n  listeners:\n" + listener +
            "  clusters:\n" + Bootstraps.cluster("a", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 9)));
    }

    private static void compare(final Path bootstrap, final String how) throws Exception
    {
        final List<String> faults = ConfigVerdicts.compare(directory, bootstrap, how);
        final String at = "static_resources.listeners[0].filter_chains[0].transport_socket";
        assertTrue(faults.stream().allMatch(fault -> fault.startsWith(at)), faults.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        tls_certificates: [ $RSA ]                                                         | taken
        tls_certificates: [ $ECDSA ]                                                       | taken
        tls_certificates: [ $RSA, $ECDSA ]                                                 | taken
        tls_certificates: [ $RSA, $EXPIRED ]                                               | refused here
        tls_certificates: [ $RSA, $RSA, $ECDSA ]                                           | taken
        tls_certificates: []                                                               | refused
        tls_certificates: [ { certificate_chain: { $CERT } } ]                             | refused
        tls_certificates: [ { private_key: { $KEY } } ]                                    | refused
        tls_certificates: [ { certificate_chain: { $CERT }, private_key: { $OTHER_KEY } } ] | refused
        tls_certificates: [ { certificate_chain: { $KEY }, private_key: { $KEY } } ]       | refused
        tls_certificates: [ { certificate_chain: { $CERT }, private_key: { $CERT } } ]     | refused
        tls_certificates: [ { certificate_chain: { filename: $DIR/none }, private_key: { $KEY } } ]  | refused
        tls_certificates: [ { certificate_chain: { filename: $DIR/empty }, private_key: { $KEY } } ] | refused
        tls_certificates: [ { certificate_chain: { filename: $DIR/text }, private_key: { $KEY } } ]  | refused
        tls_certificates: [ { certificate_chain: { inline_string: no }, private_key: { $KEY } } ]    | refused
        tls_certificates: [ { certificate_chain: { $CERT }, private_key: { filename: $DIR/empty } } ] | refused
        tls_certificates: [ { certificate_chain: { $CERT }, private_key: { filename: $DIR/none } } ]  | refused
        tls_certificates: [ $EXPIRED ]                                                     | refused here
        tls_certificates: [ { certificate_chain: { $CERT }, private_key: { $KEY }, password: { inline_string: x } } ] | taken
        tls_certificates: [ $ECDSA ], alpn_protocols: [ h2, http/1.1 ]                     | taken
        tls_certificates: [ $ECDSA ], alpn_protocols: [ "" ]                               | refused here
        """)
    void shouldTakeTheSameCertificates(final String common, final String how) throws Exception
    {
        compare(bootstrap("common_tls_context: { " + common + " }", ""), how);
    }

    /** Who runs it finds by the file and the reason what to mend. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        tls_certificates: [ { certificate_chain: { filename: $DIR/none }, private_key: { $KEY } } ]  | tls_certificates[0].certificate_chain.filename: cannot read '$DIR/none': no such file
        tls_certificates: [ { certificate_chain: { $CERT }, private_key: { filename: $DIR/none } } ] | tls_certificates[0].private_key.filename: cannot read '$DIR/none': no such file
        tls_certificates: [ { certificate_chain: { filename: $DIR }, private_key: { $KEY } } ]       | tls_certificates[0].certificate_chain.filename: cannot read '$DIR': Is a directory
        tls_certificates: [ { certificate_chain: { filename: $DIR/empty }, private_key: { $KEY } } ] | $DIR/empty holds no certificate in PEM
        tls_certificates: [ { certificate_chain: { filename: $DIR/text }, private_key: { $KEY } } ]  | $DIR/text holds no certificate in PEM
        tls_certificates: [ { certificate_chain: { $CERT }, private_key: { $OTHER_KEY } } ]          | the private key of $FILE does not match the certificate
        tls_certificates: [ $EXPIRED ]                                                               | $OLD expired at
        tls_certificates: [ $ECDSA ], validation_context: { trusted_ca: { filename: $DIR/none } }    | validation_context.trusted_ca.filename: cannot read '$DIR/none': no such file
        tls_certificates: [ $ECDSA ], validation_context: { trusted_ca: { filename: $DIR/empty } }   | $DIR/empty holds no certificate in PEM
        tls_certificates: [ $ECDSA ], tls_params: { cipher_suites: [ ECDHE-NONE ] }                  | unknown name: ECDHE-NONE
        """)
    void shouldSayWhichFileIsRefusedAndWhy(final String common, final String reason) throws Exception
    {
        final List<String> faults = ConfigVerdicts.faults(bootstrap("common_tls_context: { " + common + " }", ""));
        final String expected = reason.replace("$DIR", directory.toString())
            .replace("$FILE", ecdsa.certificate().toString()).replace("$OLD", expired.certificate().toString());
        assertTrue(faults.stream().anyMatch(fault -> fault.contains(expected)), faults.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {}                                                                          | taken
        { tls_minimum_protocol_version: TLS_AUTO, tls_maximum_protocol_version: TLS_AUTO } | taken
        { tls_minimum_protocol_version: TLSv1_3 }                                   | taken
        { tls_maximum_protocol_version: TLSv1_2 }                                   | taken
        { tls_minimum_protocol_version: TLSv1_0 }                                   | refused here
        { tls_maximum_protocol_version: TLSv1_1 }                                   | refused here
        { tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version: TLSv1_2 } | refused here
        { tls_minimum_protocol_version: TLSv2 }                                     | refused
        { cipher_suites: [ ECDHE-ECDSA-AES128-GCM-SHA256 ] }                        | taken
        { cipher_suites: [ "[ECDHE-ECDSA-AES128-GCM-SHA256!ECDHE-ECDSA-CHACHA20-POLY1305]" ] } | taken
        { cipher_suites: [ ECDHE-NONE ] }                                           | refused
        { cipher_suites: [ ECDHE-ECDSA-AES128-GCM-SHA256, ECDHE-NONE ] }            | refused
        { ecdh_curves: [ X25519, P-256, P-384, P-521 ] }                            | taken
        { ecdh_curves: [ X25519MLKEM768 ] }                                         | taken
        { ecdh_curves: [ P-1 ] }                                                    | refused
        { signature_algorithms: [ ecdsa_secp256r1_sha256 ] }                        | refused here
        { compliance_policies: [ FIPS_202205 ] }                                    | refused here
        """)
    void shouldTakeTheSameParameters(final String parameters, final String how) throws Exception
    {
        compare(bootstrap("common_tls_context: { tls_certificates: [ $ECDSA ], tls_params: " + parameters + " }", ""),
            how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {}                                                                   | taken
        { trusted_ca: { $CA } }                                              | taken
        { trusted_ca: { filename: $DIR/none } }                              | refused
        { trusted_ca: { filename: $DIR/empty } }                             | refused
        { trusted_ca: { filename: $DIR/text } }                              | refused
        { trusted_ca: { inline_string: no } }                                | refused
        { verify_certificate_hash: [ $HASH ] }                               | taken
        { verify_certificate_hash: [ abc ] }                                 | refused
        { verify_certificate_hash: [ zz$HASH ] }                             | refused
        { verify_certificate_spki: [ "$SPKI" ] }                             | taken
        { verify_certificate_spki: [ abc ] }                                 | refused
        { verify_certificate_spki: [ "????????????????????????????????????????????" ] } | refused
        { trusted_ca: { $CA }, match_typed_subject_alt_names: [ { san_type: URI, matcher: { prefix: "spiffe://" } } ] } | taken
        { trusted_ca: { $CA }, match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: a } } ] }    | taken
        { trusted_ca: { $CA }, match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: "" } } ] }   | taken
        { trusted_ca: { $CA }, match_typed_subject_alt_names: [ { san_type: DNS, matcher: { safe_regex: { regex: "a.*" } } } ] } | taken
        { trusted_ca: { $CA }, match_typed_subject_alt_names: [ { san_type: DNS, matcher: { safe_regex: { regex: "a(" } } } ] }  | refused
        { trusted_ca: { $CA }, match_typed_subject_alt_names: [ { san_type: DNS, matcher: { prefix: "" } } ] }  | refused
        { trusted_ca: { $CA }, match_typed_subject_alt_names: [ { san_type: DNS } ] }                    | refused
        { trusted_ca: { $CA }, match_typed_subject_alt_names: [ { matcher: { exact: a } } ] }            | refused
        { trusted_ca: { $CA }, match_typed_subject_alt_names: [ { san_type: OTHER_NAME, oid: "1.2.3", matcher: { exact: a } } ] } | refused here
        { match_typed_subject_alt_names: [ { san_type: DNS, matcher: { exact: a } } ] }                  | refused
        { trusted_ca: { $CA }, match_subject_alt_names: [ { exact: a } ] }   | taken
        { match_subject_alt_names: [ { exact: a } ] }                        | refused
        { trusted_ca: { $CA }, trust_chain_verification: ACCEPT_UNTRUSTED }  | taken
        { trusted_ca: { $CA }, allow_expired_certificate: true }             | refused here
        { trusted_ca: { $CA }, max_verify_depth: 2 }                         | refused here
        { trusted_ca: { $CA }, only_verify_leaf_cert_crl: true }             | refused here
        { trusted_ca: { $CA }, crl: { filename: $DIR/text } }                | refused here
        { system_root_certs: {} }                                            | refused here
        """)
    void shouldTakeTheSameWaysToVerify(final String validation, final String how) throws Exception
    {
        compare(bootstrap(
            "common_tls_context: { tls_certificates: [ $ECDSA ], validation_context: " + validation + " }", ""), how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        require_client_certificate: false                                 | taken
        require_client_certificate: true                                  | refused here
        session_ticket_keys: { keys: [ { filename: $DIR/ticket } ] }      | taken
        session_ticket_keys: { keys: [ { filename: $DIR/ticket }, { filename: $DIR/ticket } ] } | taken
        session_ticket_keys: { keys: [ { filename: $DIR/short } ] }       | refused
        session_ticket_keys: { keys: [] }                                 | refused
        disable_stateless_session_resumption: true                        | taken
        disable_stateful_session_resumption: true                         | taken
        disable_stateless_session_resumption: true, session_ticket_keys: { keys: [ { filename: $DIR/ticket } ] } | refused
        require_sni: false                                                | taken
        require_sni: true                                                 | refused here
        ocsp_staple_policy: MUST_STAPLE                                   | refused
        prefer_client_ciphers: true                                       | refused here
        session_timeout: 60s                                              | refused here
        full_scan_certs_on_sni_mismatch: true                             | refused here
        """)
    void shouldTakeTheSameOptions(final String options, final String how) throws Exception
    {
        compare(bootstrap("common_tls_context: { tls_certificates: [ $ECDSA ] }, " + options, ""), how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        transport_socket_connect_timeout: 5s  | taken
        transport_socket_connect_timeout: 0s  | taken
        transport_socket_connect_timeout: -1s | refused
        """)
    void shouldTakeTheSameTimeouts(final String chain, final String how) throws Exception
    {
        final Path bootstrap =
            bootstrap("common_tls_context: { tls_certificates: [ $ECDSA ] }", "      " + chain + "\n");
        assertEquals(how.equals("taken"), Peers.envoyAccepts(directory, bootstrap));
        assertEquals(how.equals("taken"), ConfigVerdicts.faults(bootstrap).isEmpty());
    }
}
