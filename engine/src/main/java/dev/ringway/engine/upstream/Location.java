package dev.ringway.engine.upstream;

import dev.ringway.engine.snapshot.Address;

import java.nio.charset.StandardCharsets;

/**
 * Where connections of a pool go to, as the kernel wants it and as logs show it. Immutable.
 */
final class Location
{
    private final Address address;
    private final byte[] sockAddr;
    private final byte[] text;

    Location(final Address address)
    {
        this.address = address;
        sockAddr = SocketPlans.sockAddr(address);
        text = address.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** The location of an address: this one where it has not changed. */
    Location of(final Address fresh)
    {
        return fresh.equals(address) ? this : new Location(fresh);
    }

    byte[] sockAddr()
    {
        return sockAddr;
    }

    byte[] text()
    {
        return text;
    }
}
