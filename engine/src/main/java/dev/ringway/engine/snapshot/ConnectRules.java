package dev.ringway.engine.snapshot;

import java.util.Arrays;
import java.util.List;

/**
 * How connections to endpoints are opened and how long they last. Immutable.
 *
 * @param options         set on each socket before it is bound, in this order. Envoy: those of
 *                        {@code upstream_bind_config} and {@code upstream_connection_options}.
 * @param boundOptions    set once it is bound.
 * @param source          {@code upstream_bind_config.source_address}, or null for the kernel's choice.
 * @param age             of HTTP connections.
 * @param preconnectRatio {@code preconnect_policy.per_upstream_preconnect_ratio}, 1 to 3: room for so many requests is
 *                        held ready for each that is there.
 */
public record ConnectRules(
    List<Option> options, List<Option> boundOptions, Address source, ConnectionAge age, double preconnectRatio)
{
    /** Nothing special. */
    public static final ConnectRules NONE = new ConnectRules(List.of(), List.of(), null, ConnectionAge.UNBOUNDED, 1);

    /**
     * An option of a socket. Envoy: {@code config.core.v3.SocketOption}.
     *
     * @param level of setsockopt(2).
     * @param name  of setsockopt(2).
     * @param value its bytes.
     */
    public record Option(int level, int name, byte[] value)
    {
        /**
         * {@inheritDoc}
         */
        @Override
        public boolean equals(final Object other)
        {
            return other instanceof final Option option && level == option.level && name == option.name &&
                Arrays.equals(value, option.value);
        }

        /**
         * {@inheritDoc}
         */
        @Override
        public int hashCode()
        {
            return 31 * (31 * level + name) + Arrays.hashCode(value);
        }
    }

    /**
     * @return the same but for what does not concern how sockets are opened.
     */
    public ConnectRules ofSockets()
    {
        return new ConnectRules(options, boundOptions, source, NONE.age, NONE.preconnectRatio);
    }

    /**
     * @param other rules.
     * @return whether sockets are opened in the same way.
     */
    public boolean hasSameSockets(final ConnectRules other)
    {
        return options.equals(other.options) && boundOptions.equals(other.boundOptions) &&
            (source == null ? other.source == null : source.equals(other.source));
    }
}
