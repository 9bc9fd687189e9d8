package dev.ringway.control.log;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LogPatternTest
{
    private static LogRecord line(final String message)
    {
        final LogRecord line = new LogRecord(Level.WARNING, message);
        line.setLoggerName("dev.ringway.main");
        line.setInstant(Instant.ofEpochSecond(1_796_075_937, 225_642_001));
        line.setLongThreadID(7);
        return line;
    }

    private static String print(final String pattern, final LogRecord line)
    {
        final String text = new LogPattern(pattern, ZoneOffset.UTC).format(line);
        assertTrue(text.endsWith("\n"));
        return text.substring(0, text.length() - 1);
    }

    /** What the live Envoy prints for the same line and time. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
        "[%Y-%m-%d %T.%e][%t][%l][%n] %v|[2026-11-30 21:58:57.225][7][warning][main] hello",
        "%Y-%m-%dT%T.%fZ %l envoy %n thread=%t|2026-11-30T21:58:57.225642Z warning envoy main thread=7",
        "%L %a %A %b %B|W Mon Monday Nov November",
        "%c|Mon Nov 30 21:58:57 2026",
        "%C %D %x|26 11/30/26 11/30/26",
        "%H %I %M %S %p|21 09 58 57 PM",
        "%e %f %F %E|225 225642 225642001 1796075937",
        "%r %R %X %z|09:58:57 PM 21:58 21:58:57 +00:00",
        "%% %+ %_ %j %^%$%*|% hello hello hello ",
        "%9l:%-9l:%=9l:%3!l:%3l|  warning:warning  : warning :war:warning",
        "%Q %|%Q ",
        "%O %o|0 0",
    })
    void shouldPrintAsEnvoy(final String pattern, final String text)
    {
        assertEquals(text, print(pattern, line("hello")));
    }

    @Test
    void shouldKeepALineALineWhereAsked()
    {
        assertEquals("a\\nb\"|a\\nb\\\"", print("%_|%j", line("a\nb\"")));
    }

    @Test
    void shouldTellTheProcess()
    {
        assertEquals(Long.toString(ProcessHandle.current().pid()), print("%P", line("")));
    }

    @Test
    void shouldTellHowLongAgoTheLineBeforeWas()
    {
        final LogPattern pattern = new LogPattern("%O %o %i %u", ZoneOffset.UTC);
        pattern.format(line("a"));
        final LogRecord second = line("b");
        second.setInstant(second.getInstant().plusMillis(1500));
        assertEquals("1 1500 1500000 1500000000\n", pattern.format(second));
    }

    @Test
    void shouldTellWhereALineWasWritten()
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final StreamHandler handler = new StreamHandler(out, new LogPattern("%g %s %! %@ %#", ZoneOffset.UTC));
        final Logger logger = Logger.getAnonymousLogger();
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
        logger.warning("here");
        handler.flush();
        final String place = "dev/ringway/control/log/LogPatternTest.java";
        assertTrue(out.toString().matches(
            place + " LogPatternTest.java shouldTellWhereALineWasWritten " + place + ":(\\d+) \\1\n"), out::toString);
    }
}
