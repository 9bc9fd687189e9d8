package dev.ringway.engine.counters;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

/** docs/counters.md is made from the classes of this package: names and kinds as registered, meanings from their Javadoc. */
final class CountersDocumentTest
{
    private static final Path DOCUMENT = Path.of("../docs/counters.md");
    private static final Path SOURCES = Path.of("src/main/java/dev/ringway/engine/counters");
    private static final Pattern FIELD = Pattern.compile("/\\*\\*\\s*(.*?)\\s*\\*/\\s*(?:public|private) final int(?:\\[\\])? (\\w+);");
    private static final Pattern REGISTERED = Pattern.compile("(\\w+) =\\s+(?:registry\\.(\\w+)\\(|ids\\(registry, )(?:prefix \\+ )?\"([^\"]+)\"");
    /** Classes by the prefix of what they register. */
    private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

    static
    {
        GROUPS.put("http.<stat_prefix>.", List.of("HttpCounters", "ResponseCounters", "DownstreamConnectionCounters"));
        GROUPS.put("http2.", List.of("Http2Counters"));
        GROUPS.put("http.<stat_prefix>.fault.", List.of("FaultCounters"));
        GROUPS.put("http.<stat_prefix>.grpc_stats.", List.of("GrpcStatsCounters"));
        GROUPS.put("http.<stat_prefix>.cors.", List.of("CorsCounters"));
        GROUPS.put("http.<stat_prefix>.rbac.", List.of("RbacCounters"));
        GROUPS.put("<stat_prefix>.rbac.", List.of("ConnectionRbacCounters"));
        GROUPS.put("connection_limit.<stat_prefix>.", List.of("ConnectionLimitCounters"));
        GROUPS.put("local_rate_limit.<stat_prefix>.", List.of("ConnectionRateLimitCounters"));
        GROUPS.put("<stat_prefix>.http_local_rate_limit.", List.of("LocalRateLimitCounters"));
        GROUPS.put("tcp.<stat_prefix>.", List.of("TcpCounters"));
        GROUPS.put("listener.<address>.", List.of("ListenerCounters"));
        GROUPS.put("listener.<address>.http.<stat_prefix>.", List.of("ResponseCounters"));
        GROUPS.put("listener.<address>.ssl.", List.of("TlsCounters"));
        GROUPS.put("tls_inspector.", List.of("TlsInspectorCounters"));
        GROUPS.put("http_inspector.", List.of("HttpInspectorCounters"));
        GROUPS.put("proxy_proto.<stat_prefix>.", List.of("ProxyProtocolCounters"));
        GROUPS.put("cluster.<name>.", List.of("ClusterCounters", "UpstreamConnectionCounters", "RetryCounters"));
        GROUPS.put("cluster.<name>.ring_hash_lb.", List.of("RingHashCounters"));
        GROUPS.put("cluster.<name>.maglev_lb.", List.of("MaglevCounters"));
        GROUPS.put("cluster.<name>.circuit_breakers.default.", List.of("BreakerCounters", "RemainingCounters"));
        GROUPS.put("cluster.<name>.circuit_breakers.high.", List.of("BreakerCounters", "RemainingCounters"));
        GROUPS.put("cluster.<name>.http2.", List.of("Http2Counters"));
        GROUPS.put("cluster.<name>.ssl.", List.of("TlsCounters"));
        GROUPS.put("cluster.<name>.upstream.proxyprotocol.", List.of("ProxyTransportCounters"));
        GROUPS.put("cluster.<name>.health_check.", List.of("HealthCheckCounters"));
        GROUPS.put("cluster.<name>.outlier_detection.", List.of("OutlierCounters"));
        GROUPS.put("listener_manager.", List.of("ListenerManagerCounters"));
        GROUPS.put("cluster_manager.", List.of("ClusterManagerCounters"));
        GROUPS.put("filesystem.", List.of("FilesystemCounters"));
        GROUPS.put("server.", List.of("ServerCounters"));
        GROUPS.put("tls_files.", List.of("TlsFileCounters"));
        GROUPS.put("config_file.", List.of("ConfigFileCounters"));
        GROUPS.put("loop.<number>.", List.of("LoopHealthCounters"));
    }

    @TempDir
    Path directory;

