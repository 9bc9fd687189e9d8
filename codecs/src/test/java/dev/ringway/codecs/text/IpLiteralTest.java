package dev.ringway.codecs.text;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.util.Arrays;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

final class IpLiteralTest
{
    private final byte[] result = new byte[16];

    private byte[] parse(final String text)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(("x" + text + "1").getBytes(US_ASCII));
        return Arrays.copyOf(result, IpLiteral.parse(buffer, 1, text.length(), result));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "1.2.3.4", "0.0.0.0", "255.255.255.255", "::", "::1", "1::", "fe80::1", "2001:db8:0:0:1:0:0:1",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::10.0.0.1", "1:2:3:4:5:6:1.2.3.4", "64:ff9b::1.2.3.4", "ABCD:ef01::0"
    })
    void shouldReadAddressesAsTheJdkDoes(final String text) throws Exception
    {
        final byte[] expected = InetAddress.getByName(text).getAddress();
        assertArrayEquals(expected, parse(text), text);
    }

    @Test
    void shouldKeepMappedAddressesWhole()
    {
        assertArrayEquals(new byte[]{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 1, 2, 3, 4}, parse("::ffff:1.2.3.4"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1..2.3", "1.2.3.", "a.b.c.d",
        ":",
        ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", ":1", "1:", "1:2:3:4:5:6:7:8:",
        "::1.2.3",
        "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6:7:8::", "[::1]", "::1%eth0", "1.2.3.4:80", "unknown", "1.2.3.4::"
    })
    void shouldRefuseOtherText(final String text)
    {
        assertEquals(0, parse(text).length, text);
    }

    @Property
    void shouldReadWhatTheJdkWrites(@ForAll @Size(16) final byte[] address) throws Exception
    {
        assertArrayEquals(address, parse(text(address)));
    }

    private static String text(final byte[] address)
    {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 16; i += 2)
        {
            final int group = (address[i] & 0xFF) << 8 | address[i + 1] & 0xFF;
            text.append(i == 0 ? "" : ":").append(Integer.toHexString(group));
        }
        return text.toString();
    }
}
