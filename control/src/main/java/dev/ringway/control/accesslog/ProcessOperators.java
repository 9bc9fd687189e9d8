package dev.ringway.control.accesslog;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * {@code %HOSTNAME%} and {@code %ENVIRONMENT(NAME)%}: what is the same as long as the process lives.
 */
public final class ProcessOperators
{
    static final String HOST_NAME = "HOSTNAME";
    static final String ENVIRONMENT = "ENVIRONMENT";

    private ProcessOperators()
    {
    }

    /**
     * @param name     of an operator.
     * @param argument between its parentheses, or null.
     * @return what it tells, a dash for a variable that is not set; null when it is none of these or lacks its argument.
     */
    public static String value(final String name, final String argument)
    {
        return value(name, argument, System.getenv());
    }

    static String value(final String name, final String argument, final Map<String, String> environment)
    {
        if (name.equals(HOST_NAME) && argument == null)
        {
            return hostName();
        }
        if (!name.equals(ENVIRONMENT) || argument == null || argument.isEmpty())
        {
            return null;
        }
        return environment.getOrDefault(argument, "-");
    }

    private static String hostName()
    {
        try
        {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        }
        catch (final IOException e)
        {
            return InetAddress.getLoopbackAddress().getHostName();
        }
    }
}
