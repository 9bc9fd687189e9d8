package dev.ringway.control.cli;

import dev.ringway.control.log.LogSetup;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Envoy's command line, as far as it makes sense here. Read by hand: a library that reads annotations took a quarter
 * of the time from exec to ready (docs/decisions/0006-command-line.md). Filled once at start, not changed afterwards.
 */
final class Options
{
    /** What {@code --help} prints. */
    static final String HELP = """
        usage: ringway -c FILE [options]
        Service-mesh data plane and edge proxy. Options and their meaning are Envoy's.

          -c, --config-path FILE             bootstrap, YAML or JSON
              --config-yaml YAML             bootstrap text, merged over the file
              --mode MODE                    serve (default) or validate
              --concurrency N                event loops, at least 1; default: CPUs this process may use
              --cpuset-threads               accepted; loops are as many as CPUs allowed anyway
          -l, --log-level LEVEL              trace, debug, info (default), warning, error, critical or off
              --component-log-level NAME:LEVEL,...  levels of single loggers
              --log-path FILE                log to a file instead of standard error
              --log-format FORMAT            %Y-%m-%d %T.%e time, %t thread, %l level, %n logger, %v message,
                                             %g:%# place, and Envoy's other letters
              --service-node ID              node id, wins over the bootstrap's
              --service-cluster NAME         node cluster, wins over the bootstrap's
              --service-zone ZONE            node zone, wins over the bootstrap's
              --drain-time-s S               longest time for connections to end; default 600, and 10 at SIGTERM
              --drain-strategy STRATEGY      gradual (default): while listeners go on, the share of answers that end
                                             their connections grows over that time; or immediate: all do
              --file-flush-interval-msec MS  longest time a finished request waits for its log line; default 10000
              --admin-address-path FILE      write the admin address there
              --handshake-workers N          threads for private keys and certificates of TLS; 0 for none, default up to 4
              --no-config-watch              reload at SIGHUP alone, not when the file of -c has changed
              --allow-unknown-static-fields  warn of fields that the API does not know instead of refusing them
              --version                      print the version and exit
          -h, --help                         print this and exit

        Accepted without effect for now:
              --parent-shutdown-time-s S, --disable-hot-restart, --base-id N, --restart-epoch 0 (no hot restart yet)
              --reject-unknown-dynamic-fields, --ignore-unknown-dynamic-fields (no dynamic source yet)
              --local-address-ip-version v4|v6 (no field asks for an address of the machine)

        Signals: SIGTERM and SIGINT drain and end, a second one ends at once; SIGHUP reloads the configuration;
        SIGUSR1 reopens the logs.
        """;

    private static final int MAX_CONCURRENCY = 1024;
    private static final int MAX_HANDSHAKE_WORKERS = 64;

    String configPath;
    String configYaml;
    String mode = "serve";
    int concurrency = -1;
    int handshakeWorkers = -1;
    String logLevel = "info";
    String componentLogLevel = "";
    String logPath;
    String logFormat = LogSetup.DEFAULT_FORMAT;
    String serviceNode = "";
    String serviceCluster = "";
    String serviceZone = "";
    int drainTimeS = -1;
    String drainStrategy = "gradual";
    int fileFlushIntervalMsec = 10_000;
    boolean allowUnknownStaticFields;
    boolean watchesConfig = true;
    String adminAddressPath;
    boolean version;
    boolean help;

    private int baseId;
    private int parentShutdownTimeS = 900;
    private String localAddressIpVersion = "v4";
    private boolean cpusetThreads;
    private boolean rejectUnknownDynamicFields;
    private boolean ignoreUnknownDynamicFields;

    private final String[] args;
    private int next;
    private String inlineValue;

    private Options(final String[] args)
    {
        this.args = args;
    }

    /**
     * @param args of the process.
     * @return the options, checked.
     * @throws UsageException with what is wrong.
     */
    static Options parse(final String... args) throws UsageException
    {
        final Options options = new Options(args);
        final Set<String> seen = new HashSet<>();
        while (options.next < args.length)
        {
            final String arg = args[options.next++];
            final int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
            final String name = longName(equals < 0 ? arg : arg.substring(0, equals));
            options.inlineValue = equals < 0 ? null : arg.substring(equals + 1);
            if (!seen.add(name))
            {
                throw new UsageException(name + " is given twice");
            }
            options.take(name);
            if (options.inlineValue != null)
            {
                throw new UsageException(name + " takes no value");
            }
        }
        if (!options.help && !options.version)
        {
            options.check();
        }
        return options;
    }

    private static String longName(final String name)
    {
        return switch (name)
        {
            case "-c" -> "--config-path";
            case "-l" -> "--log-level";
            case "-h" -> "--help";
            default -> name;
        };
    }

    private void take(final String name) throws UsageException
    {
        switch (name)
        {
            case "--config-path" -> configPath = value(name);
            case "--config-yaml" -> configYaml = value(name);
            case "--mode" -> mode = oneOf(name, "serve", "validate");
            case "--concurrency" -> concurrency = number(name, MAX_CONCURRENCY);
            case "--log-level" -> logLevel = level(name);
            case "--component-log-level" -> componentLogLevel = value(name);
            case "--log-path" -> logPath = value(name);
            case "--log-format" -> logFormat = value(name);
            case "--service-node" -> serviceNode = value(name);
            case "--service-cluster" -> serviceCluster = value(name);
            case "--service-zone" -> serviceZone = value(name);
            case "--drain-time-s" -> drainTimeS = number(name, Integer.MAX_VALUE);
            case "--file-flush-interval-msec" -> fileFlushIntervalMsec = number(name, Integer.MAX_VALUE);
            case "--drain-strategy" -> drainStrategy = oneOf(name, "gradual", "immediate");
            case "--admin-address-path" -> adminAddressPath = value(name);
            case "--allow-unknown-static-fields" -> allowUnknownStaticFields = true;
            case "--handshake-workers" -> handshakeWorkers = number(name, MAX_HANDSHAKE_WORKERS);
            case "--no-config-watch" -> watchesConfig = false;
            case "--version" -> version = true;
            case "--help" -> help = true;
            default -> takeWithoutEffect(name);
        }
    }

