package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Filters of connections, before a connection manager or a relay, do as Envoy's: who gets an answer, and counters. */
@Timeout(120)
final class ConnectionFilterComparisonTest
{
    private static final String NETWORK = "type.googleapis.com/envoy.extensions.filters.network.";
    private static final String RUNTIME = "layered_runtime: { layers: [ { name: one, static_layer: { \"on\": true, " +
        "\"off\": false, zero: 0, one: 1, two: 2, half: 0.5, text: \"false\", word: \"no\", more: { \"off\": false } } } ] }\n";
    private static final String STATS =
        "connection_limit\\.(c\\.limited|by).*|(local_rate_limit|r\\.rbac)\\..*|(http\\.in|tcp\\.t)\\.downstream_cx_total";

    @TempDir
    private static Path directory;

    private static String bootstrap(
        final boolean isEnvoy, final int port, final int adminPort, final int originPort, final String filters)
    {
        return RUNTIME + Bootstraps.admin(adminPort) + """
              - name: in
                address: %s
                access_log: [ %s ]
                filter_chains:
                - filters: [ %s ]
              clusters:
            """.formatted(Bootstraps.tcpAddress("127.0.0.1", port), log(isEnvoy, "listener"), filters) +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", originPort));
    }

    /** Of lines that tell why connections ended. */
    private static String log(final boolean isEnvoy, final String name)
    {
        return "{ name: log, typed_config: { \"@type\": " +
            "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: \"" +
            file(isEnvoy, name) + "\", log_format: { text_format_source: { inline_string: \"" + name +
            " %ACCESS_LOG_TYPE% %RESPONSE_FLAGS% %CONNECTION_TERMINATION_DETAILS%\\n\" } } } }";
    }

    private static Path file(final boolean isEnvoy, final String name)
    {
        return directory.resolve((isEnvoy ? "envoy." : "ringway.") + name + ".log");
    }

    private static String filters(final boolean isEnvoy, final String guards, final boolean isHttp)
    {
        final String typed = guards.replaceAll("@([a-z_]+\\.v3\\.\\w+)", "\"@type\": " + NETWORK + "$1");
        return typed + (isHttp ? """
            , { name: hcm, typed_config: { "@type": %1$shttp_connection_manager.v3.HttpConnectionManager, \
            stat_prefix: in, http_filters: [{ name: r, typed_config: { \
            "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }], \
            route_config: { virtual_hosts: [{ name: all, domains: ["*"], routes: [{ match: { prefix: / }, \
            route: { cluster: origin } }] }] } } }""" : """
            , { name: tcp, typed_config: { "@type": %1$stcp_proxy.v3.TcpProxy, stat_prefix: t, cluster: origin, \
            access_log: [ %2$s ] } }""")
            .formatted(NETWORK, log(isEnvoy, "relay"));
    }

