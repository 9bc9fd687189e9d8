package dev.ringway.codecs.http;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.util.Map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class GrpcTimeoutTest
{
    private static final Map<Character, Long> UNITS = Map.of('n', 1L, 'u', 1_000L, 'm', 1_000_000L, 'S', 1_000_000_000L,
        'M', 60_000_000_000L, 'H', 3_600_000_000_000L);

    private static long parse(final String value)
    {
        final byte[] bytes = ("0" + value + "0").getBytes(ISO_8859_1);
        return GrpcTimeout.parse(new UnsafeBuffer(bytes), 1, bytes.length - 2);
    }

    private static long of(final String... values)
    {
        final String name = "grpc-timeout";
        final StringBuilder text = new StringBuilder();
        final HeaderTable headers = new HeaderTable(4);
        final byte[] bytes = new byte[256];
        headers.reset(new UnsafeBuffer(bytes));
        for (final String value : values)
        {
            assertTrue(headers.addCanonical(text.length(), name.length(), value.length(), HeaderName.GRPC_TIMEOUT));
            text.append(name).append(": ").append(value).append("\r\n");
        }
        headers.buffer().putBytes(0, text.toString().getBytes(ISO_8859_1));
        return GrpcTimeout.of(headers);
    }

    @ParameterizedTest
    @CsvSource({"0n, 0", "1n, 1", "99999999n, 99999999", "7u, 7000", "100m, 100000000", "1S, 1000000000",
        "00000001S, 1000000000", "2M, 120000000000", "1H, 3600000000000", "2562047H, 9223369200000000000",
        "2562048H, 9223372036854775807", "99999999H, 9223372036854775807", "99999999M, 5999999940000000000"})
    void shouldRead(final String value, final long expectedNs)
    {
        assertEquals(expectedNs, parse(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "n", "1", "S1", "1s", "1h", "1N", "1U", "-1S", "+1S", " 1S", "1 S", "1S ", "1.5S",
        "1SS", "000000001S", "100000000n", "0x1S", "\u00b91S", "1\u00b5"})
    void shouldNotRead(final String value)
    {
        assertEquals(GrpcTimeout.NONE, parse(value));
    }

    @Test
    void shouldReadTheFieldGivenOnce()
    {
        assertEquals(GrpcTimeout.NONE, of());
        assertEquals(5_000_000L, of("5m"));
        assertEquals(GrpcTimeout.NONE, of("5"));
        assertEquals(GrpcTimeout.NONE, of("5m", "5m"));
    }

    @Property
    void shouldReadAsArithmeticSays(
        @ForAll @IntRange(max = 99_999_999) final int value,
        @ForAll @IntRange(max = 5) final int unitIndex)
    {
        final char unit = "numSMH".charAt(unitIndex);
        final BigInteger exact = BigInteger.valueOf(value).multiply(BigInteger.valueOf(UNITS.get(unit)));
        assertEquals(exact.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact(), parse(value + "" + unit));
    }

    @Property
    void shouldReadNothingElse(
        @ForAll @StringLength(max = 12) @Chars({'0', '9', 'S', 'm', '-', ' ', 'x'}) final String any)
    {
        assertEquals(any.matches("[0-9]{1,8}[numSMH]"), parse(any) != GrpcTimeout.NONE);
    }

    @ParameterizedTest
    @CsvSource({"0, 0m", "999999, 0m", "1000000, 1m", "99999999999999, 99999999m", "100000000000000, 100000S",
        "5999999940000000000, 99999999M", "9223372036854775807, 2562047H"})
    void shouldSayMillisecondsWhileEightDigitsAreEnough(final long timeoutNs, final String expected)
    {
        final byte unit = GrpcTimeout.unitFor(timeoutNs);
        assertEquals(expected, GrpcTimeout.in(unit, timeoutNs) + "" + (char)unit);
    }

    @Property
    void shouldReadWhatItSaysWithinOneUnit(@ForAll @LongRange(min = 0) final long timeoutNs)
    {
        final byte unit = GrpcTimeout.unitFor(timeoutNs);
        final long readNs = parse(GrpcTimeout.in(unit, timeoutNs) + "" + (char)unit);
        assertTrue(readNs <= timeoutNs && timeoutNs - readNs < UNITS.get((char)unit), () -> "read " + readNs);
    }
}
