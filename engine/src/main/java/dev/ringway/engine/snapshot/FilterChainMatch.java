package dev.ringway.engine.snapshot;

import java.util.List;

/**
 * Which connections a filter chain is for. What is empty matches all.
 * Envoy: {@code config.listener.v3.FilterChainMatch}.
 *
 * @param destinationPort      {@code destination_port}, or 0.
 * @param destinations         {@code prefix_ranges}: where the client connected to.
 * @param serverNames          {@code server_names}: in lower case, {@code *.} in front for all names below.
 * @param transportProtocol    {@code transport_protocol}: {@code tls}, {@code raw_buffer}, or empty.
 * @param applicationProtocols {@code application_protocols}, such as {@code h2}.
 * @param directSources        {@code direct_source_prefix_ranges}: the peer itself, whatever it says of itself.
 * @param sourceType           {@code source_type}.
 * @param sources              {@code source_prefix_ranges}.
 * @param sourcePorts          {@code source_ports}.
 */
public record FilterChainMatch(
    int destinationPort,
    List<CidrRanges.Range> destinations,
    List<String> serverNames,
    String transportProtocol,
    List<String> applicationProtocols,
    List<CidrRanges.Range> directSources,
    SourceType sourceType,
    List<CidrRanges.Range> sources,
    List<Integer> sourcePorts)
{
    /** All connections. */
    public static final FilterChainMatch ANY = new FilterChainMatch(
        0, List.of(), List.of(), "", List.of(), List.of(), SourceType.ANY, List.of(), List.of());

    /** Envoy: {@code ConnectionSourceType}. */
    public enum SourceType
    {
        /** Wherever it comes from. */
        ANY,
        /** From a loopback address, from the address it goes to, or from a unix socket. */
        SAME_IP_OR_LOOPBACK,
        /** From anywhere else. */
        EXTERNAL
    }
}
