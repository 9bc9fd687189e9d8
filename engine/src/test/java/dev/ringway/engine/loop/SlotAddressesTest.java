package dev.ringway.engine.loop;

import dev.ringway.ffi.sock.SockAddr;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class SlotAddressesTest
{
    private static final int SLOTS = 1000;

    @Test
    void shouldGiveEachAddressOfEachSlotAPlaceOfItsOwn()
    {
        final Map<Integer, Integer> ends = new TreeMap<>();
        try (SlotAddresses addresses = new SlotAddresses(SLOTS))
        {
            for (int slot = 0; slot < SLOTS; slot++)
            {
                ends.put(addresses.peer(slot), addresses.peer(slot) + SockAddr.INET6_LENGTH);
                ends.put(addresses.peerLength(slot), addresses.peerLength(slot) + Integer.BYTES);
                ends.put(addresses.name(slot), addresses.name(slot) + SockAddr.UNIX_LENGTH);
                for (int i = 0; i < 3; i++)
                {
                    ends.put(addresses.other(slot, i), addresses.other(slot, i) + SockAddr.INET6_LENGTH);
                }
            }
            assertEquals(6 * SLOTS, ends.size());
            int last = 0;
            for (final Map.Entry<Integer, Integer> place : ends.entrySet())
            {
                assertTrue(place.getKey() >= last, place::toString);
                last = place.getValue();
            }
            assertTrue(last <= addresses.buffer().capacity());
            assertEquals(addresses.buffer().addressOffset() + last, addresses.address(last));
        }
    }
}
