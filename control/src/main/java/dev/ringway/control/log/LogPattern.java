package dev.ringway.control.log;

import com.google.gson.JsonPrimitive;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * One record, one line, by a pattern with Envoy's letters. Letters that there are none of are printed as they stand.
 */
final class LogPattern extends Formatter
{
    private static final int MOST_WIDTH = 64;
    private static final int NAME_BEGIN = LogSetup.ROOT.length() + 1;

    private final String pattern;
    private final ZoneId zone;
    private long lastMs = -1;

    LogPattern(final String pattern, final ZoneId zone)
    {
        this.pattern = pattern;
        this.zone = zone;
    }

    /**
     * {@inheritDoc}
     */
    public synchronized String format(final LogRecord line)
    {
        final var time = Instant.ofEpochMilli(line.getMillis()).plusNanos(line.getInstant().getNano() % 1_000_000)
            .atZone(zone);
        final StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < pattern.length())
        {
            final char c = pattern.charAt(i++);
            if (c == '%')
            {
                i = field(i, time, line, out);
                continue;
            }
            out.append(c);
        }
        lastMs = line.getMillis();
        return out.append('\n').toString();
    }

    /** A letter, with the width before it: {@code %8l}, {@code %-8l} (left), {@code %=8l} (middle), {@code %3!l} (cut). */
    private int field(final int begin, final ZonedDateTime time, final LogRecord line, final StringBuilder out)
    {
        int i = begin;
        final char side = i < pattern.length() && "-=".indexOf(pattern.charAt(i)) >= 0 ? pattern.charAt(i++) : ' ';
        int width = 0;
        while (i < pattern.length() && Character.isDigit(pattern.charAt(i)))
        {
            width = Math.min(MOST_WIDTH, width * 10 + pattern.charAt(i++) - '0');
        }
        final boolean isCut = i < pattern.length() && pattern.charAt(i) == '!';
        // Without a width the mark is the letter for a method.
        i += isCut && width > 0 ? 1 : 0;
        if (i == pattern.length())
        {
            return i;
        }
        final String text = text(pattern.charAt(i), time, line);
        final int lacks = Math.max(0, width - text.length());
        final int left = side == '-' ? 0 : side == '=' ? lacks / 2 : lacks;
        out.repeat(' ', left).append(text, 0, isCut && width > 0 ? Math.min(width, text.length()) : text.length())
            .repeat(' ', lacks - left);
        return i + 1;
    }

    private String text(final char letter, final ZonedDateTime time, final LogRecord line)
    {
        return switch (letter)
        {
            case 'v', '+' -> line.getMessage();
            case '_' -> line.getMessage().replace("\r", "\\r").replace("\n", "\\n");
            case 'j' -> json(line.getMessage());
            case '*' -> "";
            case 't' -> Long.toString(line.getLongThreadID());
            case 'P' -> Long.toString(ProcessHandle.current().pid());
            case 'l' -> LogSetup.name(line.getLevel());
            case 'L' -> shortName(line.getLevel());
            case 'n' -> line.getLoggerName().substring(Math.min(line.getLoggerName().length(), NAME_BEGIN));
            case 'g', 's', '#', '!', '@' -> place(letter);
            case 'E' -> Long.toString(time.toEpochSecond());
            case 'e', 'f', 'F' -> fraction(letter, time.getNano());
            case 'O', 'o', 'i', 'u' -> since(letter, line.getMillis());
            case '^', '$' -> "";
            case '%' -> "%";
            default -> time(letter, time);
        };
    }

    private static String shortName(final Level level)
    {
        return LogSetup.name(level).substring(0, 1).toUpperCase(Locale.ROOT);
    }

    /** Where a line was written. Looked for only where the pattern asks: it takes a walk over the stack. */
    private static String place(final char letter)
    {
        final StackWalker.StackFrame frame = StackWalker.getInstance().walk(frames -> frames
            .dropWhile(one -> !one.getClassName().equals(Logger.class.getName()))
            .dropWhile(one -> one.getClassName().startsWith(Logger.class.getPackageName()))
            .findFirst().orElse(null));
        if (frame == null)
        {
            return "";
        }
        final String file = frame.getFileName() == null ? "" : frame.getFileName();
        final String path = frame.getClassName().substring(0, frame.getClassName().lastIndexOf('.') + 1)
            .replace('.', '/') + file;
        return switch (letter)
        {
            case 'g' -> path;
            case 's' -> file;
            case '#' -> Integer.toString(frame.getLineNumber());
            case '@' -> path + ':' + frame.getLineNumber();
            default -> frame.getMethodName();
        };
    }

    private static String fraction(final char letter, final int nanos)
    {
        final String digits = Integer.toString(1_000_000_000 + nanos);
        return digits.substring(1, letter == 'e' ? 4 : letter == 'f' ? 7 : 10);
    }

    /** Time since the line before. */
    private String since(final char letter, final long nowMs)
    {
        final long ms = lastMs < 0 ? 0 : Math.max(0, nowMs - lastMs);
        return Long.toString(switch (letter)
        {
            case 'O' -> ms / 1000;
            case 'o' -> ms;
            case 'i' -> ms * 1000;
            default -> ms * 1_000_000;
        });
    }

    private static String time(final char letter, final ZonedDateTime time)
    {
        final String form = switch (letter)
        {
            case 'Y' -> "yyyy";
            case 'C' -> "yy";
            case 'm' -> "MM";
            case 'd' -> "dd";
            case 'D', 'x' -> "MM/dd/yy";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'M' -> "mm";
            case 'S' -> "ss";
            case 'R' -> "HH:mm";
            case 'T', 'X' -> "HH:mm:ss";
            case 'r' -> "hh:mm:ss a";
            case 'p' -> "a";
            case 'z' -> "xxx";
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'b', 'h' -> "MMM";
            case 'B' -> "MMMM";
            case 'c' -> "EEE MMM d HH:mm:ss yyyy";
            default -> null;
        };
        return form == null ? "%" + letter : DateTimeFormatter.ofPattern(form, Locale.US).format(time);
    }

    private static String json(final String message)
    {
        final String quoted = new JsonPrimitive(message).toString();
        return quoted.substring(1, quoted.length() - 1);
    }
}
