package dev.ringway.codecs.clienthello;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;

import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Arbitrary bytes. What makes a run fail: an exception, a result that depends on how the bytes are cut, or a list of
 * protocols or a name that is not well formed.
 */
@Tag("fuzz")
class ClientHelloFuzzTest
{
    private final ClientHelloParser parser = new ClientHelloParser();

    /** The first byte says how the rest is wrapped: as it is, as a message in records, as extensions. */
    @FuzzTest(maxDuration = "40s")
    void shouldSurvive(final byte[] data)
    {
        final int choice = data.length > 0 ? data[0] & 3 : 0;
        final byte[] rest = Arrays.copyOfRange(data, Math.min(1, data.length), data.length);
        final byte[] input = switch (choice)
        {
            case 0 -> rest;
            case 1 -> Hellos.records(50, Hellos.message(rest));
            default -> Hellos.records(200, Hellos.hello(rest));
        };
        parser.reset(ClientHelloParser.MAX_LENGTH);
        final int result = parser.parse(new UnsafeBuffer(input), 0, input.length);
        final byte[] name = Arrays.copyOf(parser.serverName(), parser.serverNameLength());
        final int protocolsLength = parser.protocolsLength();
        if (result == ClientHelloParser.FOUND)
        {
            int at = 0;
            while (at < protocolsLength)
            {
                assertTrue(parser.protocols()[at] != 0);
                at += 1 + (parser.protocols()[at] & 0xFF);
            }
            assertEquals(protocolsLength, at);
        }
        parser.reset(ClientHelloParser.MAX_LENGTH);
        int again = ClientHelloParser.MORE;
        for (int i = 0; i < input.length; i++)
        {
            again = parser.parse(new UnsafeBuffer(input, i, 1), 0, 1);
        }
        assertEquals(result, again);
        assertEquals(protocolsLength, parser.protocolsLength());
        assertTrue(Arrays.equals(name, 0, name.length, parser.serverName(), 0, parser.serverNameLength()));
    }
}
