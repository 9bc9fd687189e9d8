package dev.ringway.engine.snapshot;

import dev.ringway.codecs.proxyproto.TlvTypes;

/**
 * What endpoints are told of a client in front of its bytes. Envoy: {@code config.core.v3.ProxyProtocolConfig}.
 *
 * @param version of the PROXY protocol, 1 or 2.
 * @param added   {@code added_tlvs} as they are sent, one behind the other, at most {@link #MAX_ADDED}; not to be
 *                changed.
 * @param passed  {@code pass_through_tlvs}: types of the client's values that are passed on, without those that are
 *                added; null for none.
 * @param tooLong id of the counter of headers that had no room for some values; -1 for version 1.
 */
public record ProxyTelling(int version, byte[] added, TlvTypes passed, int tooLong)
{
    /** Bytes of added values that have room in any header. */
    public static final int MAX_ADDED = 65_408;

    private static final byte[] NOTHING = {};

    /**
     * Without values.
     *
     * @param version 1 or 2.
     */
    public ProxyTelling(final int version)
    {
        this(version, NOTHING, null, -1);
    }
}
