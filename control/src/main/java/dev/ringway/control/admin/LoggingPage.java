package dev.ringway.control.admin;

import dev.ringway.control.log.LogSetup;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code /logging}: levels of the process log. A request that names anything unknown changes nothing.
 */
final class LoggingPage
{
    private static final String ROOT = "dev.ringway";
    private static final String USAGE = """
        usage: /logging?<name>=<level> (change single level)
        usage: /logging?paths=name1:level1,name2:level2,... (change multiple levels)
        usage: /logging?level=<level> (change all levels)
        levels: trace debug info warning error critical off
        """;

    private LoggingPage()
    {
    }

    static Page page(final Query query)
    {
        if (query.values().size() > 1)
        {
            return refusal("invalid number of parameters");
        }
        final Map<String, Level> changes = new LinkedHashMap<>();
        for (final Map.Entry<String, String> parameter : query.values().entrySet())
        {
            final String error = parameter.getKey().equals("paths") ?
                paths(parameter.getValue(), changes) : change(parameter.getKey(), parameter.getValue(), changes);
            if (error != null)
            {
                return refusal(error);
            }
        }
        changes.forEach(LoggingPage::apply);
        return Page.text(200, levels());
    }

    private static Page refusal(final String error)
    {
        return Page.text(400, "error: " + error + "\n\n" + USAGE + levels());
    }

    private static String paths(final String list, final Map<String, Level> changes)
    {
        for (final String pair : list.split(","))
        {
            final int colon = pair.indexOf(':');
            if (colon < 0)
            {
                return "'" + pair + "' is not <name>:<level>";
            }
            final String error = change(pair.substring(0, colon), pair.substring(colon + 1), changes);
            if (error != null)
            {
                return error;
            }
        }
        return null;
    }

    private static String change(final String name, final String level, final Map<String, Level> changes)
    {
        if (!LogSetup.isLevel(level))
        {
            return "unknown logger level";
        }
        if (!name.equals("level") && !LogSetup.loggers().containsKey(name))
        {
            return "unknown logger name";
        }
        changes.put(name, LogSetup.level(level));
        return null;
    }

    private static void apply(final String name, final Level level)
    {
        if (name.equals("level"))
        {
            Logger.getLogger(ROOT).setLevel(level);
            LogSetup.loggers().values().forEach(logger -> logger.setLevel(null));
        }
        else
        {
            LogSetup.loggers().get(name).setLevel(level);
        }
    }

    private static String levels()
    {
        final StringBuilder out = new StringBuilder("active loggers:\n");
        final String root = LogSetup.name(Logger.getLogger(ROOT).getLevel());
        LogSetup.loggers().forEach((name, logger) -> out.append("  ").append(name).append(": ")
            .append(logger.getLevel() == null ? root : LogSetup.name(logger.getLevel())).append('\n'));
        return out.toString();
    }
}
