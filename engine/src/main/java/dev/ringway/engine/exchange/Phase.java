package dev.ringway.engine.exchange;

/**
 * Where an exchange stands.
 */
public enum Phase
{
    /** In the pool, or its head is being read. */
    DECODE,
    /** A route is looked for. */
    ROUTE,
    /** Its request waits at a filter. */
    FILTER,
    /** It waits for an upstream connection. */
    ACQUIRE,
    /** The request is being sent, no answer yet. */
    SEND_UP,
    /** The response is passing. */
    SEND_DOWN
}
