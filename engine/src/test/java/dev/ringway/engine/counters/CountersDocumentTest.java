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
    private static final Map<String, String> GROUPS = new LinkedHashMap<>();

    static
    {
        GROUPS.put("http.<stat_prefix>.", "HttpCounters");
        GROUPS.put("http2.", "Http2Counters");
        GROUPS.put("http.<stat_prefix>.fault.", "FaultCounters");
        GROUPS.put("http.<stat_prefix>.grpc_stats.", "GrpcStatsCounters");
        GROUPS.put("http.<stat_prefix>.cors.", "CorsCounters");
        GROUPS.put("http.<stat_prefix>.rbac.", "RbacCounters");
        GROUPS.put("<stat_prefix>.rbac.", "ConnectionRbacCounters");
        GROUPS.put("connection_limit.<stat_prefix>.", "ConnectionLimitCounters");
        GROUPS.put("local_rate_limit.<stat_prefix>.", "ConnectionRateLimitCounters");
        GROUPS.put("<stat_prefix>.http_local_rate_limit.", "LocalRateLimitCounters");
        GROUPS.put("tcp.<stat_prefix>.", "TcpCounters");
        GROUPS.put("listener.<address>.", "ListenerCounters");
        GROUPS.put("listener.<address>.http.<stat_prefix>.", "ListenerHttpCounters");
        GROUPS.put("listener.<address>.ssl.", "TlsCounters");
        GROUPS.put("tls_inspector.", "TlsInspectorCounters");
        GROUPS.put("http_inspector.", "HttpInspectorCounters");
        GROUPS.put("proxy_proto.<stat_prefix>.", "ProxyProtocolCounters");
        GROUPS.put("cluster.<name>.", "ClusterCounters");
        GROUPS.put("cluster.<name>.circuit_breakers.default.", "BreakerCounters");
        GROUPS.put("cluster.<name>.circuit_breakers.high.", "BreakerCounters");
        GROUPS.put("cluster.<name>.http2.", "Http2Counters");
        GROUPS.put("cluster.<name>.ssl.", "TlsCounters");
        GROUPS.put("cluster.<name>.upstream.proxyprotocol.", "ProxyTransportCounters");
        GROUPS.put("cluster.<name>.health_check.", "HealthCheckCounters");
        GROUPS.put("cluster.<name>.outlier_detection.", "OutlierCounters");
        GROUPS.put("listener_manager.", "ListenerManagerCounters");
        GROUPS.put("cluster_manager.", "ClusterManagerCounters");
        GROUPS.put("filesystem.", "FilesystemCounters");
        GROUPS.put("server.", "ServerCounters");
        GROUPS.put("tls_files.", "TlsFileCounters");
        GROUPS.put("config_file.", "ConfigFileCounters");
        GROUPS.put("loop.<number>.", "LoopHealthCounters");
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

    private static Map<String, String> meanings(final String group, final String prefix) throws IOException
    {
        final String source = Files.readString(SOURCES.resolve(group + ".java"));
        final Map<String, String> ofFields = new HashMap<>();
        for (final Matcher field = FIELD.matcher(source); field.find(); )
        {
            ofFields.put(field.group(2), field.group(1).replaceAll("\\s+\\*\\s+", " "));
        }
        final Map<String, String> ofNames = new LinkedHashMap<>();
        for (final Matcher call = REGISTERED.matcher(source); call.find(); )
        {
            final String name = call.group(3).replaceFirst("^(server|loop|filesystem|tls_files|config_file|\\w+_manager|\\w+_inspector)\\.", "");
            ofNames.put(prefix + name + (name.endsWith(".") ? "<name>" : ""), ofFields.get(call.group(1)));
        }
        return ofNames;
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
        for (final Map.Entry<String, String> group : GROUPS.entrySet())
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
