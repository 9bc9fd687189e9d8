package dev.ringway.control.accesslog;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A time format compiled from strftime's conversions with Envoy's {@code %s}, {@code %f} and {@code %1f} to
 * {@code %9f}. What it says of a second is printed once and copied for all times within, fractions put over it. Log
 * thread only; allocates nothing while it prints.
 */
final class TimeFormat
{
    private static final int MICROS = 1_000_000;
    private static final byte[][] DAYS = new byte[7][];
    private static final byte[][] DAYS_SHORT = new byte[7][];
    private static final byte[][] MONTHS = new byte[12][];
    private static final byte[][] MONTHS_SHORT = new byte[12][];

    static
    {
        for (int i = 0; i < DAYS.length; i++)
        {
            final java.time.DayOfWeek day = java.time.DayOfWeek.of(i == 0 ? 7 : i);
            DAYS[i] = day.getDisplayName(TextStyle.FULL, Locale.ENGLISH).getBytes(UTF_8);
            DAYS_SHORT[i] = day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH).getBytes(UTF_8);
        }
        for (int i = 0; i < MONTHS.length; i++)
        {
            final java.time.Month month = java.time.Month.of(i + 1);
            MONTHS[i] = month.getDisplayName(TextStyle.FULL, Locale.ENGLISH).getBytes(UTF_8);
            MONTHS_SHORT[i] = month.getDisplayName(TextStyle.SHORT, Locale.ENGLISH).getBytes(UTF_8);
        }
    }

    private final CivilTime time;
    private final Part[] parts;
    private final Fraction[] fractions;
    private final int[] fractionAt;
    private final LogLine text = new LogLine();
    private long second = Long.MIN_VALUE;

    /** One conversion or literal. */
    @FunctionalInterface
    private interface Part
    {
        void append(CivilTime time, LogLine line);
    }

    /**
     * Part of a second.
     *
     * @param divisor of microseconds.
     * @param factor  of what that gives.
     * @param digits  printed.
     */
    private record Fraction(int divisor, int factor, int digits) implements Part
    {
        public void append(final CivilTime time, final LogLine line)
        {
            line.padded(0, digits);
        }
    }

    private TimeFormat(final ZoneId zone, final List<Part> parts)
    {
        time = new CivilTime(zone);
        this.parts = parts.toArray(new Part[0]);
        fractions = parts.stream().filter(Fraction.class::isInstance).toArray(Fraction[]::new);
        fractionAt = new int[fractions.length];
    }

    /**
     * @param zone whose clock is shown.
     * @return ISO 8601 with milliseconds: {@code 2026-01-31T23:59:59.123Z}, the offset in place of Z but for UTC.
     */
    static TimeFormat iso(final ZoneId zone)
    {
        final String suffix = zone instanceof ZoneOffset ? "Z" : "%z";
        try
        {
            return compile("%Y-%m-%dT%H:%M:%S.%3f" + suffix, zone, 0);
        }
        catch (final LogFormatException e)
        {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param pattern  text with conversions.
     * @param zone     whose clock is shown.
     * @param position of the pattern in the whole format, for messages.
     * @return the compiled format.
     * @throws LogFormatException when a conversion is not known.
     */
    static TimeFormat compile(final String pattern, final ZoneId zone, final int position) throws LogFormatException
    {
        final List<Part> parts = new ArrayList<>();
        int literal = 0;
        for (int i = 0; i < pattern.length(); i++)
        {
            if (pattern.charAt(i) != '%')
            {
                continue;
            }
            literal(pattern.substring(literal, i), parts);
            if (++i == pattern.length())
            {
                throw new LogFormatException(position + i - 1, "time format ends with a lone %; write %% for one");
            }
            final char c = pattern.charAt(i);
            if (c >= '1' && c <= '9' && i + 1 < pattern.length() && pattern.charAt(i + 1) == 'f')
            {
                parts.add(fraction(c - '0'));
                i++;
            }
            else
            {
                parts.add(part(c, position + i));
            }
            literal = i + 1;
        }
        literal(pattern.substring(literal), parts);
        return new TimeFormat(zone, parts);
    }

    private static void literal(final String text, final List<Part> parts)
    {
        if (!text.isEmpty())
        {
            final byte[] bytes = text.getBytes(UTF_8);
            parts.add((t, line) -> line.put(bytes));
        }
    }

    private static Part part(final char conversion, final int position) throws LogFormatException
    {
        return switch (conversion)
        {
            case '%' -> (t, line) -> line.put((byte)'%');
            case 'n' -> (t, line) -> line.put((byte)'\n');
            case 't' -> (t, line) -> line.put((byte)'\t');
            case 's' -> (t, line) -> line.decimal(t.second());
            case 'f' -> fraction(9);
            case 'Y' -> (t, line) -> line.decimal(t.year);
            case 'y' -> (t, line) -> line.padded(t.year % 100, 2);
            case 'm' -> (t, line) -> line.padded(t.month, 2);
            case 'd' -> (t, line) -> line.padded(t.day, 2);
            case 'e' -> (t, line) -> blankPadded(t.day, line);
            case 'j' -> (t, line) -> line.padded(t.dayOfYear, 3);
            case 'H' -> (t, line) -> line.padded(t.hour, 2);
            case 'I' -> (t, line) -> line.padded((t.hour + 11) % 12 + 1, 2);
            case 'M' -> (t, line) -> line.padded(t.minute, 2);
            case 'S' -> (t, line) -> line.padded(t.secondOfMinute, 2);
            case 'p' -> (t, line) -> line.put((byte)(t.hour < 12 ? 'A' : 'P')).put((byte)'M');
            case 'a' -> (t, line) -> line.put(DAYS_SHORT[t.dayOfWeek]);
            case 'A' -> (t, line) -> line.put(DAYS[t.dayOfWeek]);
            case 'b', 'h' -> (t, line) -> line.put(MONTHS_SHORT[t.month - 1]);
            case 'B' -> (t, line) -> line.put(MONTHS[t.month - 1]);
            case 'u' -> (t, line) -> line.decimal(t.dayOfWeek == 0 ? 7 : t.dayOfWeek);
            case 'w' -> (t, line) -> line.decimal(t.dayOfWeek);
            case 'F' -> (t, line) -> line.decimal(t.year).put((byte)'-').padded(t.month, 2).put((byte)'-')
                .padded(t.day, 2);
            case 'D' -> (t, line) -> line.padded(t.month, 2).put((byte)'/').padded(t.day, 2).put((byte)'/')
                .padded(t.year % 100, 2);
            case 'T' -> (t, line) -> line.padded(t.hour, 2).put((byte)':').padded(t.minute, 2).put((byte)':')
                .padded(t.secondOfMinute, 2);
            case 'R' -> (t, line) -> line.padded(t.hour, 2).put((byte)':').padded(t.minute, 2);
            case 'z' -> (t, line) -> offset(t.offset(), line);
            case 'Z' -> (t, line) -> zoneName(t, line);
            default -> throw new LogFormatException(position, "time conversion %" + conversion +
                " is not supported; supported are %Y %y %m %d %e %j %H %I %M %S %p %s %f %1f..%9f %a %A %b %h %B %u " +
                "%w %F %D %T %R %z %Z %n %t %%");
        };
    }

    private static Part fraction(final int digits)
    {
        int divisor = 1;
        for (int i = digits; i < 6; i++)
        {
            divisor *= 10;
        }
        int factor = 1;
        for (int i = 6; i < digits; i++)
        {
            factor *= 10;
        }
        return new Fraction(divisor, factor, digits);
    }

    private static void blankPadded(final int value, final LogLine line)
    {
        if (value < 10)
        {
            line.put((byte)' ');
        }
        line.decimal(value);
    }

    private static void offset(final int seconds, final LogLine line)
    {
        final int minutes = Math.abs(seconds) / 60;
        line.put((byte)(seconds < 0 ? '-' : '+')).padded(minutes / 60, 2).padded(minutes % 60, 2);
    }

    /** The zone's own letters where it has some, as in the system's list of zones, or how far it is from UTC. */
    private static void zoneName(final CivilTime time, final LogLine line)
    {
        if (time.zone() instanceof ZoneOffset)
        {
            line.put((byte)'U').put((byte)'T').put((byte)'C');
            return;
        }
        final boolean isSummer = time.zone().getRules().isDaylightSavings(Instant.ofEpochSecond(time.second()));
        final String name = TimeZone.getTimeZone(time.zone()).getDisplayName(isSummer, TimeZone.SHORT, Locale.ENGLISH);
        if (name.indexOf(':') < 0)
        {
            line.put(LogOperators.bytes(name));
            return;
        }
        final int minutes = Math.abs(time.offset()) / 60;
        line.put((byte)(time.offset() < 0 ? '-' : '+')).padded(minutes / 60, 2);
        if (minutes % 60 > 0)
        {
            line.padded(minutes % 60, 2);
        }
    }

    /**
     * @param epochUs microseconds since 1970.
     * @param line    gets the text.
     */
    void append(final long epochUs, final LogLine line)
    {
        final long of = Math.floorDiv(epochUs, (long)MICROS);
        if (of != second)
        {
            second = of;
            print();
        }
        final int start = line.length();
        line.put(text.bytes(), text.length());
        for (int i = 0; i < fractions.length; i++)
        {
            final Fraction fraction = fractions[i];
            final long value = (epochUs - of * MICROS) / fraction.divisor * fraction.factor;
            line.digits(start + fractionAt[i], value, fraction.digits);
        }
    }

    private void print()
    {
        time.set(second);
        text.clear();
        int index = 0;
        for (final Part part : parts)
        {
            if (part instanceof Fraction)
            {
                fractionAt[index++] = text.length();
            }
            part.append(time, text);
        }
    }
}
