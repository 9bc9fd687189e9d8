package dev.ringway.control.cli;

import dev.ringway.control.log.LogSetup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Envoy's command line, as far as it makes sense here. Filled by picocli; read once at start.
 */
@Command(name = "ringway", sortOptions = false, usageHelpWidth = 100, description = {
    "Service-mesh data plane and edge proxy. Options and their meaning are Envoy's."})
final class Options
{
    @Option(names = {"-c", "--config-path"}, paramLabel = "FILE", description = "bootstrap, YAML or JSON")
    String configPath;

    @Option(names = "--config-yaml", paramLabel = "YAML", description = "bootstrap text, merged over the file")
    String configYaml;

    @Option(names = "--mode", paramLabel = "MODE", description = "serve (default) or validate")
    String mode = "serve";

    @Option(names = "--concurrency", paramLabel = "N", description = "event loops; default: CPUs this process may use")
    int concurrency;

    @Option(names = "--cpuset-threads", description = "loops as many as CPUs allowed (also the default here)")
    boolean cpusetThreads;

    @Option(names = {"-l", "--log-level"}, paramLabel = "LEVEL",
        description = "trace, debug, info (default), warning, error, critical or off")
    String logLevel = "info";

    @Option(names = "--component-log-level", paramLabel = "NAME:LEVEL,...", description = "levels of single loggers")
    String componentLogLevel = "";

    @Option(names = "--log-path", paramLabel = "FILE", description = "log to a file instead of standard error")
    String logPath;

    @Option(names = "--log-format", paramLabel = "FORMAT",
        description = "%%Y-%%m-%%d %%T.%%e time, %%t thread, %%l level, %%n logger, %%v message")
    String logFormat = LogSetup.DEFAULT_FORMAT;

    @Option(names = "--service-node", paramLabel = "ID", description = "node id")
    String serviceNode = "";

    @Option(names = "--service-cluster", paramLabel = "NAME", description = "node cluster")
    String serviceCluster = "";

    @Option(names = "--service-zone", paramLabel = "ZONE", description = "node zone")
    String serviceZone = "";

    @Option(names = "--drain-time-s", paramLabel = "S",
        description = "longest time for connections to end; default 600, and 10 at SIGTERM")
    int drainTimeS = -1;

    @Option(names = "--drain-strategy", paramLabel = "NAME", description = "gradual (default) or immediate")
    String drainStrategy = "gradual";

    @Option(names = "--parent-shutdown-time-s", paramLabel = "S", description = "accepted; hot restart is not there yet")
    int parentShutdownTimeS = 900;

    @Option(names = "--disable-hot-restart", description = "accepted; hot restart is not there yet")
    boolean disableHotRestart;

    @Option(names = "--restart-epoch", paramLabel = "N", description = "only 0; hot restart is not there yet")
    int restartEpoch;

    @Option(names = "--base-id", paramLabel = "N", description = "accepted; hot restart is not there yet")
    int baseId;

    @Option(names = "--allow-unknown-static-fields", description = "warn of fields that the API does not know")
    boolean allowUnknownStaticFields;

    @Option(names = "--reject-unknown-dynamic-fields", description = "accepted; there is no dynamic source yet")
    boolean rejectUnknownDynamicFields;

    @Option(names = "--ignore-unknown-dynamic-fields", description = "accepted; there is no dynamic source yet")
    boolean ignoreUnknownDynamicFields;

    @Option(names = "--local-address-ip-version", paramLabel = "V", description = "v4 (default) or v6")
    String localAddressIpVersion = "v4";

    @Option(names = "--file-flush-interval-msec", paramLabel = "MS", description = "flush of access logs, default 10000")
    int fileFlushIntervalMsec = 10_000;

    @Option(names = "--admin-address-path", paramLabel = "FILE", description = "write the admin address there")
    String adminAddressPath;

    @Option(names = "--version", description = "print the version and exit")
    boolean version;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this and exit")
    boolean help;

    /**
     * @return what is wrong with the values, or null.
     */
    String check()
    {
        if (!mode.equals("serve") && !mode.equals("validate"))
        {
            return "--mode " + mode + ": must be serve or validate";
        }
        if (concurrency < 0 || concurrency > 1024)
        {
            return "--concurrency " + concurrency + ": must be 0 to 1024";
        }
        if (!drainStrategy.equals("gradual") && !drainStrategy.equals("immediate"))
        {
            return "--drain-strategy " + drainStrategy + ": must be gradual or immediate";
        }
        if (!localAddressIpVersion.equals("v4") && !localAddressIpVersion.equals("v6"))
        {
            return "--local-address-ip-version " + localAddressIpVersion + ": must be v4 or v6";
        }
        if (restartEpoch != 0)
        {
            return "--restart-epoch " + restartEpoch + ": hot restart is not supported yet, only 0 is";
        }
        if (!LogSetup.isLevel(logLevel))
        {
            return "--log-level " + logLevel + ": must be trace, debug, info, warning, error, critical or off";
        }
        if (configPath == null && configYaml == null && !version)
        {
            return "no configuration: give -c FILE or --config-yaml YAML";
        }
        return null;
    }
}
