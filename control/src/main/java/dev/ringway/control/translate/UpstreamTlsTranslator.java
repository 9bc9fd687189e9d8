package dev.ringway.control.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.snapshot.UpstreamTls;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsSettings;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Translates {@code config.core.v3.TransportSocket} of clusters: {@code UpstreamTlsContext}.
 */
final class UpstreamTlsTranslator
{
    private static final String TLS = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
    private static final int MAX_SNI_LENGTH = 255;

    private final Checks checks;
    private final TlsContexts contexts;

    /**
     * @param checks   where faults and warnings go.
     * @param contexts builds contexts.
     */
    UpstreamTlsTranslator(final Checks checks, final TlsContexts contexts)
    {
        this.checks = checks;
        this.contexts = contexts;
    }

    /**
     * @param config   message.
     * @param path     where it stands.
     * @param cluster  its name, for warnings.
     * @param protocol that the cluster's requests are sent with, as ALPN names it: offered when no other is configured.
     * @param counters of the cluster's TLS.
     * @return how its connections are encrypted, or null when it is faulty, which is then noted.
     */
    UpstreamTls translate(
        final TransportSocket config,
        final FieldPath path,
        final String cluster,
        final String protocol,
        final TlsCounters counters)
    {
        final FieldPath typed = path.field("typed_config");
        final ByteString value = TransportSocketTranslator.typed(checks, config, path, "clusters", TLS);
        if (value == null)
        {
            return null;
        }
        try
        {
            final UpstreamTlsContext context = UpstreamTlsContext.parseFrom(value);
            checkValidation(context, typed, cluster);
            return translate(context, typed, protocol, counters);
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(typed, "cannot be decoded: " + ex.getMessage());
            return null;
        }
    }

    private UpstreamTls translate(
        final UpstreamTlsContext config, final FieldPath path, final String protocol, final TlsCounters counters)
    {
        if (config.getSni().getBytes(StandardCharsets.UTF_8).length > MAX_SNI_LENGTH)
        {
            checks.fault(path.field("sni"), "must have at most " + MAX_SNI_LENGTH + " bytes");
        }
        final int maxSessionKeys = checks.count(config.hasMaxSessionKeys(), config.getMaxSessionKeys(),
            path.field("max_session_keys"), 1, 0, Integer.MAX_VALUE);
        final FieldPath common = path.field("common_tls_context");
        if (config.getCommonTlsContext().getTlsCertificatesCount() > 1)
        {
            checks.fault(common.field("tls_certificates"), "must be one at most for clusters");
        }
        final boolean isOffered = config.getCommonTlsContext().getAlpnProtocolsCount() == 0;
        final TlsContext relays = contexts.build(
            common, checks, translator -> settings(translator, config, common).counters(counters));
        final TlsContext requests = relays == null || !isOffered ? relays : contexts.build(common, checks,
            translator -> settings(translator, config, common).alpn(List.of(protocol)).counters(counters));
        return requests == null ? null : new UpstreamTls(requests, relays,
            config.getSni().isEmpty() ? null : config.getSni(), config.getAutoHostSni(),
            config.getAutoSniSanValidation(), maxSessionKeys);
    }

    private static TlsSettings settings(
        final TlsTranslator translator, final UpstreamTlsContext config, final FieldPath path)
    {
        return translator.common(config.getCommonTlsContext(), path, false)
            .resume(!config.hasMaxSessionKeys() || config.getMaxSessionKeys().getValue() > 0);
    }

    private void checkValidation(final UpstreamTlsContext config, final FieldPath path, final String cluster)
    {
        final CertificateValidationContext validation = config.getCommonTlsContext().getValidationContext();
        final FieldPath automatic = path.field("auto_sni_san_validation");
        if (!validation.hasTrustedCa())
        {
            if (config.getAutoSniSanValidation())
            {
                checks.fault(automatic, "proves nothing without trusted_ca");
            }
            checks.errors().warn(path,
                "certificates of the endpoints of " + cluster + " are not verified: there is no trusted_ca");
        }
        else if (config.getAutoSniSanValidation() && validation.getMatchTypedSubjectAltNamesCount() > 0)
        {
            checks.fault(automatic, "is not supported beside match_typed_subject_alt_names");
        }
    }
}
