package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.CidrRanges;
import dev.ringway.engine.snapshot.FilterChainMatch;
import dev.ringway.engine.snapshot.FilterChainMatch.SourceType;
import io.envoyproxy.envoy.config.core.v3.CidrRange;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Translates {@code config.listener.v3.FilterChainMatch}. Control thread only.
 */
final class ChainMatchTranslator
{
    private static final int MAX_PORT = 65535;
    private static final String WILDCARD = "*.";

    private final Checks checks;

    /**
     * @param checks where faults go.
     */
    ChainMatchTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @return the match, without what is faulty.
     */
    FilterChainMatch translate(
        final io.envoyproxy.envoy.config.listener.v3.FilterChainMatch config, final FieldPath path)
    {
        final int port = checks.count(config.hasDestinationPort(), config.getDestinationPort(),
            path.field("destination_port"), 0, 1, MAX_PORT);
        return new FilterChainMatch(
            port,
            ranges(config.getPrefixRangesList(), path.field("prefix_ranges")),
            serverNames(config.getServerNamesList(), path.field("server_names")),
            config.getTransportProtocol(),
            List.copyOf(config.getApplicationProtocolsList()),
            ranges(config.getDirectSourcePrefixRangesList(), path.field("direct_source_prefix_ranges")),
            switch (config.getSourceType())
            {
                case SAME_IP_OR_LOOPBACK -> SourceType.SAME_IP_OR_LOOPBACK;
                case EXTERNAL -> SourceType.EXTERNAL;
                default -> SourceType.ANY;
            },
            ranges(config.getSourcePrefixRangesList(), path.field("source_prefix_ranges")),
            sourcePorts(config.getSourcePortsList(), path.field("source_ports")));
    }

    private List<CidrRanges.Range> ranges(final List<CidrRange> ranges, final FieldPath path)
    {
        return RangeTranslator.translate(ranges, path, checks);
    }

    private List<String> serverNames(final List<String> names, final FieldPath path)
    {
        final List<String> result = new ArrayList<>(names.size());
        for (int i = 0; i < names.size(); i++)
        {
            final String name = names.get(i);
            final String rest = name.startsWith(WILDCARD) ? name.substring(WILDCARD.length()) : name;
            if (rest.indexOf('*') >= 0)
            {
                checks.fault(path.at(i), "'" + name + "': a wildcard can stand only for whole labels in front, as in " +
                    "*.example.com");
            }
            result.add(name.toLowerCase(Locale.ROOT));
        }
        return result;
    }

    private List<Integer> sourcePorts(final List<Integer> ports, final FieldPath path)
    {
        for (int i = 0; i < ports.size(); i++)
        {
            final long port = Integer.toUnsignedLong(ports.get(i));
            if (port < 1 || port > MAX_PORT)
            {
                checks.fault(path.at(i), "must be from 1 to 65535, not " + port);
            }
        }
        return List.copyOf(ports);
    }
}
