package dev.ringway.engine.upstream;

import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetSocketAddress;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(10)
final class DestinationTest
{
    private final Destination destination = new Destination();

    private Destination ofText(final String text)
    {
        final byte[] bytes = ('x' + text + "99").getBytes(US_ASCII);
        destination.ask(null).ofText(new UnsafeBuffer(bytes), 1, text.length());
        return destination;
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4:80, 1.2.3.4:80", "1.2.3.4:0, 1.2.3.4:0", "255.255.255.255:65535, 255.255.255.255:65535",
        "[::1]:443, [::1]:443", "[fd00::1.2.3.4]:1, [fd00::102:304]:1", "1.2.3.4:00080, 1.2.3.4:80"})
    void shouldReadAddresses(final String text, final String expected)
    {
        assertTrue(ofText(text).isKnown());
        assertFalse(destination.isFaulty());
        assertEquals(expected, destination.address().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", ":", "[", "]", "[]", "[]:", "[]:1", "[:1", ":1", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:99999999999",
        "1.2.3.4:-1", "1.2.3:80", "1.2.3.4.5:80", "[1.2.3.4]:80", "::1:80", "[::1]", "[::1]:", "[::1]80", "[::1:80",
        "::1]:80", "[::1%lo]:80", "a:80", "[::1]:8a", "1.2.3.4:80 "})
    void shouldRefuseWhatIsNoAddress(final String text)
    {
        assertFalse(ofText(text).isKnown());
        assertTrue(destination.isFaulty());
    }

    @Test
    void shouldTakeAnAddressOfIpv4InTheFormOfIpv6ForWhatItIs()
    {
        final UnsafeBuffer socket = new UnsafeBuffer(new byte[SockAddr.MAX_LENGTH]);
        SockAddr.encodeInet6(socket, 0, 0, 0xFFFF_0102_0304L, 80, 0);
        destination.ask(null).ofSocket(socket, 0);
        assertEquals("1.2.3.4:80", destination.address().toString());
        SockAddr.encode(socket, 0, new InetSocketAddress("::2", 81));
        destination.ask(null).ofSocket(socket, 0);
        assertEquals("[::2]:81", destination.address().toString());
        assertFalse(destination.ask(null).isKnown());
    }
}
