package dev.ringway.control.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.ConnectRules;
import dev.ringway.engine.snapshot.ConnectRules.Option;
import dev.ringway.engine.snapshot.ConnectionAge;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.SocketOption;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Translates how connections to a cluster's endpoints are opened.
 */
final class ConnectTranslator
{
    private static final int SOL_SOCKET = 1;
    private static final int SO_KEEPALIVE = 9;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int IPPROTO_IP = 0;
    private static final int IP_FREEBIND = 15;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_FREEBIND = 78;
    private static final int MOST_OPTIONS = 16;
    private static final int MOST_BYTES = 256;
    private static final double MOST_RATIO = 3;

    private final Checks checks;
    private final AddressTranslator addresses;

    ConnectTranslator(final Checks checks)
    {
        this.checks = checks;
        addresses = new AddressTranslator(checks);
    }

    /**
     * @param config cluster.
     * @param path   of it.
     * @param age    of connections.
     * @return the rules.
     */
    ConnectRules translate(final Cluster config, final FieldPath path, final ConnectionAge age)
    {
        final List<Option> options = new ArrayList<>();
        final List<Option> boundOptions = new ArrayList<>();
        final FieldPath bindPath = path.field("upstream_bind_config");
        final Address source = source(config.getUpstreamBindConfig(), bindPath, options);
        socketOptions(config.getUpstreamBindConfig(), bindPath.field("socket_options"), options, boundOptions);
        if (config.getUpstreamConnectionOptions().hasTcpKeepalive())
        {
            keepalive(config.getUpstreamConnectionOptions().getTcpKeepalive(), options);
        }
        final double ratio = ratio(config, path.field("preconnect_policy").field("per_upstream_preconnect_ratio"));
        return options.isEmpty() && boundOptions.isEmpty() && source == null && age.equals(ConnectionAge.UNBOUNDED) && ratio == 1 ?
            ConnectRules.NONE :
            new ConnectRules(List.copyOf(options), List.copyOf(boundOptions), source, age, ratio);
    }

    private double ratio(final Cluster config, final FieldPath path)
    {
        if (!config.getPreconnectPolicy().hasPerUpstreamPreconnectRatio())
        {
            return 1;
        }
        final double ratio = config.getPreconnectPolicy().getPerUpstreamPreconnectRatio().getValue();
        if (!(ratio >= 1 && ratio <= MOST_RATIO))
        {
            checks.fault(path, "must be from 1 to 3");
        }
        return ratio;
    }

    private Address source(final BindConfig config, final FieldPath path, final List<Option> options)
    {
        if (!config.hasSourceAddress())
        {
            if (config.getFreebind().getValue())
            {
                checks.fault(path.field("freebind"), "is without effect, for there is no source_address");
            }
            return null;
        }
        final Address source = addresses.inet(config.getSourceAddress(), path.field("source_address"));
        if (source != null && config.getFreebind().getValue())
        {
            final boolean isInet4 = source.inet().getAddress().getAddress().length == Integer.BYTES;
            options.add(isInet4 ? option(IPPROTO_IP, IP_FREEBIND, 1) : option(IPPROTO_IPV6, IPV6_FREEBIND, 1));
        }
        return source;
    }

    private void socketOptions(
        final BindConfig config, final FieldPath path, final List<Option> options, final List<Option> boundOptions)
    {
        if (config.getSocketOptionsCount() > MOST_OPTIONS)
        {
            checks.fault(path, "are more than the " + MOST_OPTIONS + " that are supported");
        }
        for (int i = 0; i < config.getSocketOptionsCount(); i++)
        {
            final SocketOption option = config.getSocketOptions(i);
            final boolean isBound = option.getState() == SocketOption.SocketState.STATE_BOUND;
            final int level = number(option.getLevel(), path.at(i).field("level"));
            final int name = number(option.getName(), path.at(i).field("name"));
            (isBound ? boundOptions : options).add(new Option(level, name, value(option, path.at(i))));
        }
    }

    private int number(final long value, final FieldPath path)
    {
        if (value != (int)value)
        {
            checks.fault(path, "does not fit into 32 bits");
        }
        return (int)value;
    }

    private byte[] value(final SocketOption option, final FieldPath path)
    {
        return switch (option.getValueCase())
        {
            case INT_VALUE -> bytes(number(option.getIntValue(), path.field("int_value")));
            case BUF_VALUE -> checked(option.getBufValue(), path.field("buf_value"));
            default ->
            {
                checks.fault(path, "needs int_value or buf_value");
                yield new byte[0];
            }
        };
    }

    private byte[] checked(final ByteString value, final FieldPath path)
    {
        if (value.size() > MOST_BYTES)
        {
            checks.fault(path, "is longer than the " + MOST_BYTES + " bytes that are supported");
        }
        return value.toByteArray();
    }

    /** As in Envoy any number that is 0 switches all of it off. */
    private static void keepalive(final TcpKeepalive config, final List<Option> options)
    {
        if (isOff(config.hasKeepaliveProbes(), config.getKeepaliveProbes()) ||
            isOff(config.hasKeepaliveTime(), config.getKeepaliveTime()) ||
            isOff(config.hasKeepaliveInterval(), config.getKeepaliveInterval()))
        {
            return;
        }
        options.add(option(SOL_SOCKET, SO_KEEPALIVE, 1));
        addIf(config.hasKeepaliveProbes(), TCP_KEEPCNT, config.getKeepaliveProbes(), options);
        addIf(config.hasKeepaliveTime(), TCP_KEEPIDLE, config.getKeepaliveTime(), options);
        addIf(config.hasKeepaliveInterval(), TCP_KEEPINTVL, config.getKeepaliveInterval(), options);
    }

    private static boolean isOff(final boolean isSet, final UInt32Value value)
    {
        return isSet && value.getValue() == 0;
    }

    private static void addIf(
        final boolean isSet, final int name, final UInt32Value value, final List<Option> options)
    {
        if (isSet)
        {
            options.add(option(IPPROTO_TCP, name, value.getValue()));
        }
    }

    private static Option option(final int level, final int name, final int value)
    {
        return new Option(level, name, bytes(value));
    }

    private static byte[] bytes(final int value)
    {
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
    }
}
