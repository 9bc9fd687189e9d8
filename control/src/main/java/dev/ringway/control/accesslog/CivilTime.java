package dev.ringway.control.accesslog;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Date and time of a second in a zone. Proleptic Gregorian calendar. One
 * thread; allocates only when it has to ask the zone for its offset, once a quarter of an hour at most.
 */
final class CivilTime
{
    private static final long SECONDS_PER_DAY = 86_400;
    private static final long OFFSET_VALID_S = 900;
    private static final int DAYS_PER_ERA = 146_097;
    private static final int DAYS_TO_1970 = 719_468;

    private final ZoneId zone;
    private long second;
    private long offsetPeriod = Long.MIN_VALUE;
    private int offset;
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int secondOfMinute;
    int dayOfWeek;
    int dayOfYear;

    /**
     * @param zone whose clock is shown.
     */
    CivilTime(final ZoneId zone)
    {
        this.zone = zone;
    }

    /**
     * @param epochSecond since 1970.
     */
    void set(final long epochSecond)
    {
        second = epochSecond;
        final long local = epochSecond + offsetAt(epochSecond);
        final long days = Math.floorDiv(local, SECONDS_PER_DAY);
        final int ofDay = (int)(local - days * SECONDS_PER_DAY);
        hour = ofDay / 3600;
        minute = ofDay / 60 % 60;
        secondOfMinute = ofDay % 60;
        dayOfWeek = (int)Math.floorMod(days + 4, 7L);
        date(days);
    }

    /** Offsets of zones change at whole quarters of an hour only. */
    private int offsetAt(final long epochSecond)
    {
        final long period = Math.floorDiv(epochSecond, OFFSET_VALID_S);
        if (period != offsetPeriod)
        {
            offsetPeriod = period;
            offset = zone instanceof ZoneOffset fixed ? fixed.getTotalSeconds() :
                zone.getRules().getOffset(Instant.ofEpochSecond(epochSecond)).getTotalSeconds();
        }
        return offset;
    }

    /** Years are counted from March, so that the leap day is the last of them. */
    private void date(final long daysSince1970)
    {
        final long shifted = daysSince1970 + DAYS_TO_1970;
        final long era = Math.floorDiv(shifted, (long)DAYS_PER_ERA);
        final int dayOfEra = (int)(shifted - era * DAYS_PER_ERA);
        final int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        final int dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        final int monthFromMarch = (5 * dayFromMarch + 2) / 153;
        day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1;
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        year = (int)(era * 400) + yearOfEra + (month <= 2 ? 1 : 0);
        final boolean isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        dayOfYear = month <= 2 ? dayFromMarch - 305 : dayFromMarch + 60 + (isLeap ? 1 : 0);
    }

    /**
     * @return seconds that the zone is ahead of UTC, as of the last {@link #set}.
     */
    int offset()
    {
        return offset;
    }

    /**
     * @return since 1970, as of the last {@link #set}.
     */
    long second()
    {
        return second;
    }

    ZoneId zone()
    {
        return zone;
    }
}
