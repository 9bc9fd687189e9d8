package dev.ringway.control.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsSettings;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys;

import java.util.ArrayList;
import java.util.List;

/**
 * Translates {@code config.core.v3.TransportSocket} of listeners: {@code DownstreamTlsContext}.
 */
final class TransportSocketTranslator
{
    private static final String TLS = "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";

    private final Checks checks;
    private final TlsContexts contexts;

    /**
     * @param checks   where faults go.
     * @param contexts builds contexts.
     */
    TransportSocketTranslator(final Checks checks, final TlsContexts contexts)
    {
        this.checks = checks;
        this.contexts = contexts;
    }

    /**
     * @param config   message.
     * @param path     where it stands.
     * @param counters of the listener's TLS.
     * @return the context of its connections, or null when it is faulty, which is then noted.
     */
    TlsContext translate(final TransportSocket config, final FieldPath path, final TlsCounters counters)
    {
        final FieldPath typed = path.field("typed_config");
        final ByteString value = typed(checks, config, path, "listeners", TLS);
        if (value == null)
        {
            return null;
        }
        try
        {
            final DownstreamTlsContext context = DownstreamTlsContext.parseFrom(value);
            return contexts.build(List.of(context, counters.handshake), typed.field("common_tls_context"), checks,
                translator -> settings(translator, context, typed).counters(counters));
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(typed, "cannot be decoded: " + ex.getMessage());
            return null;
        }
    }

    /**
     * @param checks where faults go.
     * @param config message.
     * @param path   where it stands.
     * @param owners what has transport sockets here, for the fault.
     * @param wanted message type that its configuration must have.
     * @return bytes of the configuration, or null when it is another, which is then noted.
     */
    static ByteString typed(
        final Checks checks,
        final TransportSocket config,
        final FieldPath path,
        final String owners,
        final String wanted)
    {
        checks.required(config.getName(), path.field("name"));
        final FieldPath typed = path.field("typed_config");
        if (!checks.required(config.hasTypedConfig(), typed))
        {
            return null;
        }
        final String type = ExtensionTypes.nameOf(config.getTypedConfig().getTypeUrl());
        if (!type.equals(wanted))
        {
            checks.fault(typed, type + " is not a transport socket of " + owners + "; supported is " + wanted);
            return null;
        }
        return config.getTypedConfig().getValue();
    }

    private static TlsSettings settings(
        final TlsTranslator translator, final DownstreamTlsContext config, final FieldPath path)
    {
        final FieldPath common = path.field("common_tls_context");
        translator.checks().required(config.getCommonTlsContext().getTlsCertificatesCount() > 0,
            common.field("tls_certificates"));
        return translator.common(config.getCommonTlsContext(), common, true)
            .requirePeerCertificate(config.getRequireClientCertificate().getValue())
            .ticketKeys(config.hasSessionTicketKeys() ?
                ticketKeys(translator, config.getSessionTicketKeys(), path.field("session_ticket_keys")) : List.of())
            .resume(!config.getDisableStatelessSessionResumption());
    }

    private static List<byte[]> ticketKeys(
        final TlsTranslator translator, final TlsSessionTicketKeys config, final FieldPath path)
    {
        translator.checks().required(config.getKeysCount() > 0, path.field("keys"));
        final List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < config.getKeysCount(); i++)
        {
            final FieldPath at = path.field("keys").at(i);
            final byte[] key = translator.dataSources().bytes(config.getKeys(i), at);
            if (key.length != TlsSettings.TICKET_KEY_LENGTH)
            {
                translator.checks().fault(
                    at, "must have " + TlsSettings.TICKET_KEY_LENGTH + " bytes, not " + key.length);
            }
            keys.add(key);
        }
        return keys;
    }
}
