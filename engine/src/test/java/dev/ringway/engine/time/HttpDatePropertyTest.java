package dev.ringway.engine.time;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

final class HttpDatePropertyTest
{
    private static final DateTimeFormatter IMF_FIXDATE =
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);
    /** Last second of the year 9999. */
    private static final long LAST = 253_402_300_799L;

    private static String format(final long epochSecond)
    {
        final byte[] text = new byte[HttpDate.LENGTH];
        HttpDate.format(epochSecond, text);
        return new String(text, US_ASCII);
    }

    private static void check(final long epochSecond)
    {
        assertEquals(IMF_FIXDATE.format(LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC)),
            format(epochSecond));
    }

    @Test
    void shouldFormatTheExampleOfTheRfc()
    {
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", format(784_111_777L));
    }

    @Property(tries = 5000)
    void shouldAgreeWithJavaTime(@ForAll @LongRange(max = LAST) final long epochSecond)
    {
        check(epochSecond);
    }

    @Test
    void shouldAgreeAroundEveryMonthsEnd()
    {
        LocalDate first = LocalDate.of(1970, 2, 1);
        while (first.getYear() < 2410)
        {
            final long second = first.toEpochDay() * 86_400;
            check(second - 1);
            check(second);
            first = first.plusMonths(1);
        }
        check(0);
        check(LAST);
    }
}
