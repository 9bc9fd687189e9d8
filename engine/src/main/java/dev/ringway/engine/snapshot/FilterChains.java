package dev.ringway.engine.snapshot;

import dev.ringway.engine.tls.TlsContext;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The filter chains of a listener. Each is known by its number here, the default one has the last. Immutable.
 */
public final class FilterChains
{
    /** No chain. */
    public static final int NONE = -1;

    private final List<FilterChain> all;
    private final ChainTree tree;
    private final int defaultChain;
    private final boolean usesDestination;
    private final boolean readsLocalAddress;

    private FilterChains(final List<FilterChain> all, final ChainTree tree, final int defaultChain)
    {
        this.all = List.copyOf(all);
        this.tree = tree;
        this.defaultChain = defaultChain;
        usesDestination = all.stream().map(FilterChain::match).anyMatch(match ->
            !match.destinations().isEmpty() || match.sourceType() != FilterChainMatch.SourceType.ANY);
        readsLocalAddress = all.stream().anyMatch(FilterChain::readsLocalAddress);
    }

    /**
     * @param chain that takes all connections.
     * @return a listener's only chain.
     */
    public static FilterChains of(final FilterChain chain)
    {
        final Builder builder = new Builder();
        builder.add(chain);
        return builder.build(null);
    }

    /** Puts chains together, and finds out whether they are in each other's way. Not shared between threads. */
    public static final class Builder
    {
        private final List<FilterChain> chains = new ArrayList<>();
        private final ChainTree tree = new ChainTree();

        /**
         * @param chain to be added.
         * @return number of a chain before it that claims some of the same connections with the same right, or
         *         {@link #NONE}.
         */
        public int add(final FilterChain chain)
        {
            chains.add(chain);
            return tree.add(chain.match(), chains.size() - 1);
        }

        /**
         * @param defaultChain of the connections that no other chain takes, or null.
         * @return all of them. The builder is not used any more.
         */
        public FilterChains build(final FilterChain defaultChain)
        {
            if (defaultChain != null)
            {
                chains.add(defaultChain);
            }
            return new FilterChains(chains, tree, defaultChain == null ? NONE : chains.size() - 1);
        }
    }

    /**
     * Any thread; allocates nothing.
     *
     * @param query what is known of a connection.
     * @return number of its chain, or {@link #NONE}.
     */
    public int find(final ChainQuery query)
    {
        final int chain = tree.find(query);
        return chain == NONE ? defaultChain : chain;
    }

    /**
     * @return whether the address counts that a client connected to.
     */
    public boolean usesDestination()
    {
        return usesDestination;
    }

    /** The same chains, with other TLS contexts instead of some. */
    FilterChains withContexts(final Map<TlsContext, TlsContext> replaced)
    {
        return new FilterChains(all.stream().map(chain -> replaced.containsKey(chain.tls()) ?
            chain.withTls(replaced.get(chain.tls())) : chain).toList(), tree, defaultChain);
    }

    /**
     * @return whether some chain asks for the address that a client connected to, or tells endpoints of it.
     */
    public boolean readsLocalAddress()
    {
        return readsLocalAddress;
    }

    /**
     * @return all chains, each at its number.
     */
    public List<FilterChain> all()
    {
        return all;
    }

    /**
     * @param number of a chain.
     * @return the chain.
     */
    public FilterChain get(final int number)
    {
        return all.get(number);
    }

    /**
     * @return number of the default chain, or {@link #NONE}.
     */
    public int defaultChain()
    {
        return defaultChain;
    }

    /**
     * {@inheritDoc}
     */
    public boolean equals(final Object other)
    {
        return other instanceof final FilterChains chains && defaultChain == chains.defaultChain &&
            all.equals(chains.all);
    }

    /**
     * {@inheritDoc}
     */
    public int hashCode()
    {
        return all.hashCode();
    }
}