    private void takeWithoutEffect(final String name) throws UsageException
    {
        switch (name)
        {
            case "--cpuset-threads" -> cpusetThreads = true;
            case "--reject-unknown-dynamic-fields" -> rejectUnknownDynamicFields = true;
            case "--ignore-unknown-dynamic-fields" -> ignoreUnknownDynamicFields = true;
            case "--disable-hot-restart" ->
            {
            }
            case "--parent-shutdown-time-s" -> parentShutdownTimeS = number(name, Integer.MAX_VALUE);
            case "--base-id" -> baseId = number(name, Integer.MAX_VALUE);
            case "--local-address-ip-version" -> localAddressIpVersion = oneOf(name, "v4", "v6");
            case "--restart-epoch" ->
            {
                if (number(name, Integer.MAX_VALUE) != 0)
                {
                    throw new UsageException(name + ": hot restart is not supported yet, only 0 is");
                }
            }
            default -> throw new UsageException(name.startsWith("-") ? "unknown option " + name :
                "unexpected argument '" + name + "'");
        }
    }

    private String value(final String name) throws UsageException
    {
        if (inlineValue != null)
        {
            final String value = inlineValue;
            inlineValue = null;
            return value;
        }
        if (next == args.length)
        {
            throw new UsageException(name + " needs a value");
        }
        return args[next++];
    }

    private int number(final String name, final int most) throws UsageException
    {
        final String value = value(name);
        try
        {
            final int number = Integer.parseInt(value);
            if (number >= 0 && number <= most)
            {
                return number;
            }
        }
        catch (final NumberFormatException ex)
        {
            // Said below, as for a number out of range.
        }
        throw new UsageException(name + " " + value + ": must be a number from 0 to " + most);
    }

    private String oneOf(final String name, final String first, final String second) throws UsageException
    {
        final String value = value(name);
        if (!value.equals(first) && !value.equals(second))
        {
            throw new UsageException(name + " " + value + ": must be " + first + " or " + second);
        }
        return value;
    }

    private String level(final String name) throws UsageException
    {
        final String value = value(name);
        if (!LogSetup.isLevel(value))
        {
            throw new UsageException(
                name + " " + value + ": must be trace, debug, info, warning, error, critical or off");
        }
        return value;
    }

    private void check() throws UsageException
    {
        if (configPath == null && configYaml == null)
        {
            throw new UsageException("no configuration: give -c FILE or --config-yaml YAML");
        }
        for (final String pair : componentLogLevel.split(","))
        {
            final int colon = pair.indexOf(':');
            if (!pair.isEmpty() && (colon <= 0 || !LogSetup.isLevel(pair.substring(colon + 1))))
            {
                throw new UsageException("--component-log-level " + pair + ": must be NAME:LEVEL");
            }
        }
    }

    /**
     * @param cpus that this process may use.
     * @return number of loops; one also where none is asked for, as Envoy.
     */
    int loops(final int cpus)
    {
        return Math.max(1, concurrency < 0 ? cpus : concurrency);
    }

    boolean isDrainGradual()
    {
        return drainStrategy.equals("gradual");
    }

    /**
     * Without {@code config_yaml}, which may hold secrets.
     *
     * @param loops number of loops, given or found.
     * @return the options by the names of Envoy's {@code admin.v3.CommandLineOptions}.
     */
    Map<String, Object> shown(final int loops)
    {
        final Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("base_id", Integer.toString(baseId));
        shown.put("concurrency", loops);
        shown.put("config_path", orEmpty(configPath));
        shown.put("allow_unknown_static_fields", allowUnknownStaticFields);
        shown.put("admin_address_path", orEmpty(adminAddressPath));
        shown.put("local_address_ip_version", localAddressIpVersion);
        shown.put("log_level", logLevel);
        shown.put("component_log_level", componentLogLevel);
        shown.put("log_format", logFormat);
        shown.put("log_path", orEmpty(logPath));
        shown.put("service_cluster", serviceCluster);
        shown.put("service_node", serviceNode);
        shown.put("service_zone", serviceZone);
        shown.put("file_flush_interval", java.math.BigDecimal.valueOf(fileFlushIntervalMsec, 3)
            .stripTrailingZeros().toPlainString() + "s");
        shown.put("drain_time", (drainTimeS < 0 ? 600 : drainTimeS) + "s");
        shown.put("parent_shutdown_time", parentShutdownTimeS + "s");
        shown.put("mode", mode.equals("serve") ? "Serve" : "Validate");
        shown.put("disable_hot_restart", true);
        shown.put("restart_epoch", 0);
        shown.put("cpuset_threads", cpusetThreads);
        shown.put("reject_unknown_dynamic_fields", rejectUnknownDynamicFields);
        shown.put("ignore_unknown_dynamic_fields", ignoreUnknownDynamicFields);
        shown.put("drain_strategy", isDrainGradual() ? "Gradual" : "Immediate");
        return shown;
    }

    private static String orEmpty(final String text)
    {
        return text == null ? "" : text;
    }
}
