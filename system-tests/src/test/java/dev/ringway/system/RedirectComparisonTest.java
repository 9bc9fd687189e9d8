package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Ringway and Envoy send connections that netfilter has redirected to them where they were going, and choose filter
 * chains and log by that.
 */
@Timeout(300)
final class RedirectComparisonTest
{
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";
    private static final String FORMAT = "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_HOST% " +
        "%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_DIRECT_LOCAL_ADDRESS% [%FILTER_CHAIN_NAME%]";
    private static final int HTTP_PORT = 8080;
    private static final int RELAY_PORT = 9090;
    private static final List<String> HOSTS = List.of("192.0.2.1", "2001:db8::1");
    /** What the proxies send themselves has a mark, and is left alone. */
    private static final String REDIRECT = """
        table inet nat {
          chain out {
            type nat hook output priority -100;
            meta mark 1 accept
            tcp dport { 8080, 9090 } redirect to :7001
          }
        }
        """;

    @TempDir
    private Path directory;

    private String listener(final String name, final String host, final String log)
    {
        final String options = "access_log: [ { name: log, typed_config: { \"@type\": " + TYPE +
            "access_loggers.file.v3.FileAccessLog, path: \"" + log +
            "\", log_format: { text_format_source: { inline_string: \"" + FORMAT + "\\n\" } } } } ]";
        final String relay = Bootstraps.tcp(name, "", "original").replace(
            "stat_prefix: " + name, "stat_prefix: " + name + "\n" + options.indent(10).stripTrailing());
        return Bootstraps.http(name, Bootstraps.tcpAddress(host, 7001), options,
            "- match: { prefix: / }\n  route: { cluster: original }\n")
            .replace("    filter_chains:\n", "    listener_filters: [ { name: o, typed_config: { \"@type\": " + TYPE +
                "filters.listener.original_dst.v3.OriginalDst } } ]\n    filter_chains:\n")
            .replace("- filters:", "- name: http\n      filters:") +
            relay.substring(relay.indexOf("    - filters:")).replace("- filters:",
                "- name: relay\n      filter_chain_match: { destination_port: " + RELAY_PORT + " }\n      filters:");
    }

    /** What clients are told and what is logged. */
    private String ask(final boolean isEnvoy) throws Exception
    {
        final int adminPort = Program.freePort();
        final String name = isEnvoy ? "envoy" : "ringway";
        final Path log = directory.resolve(name + ".log");
        final Path bootstrap = Files.writeString(directory.resolve(name + ".yaml"), Bootstraps.admin(adminPort) +
            listener("four", "127.0.0.1", log.toString()) + listener("six", "::1", log.toString()) +
            "  clusters:\n  - name: original\n    type: ORIGINAL_DST\n    lb_policy: CLUSTER_PROVIDED\n" +
            "    connect_timeout: 30s\n    upstream_bind_config: { socket_options: [ " +
            "{ level: 1, name: 36, int_value: 1 } ] }\n");
        final List<String> told = new ArrayList<>();
        try (Program program = Peers.either(isEnvoy, directory, bootstrap))
        {
            program.awaitPort(adminPort).awaitPort(7001);
            for (final String host : HOSTS)
            {
                for (final int port : List.of(HTTP_PORT, RELAY_PORT))
                {
                    try (Client client = new Client(InetAddress.getByName(host), port))
                    {
                        told.add(client.send("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").read().text());
                    }
                }
            }
            final Admin admin = new Admin(adminPort);
            admin.awaitQuiet();
            admin.quit(program);
        }
        // The first connection that awaits the port is one more.
        return told + "\n" + Files.readString(log).lines().filter(line -> HOSTS.stream().anyMatch(line::contains))
            .sorted().collect(Collectors.joining("\n"));
    }

    @Test
    void shouldGoWhereRedirectedClientsWantedToGo() throws Exception
    {
        Namespace.run(() ->
        {
            Namespace.command("", "ip", "addr", "add", HOSTS.get(0) + "/32", "dev", "lo");
            Namespace.command("", "ip", "-6", "addr", "add", HOSTS.get(1) + "/128", "dev", "lo", "nodad");
            Namespace.command(REDIRECT, "nft", "-f", "-");
            final String answer = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\n";
            try (Origin http = new Origin("::", HTTP_PORT, Map.of("/", answer + "http" + Origin.CLOSE));
                Origin relayed = new Origin("::", RELAY_PORT, Map.of("/", answer + "tcp!" + Origin.CLOSE)))
            {
                final String theirs = ask(true);
                assertEquals(theirs, ask(false));
                assertTrue(theirs.startsWith("[http, tcp!, http, tcp!]\n"), theirs);
                assertEquals(5, theirs.lines().count(), theirs);
                assertEquals(List.of(4, 4), List.of(http.takeSeen().size(), relayed.takeSeen().size()));
            }
            return null;
        });
    }
}
