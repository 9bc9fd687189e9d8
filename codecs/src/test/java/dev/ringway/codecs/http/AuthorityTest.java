package dev.ringway.codecs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest
{
    @ParameterizedTest
    @ValueSource(strings = {
        "a", "example.com", "EXAMPLE.com:80", "under_score", "127.0.0.1:65535", "a:", "a:0", "a:00080",
        "-.~!$&'()*+,;=",
        "%41b%7e", "[::]", "[::1]", "[::1]:443", "[1:2:3:4:5:6:7:8]", "[1::8]", "[1:2:3:4:5:6:7::]",
        "[::2:3:4:5:6:7:8]",
        "[::ffff:1.2.3.4]", "[1:2:3:4:5:6:255.255.255.0]", "[fe80::ABCD]"
    })
    void shouldAccept(final String authority)
    {
        assertEquals(true, valid(authority));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", ":", ":80", "a:65536", "a:99999999999", "a:-1", "a:b", "a:80:80", "a b", "a/b", "a?b", "a#b", "a\\b",
        "a@b", "a\"b",
        "a<b", "a^b", "a`b", "a{b", "a|b", "a[b", "a]b", "a\tb", "a\u007f", "a\u00e9", "%", "%4", "%4g", "a%g4", "[",
        "[]",
        "[:]", "[::", "[::1", "[::1]x", "[::1]]", "[:::]", "[1]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[1::2::3]",
        "[12345::]", "[g::]", "[:1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:]", "[1:2:3:4:5:6:7:8::]", "[::1.2.3]",
        "[::1.2.3.256]",
        "[::1.2.3.4.5]", "[1.2.3.4::]", "[::1.2.3.4:5]", "[fe80::1%25eth0]", "[v1.x]", "[::1]:x",
        "[1:2:3:4:5:6:7:1.2.3.4]"
    })
    void shouldRefuse(final String authority)
    {
        assertEquals(false, valid(authority));
    }

    @ParameterizedTest
    @CsvSource({"a:80, true", "[::1]:443, true", "a:0, true", "a, false", "a:, false", "[::1], false", "[::1]:, false",
        ":80, false", "a:65536, false", "a@b:80, false", "'', false"})
    void shouldWantAPortForConnect(final String authority, final boolean expected)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer((authority + "80").getBytes(StandardCharsets.US_ASCII));
        assertEquals(expected,
            Authority.validWithPort(buffer.byteArray(), buffer.addressOffset(), authority.length()));
    }

    private static boolean valid(final String authority)
    {
        final byte[] bytes = authority.getBytes(StandardCharsets.ISO_8859_1);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[bytes.length + 20]);
        boolean valid = false;
        for (final char filler : new char[]{ '1', ']', ':', '\0' })
        {
            buffer.setMemory(0, buffer.capacity(), (byte)filler);
            buffer.putBytes(4, bytes);
            final boolean result = Authority.valid(buffer, 4, bytes.length);
            assertEquals(filler == '1' ? result : valid, result, "depends on what is behind");
            valid = result;
        }

        return valid;
    }
}