    /** What the code registers: kinds by name. */
    private Map<String, String> registered() throws IOException
    {
        final Map<String, String> kinds = new HashMap<>();
        try (CountersFile file = CountersFile.create(directory.resolve("counters"), 4096, 1, false))
        {
            new HttpCounters(file, "<address>", "<stat_prefix>");
            new LocalRateLimitCounters(file, "<stat_prefix>");
            new FaultCounters(file, "<stat_prefix>");
            new GrpcStatsCounters(file, "<stat_prefix>");
            new CorsCounters(file, "<stat_prefix>");
            new RbacCounters(file, "<stat_prefix>", "", "");
            new ConnectionRbacCounters(file, "<stat_prefix>", "");
            new ConnectionLimitCounters(file, "<stat_prefix>");
            new ConnectionRateLimitCounters(file, "<stat_prefix>");
            new TcpCounters(file, "<stat_prefix>");
            new ListenerCounters(file, "<address>");
            new TlsCounters(file, "listener.<address>.ssl.");
            new TlsInspectorCounters(file);
            new HttpInspectorCounters(file);
            new ProxyProtocolCounters(file, "<stat_prefix>");
            new ClusterCounters(file, "<name>", true);
            new TlsCounters(file, "cluster.<name>.ssl.");
            new ProxyTransportCounters(file, "<name>");
            new HealthCheckCounters(file, "<name>");
            new OutlierCounters(file, "<name>");
            new RingHashCounters(file, "<name>");
            new MaglevCounters(file, "<name>");
            new RemainingCounters(file, "<name>", false);
            new RemainingCounters(file, "<name>", true);
            new ListenerManagerCounters(file);
            new ClusterManagerCounters(file);
            new FilesystemCounters(file);
            new ServerCounters(file);
            new TlsFileCounters(file);
            new ConfigFileCounters(file);
            new LoopHealthCounters(file);
            file.reader().forEach((id, name, kind, value) ->
                kinds.put(name.replaceFirst("^loop\\.0\\.", "loop.<number>.")
                    .replaceFirst("\\.ssl\\.(versions|ciphers|curves)\\..*", ".ssl.$1.<name>"),
                    CountersReader.isCounter(kind) ? "counter" : "gauge"));
            for (final String name : file.histograms().names())
            {
                kinds.put(name, "histogram");
            }
        }
        return kinds;
    }

    private static Map<String, String> meanings(final List<String> classes, final String prefix) throws IOException
    {
        final Map<String, String> ofNames = new LinkedHashMap<>();
        for (final String name : classes)
        {
            addMeanings(Files.readString(SOURCES.resolve(name + ".java")), prefix, ofNames);
        }
        return ofNames;
    }

    private static void addMeanings(final String source, final String prefix, final Map<String, String> ofNames)
    {
        final Map<String, String> ofFields = new HashMap<>();
        for (final Matcher field = FIELD.matcher(source); field.find(); )
        {
            ofFields.put(field.group(2), field.group(1).replaceAll("\\s+\\*\\s+", " "));
        }
        for (final Matcher call = REGISTERED.matcher(source); call.find(); )
        {
            final String name = call.group(3).replaceFirst("^(server|loop|filesystem|tls_files|config_file|\\w+_manager|\\w+_inspector)\\.", "");
            ofNames.put(prefix + name + (name.endsWith(".") ? "<name>" : ""), ofFields.get(call.group(1)));
        }
    }

    private static String unit(final String name)
    {
        if (name.contains("bytes") && !name.endsWith("_too_large") || name.contains("memory_") || name.endsWith("total_buffered"))
        {
            return "bytes";
        }
        return name.endsWith("_ms") || name.endsWith("_rq_time") || name.endsWith("update_time") ? "ms" : name.endsWith("uptime") ? "s" : name.contains(".days_") ? "days" : "";
    }

    private String document() throws IOException
    {
        final Map<String, String> kinds = registered();
        final List<String> seen = new ArrayList<>();
        final StringBuilder text = new StringBuilder("""
            # Counters
            Shown by the admin paths `/stats` and `/stats/prometheus` (see `admin.md`) and by `ringway stat`. Names and
            meanings are Envoy's; `loop.*`, `tls_files.*` and `config_file.*` are Ringway's own. A counter only grows (until `/reset_counters`), a gauge goes up
            and down. Where no unit is given it is a number of what the meaning says. Histograms have Envoy's buckets for whole
            numbers; the first 32,768 are kept, in memory only, so `ringway stat` does not show them.

            A cluster also counts by status code: `upstream_rq_<code>`, for internal requests (and mirrors) `internal.upstream_rq_<code>`,
            `internal.upstream_rq_<class>` and `internal.upstream_rq_completed`, for others the same below `external.`, and
            `retry.upstream_rq_<code>`. Each is there once there was one.

            The tables are made from the classes of `dev.ringway.engine.counters`.
            """);
        for (final Map.Entry<String, List<String>> group : GROUPS.entrySet())
        {
            text.append("\n## `").append(group.getKey()).append("`\n| name | kind | unit | meaning |\n|---|---|---|---|\n");
            meanings(group.getValue(), group.getKey()).forEach((name, meaning) ->
            {
                assertNotNull(meaning, name + " has no Javadoc");
                seen.add(name);
                text.append("| `").append(name.substring(group.getKey().length())).append("` | ")
                    .append(kinds.get(name)).append(" | ").append(unit(name)).append(" | ").append(meaning).append(" |\n");
            });
        }
        assertEquals(new TreeSet<>(kinds.keySet()), new TreeSet<>(seen), "registered and documented");
        return text.toString();
    }

    @Test
    void shouldBeWhatTheDocumentationSays() throws IOException
    {
        final String expected = document();
        if (Boolean.getBoolean("ringway.update.docs"))
        {
            Files.writeString(DOCUMENT, expected);
        }
        assertEquals(expected, Files.readString(DOCUMENT),
            "docs/counters.md is out of date; run the tests of engine with -Dringway.update.docs=true");
    }
}
