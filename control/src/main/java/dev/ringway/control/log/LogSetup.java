package dev.ringway.control.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/**
 * Sends java.util.logging to standard error or a file, a line each, in Envoy's form. Never used on a loop.
 */
public final class LogSetup
{
    /** Envoy's default form, without the source position. */
    public static final String DEFAULT_FORMAT = "[%Y-%m-%d %T.%e][%t][%l][%n] %v";

    /** Of which all loggers are. */
    static final String ROOT = "dev.ringway";

    private static final List<String> NAMES = List.of("admin", "config", "dns", "health", "main", "tls");
    private static final Map<String, Logger> NAMED = new TreeMap<>();

    private static StreamHandler handler;
    private static Path file;
    private static Formatter formatter;

    private LogSetup()
    {
    }

    /**
     * @param name short name, for example {@code config}.
     * @return its logger, listed under that name by {@code /logging}.
     */
    public static synchronized Logger logger(final String name)
    {
        return NAMED.computeIfAbsent(name, key -> Logger.getLogger(ROOT + '.' + key));
    }

    /**
     * @return loggers by short name.
     */
    public static synchronized Map<String, Logger> loggers()
    {
        return new TreeMap<>(NAMED);
    }

    /**
     * @param level Envoy's name.
     * @return whether there is such a level.
     */
    public static boolean isLevel(final String level)
    {
        return level(level) != null;
    }

    /**
     * @param name Envoy's name of a level.
     * @return java.util.logging's level, or null.
     */
    public static Level level(final String name)
    {
        return switch (name)
        {
            case "trace" -> Level.FINER;
            case "debug" -> Level.FINE;
            case "info" -> Level.INFO;
            case "warning", "warn" -> Level.WARNING;
            case "error", "critical" -> Level.SEVERE;
            case "off" -> Level.OFF;
            default -> null;
        };
    }

    /**
     * @param level java.util.logging's level.
     * @return Envoy's name of it.
     */
    public static String name(final Level level)
    {
        if (level == null)
        {
            return "info";
        }
        final int value = level.intValue();
        return value == Level.OFF.intValue() ? "off" : value >= Level.SEVERE.intValue() ? "error" :
            value >= Level.WARNING.intValue() ? "warning" : value >= Level.INFO.intValue() ? "info" :
            value >= Level.FINE.intValue() ? "debug" : "trace";
    }

    /**
     * Starts logging; replaces whatever the JVM had set up.
     *
     * @param level      Envoy's name of the level of all loggers.
     * @param components {@code name:level} pairs with commas between, may be empty.
     * @param path       file, or null for standard error.
     * @param format     of a line.
     * @throws IOException when the file cannot be opened or a pair makes no sense.
     */
    public static void start(final String level, final String components, final String path, final String format)
        throws IOException
    {
        LogManager.getLogManager().reset();
        formatter = new LogPattern(format, ZoneId.systemDefault());
        file = path == null ? null : Path.of(path);
        reopen();
        Logger.getLogger(ROOT).setLevel(level(level));
        for (final String pair : components.split(","))
        {
            final int colon = pair.indexOf(':');
            if (colon > 0 && isLevel(pair.substring(colon + 1)))
            {
                warnOfUnknown(pair.substring(0, colon));
                logger(pair.substring(0, colon)).setLevel(level(pair.substring(colon + 1)));
            }
            else if (!pair.isEmpty())
            {
                throw new IOException("--component-log-level " + pair + ": must be NAME:LEVEL");
            }
        }
    }

    /** Command lines for Envoy name its loggers, which are others: no reason not to start. */
    private static void warnOfUnknown(final String name)
    {
        if (!NAMES.contains(name))
        {
            logger("main").warning("--component-log-level: there is no logger '" + name + "'; there are " +
                String.join(", ", NAMES));
        }
    }

    /**
     * Opens the log file anew, after it was moved away.
     *
     * @throws IOException when it cannot be opened; the old one stays in use.
     */
    public static synchronized void reopen() throws IOException
    {
        final StreamHandler fresh = new LineHandler(file == null ? System.err : open(), formatter);
        final Logger root = Logger.getLogger(ROOT);
        root.setUseParentHandlers(false);
        root.addHandler(fresh);
        final Handler old = handler;
        handler = fresh;
        if (old != null)
        {
            root.removeHandler(old);
            if (file != null)
            {
                old.close();
            }
        }
    }

    private static OutputStream open() throws IOException
    {
        try
        {
            return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        catch (final IOException e)
        {
            throw new IOException("--log-path " + file + ": cannot be opened: " + FileFault.reason(e), e);
        }
    }

    /** Flushes each line. */
    private static final class LineHandler extends StreamHandler
    {
        LineHandler(final OutputStream out, final Formatter formatter)
        {
            super(out, formatter);
            setLevel(Level.ALL);
        }

        public synchronized void publish(final LogRecord line)
        {
            super.publish(line);
            flush();
        }
    }
}
