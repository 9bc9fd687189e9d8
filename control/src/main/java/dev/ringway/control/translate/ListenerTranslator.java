package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.ListenerCounters;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.FilterChains;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.ListenerFilters;

import java.util.List;

/**
 * Translates {@code config.listener.v3.Listener} with its filters and filter chains.
 */
final class ListenerTranslator
{
    private static final int DEFAULT_BUFFER_LIMIT = 1 << 20;
    private static final int DEFAULT_BACKLOG = 4096;
    private static final int MAX_MODE = 0777;

    private final Checks checks;
    private final AddressTranslator addresses;
    private final ListenerFilterTranslator listenerFilters;
    private final FilterChainTranslator filterChains;
    private final IdTable ids;
    private final CounterRegistry counters;

    /**
     * @param checks       where faults go.
     * @param filterChains translates filter chains.
     * @param ids          gives listeners their ids.
     * @param counters     gives out counters.
     */
    ListenerTranslator(
        final Checks checks,
        final FilterChainTranslator filterChains,
        final IdTable ids,
        final CounterRegistry counters)
    {
        this.checks = checks;
        this.addresses = new AddressTranslator(checks);
        this.listenerFilters = new ListenerFilterTranslator(checks, counters);
        this.filterChains = filterChains;
        this.ids = ids;
        this.counters = counters;
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @return the listener, or null when it is faulty beyond use, which is then noted.
     */
    Listener translate(final io.envoyproxy.envoy.config.listener.v3.Listener config, final FieldPath path)
    {
        final Address address = checks.required(config.hasAddress(), path.field("address")) ?
            addresses.translate(config.getAddress(), path.field("address")) : null;
        final int mode = config.getAddress().getPipe().getMode();
        if (mode < 0 || mode > MAX_MODE)
        {
            checks.fault(path.field("address").field("pipe").field("mode"), "must be from 0 to 0777");
        }
        final int bufferLimit = checks.count(config.hasPerConnectionBufferLimitBytes(),
            config.getPerConnectionBufferLimitBytes(), path.field("per_connection_buffer_limit_bytes"),
            DEFAULT_BUFFER_LIMIT, 1, Integer.MAX_VALUE);
        final int backlog = checks.count(config.hasTcpBacklogSize(), config.getTcpBacklogSize(),
            path.field("tcp_backlog_size"), DEFAULT_BACKLOG, 1, Integer.MAX_VALUE);
        if (address == null)
        {
            return null;
        }
        final String name = config.getName().isEmpty() ? address.toString() : config.getName();
        final String stats =
            StatName.of(config.getStatPrefix().isEmpty() ? address.toString() : config.getStatPrefix());
        final ListenerFilters filters = listenerFilters.translate(config, path);
        final List<AccessLogSink> accessLogs = filterChains.accessLogs(config, path);
        final FilterChains chains = filterChains.translate(config, path, stats);
        return new Listener(ids.idOf(name), name, address, filters, chains, bufferLimit, backlog,
            !config.hasEnableReusePort() || config.getEnableReusePort().getValue(),
            config.getTransparent().getValue(), Integer.MAX_VALUE, mode, accessLogs,
            new ListenerCounters(counters, stats));
    }
}
