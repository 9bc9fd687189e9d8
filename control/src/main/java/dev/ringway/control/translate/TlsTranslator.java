package dev.ringway.control.translate;

import com.google.protobuf.ProtocolStringList;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.tls.TlsCertificate;
import dev.ringway.engine.tls.TlsSettings;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Translates {@code CommonTlsContext}, the part that both sides have.
 */
final class TlsTranslator
{
    private static final int MAX_PROTOCOL_LENGTH = 255;

    private final Checks checks;
    private final DataSources dataSources;
    private final PeerRuleTranslator rules;

    /**
     * @param checks where faults go.
     * @param files  told of each file before it is read.
     */
    TlsTranslator(final Checks checks, final Consumer<Path> files)
    {
        this.checks = checks;
        this.dataSources = new DataSources(checks, files);
        this.rules = new PeerRuleTranslator(checks);
    }

    /** Where faults go. */
    Checks checks()
    {
        return checks;
    }

    /** Reads keys and certificates. */
    DataSources dataSources()
    {
        return dataSources;
    }

    /**
     * @param config   message.
     * @param path     where it stands.
     * @param isServer whether connections are accepted.
     * @return settings to go on with; of no use when faults were noted.
     */
    TlsSettings common(final CommonTlsContext config, final FieldPath path, final boolean isServer)
    {
        final TlsSettings settings = isServer ? TlsSettings.server() : TlsSettings.client();
        settings.certificates(certificates(config, path.field("tls_certificates")));
        parameters(config.getTlsParams(), path.field("tls_params"), isServer, settings);
        if (config.hasValidationContext())
        {
            validation(config.getValidationContext(), path.field("validation_context"), settings);
        }
        return settings.alpn(protocols(config.getAlpnProtocolsList(), path.field("alpn_protocols"), checks));
    }

    private List<TlsCertificate> certificates(final CommonTlsContext config, final FieldPath path)
    {
        final List<TlsCertificate> certificates = new ArrayList<>();
        for (int i = 0; i < config.getTlsCertificatesCount(); i++)
        {
            final var certificate = config.getTlsCertificates(i);
            final FieldPath chain = path.at(i).field("certificate_chain");
            final FieldPath key = path.at(i).field("private_key");
            if (checks.required(certificate.hasCertificateChain(), chain) &
                checks.required(certificate.hasPrivateKey(), key))
            {
                certificates.add(new TlsCertificate(name(certificate.getCertificateChain(), chain),
                    dataSources.bytes(certificate.getCertificateChain(), chain),
                    dataSources.bytes(certificate.getPrivateKey(), key),
                    certificate.hasPassword() ?
                        dataSources.text(certificate.getPassword(), path.at(i).field("password")) : null));
            }
        }
        return certificates;
    }

    /** What errors call a source: its file, or where it stands. */
    private static String name(final DataSource source, final FieldPath path)
    {
        return source.hasFilename() ? source.getFilename() : path.toString();
    }

    private void parameters(
        final TlsParameters config, final FieldPath path, final boolean isServer, final TlsSettings settings)
    {
        final int least = version(config.getTlsMinimumProtocolVersion(), TlsSettings.TLS_1_2);
        final int most = version(config.getTlsMaximumProtocolVersion(),
            isServer ? TlsSettings.TLS_1_3 : Math.max(least, TlsSettings.TLS_1_2));
        if (least > most)
        {
            checks.fault(path.field("tls_maximum_protocol_version"), "is below tls_minimum_protocol_version");
            return;
        }
        settings.versions(least, most);
        if (config.getCipherSuitesCount() > 0)
        {
            settings.ciphers(config.getCipherSuitesList());
        }
        if (config.getEcdhCurvesCount() > 0)
        {
            settings.curves(config.getEcdhCurvesList());
        }
    }

    private static int version(final TlsProtocol version, final int unset)
    {
        return switch (version)
        {
            case TLSv1_2 -> TlsSettings.TLS_1_2;
            case TLSv1_3 -> TlsSettings.TLS_1_3;
            default -> unset;
        };
    }

    private void validation(
        final CertificateValidationContext config, final FieldPath path, final TlsSettings settings)
    {
        final PeerRules rule = rules.translate(config, path);
        if (config.hasTrustedCa())
        {
            final FieldPath ca = path.field("trusted_ca");
            settings.trustedCa(name(config.getTrustedCa(), ca), dataSources.bytes(config.getTrustedCa(), ca));
        }
        else if (rule != null && !rule.names().isEmpty())
        {
            checks.fault(path, "names of certificates prove nothing without trusted_ca");
        }
        settings.peerRule(rule)
            .acceptUntrusted(config.getTrustChainVerification() == TrustChainVerification.ACCEPT_UNTRUSTED)
            .sessionScope(config.toByteArray());
    }

    /** Names of ALPN. */
    static List<String> protocols(final ProtocolStringList config, final FieldPath path, final Checks checks)
    {
        for (int i = 0; i < config.size(); i++)
        {
            final int length = config.get(i).getBytes(StandardCharsets.UTF_8).length;
            if (length == 0 || length > MAX_PROTOCOL_LENGTH)
            {
                checks.fault(path.at(i), "must have 1 to " + MAX_PROTOCOL_LENGTH + " bytes");
            }
        }
        return config;
    }
}
