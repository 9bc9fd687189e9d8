package dev.ringway.control.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.health.CheckTls;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.snapshot.UpstreamTls;
import dev.ringway.engine.snapshot.UpstreamTls.Names;
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

    /**
     * What the options for HTTP of a cluster say of its encryption.
     *
     * @param protocol     that requests are sent with, as ALPN names it: offered when no other is configured.
     * @param asksHosts    {@code auto_sni}.
     * @param verifiesHost {@code auto_san_validation}.
     * @param path         where they stand, or null without any.
     */
    record HttpPart(String protocol, boolean asksHosts, boolean verifiesHost, FieldPath path)
    {
    }

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
     * @param http     what its options for HTTP say.
     * @param counters of the cluster's TLS.
     * @return how its connections are encrypted, or null when it is faulty, which is then noted.
     */
    UpstreamTls translate(
        final TransportSocket config,
        final FieldPath path,
        final String cluster,
        final HttpPart http,
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
            checkHosts(context, typed, http);
            return translate(context, typed, http, counters);
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(typed, "cannot be decoded: " + ex.getMessage());
            return null;
        }
    }

    private UpstreamTls translate(
        final UpstreamTlsContext config, final FieldPath path, final HttpPart http, final TlsCounters counters)
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
        final List<Object> key = key(config, counters);
        final TlsContext relays = contexts.build(
            key, common, checks, translator -> settings(translator, config, common).counters(counters));
        final TlsContext requests = relays == null || !isOffered ? relays : contexts.build(
            List.of(key, http.protocol), common, checks, translator ->
                settings(translator, config, common).alpn(List.of(http.protocol)).counters(counters));
        return requests == null ? null : new UpstreamTls(requests, relays,
            config.getSni().isEmpty() ? null : config.getSni(),
            http.asksHosts ? Names.OF_REQUESTS : config.getAutoHostSni() ? Names.OF_ENDPOINTS : Names.CONFIGURED,
            config.getAutoSniSanValidation() || http.verifiesHost, maxSessionKeys);
    }

    /**
     * @param config    message that was translated.
     * @param path      where it stands.
     * @param tls       that it was translated to.
     * @param protocols that checks offer instead ({@code tls_options.alpn_protocols}), or none.
     * @return how connections of health checks are encrypted, or null when that is faulty, which is then noted.
     */
    CheckTls checks(
        final TransportSocket config, final FieldPath path, final UpstreamTls tls, final List<String> protocols)
    {
        final TlsCounters counters = tls.context().counters();
        try
        {
            final UpstreamTlsContext message = UpstreamTlsContext.parseFrom(config.getTypedConfig().getValue());
            final FieldPath common = path.field("typed_config").field("common_tls_context");
            final TlsContext context = protocols.isEmpty() ? tls.relayContext() : contexts.build(
                List.of(key(message, counters), protocols), common, checks, translator ->
                    settings(translator, message, common).alpn(protocols).counters(counters));
            return context == null ? null : new CheckTls(
                context, tls.sni(), message.getAutoHostSni(), message.getAutoSniSanValidation());
        }
        catch (final InvalidProtocolBufferException ex)
        {
            throw new IllegalStateException("was translated before", ex);
        }
    }

    /** What contexts are made from; they differ besides by the protocols that they offer. */
    private static List<Object> key(final UpstreamTlsContext config, final TlsCounters counters)
    {
        return List.of(config.getCommonTlsContext(), !config.hasMaxSessionKeys() ||
            config.getMaxSessionKeys().getValue() > 0, counters.handshake);
    }

    private static TlsSettings settings(
        final TlsTranslator translator, final UpstreamTlsContext config, final FieldPath path)
    {
        return translator.common(config.getCommonTlsContext(), path, false)
            .resume(!config.hasMaxSessionKeys() || config.getMaxSessionKeys().getValue() > 0);
    }

    private void checkHosts(final UpstreamTlsContext config, final FieldPath path, final HttpPart http)
    {
        if (http.asksHosts && config.getAutoHostSni())
        {
            checks.fault(path.field("auto_host_sni"), "is without effect beside auto_sni; remove it");
        }
        if (http.verifiesHost && !config.getCommonTlsContext().getValidationContext().hasTrustedCa())
        {
            checks.fault(http.path.field("auto_san_validation"), "proves nothing without trusted_ca");
        }
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
