package dev.ringway.engine.time;

/**
 * IMF-fixdate (RFC 9110, 5.6.7), for example {@code Sun, 06 Nov 1994 08:49:37 GMT}. Allocates nothing.
 */
public final class HttpDate
{
    /** Bytes of a date. */
    public static final int LENGTH = 29;

    private static final String DAYS = "ThuFriSatSunMonTueWed";
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int DAYS_TO_ERA = 719_468;
    private static final int DAYS_PER_ERA = 146_097;

    private HttpDate()
    {
    }

    /**
     * @param epochSecond seconds since 1970, not negative.
     * @param dst         receives {@link #LENGTH} bytes.
     */
    public static void format(final long epochSecond, final byte[] dst)
    {
        final long days = epochSecond / SECONDS_PER_DAY;
        final int second = (int)(epochSecond % SECONDS_PER_DAY);
        // Civil date from a day count, years starting in March so that the leap day comes last.
        final long shifted = days + DAYS_TO_ERA;
        final long era = shifted / DAYS_PER_ERA;
        final int dayOfEra = (int)(shifted - era * DAYS_PER_ERA);
        final int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        final int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        final int monthFromMarch = (5 * dayOfYear + 2) / 153;
        final int day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        final int month = monthFromMarch < 10 ? monthFromMarch + 2 : monthFromMarch - 10;
        final int year = (int)(yearOfEra + era * 400) + (month < 2 ? 1 : 0);
        text(dst, 0, DAYS, (int)(days % 7) * 3);
        dst[3] = ',';
        dst[4] = ' ';
        two(dst, 5, day);
        dst[7] = ' ';
        text(dst, 8, MONTHS, month * 3);
        dst[11] = ' ';
        two(dst, 12, year / 100);
        two(dst, 14, year % 100);
        dst[16] = ' ';
        two(dst, 17, second / 3600);
        dst[19] = ':';
        two(dst, 20, second / 60 % 60);
        dst[22] = ':';
        two(dst, 23, second % 60);
        dst[25] = ' ';
        text(dst, 26, "GMT", 0);
    }

    private static void text(final byte[] dst, final int at, final String source, final int from)
    {
        for (int i = 0; i < 3; i++)
        {
            dst[at + i] = (byte)source.charAt(from + i);
        }
    }

    private static void two(final byte[] dst, final int at, final int value)
    {
        dst[at] = (byte)('0' + value / 10);
        dst[at + 1] = (byte)('0' + value % 10);
    }
}
