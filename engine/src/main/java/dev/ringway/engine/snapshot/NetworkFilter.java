package dev.ringway.engine.snapshot;

/**
 * The terminal network filter of a filter chain: what its connections speak.
 */
public sealed interface NetworkFilter permits HttpConnectionManager, TcpProxy
{
}
