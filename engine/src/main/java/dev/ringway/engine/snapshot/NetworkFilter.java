package dev.ringway.engine.snapshot;

import java.util.List;

/**
 * The terminal network filter of a filter chain: what its connections speak.
 */
public sealed interface NetworkFilter permits HttpConnectionManager, TcpProxy
{
    /**
     * @return where its connections or requests are recorded.
     */
    List<AccessLogSink> accessLogs();

    /**
     * @return whether it asks for the address that a client connected to.
     */
    boolean readsLocalAddress();
}