    /** What becomes of three connections that are open at once, then of one more, and what is counted. */
    private static String observe(final boolean isEnvoy, final String guards, final boolean isHttp) throws Exception
    {
        final int port = Program.freePort();
        final int adminPort = Program.freePort();
        final List<String> seen = new ArrayList<>();
        try (Origin origin = new Origin(Map.of()))
        {
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                bootstrap(isEnvoy, port, adminPort, origin.port(), filters(isEnvoy, guards, isHttp)));
            try (Program program = Peers.either(isEnvoy, directory, file))
            {
                program.awaitPort(adminPort);
                final Admin admin = new Admin(adminPort);
                final List<Client> clients = new ArrayList<>();
                for (int i = 0; i < 3; i++)
                {
                    clients.add(Client.whenOpen(port));
                    seen.add(answer(clients.getLast()));
                }
                final Map<String, Long> counted = new TreeMap<>();
                admin.stats().forEach((name, value) ->
                {
                    if (name.matches(STATS))
                    {
                        counted.put(name, value);
                    }
                });
                seen.add(counted.toString());
                for (final Client client : clients)
                {
                    client.close();
                }
                admin.awaitQuiet();
                admin.quit(program);
                seen.add(lines(isEnvoy, "listener"));
                seen.add(lines(isEnvoy, "relay"));
            }
        }
        return String.join("\n", seen);
    }

    /** What a log has, in any order, and removes it. */
    private static String lines(final boolean isEnvoy, final String name) throws IOException
    {
        final Path file = file(isEnvoy, name);
        final String lines =
            Files.exists(file) ? Files.readAllLines(file).stream().sorted().toList().toString() : "[]";
        Files.deleteIfExists(file);
        return lines;
    }

    private static String answer(final Client client)
    {
        try
        {
            final HttpMessage answer = client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").read();
            return answer == null ? "closed" : answer.start();
        }
        catch (final IOException e)
        {
            return "closed";
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        { name: c, typed_config: { @connection_limit.v3.ConnectionLimit, stat_prefix: c, max_connections: 2 } }
        { name: c, typed_config: { @connection_limit.v3.ConnectionLimit, stat_prefix: c, max_connections: 1, delay: 0.05s } }
        { name: c, typed_config: { @connection_limit.v3.ConnectionLimit, stat_prefix: c, max_connections: 1, runtime_enabled: { default_value: false, runtime_key: a } } }
        { name: l, typed_config: { @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 2, fill_interval: 3600s } } }
        { name: l, typed_config: { @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, share_key: s, token_bucket: { max_tokens: 3, fill_interval: 3600s } } }, { name: m, typed_config: { @local_ratelimit.v3.LocalRateLimit, stat_prefix: m, share_key: s, token_bucket: { max_tokens: 3, fill_interval: 3600s } } }
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, rules: { policies: { a: { permissions: [{ destination_ip: { address_prefix: 127.0.0.0, prefix_len: 8 } }], principals: [{ direct_remote_ip: { address_prefix: 127.0.0.1, prefix_len: 32 } }] } } } } }
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, rules: { policies: { a: { permissions: [{ destination_port: 1 }], principals: [{ any: true }] } } } } }
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, rules: { action: DENY, policies: { a: { permissions: [{ destination_port_range: { start: 1, end: 65536 } }], principals: [{ source_ip: { address_prefix: 127.0.0.0, prefix_len: 8 } }] } } } } }
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, rules: { action: DENY, policies: { a: { permissions: [{ any: true }], principals: [{ authenticated: {} }] } } }, shadow_rules: { policies: { a: { permissions: [{ any: true }], principals: [{ remote_ip: { address_prefix: 10.0.0.0, prefix_len: 8 } }] } } }, shadow_rules_stat_prefix: sh_ } }
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, enforcement_type: CONTINUOUS, rules: { policies: { a: { permissions: [{ any: true }], principals: [{ any: true }] } } } } }
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, enforcement_type: CONTINUOUS, rules: { action: DENY, policies: { a: { permissions: [{ any: true }], principals: [{ any: true }] } } } } }
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, delay_deny: 0.05s, rules: {} } }, { name: c, typed_config: { @connection_limit.v3.ConnectionLimit, stat_prefix: c, max_connections: 2 } }
        """)
    void shouldTakeTheConnectionsThatEnvoyTakes(final String guards) throws Exception
    {
        compare(guards, true);
        compare(guards, false);
    }

    private static void compare(final String guards, final boolean isHttp) throws Exception
    {
        final Pair<String> seen =
            Pair.of(() -> observe(true, guards, isHttp), () -> observe(false, guards, isHttp));
        assertEquals(seen.envoy(), seen.ringway());
    }

    /** Which of many are on is told by what they count. */
    @Test
    void shouldBeSwitchedAsEnvoysAre() throws Exception
    {
        final StringBuilder guards = new StringBuilder();
        for (final String key : "on off zero one two half text word more more.off none".split(" "))
        {
            for (final boolean unset : new boolean[]{true, false})
            {
                guards.append(guards.isEmpty() ? "" : ", ").append("{ name: c, typed_config: { ")
                    .append("@connection_limit.v3.ConnectionLimit, stat_prefix: by_").append(key.replace('.', '_'))
                    .append('_').append(unset).append(", max_connections: 100, runtime_enabled: { default_value: ")
                    .append(unset).append(", runtime_key: \"").append(key).append("\" } } }");
            }
        }
        compare(guards.toString(), true);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        { name: c, typed_config: { @connection_limit.v3.ConnectionLimit, stat_prefix: c } } | refused
        { name: c, typed_config: { @connection_limit.v3.ConnectionLimit, max_connections: 1 } } | refused
        { name: c, typed_config: { @connection_limit.v3.ConnectionLimit, stat_prefix: c, max_connections: 0 } } | refused
        { name: c, typed_config: { @connection_limit.v3.ConnectionLimit, stat_prefix: c, max_connections: 1, delay: -1s } } | refused
        { name: c, typed_config: { @connection_limit.v3.ConnectionLimit, stat_prefix: c, max_connections: 1, runtime_enabled: {} } } | refused
        { name: l, typed_config: { @local_ratelimit.v3.LocalRateLimit, stat_prefix: l } } | refused
        { name: l, typed_config: { @local_ratelimit.v3.LocalRateLimit, token_bucket: { max_tokens: 1, fill_interval: 1s } } } | refused
        { name: l, typed_config: { @local_ratelimit.v3.LocalRateLimit, stat_prefix: l, token_bucket: { max_tokens: 1, fill_interval: 0.049s } } } | refused
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r } } | taken
        { name: r, typed_config: { @rbac.v3.RBAC } } | refused
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, enforcement_type: CONTINUOUS } } | taken
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, rules: { policies: { a: { permissions: [{ header: { name: a } }], principals: [{ any: true }] } } } } } | refused
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, rules: { policies: { a: { permissions: [{ requested_server_name: { exact: a } }], principals: [{ any: true }] } } } } } | refused here
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, rules: { policies: { a: { permissions: [{ destination_port: 65536 }], principals: [{ any: true }] } } } } } | refused
        { name: r, typed_config: { @rbac.v3.RBAC, stat_prefix: r, rules: { policies: { a: { permissions: [{ destination_port_range: { start: 5, end: 5 } }], principals: [{ any: true }] } } } } } | refused
        """)
    void shouldJudgeAsEnvoyDoes(final String guards, final String how) throws Exception
    {
        final Path file = Files.writeString(
            directory.resolve("bootstrap.yaml"), bootstrap(false, 0, 0, 1, filters(false, guards, true)));
        ConfigVerdicts.compare(directory, file, how);
    }
}
