package dev.ringway.engine.snapshot;

/**
 * What a listener does with a connection. Envoy: {@code config.listener.v3.FilterChain}.
 *
 * @param name                      name, may be empty.
 * @param filter                    terminal network filter.
 */
public record FilterChain(String name, NetworkFilter filter)
{
}
