package dev.ringway.control.cli;

import dev.ringway.control.config.ConfigError;
import dev.ringway.control.config.ConfigException;
import dev.ringway.control.log.LogSetup;
import dev.ringway.ffi.uring.UringException;

import java.io.IOException;

/**
 * Entry of the process: reads the command line, then serves or validates. Exit codes: 0 ended as asked, 1 refused to
 * start, 2 a loop died.
 */
public final class Main
{
    /** Version shown by {@code --version} and admin. */
    static final String VERSION = "0.1.0";

    private Main()
    {
    }

    /**
     * @param args Envoy's command line.
     */
    public static void main(final String[] args)
    {
        final Options options;
        try
        {
            options = Options.parse(args);
        }
        catch (final UsageException e)
        {
            refuse(e.getMessage() + "; ringway --help lists the options");
            return;
        }
        if (options.help)
        {
            System.out.print(Options.HELP);
            return;
        }
        if (options.version)
        {
            System.out.println("ringway  version: " + VERSION + "/" + Runtime.version() + "/Clean/RELEASE/BoringSSL-none");
            return;
        }
        start(options);
    }

    private static void start(final Options options)
    {
        try
        {
            LogSetup.start(options.logLevel, options.componentLogLevel, options.logPath, options.logFormat);
            final Server server = new Server(options);
            if (options.mode.equals("validate"))
            {
                server.validate();
                System.out.println("configuration '" + (options.configPath == null ? "" : options.configPath) + "' OK");
                server.close();
                return;
            }
            server.run();
        }
        catch (final ConfigException e)
        {
            for (final ConfigError error : e.errors())
            {
                System.err.println(error);
            }
            System.exit(1);
        }
        catch (final OutOfMemoryError e)
        {
            refuse("the configuration does not fit into the heap; give a larger one (RINGWAY_HEAP)");
        }
        catch (final UringException | IOException | dev.ringway.engine.runtime.ListenException e)
        {
            refuse(e.getMessage());
        }
    }

    private static void refuse(final String sentence)
    {
        System.err.println("error: " + sentence);
        System.exit(1);
    }
}
