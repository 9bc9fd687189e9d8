package dev.ringway.engine.snapshot;

/**
 * The terminal network filter of a filter chain: what its connections speak.
 */
public sealed interface NetworkFilter permits HttpConnectionManager, TcpProxy
{
    /**
     * @return whether it asks for the address that a client connected to.
     */
    boolean readsLocalAddress();
}
