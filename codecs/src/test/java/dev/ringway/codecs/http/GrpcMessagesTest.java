package dev.ringway.codecs.http;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HexFormat;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class GrpcMessagesTest
{
    private final GrpcMessages messages = new GrpcMessages();

    private int count(final byte[] bytes, final int from, final int to)
    {
        return messages.count(new UnsafeBuffer(bytes), from, to - from);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0", "00, 1", "0000000000, 1", "00000000000000000000, 2", "0000000001ff, 1", "0000000001ff01, 2",
        "0100000003aabbcc0000000000ff00000001, 3", "00000000030000, 1", "ff000000010000000000, 2", "00ffffffff00, 1"})
    void shouldCountHoweverItComes(final String hex, final int expected)
    {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        assertEquals(expected, count(bytes, 0, bytes.length));
        for (int split = 0; split <= bytes.length; split++)
        {
            messages.reset();
            assertEquals(expected, count(bytes, 0, split) + count(bytes, split, bytes.length), "split at " + split);
        }
        messages.reset();
        int single = 0;
        for (int i = 0; i < bytes.length; i++)
        {
            single += count(bytes, i, i + 1);
        }
        assertEquals(expected, single);
    }

    @Test
    void shouldBeginAnew()
    {
        final byte[] bytes = {0, 0, 0};
        assertEquals(1, count(bytes, 0, 3));
        assertEquals(0, count(bytes, 0, 2));
        messages.reset();
        assertEquals(1, count(bytes, 0, 3));
    }
}
