package dev.ringway.engine.route;

import org.agrona.DirectBuffer;

/**
 * Demands something of a value. Immutable, shared by all loops.
 */
public interface TextMatch
{
    /**
     * Loop thread.
     *
     * @param view   of the request, lends what a comparison needs.
     * @param buffer that holds the value.
     * @param offset where it starts.
     * @param length its bytes, may be 0.
     * @return whether it is as demanded.
     */
    boolean matches(RequestView view, DirectBuffer buffer, int offset, int length);
}
