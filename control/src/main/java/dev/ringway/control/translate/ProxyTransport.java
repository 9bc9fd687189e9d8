package dev.ringway.control.translate;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.ProxyTransportCounters;
import dev.ringway.engine.snapshot.ProxyTelling;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;

/**
 * The transport socket of a cluster that tells endpoints of the PROXY protocol, around another one: it says which
 * version, and the socket inside whether what follows is encrypted. Control thread only.
 */
final class ProxyTransport
{
    private static final String PROXY =
        "envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport";
    private static final String RAW_BUFFER = "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";

    private ProxyTransport()
    {
    }

    private static boolean is(final String type, final TransportSocket socket)
    {
        return socket.hasTypedConfig() && ExtensionTypes.nameOf(socket.getTypedConfig().getTypeUrl()).equals(type);
    }

    /**
     * @param cluster message.
     * @return whether it has such a socket.
     */
    static boolean isFor(final Cluster cluster)
    {
        return is(PROXY, cluster.getTransportSocket());
    }

    /**
     * @param cluster  message.
     * @param path     of its transport socket.
     * @param statName name of the cluster in stats.
     * @param checks   where faults go.
     * @param counters gives out counters.
     * @return what its relays begin with, or null.
     */
    static ProxyTelling telling(
        final Cluster cluster,
        final FieldPath path,
        final String statName,
        final Checks checks,
        final CounterRegistry counters)
    {
        final ProxyProtocolUpstreamTransport transport = config(cluster);
        if (transport == null)
        {
            return null;
        }
        final ProxyProtocolConfig config = transport.getConfig();
        final FieldPath at = path.field("typed_config").field("config");
        if (config.getVersion() == ProxyProtocolConfig.Version.V2)
        {
            return ProxyValues.telling(
                config, at, checks, new ProxyTransportCounters(counters, statName).tlvsTooLong);
        }
        if (config.hasPassThroughTlvs())
        {
            checks.fault(at.field("pass_through_tlvs"), "is without effect in version V1; remove it");
        }
        if (config.getAddedTlvsCount() > 0)
        {
            checks.fault(at.field("added_tlvs"), "is without effect in version V1; remove it");
        }
        return new ProxyTelling(1);
    }

    private static ProxyProtocolUpstreamTransport config(final Cluster cluster)
    {
        try
        {
            return !is(PROXY, cluster.getTransportSocket()) ? null :
                ProxyProtocolUpstreamTransport.parseFrom(cluster.getTransportSocket().getTypedConfig().getValue());
        }
        catch (final InvalidProtocolBufferException ex)
        {
            throw new IllegalStateException("was checked when it was read", ex);
        }
    }

    /**
     * @param cluster message.
     * @param path    of its transport socket.
     * @param checks  where faults go.
     * @return the transport socket that encrypts, itself or the one inside, or null when connections are clear.
     */
    static TransportSocket inner(final Cluster cluster, final FieldPath path, final Checks checks)
    {
        final ProxyProtocolUpstreamTransport config = config(cluster);
        if (config == null)
        {
            return encrypting(cluster.hasTransportSocket(), cluster.getTransportSocket(), path, checks);
        }
        final FieldPath inside = path.field("typed_config").field("transport_socket");
        checks.required(cluster.getTransportSocket().getName(), path.field("name"));
        return encrypting(
            checks.required(config.hasTransportSocket(), inside), config.getTransportSocket(), inside, checks);
    }

    private static TransportSocket encrypting(
        final boolean isSet, final TransportSocket socket, final FieldPath path, final Checks checks)
    {
        if (isSet && is(RAW_BUFFER, socket))
        {
            checks.required(socket.getName(), path.field("name"));
            return null;
        }
        return isSet ? socket : null;
    }
}
