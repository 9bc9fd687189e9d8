package dev.ringway.codecs.http;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class GrpcTest
{
    private static boolean isRequest(final String contentType)
    {
        final byte[] bytes = ("content-type: " + contentType + "\r\n").getBytes(US_ASCII);
        final HeaderTable headers = new HeaderTable(4);
        headers.reset(new UnsafeBuffer(bytes));
        assertFalse(Grpc.isRequest(headers));
        assertTrue(headers.addCanonical(0, 12, contentType.length(), HeaderName.CONTENT_TYPE));
        return Grpc.isRequest(headers);
    }

    private static byte[] message(final byte[] text)
    {
        final byte[] encoded = new byte[Grpc.messageLength(text)];
        assertEquals(encoded.length, Grpc.putMessage(text, encoded, 0));
        return encoded;
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/grpc+proto", "application/grpc+"})
    void shouldKnowRequests(final String contentType)
    {
        assertTrue(isRequest(contentType));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "a", "application/grp", "application/grpc-web", "application/grpc-web+proto", "application/grpcx",
        "application/grpc;x", "application/grpc ", "Application/grpc", "application/json", "+application/grpc"})
    void shouldKnowOthers(final String contentType)
    {
        assertFalse(isRequest(contentType));
    }

    @ParameterizedTest
    @CsvSource({
        "400, 13", "401, 16", "403, 7", "404, 12", "429, 14", "502, 14", "503, 14", "504, 14",
        "200, 2", "204, 2", "307, 2", "408, 2", "413, 2", "418, 2", "431, 2", "500, 2", "501, 2", "505, 2", "0, 2"})
    void shouldMapAsEnvoyDoes(final int httpStatus, final int status)
    {
        assertEquals(status, Grpc.statusOf(httpStatus));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "16, 16", "17, 17", "007, 7", "2147483647, 2147483647", "2147483648, -1", "x, -1", "1x, -1",
        "-1, -1", "99999999999999999999999, -1"})
    void shouldReadStatuses(final String text, final int status)
    {
        final byte[] bytes = ("=" + text + "5").getBytes(US_ASCII);
        assertEquals(status, Grpc.status(new UnsafeBuffer(bytes), 1, text.length()));
    }

    @Test
    void shouldEncodeMessages()
    {
        assertEquals("", new String(message(new byte[0]), US_ASCII));
        assertEquals("plain text, }", new String(message("plain text, }".getBytes(US_ASCII)), US_ASCII));
        assertEquals("a%7Eb%25c%0A%C3%A9", new String(message("a~b%c\n\u00e9".getBytes(UTF_8)), US_ASCII));
        assertEquals("%00%1F%7F%FF", new String(message(new byte[] {0, 0x1F, 0x7F, (byte)0xFF}), US_ASCII));
    }

    @Property
    void shouldEncodeSoThatItCanBeDecoded(@ForAll final byte[] text)
    {
        final ByteArrayOutputStream decoded = new ByteArrayOutputStream();
        final byte[] encoded = message(text);
        for (int i = 0; i < encoded.length; i++)
        {
            assertTrue(encoded[i] >= ' ' && encoded[i] < '~');
            if (encoded[i] == '%')
            {
                decoded.write(Integer.parseInt(new String(encoded, i + 1, 2, US_ASCII), 16));
                i += 2;
            }
            else
            {
                decoded.write(encoded[i]);
            }
        }
        assertArrayEquals(text, decoded.toByteArray());
    }
}
