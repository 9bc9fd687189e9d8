package dev.ringway.engine.snapshot;

import org.agrona.collections.Long2LongHashMap;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Matches of filter chains, one level for each kind of fact, in Envoy's order. On each level the closest value leads
 * on, and there is no way back: a chain for a longer prefix hides those for shorter ones, even when another of its
 * facts does not hold. A node is a number; below the last level it is that of a chain. Filled by one thread, then read
 * by any; reading allocates nothing.
 */
final class ChainTree
{
    static final int NONE = -1;

    private static final int ROOT = 0;
    private static final int ANY = 0;
    private static final byte[] ANY_NAME = {};
    private static final byte[] TLS = "tls".getBytes(UTF_8);
    private static final byte[] RAW_BUFFER = "raw_buffer".getBytes(UTF_8);

    private final Long2LongHashMap numbers = new Long2LongHashMap(NONE);
    private final NodeNames names = new NodeNames();
    private final List<PrefixTrie> prefixes = new ArrayList<>();
    private int nodeCount = 1;

    /**
     * Adds a chain.
     *
     * @param match of it.
     * @param chain its number.
     * @return number of a chain that claims some of the same connections with the same right, or NONE.
     */
    int add(final FilterChainMatch match, final int chain)
    {
        return overNumbers(ROOT, List.of(match.destinationPort()), port ->
            overPrefixes(port, match.destinations(), destination ->
                overNames(destination, match.serverNames(), name -> addBelowName(name, match, chain))));
    }

    private int addBelowName(final int node, final FilterChainMatch match, final int chain)
    {
        final List<String> transport =
            match.transportProtocol().isEmpty() ? List.of() : List.of(match.transportProtocol());
        return overNames(node, transport, protocol ->
            overNames(protocol, match.applicationProtocols(), application ->
                overPrefixes(application, match.directSources(), direct ->
                    overNumbers(direct, List.of(match.sourceType().ordinal()), type ->
                        overPrefixes(type, match.sources(), source ->
                            addPorts(source, match.sourcePorts(), chain))))));
    }

    private int addPorts(final int node, final List<Integer> ports, final int chain)
    {
        int claimed = NONE;
        for (final int port : ports.isEmpty() ? List.of(ANY) : ports)
        {
            final int other = (int)numbers.get(key(node, port));
            if (other == NONE)
            {
                numbers.put(key(node, port), chain);
            }
            else
            {
                claimed = other;
            }
        }
        return claimed;
    }

    private int overNumbers(final int node, final List<Integer> values, final IntUnaryOperator next)
    {
        int claimed = NONE;
        for (final int value : values)
        {
            if (numbers.get(key(node, value)) == NONE)
            {
                numbers.put(key(node, value), nodeCount++);
            }
            claimed = Math.max(claimed, next.applyAsInt((int)numbers.get(key(node, value))));
        }
        return claimed;
    }

    private int overNames(final int node, final List<String> values, final IntUnaryOperator next)
    {
        int claimed = NONE;
        for (final String value : values.isEmpty() ? List.of("") : values)
        {
            // A wildcard stands without its asterisk: that is what names are asked for, shortened label by label.
            final byte[] name = value.substring(value.startsWith("*.") ? 1 : 0).getBytes(UTF_8);
            int below = names.find(node, name, 0, name.length);
            if (below == NONE)
            {
                below = nodeCount++;
                names.put(node, name, below);
            }
            claimed = Math.max(claimed, next.applyAsInt(below));
        }
        return claimed;
    }

    private int overPrefixes(final int node, final List<CidrRanges.Range> ranges, final IntUnaryOperator next)
    {
        while (prefixes.size() <= node)
        {
            prefixes.add(null);
        }
        if (prefixes.get(node) == null)
        {
            prefixes.set(node, new PrefixTrie());
        }
        final PrefixTrie trie = prefixes.get(node);
        if (ranges.isEmpty())
        {
            if (trie.anyValue() == NONE)
            {
                trie.putAny(nodeCount++);
            }
            return next.applyAsInt(trie.anyValue());
        }
        int claimed = NONE;
        for (final CidrRanges.Range range : ranges)
        {
            if (trie.value(range.address(), range.length()) == NONE)
            {
                trie.put(range.address(), range.length(), nodeCount++);
            }
            claimed = Math.max(claimed, next.applyAsInt(trie.value(range.address(), range.length())));
        }
        return claimed;
    }

    private static long key(final int node, final int value)
    {
        return (long)node << Integer.SIZE | value;
    }

    /**
     * @param query what is known of a connection.
     * @return number of its chain, or NONE.
     */
    int find(final ChainQuery query)
    {
        int node = number(ROOT, query.destinationPort);
        node = prefix(node, query.destination, query.destinationLength);
        node = serverName(node, query);
        final byte[] transport = query.isTls ? TLS : RAW_BUFFER;
        node = name(node, transport, 0, transport.length);
        node = protocol(node, query);
        node = prefix(node, query.directSource, query.directSourceLength);
        node = sourceType(node, query);
        node = prefix(node, query.source, query.sourceLength);
        return number(node, query.sourcePort);
    }

    private int number(final int node, final int value)
    {
        final int below = (int)numbers.get(key(node, value));
        return below == NONE && value != ANY ? (int)numbers.get(key(node, ANY)) : below;
    }

    private int prefix(final int node, final byte[] address, final int length)
    {
        return node == NONE ? NONE : prefixes.get(node).find(address, length);
    }

    private int name(final int node, final byte[] bytes, final int offset, final int length)
    {
        final int below = names.find(node, bytes, offset, length);
        return below == NONE && length > 0 ? names.find(node, ANY_NAME, 0, 0) : below;
    }

    private int serverName(final int node, final ChainQuery query)
    {
        final byte[] name = query.serverName;
        final int length = query.serverNameLength;
        int below = names.find(node, name, 0, length);
        for (int at = 1; below == NONE && at < length - 1; at++)
        {
            if (name[at] == '.')
            {
                below = names.find(node, name, at, length - at);
            }
        }
        return below == NONE ? names.find(node, ANY_NAME, 0, 0) : below;
    }

    private int protocol(final int node, final ChainQuery query)
    {
        int below = NONE;
        int at = 0;
        while (below == NONE && at < query.protocolsLength)
        {
            final int length = query.protocols[at] & 0xFF;
            below = names.find(node, query.protocols, at + 1, length);
            at += 1 + length;
        }
        return below == NONE ? names.find(node, ANY_NAME, 0, 0) : below;
    }

    private int sourceType(final int node, final ChainQuery query)
    {
        final int kind = query.isLocal() ?
            FilterChainMatch.SourceType.SAME_IP_OR_LOOPBACK.ordinal() : FilterChainMatch.SourceType.EXTERNAL.ordinal();
        return number(node, kind);
    }
}
