package dev.ringway.control.cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OptionsTest
{
    /** Every option of Envoy's command line that is taken, and some of Ringway's own, with a value where it has one. */
    private static final String[] ALL = {
        "--config-path /etc/a.yaml", "--config-yaml {}", "--mode serve", "--concurrency 2", "--cpuset-threads",
        "--log-level debug", "--component-log-level main:debug,dns:off", "--log-path /tmp/a", "--log-format %v",
        "--service-node n", "--service-cluster c", "--service-zone z", "--drain-time-s 3",
        "--drain-strategy immediate", "--parent-shutdown-time-s 4", "--disable-hot-restart", "--restart-epoch 0",
        "--base-id 5", "--allow-unknown-static-fields", "--reject-unknown-dynamic-fields",
        "--ignore-unknown-dynamic-fields", "--local-address-ip-version v6", "--file-flush-interval-msec 1000",
        "--admin-address-path /tmp/b", "--handshake-workers 0"};

    @Test
    void shouldTakeEveryOption() throws UsageException
    {
        final Options options = Options.parse(String.join(" ", ALL).split(" "));
        assertEquals("/etc/a.yaml", options.configPath);
        assertEquals("{}", options.configYaml);
        assertEquals(2, options.concurrency);
        assertEquals("debug", options.logLevel);
        assertEquals("main:debug,dns:off", options.componentLogLevel);
        assertEquals("/tmp/a", options.logPath);
        assertEquals("%v", options.logFormat);
        assertEquals("n c z", options.serviceNode + " " + options.serviceCluster + " " + options.serviceZone);
        assertEquals(3, options.drainTimeS);
        assertEquals("immediate", options.drainStrategy);
        assertEquals(1000, options.fileFlushIntervalMsec);
        assertTrue(options.allowUnknownStaticFields);
        assertEquals("/tmp/b", options.adminAddressPath);
        assertEquals(0, options.handshakeWorkers);
    }

    /** What {@code /server_info} tells, in the words of Envoy's message. */
    @Test
    void shouldShowEveryOption() throws UsageException
    {
        assertEquals("{base_id=5, concurrency=2, config_path=/etc/a.yaml, allow_unknown_static_fields=true, " +
            "admin_address_path=/tmp/b, local_address_ip_version=v6, log_level=debug, " +
            "component_log_level=main:debug,dns:off, log_format=%v, log_path=/tmp/a, service_cluster=c, " +
            "service_node=n, service_zone=z, file_flush_interval=1s, drain_time=3s, parent_shutdown_time=4s, " +
            "mode=Serve, disable_hot_restart=true, restart_epoch=0, cpuset_threads=true, " +
            "reject_unknown_dynamic_fields=true, ignore_unknown_dynamic_fields=true, drain_strategy=Immediate}",
            Options.parse(String.join(" ", ALL).split(" ")).shown(2).toString());
    }

    @Test
    void shouldNameEveryOptionInItsHelp()
    {
        for (final String option : ALL)
        {
            assertTrue(Options.HELP.contains(option.split(" ")[0]), option);
        }
        assertTrue(Options.HELP.lines().allMatch(line -> line.length() <= 120));
    }

    @Test
    void shouldTakeWhatIstiosAgentGives() throws UsageException
    {
        final Options options = Options.parse("-c", "etc/envoy-rev.json", "--drain-time-s", "45", "--drain-strategy",
            "immediate", "--local-address-ip-version", "v4", "--file-flush-interval-msec", "1000",
            "--disable-hot-restart", "--allow-unknown-static-fields", "-l", "warning", "--component-log-level",
            "misc:error", "--concurrency", "2");
        assertEquals("etc/envoy-rev.json", options.configPath);
        assertEquals(45, options.drainTimeS);
    }

    @Test
    void shouldTakeValuesBehindAnEqualsSign() throws UsageException
    {
        final Options options = Options.parse("--config-yaml={a: b=c}", "--concurrency=3", "--log-path=");
        assertEquals("{a: b=c}", options.configYaml);
        assertEquals(3, options.concurrency);
        assertEquals("", options.logPath);
    }

    @Test
    void shouldHaveEnvoysDefaults() throws UsageException
    {
        final Options options = Options.parse("-c", "a");
        assertEquals("serve", options.mode);
        assertEquals("info", options.logLevel);
        assertEquals("gradual", options.drainStrategy);
        assertEquals(8, options.loops(8));
        assertNull(options.configYaml);
        assertFalse(options.allowUnknownStaticFields);
    }

    @Test
    void shouldHaveOneLoopWhereNoneIsAskedFor() throws UsageException
    {
        assertEquals(1, Options.parse("-c", "a", "--concurrency", "0").loops(8));
        assertEquals(3, Options.parse("-c", "a", "--concurrency", "3").loops(8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "-c a --bogus|unknown option --bogus",
        "-c a -x|unknown option -x",
        "-c a --bogus=1|unknown option --bogus",
        "-c a b|unexpected argument 'b'",
        "-c a -c b|--config-path is given twice",
        "-c a --config-path b|--config-path is given twice",
        "-c|--config-path needs a value",
        "-c a --concurrency|--concurrency needs a value",
        "-c a --concurrency x|--concurrency x: must be a number from 0 to 1024",
        "-c a --concurrency -1|--concurrency -1: must be a number from 0 to 1024",
        "-c a --concurrency 1025|--concurrency 1025: must be a number from 0 to 1024",
        "-c a --drain-time-s 99999999999|--drain-time-s 99999999999: must be a number from 0 to 2147483647",
        "-c a --cpuset-threads=yes|--cpuset-threads takes no value",
        "-c a --mode init_only|--mode init_only: must be serve or validate",
        "-c a --drain-strategy fast|--drain-strategy fast: must be gradual or immediate",
        "-c a --local-address-ip-version v5|--local-address-ip-version v5: must be v4 or v6",
        "-c a --restart-epoch 1|--restart-epoch: hot restart is not supported yet, only 0 is",
        "-c a -l loud|--log-level loud: must be trace, debug, info, warning, error, critical or off",
        "-c a --component-log-level main|--component-log-level main: must be NAME:LEVEL",
        "-c a --component-log-level main:loud|--component-log-level main:loud: must be NAME:LEVEL",
        "--mode validate|no configuration: give -c FILE or --config-yaml YAML",
    })
    void shouldNameWhatIsWrong(final String line, final String message)
    {
        final UsageException refusal = assertThrows(UsageException.class, () -> Options.parse(line.split(" ")));
        assertEquals(message, refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "--help", "-h"})
    void shouldNeedNoConfigurationToTellAboutItself(final String flag) throws UsageException
    {
        final Options options = Options.parse(flag);
        assertTrue(options.version || options.help);
    }
}
